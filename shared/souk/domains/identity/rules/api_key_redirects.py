"""Validation of the redirect URIs of API keys. Pure.

RFC 6749, section 3.1.2, requires an absolute URI without a fragment; RFC 8252, section 7, defines the URIs of native
apps. The URIs are in normal form (`souk.values.addresses.normalized_origin`). The rules are stricter than RFC 3986:
ambiguous URIs (user names, unusual IP addresses) are rejected, because codes and tokens are sent to them.
"""

import re
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv6Address
from typing import Final
from urllib.parse import SplitResult, urlsplit

MAX_LENGTH: Final = 1_000
"""Characters."""
LOOPBACK: Final = frozenset({"127.0.0.1", "[::1]", "localhost"})
"""Hosts of the local device."""

_CHARACTERS: Final = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/?\[\]-]|%[0-9A-Fa-f]{2})*")
_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]*")
_AUTHORITY: Final = re.compile(r"(?P<host>\[[^\]]*\]|[^:\[\]]+)(?::(?P<port>[1-9][0-9]{0,4}))?")
_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_MAX_DOMAIN: Final = 253
_MAX_PORT: Final = 65_535


def problem(uri: str) -> str | None:
    """Return the error of a redirect URI in normal form; None if it is valid."""
    return next(_problems(uri), None)


def _problems(uri: str) -> Iterator[str]:
    """Yield errors. Later checks rely on earlier ones, so only the first error is meaningful."""
    if len(uri) > MAX_LENGTH:
        yield f"A URI can have at most {MAX_LENGTH} characters."
    if "#" in uri:
        yield "A URI cannot have a fragment (`#...`)."
    if not _CHARACTERS.fullmatch(uri):  # before urlsplit, which removes line breaks
        yield "Percent-encode characters that are not allowed in a URI (`%XX`). The host must be a valid domain name."
    scheme, _, rest = uri.partition(":")
    if not rest or not _SCHEME.fullmatch(scheme):
        yield "Use an absolute URI with a scheme, such as `https://example.com/callback`."
    try:
        parts = urlsplit(uri)
    except ValueError:
        yield "This is not a URI."
        return
    if "@" in parts.netloc:
        yield "A URI cannot have a user name."
    if not {"[", "]"}.isdisjoint(parts.path + parts.query):
        yield "Write brackets as %5B and %5D."
    if scheme in {"http", "https"}:
        yield from _web_problems(parts)
    elif "." not in scheme:
        yield (
            "Use https. Native apps can use http on 127.0.0.1, [::1] or localhost, or a scheme that is a reversed "
            "domain name, such as `com.example.app:/callback`."
        )


def all_native(uris: Sequence[str]) -> bool:
    """Return whether all redirect URIs are those of native apps (RFC 8252, section 7). They must be valid."""
    return bool(uris) and not any(uri.startswith("https:") for uri in uris)


def _web_problems(parts: SplitResult) -> Iterator[str]:
    authority = _AUTHORITY.fullmatch(parts.netloc)
    if authority is None or not _is_host(authority["host"]) or int(authority["port"] or 1) > _MAX_PORT:
        yield (
            "After `//`, write a domain name or an IP address, and optionally a port from 1 to "
            f"{_MAX_PORT}, as in `https://example.com:8443/callback`."
        )
    elif parts.scheme == "http" and authority["host"] not in LOOPBACK:
        yield "Use https. http is allowed only on 127.0.0.1, [::1] and localhost."


def _is_host(host: str) -> bool:
    try:
        if host.startswith("["):
            return str(IPv6Address(host[1:-1])) == host[1:-1] and "%" not in host
        if host.rpartition(".")[2][:1].isdigit():  # browsers read these as IP addresses, such as 127.1
            return str(IPv4Address(host)) == host
    except ValueError:
        return False
    return len(host) <= _MAX_DOMAIN and _DOMAIN.fullmatch(host) is not None
