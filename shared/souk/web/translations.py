"""The texts of pages in other languages: gettext catalogs in `souk/locale`.

English is in the pages themselves, so it has no catalog. A text that a catalog lacks is shown in English.
"""

from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Final

ENGLISH: Final = "en"
CATALOGS: Final = Path(__file__).parent.parent / "locale"
"""A folder for each language, named by its BCP 47 tag, with `souk.po`."""
FILE: Final = "souk.po"


class Text(str):
    """A text that is translated when a page shows it. As a string it is English.

    `Text("Enter your %(label)s.", label=...)`: the values may be texts, too.
    """

    __slots__ = ("message", "values")
    message: str
    values: dict[str, object]

    def __new__(cls, message: str, **values: object) -> "Text":
        """Return the text. `message` is what catalogs have."""
        text = super().__new__(cls, message % values if values else message)
        text.message, text.values = message, values
        return text


def shown(texts: NullTranslations, text: str) -> str:
    """Return a text in the language of a catalog; in English if the catalog lacks it."""
    if not isinstance(text, Text):
        return texts.gettext(text) if text else text
    values = {name: shown(texts, value) if isinstance(value, Text) else value for name, value in text.values.items()}
    message = texts.gettext(text.message)
    return message % values if values else message


_MAX_HEADER: Final = 500  # characters of Accept-Language that are looked at


@cache
def catalogs() -> frozenset[str]:
    """Return the languages that pages have texts in."""
    return frozenset({ENGLISH, *(path.parent.name for path in CATALOGS.glob(f"*/{FILE}"))})


@cache
def translations(language: str) -> NullTranslations:
    """Return the texts of a language; English for a language without a catalog."""
    if language == ENGLISH or language not in catalogs():
        return NullTranslations()
    # Babel is loaded only for pages that are not in English.
    from babel.messages.mofile import write_mo  # noqa: PLC0415
    from babel.messages.pofile import read_po  # noqa: PLC0415

    compiled = BytesIO()
    with (CATALOGS / language / FILE).open("rb") as file:
        write_mo(compiled, read_po(file))
    compiled.seek(0)
    return GNUTranslations(compiled)


def language_of(chosen: str, wanted: str, offered: tuple[str, ...]) -> str:
    """Return the language of a page: the one that the person has `chosen`, or that their browser has `wanted`.

    `chosen` does not count while only one is offered, as it is then nobody's choice.
    """
    return chosen if chosen in offered and len(offered) > 1 else best_language(wanted, offered)


def best_language(wanted: str, offered: tuple[str, ...]) -> str:
    """Return the language for a browser: of those offered, the one that its Accept-Language prefers.

    The first of those offered is the default (RFC 9110, section 12.5.4; RFC 4647, section 3.4).
    """
    ranges: list[tuple[float, int, str]] = []
    for at, part in enumerate(wanted[:_MAX_HEADER].split(",")):
        tag, _, weight = part.strip().partition(";")
        quality = _quality(weight)
        if tag and quality > 0:
            ranges.append((-quality, at, tag.strip().lower()))
    by_tag = {tag.lower(): tag for tag in offered}
    for _, _, tag in sorted(ranges):
        while tag:
            if tag in by_tag:
                return by_tag[tag]
            if tag == "*":
                break
            tag = tag.rpartition("-")[0]  # noqa: PLW2901 - the lookup of RFC 4647 shortens the range
    return offered[0]


def _quality(weight: str) -> float:
    name, _, value = weight.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
