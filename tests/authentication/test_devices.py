"""The names of browsers and the networks of addresses."""

import pytest

from souk.authentication.devices import device_of, shortened

_GECKO = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
_CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
)
_SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Safari/604.1"


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        (_GECKO, "Firefox on Linux"),
        (_CHROME, "Chrome on Windows"),
        (f"{_CHROME} Edg/140.0", "Edge on Windows"),
        (_SAFARI, "Safari on iOS"),
        ("curl/8.5.0", "Unknown browser"),
        ("", "Unknown browser"),
    ],
)
def test_device_is_browser_and_system(user_agent: str, device: str) -> None:
    assert device_of(user_agent) == device


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("", ""),
        ("<script>", ""),
    ],
)
def test_address_is_shortened(address: str, network: str) -> None:
    assert shortened(address) == network
