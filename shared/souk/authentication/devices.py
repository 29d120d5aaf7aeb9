"""What a person recognizes a browser by: its name and system, and a part of its address. Pure."""

from ipaddress import ip_address, ip_network
from typing import Final

_BROWSERS: Final = (
    # The order matters: most browsers also name those that they imitate.
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS: Final = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("iPad", "iPadOS"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
_PREFIXES: Final = {4: 24, 6: 48}


def device_of(user_agent: str) -> str:
    """Return the name of a browser and its system, such as "Firefox on Linux", from its User-Agent header."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "Unknown browser")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return f"{browser} on {system}" if system else browser


def shortened(address: str) -> str:
    """Return the network of an IP address: /24 of IPv4, /48 of IPv6; "" if it is none."""
    try:
        ip = ip_address(address)
    except ValueError:
        return ""
    return str(ip_network(f"{ip}/{_PREFIXES[ip.version]}", strict=False))
