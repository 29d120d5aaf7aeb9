"""Web addresses: their normal form, and checks of URLs that browsers or Souk will open.

What is stored, shown, compared and connected to is the normal form (RFC 3986, section 6.2): addresses that differ only
in ways that mean nothing are equal. URLs that two programs could parse differently are refused.
"""

import re
from collections.abc import Iterator
from ipaddress import IPv6Address
from typing import Final
from urllib.parse import urlsplit

MAX_LENGTH: Final = 2_000
"""Characters."""

_PARTS: Final = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*):(?://(?P<authority>[^/?#]*))?"
    r"(?P<path>[^?#]*)(?P<query>\?[^#]*)?(?P<fragment>#.*)?",
    re.DOTALL,
)
"""RFC 3986, appendix B. Unlike `urlsplit`, it drops no characters."""
_HOST_AND_PORT: Final = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^\[\]@:\\%\s]+)(?::(?P<port>[0-9]*))?")
_PERCENT: Final = re.compile(r"%[0-9A-Fa-f]{2}")
_STRAY_PERCENT: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
_UNRESERVED: Final = re.compile(r"[A-Za-z0-9._~-]")
_DEFAULT_PORTS: Final = {"http": "80", "https": "443"}
_CHARACTERS: Final = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/?#\[\]-]|%[0-9A-Fa-f]{2})*")
_AUTHORITY: Final = re.compile(r"(?P<host>[A-Za-z0-9.-]+)(?::(?P<port>[1-9][0-9]{0,4}))?")
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})+")
_MAX_DOMAIN: Final = 253
_MAX_PORT: Final = 65_535
_ASCII_HOST: Final = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*")
_LOOPBACK: Final = re.compile(r"https?://(?:127\.0\.0\.1|\[::1\]|localhost)(?::(?P<port>[1-9][0-9]{0,4}))?(?:[/?].*)?")
_PRIVATE_SUFFIXES: Final = frozenset(
    {"localhost", "local", "internal", "intranet", "lan", "home", "corp", "private", "arpa", "onion"}
)
"""The last labels of names that resolve only within a private network."""


def normalized(address: str) -> str:
    """Return the normal form of a URL; the text itself if it is not one (`problem` says why).

    Scheme and host are in lower case, an internationalized host is in punycode (UTS 46), and the default port is left
    out. In the path and query of http and https, only characters that need it are percent-encoded, in upper case, and
    the path has no dot segments.
    """
    parts = _PARTS.fullmatch(address)
    if parts is None or parts["authority"] is None or parts["scheme"].lower() not in _DEFAULT_PORTS:
        return normalized_origin(address)
    path = _without_dot_segments(_decoded(parts["path"]))
    origin = normalized_origin(address[: parts.start("path")])
    return f"{origin}{path}{_decoded(parts['query'] or '')}{parts['fragment'] or ''}"


def normalized_origin(address: str) -> str:
    """Return a URI with the normal form of its scheme, host and port. The rest is unchanged.

    For identifiers that are compared as strings otherwise, such as the redirect URIs of OAuth 2.0.
    """
    parts = _PARTS.fullmatch(address)
    if parts is None:
        return address
    scheme, rest = parts["scheme"].lower(), address[parts.start("path") :]
    if parts["authority"] is None:
        return f"{scheme}:{rest}"
    authority = _HOST_AND_PORT.fullmatch(parts["authority"])
    host = _normalized_host(authority["host"]) if authority else None
    if authority is None or host is None:
        return address
    port = authority["port"] or ""
    return f"{scheme}://{host}{f':{port}' if port and port != _DEFAULT_PORTS.get(scheme) else ''}{rest}"


def _normalized_host(host: str) -> str | None:
    """Return the normal form of a host; None for an invalid one."""
    try:
        if host.startswith("["):
            return f"[{IPv6Address(host[1:-1])}]"
        return host.lower() if host.isascii() else _punycode(host)
    except ValueError:  # UnicodeError is one
        return None


def _punycode(host: str) -> str | None:
    import idna  # noqa: PLC0415 - its tables are large, and few hosts need them

    if len(host) > _MAX_DOMAIN:
        return None
    # Labels that are ASCII already stay: idna refuses some that are in use, such as `r3---sn`.
    labels = idna.uts46_remap(host, std3_rules=True).split(".")
    ascii_host = ".".join(label if label.isascii() else idna.alabel(label).decode("ascii") for label in labels)
    return ascii_host if _ASCII_HOST.fullmatch(ascii_host) else None


def _decoded(text: str) -> str:
    """Return a path or query in which unreserved characters are plain, and other %XX have upper case."""

    def decode(match: re.Match[str]) -> str:
        character = chr(int(match[0][1:], 16))
        return character if _UNRESERVED.fullmatch(character) else match[0].upper()

    return text if _STRAY_PERCENT.search(text) else _PERCENT.sub(decode, text)


def _without_dot_segments(path: str) -> str:
    """Return a path without `.` and `..` (RFC 3986, section 5.2.4)."""
    kept: list[str] = []
    for segment in path.split("/")[1:]:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if path.endswith(("/.", "/..")):
        kept.append("")
    return "/" + "/".join(kept)


def problem(address: str, *, loopback: bool = False) -> str | None:
    """Return the problem with a URL in normal form, as a message for the user; None if there is none.

    `loopback` also allows URLs of this machine, with https or http.
    """
    return next(_problems(address, loopback), None)


def _problems(address: str, loopback: bool) -> Iterator[str]:
    """Yield problems. Later checks rely on earlier ones."""
    if len(address) > MAX_LENGTH:
        yield f"a URL can have at most {MAX_LENGTH} characters."
    parts = _PARTS.fullmatch(address)
    if parts and not (parts["authority"] or "").isascii():
        yield "the host name is not a valid internationalized domain name."
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
