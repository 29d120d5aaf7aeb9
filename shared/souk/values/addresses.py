"""Addresses of the web that others open: https, of a public host, and without a password in them. Pure.

Browsers of strangers open them, or Souk does on behalf of one. Where two programs could read an address in two ways, it
is refused.
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
_WITHIN: Final = frozenset(
    {"localhost", "local", "internal", "intranet", "lan", "home", "corp", "private", "arpa", "onion"}
)
"""The last labels of names that are only known within a network, and that lead elsewhere in each."""


def problem(address: str, *, loopback: bool = False) -> str | None:
    """Return what is wrong with an address, in words for whoever gave it; None for one that can be used.

    `loopback` takes addresses of this very machine as well, with https or without.
    """
    return next(_problems(address, loopback), None)


def _problems(address: str, loopback: bool) -> Iterator[str]:
    """Look for what is wrong, from the outside in: what is looked at later relies on what was looked at before."""
    if len(address) > MAX_LENGTH:
        yield f"an address has at most {MAX_LENGTH} characters."
    if not _CHARACTERS.fullmatch(address):  # before urlsplit, which leaves out line breaks
        yield "what is no letter, digit or mark of an address is written as %XX."
    if loopback and (here := _LOOPBACK.fullmatch(address)) and int(here["port"] or 1) <= _MAX_PORT:
        return
    if not address.startswith("https://"):
        yield "an address begins with https://."
    try:
        netloc = urlsplit(address).netloc
    except ValueError:
        yield "this is no address."
        return
    if "@" in netloc:
        yield "an address has no user name and no password."
    found = _AUTHORITY.fullmatch(netloc)
    if found is None or int(found["port"] or 1) > _MAX_PORT or not _is_public(found["host"]):
        yield "after https:// comes the name of a public host, such as example.com."


def _is_public(host: str) -> bool:
    last = host.rpartition(".")[2].lower()
    # What ends in a number is an IP address to a browser, as 127.1 is; a public picture has a host with a name.
    return len(host) <= _MAX_DOMAIN and bool(_DOMAIN.fullmatch(host)) and not last[0].isdigit() and last not in _WITHIN
