"""How pages show times, money and numbers: absolute, in the person's time zone, with the currency."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Final
from zoneinfo import ZoneInfo

from markupsafe import Markup

from souk.web.translations import ENGLISH, Text, shown, translations

_NEVER: Final = Text("never")


@dataclass(frozen=True)
class Formats:
    """The formats of a page. Templates know them as `show`."""

    timezone: str
    """The IANA name of the person's time zone."""
    language: str = ENGLISH
    """The language of the page. BCP 47."""

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def time(self, stamp: str | None, otherwise: str | None = None) -> Markup:
        """Return a point in time, such as `28 November 2026, 16:02`, as an element. `stamp` is ISO 8601, UTC."""
        return self._element(stamp, otherwise, lambda moment: f"{self._date(moment)}, {moment:%H:%M}")

    def day(self, stamp: str | None, otherwise: str | None = None) -> Markup:
        """Return a day, such as `28 November 2026`, as an element. `stamp` is ISO 8601, UTC."""
        return self._element(stamp, otherwise, self._date)

    def money(self, amount: Mapping[str, str] | None) -> str:
        """Return an amount with its currency, such as `1,250.00 USD`. `amount` is the contract's Money."""
        if amount is None:
            return ""
        return f"{self._separated(Decimal(amount['rawValue']))} {amount['currency']}"

    def opposite(self, amount: Mapping[str, str]) -> str:
        """Return the opposite of an amount with its currency."""
        return f"{self._separated(-Decimal(amount['rawValue']))} {amount['currency']}"

    def number(self, number: int) -> str:
        """Return a number with separators, such as `40,000`."""
        return self._separated(number)

    def words(self, constant: str) -> str:
        """Return a constant of the API as words, such as `Hiring manager` for HIRING_MANAGER."""
        return constant.replace("_", " ").capitalize()

    def camel(self, name: str) -> str:
        """Return the name of a field or an action as words, such as `Take down content` for takeDownContent."""
        return re.sub(r"(?<=[a-z])([A-Z])", r" \1", name).capitalize()

    def _separated(self, number: int | Decimal) -> str:
        """Return a number with the separators of the language and all its digits."""
        english = f"{number:,}"
        if self.language == ENGLISH:
            return english
        from babel.numbers import get_decimal_symbol, get_group_symbol  # noqa: PLC0415 - only for other languages

        symbols: dict[str, str | int | None] = {
            ",": get_group_symbol(self._locale),
            ".": get_decimal_symbol(self._locale),
        }
        return english.translate(str.maketrans(symbols))

    def _element(self, stamp: str | None, otherwise: str | None, write: Callable[[datetime], str]) -> Markup:
        if not stamp:
            missing = shown(translations(self.language), _NEVER) if otherwise is None else otherwise
            return Markup("{}").format(missing)
        moment = datetime.fromisoformat(stamp).astimezone(self._zone)
        element = Markup('<time datetime="{}">{}</time>')
        return element.format(moment.isoformat(timespec="minutes"), write(moment))

    def _date(self, moment: datetime) -> str:
        if self.language == ENGLISH:
            return f"{moment:%-d %B %Y}"
        from babel.dates import format_date  # noqa: PLC0415 - only for other languages

        return format_date(moment, "long", locale=self._locale)

    @property
    def _locale(self) -> str:
        """The name of the language in Babel."""
        return self.language.replace("-", "_")
