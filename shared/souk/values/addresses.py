"""Checks URLs that browsers or Souk will open: https, with a public host and without a password.

URLs that two programs could parse differently are refused.
"""

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

MAX_LENGTH: Final = 2_000
"""Characters."""

_CHARACTERS: Final = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/?#\[\]-]|%[0-9A-Fa-f]{2})*")
_AUTHORITY: Final = re.compile(r"(?P<host>[A-Za-z0-9.-]+)(?::(?P<port>[1-9][0-9]{0,4}))?")
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})+")
_MAX_DOMAIN: Final = 253
_MAX_PORT: Final = 65_535
_LOOPBACK: Final = re.compile(r"https?://(?:127\.0\.0\.1|\[::1\]|localhost)(?::(?P<port>[1-9][0-9]{0,4}))?(?:[/?].*)?")
_PRIVATE_SUFFIXES: Final = frozenset(
    {"localhost", "local", "internal", "intranet", "lan", "home", "corp", "private", "arpa", "onion"}
)
"""The last labels of names that resolve only within a private network."""


def problem(address: str, *, loopback: bool = False) -> str | None:
    """Return the problem with a URL, as a message for the user; None if there is none.

    `loopback` also allows URLs of this machine, with https or http.
    """
    return next(_problems(address, loopback), None)


def _problems(address: str, loopback: bool) -> Iterator[str]:
    """Yield problems. Later checks rely on earlier ones."""
    if len(address) > MAX_LENGTH:
        yield f"a URL can have at most {MAX_LENGTH} characters."
    if not _CHARACTERS.fullmatch(address):  # before urlsplit, which drops line breaks
        yield "the URL contains a character that must be written as %XX."
    if loopback and (local := _LOOPBACK.fullmatch(address)) and int(local["port"] or 1) <= _MAX_PORT:
        return
    if not address.startswith("https://"):
        yield "a URL must begin with https://."
    try:
        netloc = urlsplit(address).netloc
    except ValueError:
        yield "this is not a URL."
        return
    if "@" in netloc:
        yield "a URL must not contain a user name or password."
    authority = _AUTHORITY.fullmatch(netloc)
    if authority is None or int(authority["port"] or 1) > _MAX_PORT or not _is_public(authority["host"]):
        yield "a URL must have a public host name, such as example.com."


def _is_public(host: str) -> bool:
    last = host.rpartition(".")[2].lower()
    if len(host) > _MAX_DOMAIN or not _DOMAIN.fullmatch(host):
        return False
    # To browsers, a host whose last label is a number is an IP address, such as 127.1.
    return not last[0].isdigit() and last not in _PRIVATE_SUFFIXES
