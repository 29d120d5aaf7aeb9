"""The marketplace's fees. Rates are hundredths of a percent; amounts are minor units. Pure.

This is the only place that rounds fractions of a minor unit.
"""

from typing import Final

_WHOLE: Final = 10_000
"""Hundredths of a percent."""


def fee(amount: int, rate: int) -> int:
    """Return the fee on an amount, rounded half up. Raises ValueError for negative amounts or rates."""
    if amount < 0 or rate < 0:
        raise ValueError("Amounts and rates must not be negative.")
    return (amount * rate + _WHOLE // 2) // _WHOLE


def returned(charged: int, used: int, rate: int) -> int:
    """Return the refund of a charged fee when only `used` of the amount is paid out.

    It is the charged fee less the fee on the used part, so the two parts always sum to the charged fee.
    """
    return charged - min(charged, fee(used, rate))
