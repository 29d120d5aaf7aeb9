"""The marketplace's fees. Rates are hundredths of a percent; amounts are minor units. Pure.

There is one place where a fraction of a minor unit is rounded, and it is here.
"""

from typing import Final

_WHOLE: Final = 10_000
"""Hundredths of a percent."""


def fee(amount: int, rate: int) -> int:
    """Return a share of an amount; half a minor unit counts as a whole one. Raises ValueError for less than nothing."""
    if amount < 0 or rate < 0:
        raise ValueError("There is no fee on less than nothing.")
    return (amount * rate + _WHOLE // 2) // _WHOLE


def returned(charged: int, used: int, rate: int) -> int:
    """Return what of a fee that was charged goes back when only `used` of the amount is paid out.

    It is what was charged less what the used part costs, so what is kept and what goes back are the whole.
    """
    return charged - min(charged, fee(used, rate))
