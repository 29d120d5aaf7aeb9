"""Where people may be sent back to after they agreed: the redirect URIs of an API key. Pure.

RFC 6749, section 3.1.2, asks for an absolute URI without a fragment; RFC 8252, section 7, says what programs on a
person's own device use. What is taken is a little narrower than RFC 3986: where two programs could read a URI in two
ways (user names, upper-case hosts, odd addresses), it is refused, because codes and tokens are sent there.
"""

import re
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv6Address
from typing import Final
from urllib.parse import SplitResult, urlsplit

MAX_LENGTH: Final = 1_000
"""Characters."""
LOOPBACK: Final = frozenset({"127.0.0.1", "[::1]", "localhost"})
"""The hosts that are the device itself."""

_CHARACTERS: Final = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/?\[\]-]|%[0-9A-Fa-f]{2})*")
_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]*")
_AUTHORITY: Final = re.compile(r"(?P<host>\[[^\]]*\]|[^:\[\]]+)(?::(?P<port>[1-9][0-9]{0,4}))?")
_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_MAX_DOMAIN: Final = 253
_MAX_PORT: Final = 65_535


def problem(uri: str) -> str | None:
    """Return what is wrong with a redirect URI, in words for whoever makes the key; None for one that can be used."""
    return next(_problems(uri), None)


def _problems(uri: str) -> Iterator[str]:
    """Look for what is wrong, from the outside in: what is looked at later relies on what was looked at before."""
    if len(uri) > MAX_LENGTH:
        yield f"an address has at most {MAX_LENGTH} characters."
    if "#" in uri:
        yield "an address has no fragment (`#...`)."
    if not _CHARACTERS.fullmatch(uri):  # before urlsplit, which leaves out line breaks
        yield "what is no letter, digit or mark of a URI is written as %XX."
    scheme, _, rest = uri.partition(":")
    if not rest or not _SCHEME.fullmatch(scheme):
        yield "an absolute URI is needed, with its scheme in lower case, such as `https://example.com/callback`."
    try:
        parts = urlsplit(uri)
    except ValueError:
        yield "this is not a URI."
        return
    if "@" in parts.netloc:
        yield "an address has no user name."
    if not {"[", "]"}.isdisjoint(parts.path + parts.query):
        yield "brackets are written as %5B and %5D."
    if scheme in {"http", "https"}:
        yield from _web_problems(parts)
    elif "." not in scheme:
        yield (
            "https is needed; programs on a person's own device use http on 127.0.0.1, [::1] or localhost, or a scheme "
            "that is their domain name in reverse order, such as `com.example.app:/callback`."
        )


def all_native(uris: Sequence[str]) -> bool:
    """Say whether valid redirect URIs lead to programs on a person's own device only (RFC 8252, section 7)."""
    return bool(uris) and not any(uri.startswith("https:") for uri in uris)


def _web_problems(parts: SplitResult) -> Iterator[str]:
    authority = _AUTHORITY.fullmatch(parts.netloc)
    if authority is None or not _is_host(authority["host"]) or int(authority["port"] or 1) > _MAX_PORT:
        yield (
            "after `//` comes a domain name in lower case or an IP address, and perhaps a port from 1 to "
            f"{_MAX_PORT}, as in `https://example.com:8443/callback`."
        )
    elif parts.scheme == "http" and authority["host"] not in LOOPBACK:
        yield "https is needed; http is for 127.0.0.1, [::1] and localhost only."


def _is_host(host: str) -> bool:
    try:
        if host.startswith("["):
            return str(IPv6Address(host[1:-1])) == host[1:-1] and "%" not in host
        if host.rpartition(".")[2][:1].isdigit():  # what ends in a number is an address to a browser, as 127.1 is
            return str(IPv4Address(host)) == host
    except ValueError:
        return False
    return len(host) <= _MAX_DOMAIN and _DOMAIN.fullmatch(host) is not None
