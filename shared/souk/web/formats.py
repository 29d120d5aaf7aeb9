"""How pages show times, money and numbers: absolute, in the person's time zone, with the currency."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from zoneinfo import ZoneInfo

from markupsafe import Markup


@dataclass(frozen=True)
class Formats:
    """The formats of a page. Templates know them as `show`."""

    timezone: str
    """The IANA name of the person's time zone."""

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def time(self, stamp: str | None, otherwise: str = "never") -> Markup:
        """Return a point in time, such as `28 November 2026, 16:02`, as an element. `stamp` is ISO 8601, UTC."""
        return self._element(stamp, "%-d %B %Y, %H:%M", otherwise)

    def day(self, stamp: str | None, otherwise: str = "never") -> Markup:
        """Return a day, such as `28 November 2026`, as an element. `stamp` is ISO 8601, UTC."""
        return self._element(stamp, "%-d %B %Y", otherwise)

    def money(self, amount: Mapping[str, str] | None) -> str:
        """Return an amount with its currency, such as `1,250.00 USD`. `amount` is the contract's Money."""
        if amount is None:
            return ""
        return f"{Decimal(amount['rawValue']):,} {amount['currency']}"

    def opposite(self, amount: Mapping[str, str]) -> str:
        """Return the opposite of an amount with its currency."""
        return f"{-Decimal(amount['rawValue']):,} {amount['currency']}"

    def number(self, number: int) -> str:
        """Return a number with separators, such as `40,000`."""
        return f"{number:,}"

    def words(self, constant: str) -> str:
        """Return a constant of the API as words, such as `Hiring manager` for HIRING_MANAGER."""
        return constant.replace("_", " ").capitalize()

    def camel(self, name: str) -> str:
        """Return the name of a field or an action as words, such as `Take down content` for takeDownContent."""
        return re.sub(r"(?<=[a-z])([A-Z])", r" \1", name).capitalize()

    def _element(self, stamp: str | None, pattern: str, otherwise: str) -> Markup:
        if not stamp:
            return Markup("{}").format(otherwise)
        moment = datetime.fromisoformat(stamp).astimezone(self._zone)
        text = moment.strftime(pattern)
        return Markup('<time datetime="{}">{}</time>').format(moment.isoformat(timespec="minutes"), text)
