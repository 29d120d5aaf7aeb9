"""What the hosts of webhook addresses resolve to, and which of their addresses may be reached."""

import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Final

LOOK_UP_SECONDS: Final = 3.0
"""How long a person waits for the resolver."""
_NAT64: Final = IPv6Network("64:ff9b::/96")
"""NAT64 (RFC 6052): a gateway translates these addresses to the IPv4 address in their last 32 bits."""

Address = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True)
class HostAddress:
    """An address of a host."""

    address: str
    refused: bool
    """Whether deliveries refuse it, because it is not public. One such address is enough to refuse the host."""


@dataclass(frozen=True, slots=True)
class Host:
    """What a host resolves to at some time. Each delivery resolves it again."""

    name: str
    addresses: tuple[HostAddress, ...] = ()
    problem: str | None = None
    """Why there are no addresses."""


def addresses_of(host: str, port: int | None = None) -> list[str]:
    """Return a host's addresses, each once. The resolver has its own time limit, which cannot be set here.

    Raises OSError if there are none, and ValueError for what is no name.
    """
    results = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(result[4][0]) for result in results))


def is_public(address: Address) -> bool:
    """Return whether an address, and any IPv4 address that it embeds, is on the public internet."""
    if isinstance(address, IPv6Address):
        if embedded := _embedded_ipv4(address):
            return all(is_public(one) for one in embedded)
        if address.is_site_local:  # deprecated by RFC 3879, but `is_global` in Python
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def resolve(name: str, *, allow_private: bool, seconds: float = LOOK_UP_SECONDS) -> Host:
    """Return what a host resolves to now, for a person to read.

    `allow_private` is whether deliveries go to addresses of this machine and its network.
    """
    answers: SimpleQueue[list[str] | None] = SimpleQueue()

    def look_up() -> None:
        try:
            answers.put(addresses_of(name))
        except (OSError, ValueError):  # UnicodeError is one
            answers.put(None)

    # The thread may outlive the answer, as nothing can interrupt the resolver.
    Thread(target=look_up, daemon=True).start()
    try:
        found = answers.get(timeout=seconds)
    except Empty:
        return Host(name, problem=f"The name server has not answered within {seconds:g} seconds.")
    if not found:
        return Host(name, problem="The host does not resolve.")
    refused = (not (allow_private or is_public(ip_address(one))) for one in found)
    return Host(name, tuple(map(HostAddress, found, refused)))


def _embedded_ipv4(address: IPv6Address) -> list[IPv4Address]:
    """Return the IPv4 addresses that an IPv6 address is translated to."""
    nat64 = IPv4Address(int(address) & 0xFFFF_FFFF) if address in _NAT64 else None
    embedded = (address.ipv4_mapped, address.sixtofour, nat64, *(address.teredo or ()))
    return [one for one in embedded if one]
