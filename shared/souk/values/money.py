"""Money as an integer of minor units and a currency, never floating point.

Currencies have the number of fraction digits of ISO 4217. Babel has those of CLDR, which are fewer for thirteen
currencies, such as the Iraqi dinar, and would change stored amounts.

The contract writes amounts as decimal strings with a dot.
"""

import re
from dataclasses import dataclass
from typing import Final

from souk.values.errors import Unprocessable

DEFAULT_CURRENCY: Final = "USD"
MAX_MINOR: Final = 10**12
"""The largest price or payment, in minor units."""

# ISO 4217, list one: the currencies whose minor unit is not a hundredth.
_DIGITS_OF: Final = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_DIGITS: Final = {currency: digits for digits, currencies in _DIGITS_OF.items() for currency in currencies.split()}
MOST_DIGITS: Final = 4
_SYMBOLS: Final = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹", "ILS": "₪", "KRW": "₩"}
_AMOUNT: Final = re.compile(r"([0-9]{1,12})(?:\.([0-9]{1,18}))?", re.ASCII)


def of_major(amount: int) -> int:
    """Return an amount of major units on the scale of `Money.comparable`."""
    return amount * 10**MOST_DIGITS


def digits_of(currency: str) -> int:
    """Return the number of fraction digits of a currency."""
    return _DIGITS.get(currency, 2)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units, such as cents. Its properties are the fields of the contract's `Money`."""

    minor: int
    currency: str = DEFAULT_CURRENCY

    @classmethod
    def parse(cls, text: str, currency: str = DEFAULT_CURRENCY) -> "Money":
        """Parse a non-negative amount without rounding: `1250.50`, `40`.

        Raises Unprocessable for anything else, and for more fraction digits than the currency has.
        """
        match = _AMOUNT.fullmatch(text)
        if not match:
            raise Unprocessable(f"{text[:40]!r} is not an amount; write digits with a dot, such as 1250.50.")
        digits, fraction = digits_of(currency), (match[2] or "").rstrip("0")
        if len(fraction) > digits:
            raise Unprocessable(f"{text!r} has too many digits after the dot; {currency} has {digits}.")
        return cls(int(match[1] + fraction.ljust(digits, "0")), currency)

    @property
    def scale(self) -> int:
        """The number of minor units in a major unit: 100 cents in a dollar."""
        return int(10 ** digits_of(self.currency))

    @property
    def raw_value(self) -> str:
        """The amount as a decimal string, such as `1250.50`."""
        digits = digits_of(self.currency)
        sign, units = "-" if self.minor < 0 else "", str(abs(self.minor)).rjust(digits + 1, "0")
        return f"{sign}{units[:-digits]}.{units[-digits:]}" if digits else sign + units

    @property
    def display_value(self) -> str:
        """The amount for people, such as `$1,250.50` or `MAD 20.00`."""
        whole, dot, fraction = self.raw_value.lstrip("-").partition(".")
        sign = "-" if self.minor < 0 else ""
        unit = _SYMBOLS.get(self.currency, f"{self.currency} ")
        return f"{sign}{unit}{int(whole):,}{dot}{fraction}"

    @property
    def major(self) -> float:
        """The amount in major units, for the contract's Float fields. Do not calculate with it."""
        return self.minor / float(10 ** digits_of(self.currency))

    @property
    def comparable(self) -> int:
        """The amount in ten-thousandths of the major unit: an integer scale for all currencies, used in search."""
        return self.minor * int(10 ** (MOST_DIGITS - digits_of(self.currency)))
