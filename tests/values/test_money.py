"""Money is parsed and formatted exactly, with each currency's digits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souk.values.errors import Unprocessable
from souk.values.money import Money, digits_of, of_major


@pytest.mark.parametrize(
    ("text", "currency", "minor", "raw", "display"),
    [
        ("1250.50", "USD", 125_050, "1250.50", "$1,250.50"),
        ("40", "USD", 4_000, "40.00", "$40.00"),
        ("0.1", "EUR", 10, "0.10", "€0.10"),
        ("007.500", "USD", 750, "7.50", "$7.50"),
        ("1500", "JPY", 1_500, "1500", "¥1,500"),
        ("1.234", "KWD", 1_234, "1.234", "KWD 1.234"),
        ("20", "MAD", 2_000, "20.00", "MAD 20.00"),
    ],
)
def test_amounts(text: str, currency: str, minor: int, raw: str, display: str) -> None:
    money = Money.parse(text, currency)
    assert (money.minor, money.raw_value, money.display_value) == (minor, raw, display)


@pytest.mark.parametrize("text", ["", " 1", "1.", ".5", "-1", "+1", "1e3", "1,5", "٣", "1.005", "1" * 13, "NaN"])
def test_invalid_amount_is_refused(text: str) -> None:
    with pytest.raises(Unprocessable):
        Money.parse(text)


@given(st.integers(0, 10**14), st.sampled_from(("USD", "JPY", "KWD", "CLF")))
def test_raw_value_round_trips(minor: int, currency: str) -> None:
    money = Money(minor % 10 ** (12 + digits_of(currency)), currency)
    assert Money.parse(money.raw_value, currency) == money
    assert money.comparable == money.minor * 10 ** (4 - digits_of(currency))


def test_negative_amounts_and_comparable() -> None:
    assert (Money(-5).raw_value, Money(-123_456).display_value) == ("-0.05", "-$1,234.56")
    assert of_major(3) == Money(300).comparable == Money(3, "JPY").comparable
