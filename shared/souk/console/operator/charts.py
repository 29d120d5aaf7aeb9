"""The bars of fees by month. Pure: heights and labels, which templates draw as SVG with attributes."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

WIDTH, GAP, HEIGHT = 84, 14, 96
"""The width of a bar, the room between two, and the height of the highest, in units of the drawing."""


class Bar(NamedTuple):
    """The bar of a month."""

    x: int
    height: int
    label: str
    """Such as `Nov`."""
    value: str
    now: bool


class Chart(NamedTuple):
    """The fees in one currency."""

    currency: str
    bars: Sequence[Bar]
    spoken: str
    """The same in words."""

    @property
    def width(self) -> int:
        """The width of the drawing."""
        return len(self.bars) * (WIDTH + GAP) - GAP


def months_until(now: datetime, number: int) -> list[str]:
    """Return the last months (UTC), this one included: `2026-11`."""
    last = now.year * 12 + now.month - 1
    return [f"{at // 12}-{at % 12 + 1:02}" for at in range(last - number + 1, last + 1)]


def fees(income: Iterable[Mapping[str, Any]], months: Sequence[str]) -> list[Chart]:
    """Return a chart for each currency; fees of months that have none are zero."""
    by_currency: dict[str, dict[str, Decimal]] = {}
    for one in income:
        by_currency.setdefault(one["currency"], {})[one["month"]] = Decimal(one["total"]["rawValue"])
    return [_chart(currency, amounts, months) for currency, amounts in sorted(by_currency.items())]


def _chart(currency: str, amounts: Mapping[str, Decimal], months: Sequence[str]) -> Chart:
    highest = max([*amounts.values(), Decimal(1)])
    bars = []
    for at, month in enumerate(months):
        amount = amounts.get(month, Decimal(0))
        height = max(round(max(amount, Decimal(0)) / highest * HEIGHT), 1)
        label = date.fromisoformat(f"{month}-01").strftime("%b")
        bars.append(Bar(at * (WIDTH + GAP), height, label, f"{amount:,.0f}", now=month == months[-1]))
    spoken = ", ".join(f"{bar.label} {bar.value}" for bar in bars)
    return Chart(currency, bars, f"Fees in {currency}: {spoken} until today")
