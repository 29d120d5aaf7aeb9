"""The look of a marketplace: what its pages show of it, and the colours that they derive from its accent colour.

The contrast of two colours is that of WCAG 2.2 ("contrast ratio"). Text has at least 4.5:1.
"""

import colorsys
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Final, NamedTuple

SOUK: Final = "Souk"
"""The name of a marketplace that nobody has named."""
ACCENT: Final = "#8f3d16"
LEAST_CONTRAST: Final = 4.5
_COLOR: Final = re.compile(r"#[0-9A-Fa-f]{6}")
_STEPS: Final = 200
_LINEAR_BELOW: Final = 0.04045


@dataclass(frozen=True, slots=True)
class Brand:
    """What pages and mails show of the marketplace."""

    name: str = SOUK
    tagline: str = ""
    description: str = ""
    accent: str = ACCENT
    """#rrggbb."""
    logo_url: str = ""
    """"" if pages show the stall."""
    logo_origin: str = ""
    """The origin that the logo is loaded from, if it is not the page's; "" otherwise."""
    support_email: str = ""
    support_url: str = ""
    terms_url: str = ""
    privacy_url: str = ""
    docs_url: str = ""
    powered_by: bool = True
    """Whether pages say "Powered by Souk"."""

    @property
    def links(self) -> tuple[tuple[str, str], ...]:
        """The titles and addresses of the links at the foot of pages, those that are set."""
        found = (
            ("Documentation", self.docs_url),
            ("Terms", self.terms_url),
            ("Privacy", self.privacy_url),
            ("Support", self.support),
        )
        return tuple((title, address) for title, address in found if address)

    @property
    def support(self) -> str:
        """The address of the support: a web page or a mailto link; "" if there is none."""
        return self.support_url or (f"mailto:{self.support_email}" if self.support_email else "")


class Scheme(NamedTuple):
    """The grounds and inks of the style sheet, in light or in dark."""

    grounds: tuple[str, ...]
    """What text in the accent colour stands on."""
    inks: tuple[str, ...]
    """Text that stands on the wash."""
    on_brand: str
    """Text on the accent colour."""
    deep: float
    """The factor of the lightness of links and buttons under the pointer, above 1 in dark."""
    wash: float
    """The lightness of the wash to begin with."""
    dark: bool


LIGHT: Final = Scheme(("#f6f3ee", "#fffdfa"), ("#211d1a", "#5f574f"), "#ffffff", 0.8, 0.92, dark=False)
DARK: Final = Scheme(("#171513", "#211e1b"), ("#f2ede6", "#b9afa4"), "#160d07", 1.15, 0.17, dark=True)
"""As in web/templates/style.css, which a test compares."""
_WASH_SATURATION: Final = 0.6


class Palette(NamedTuple):
    """The four brand variables of the style sheet, each #rrggbb."""

    brand: str
    brand_deep: str
    on_brand: str
    wash: str


def is_color(text: str) -> bool:
    """Return whether a text is a colour: #rrggbb."""
    return _COLOR.fullmatch(text) is not None


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def palette(accent: str, scheme: Scheme) -> Palette:
    """Return the brand variables of an accent colour in light or in dark.

    They have its hue. The lightness is the nearest to the accent's that gives text 4.5:1 wherever it stands.
    """
    hue, lightness, saturation = _hls(accent)
    wash = _nearest(
        _tints(hue, min(saturation, _WASH_SATURATION), scheme.wash, darker=scheme.dark),
        lambda color: all(contrast(color, ink) >= LEAST_CONTRAST for ink in scheme.inks),
    )
    grounds = (*scheme.grounds, wash, scheme.on_brand)

    def readable(color: str) -> bool:
        return all(contrast(color, ground) >= LEAST_CONTRAST for ground in grounds)

    brand = _nearest(_tints(hue, saturation, lightness, darker=not scheme.dark, first=accent.lower()), readable)
    deep = min(_hls(brand)[1] * scheme.deep, 1.0)
    brand_deep = _nearest(_tints(hue, saturation, deep, darker=not scheme.dark), readable)
    return Palette(brand, brand_deep, scheme.on_brand, wash)


@lru_cache(8)
def style_sheet(accent: str) -> str:
    """Return the style sheet that sets the brand variables, for light and dark."""
    light, dark = (_rule(palette(accent, scheme)) for scheme in (LIGHT, DARK))
    return f":root {{ {light} }}\n@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n"


@lru_cache(8)
def version(accent: str) -> str:
    """Return a hash of the style sheet of an accent colour, for its URL."""
    return sha256(style_sheet(accent).encode()).hexdigest()[:12]


@lru_cache(8)
def favicon(accent: str) -> str:
    """Return the icon in an accent colour: the stall on a square, which shows on light and dark tabs. SVG."""
    light = palette(accent, LIGHT)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
        f'<rect width="32" height="32" rx="7" fill="{light.brand}"/>'
        f'<g fill="none" stroke="{light.on_brand}" stroke-width="2" stroke-linejoin="round">'
        '<path d="M7 14l2-7h14l2 7z"/><path d="M9.5 18v7h13v-7"/>'
        f'<path fill="{light.on_brand}" d="M7 14a3 3 0 0 0 6 0 3 3 0 0 0 6 0 3 3 0 0 0 6 0"/></g></svg>'
    )


def _rule(colors: Palette) -> str:
    return " ".join(f"--{name.replace('_', '-')}: {value};" for name, value in colors._asdict().items())


def _tints(hue: float, saturation: float, lightness: float, *, darker: bool, first: str = "") -> Iterator[str]:
    """Yield a colour, then ever darker or lighter ones until black or white."""
    if first:
        yield first
    end = 0.0 if darker else 1.0
    for step in range(_STEPS + 1):
        red, green, blue = colorsys.hls_to_rgb(hue, lightness + (end - lightness) * step / _STEPS, saturation)
        yield f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}"


def _nearest(colors: Iterator[str], fits: Callable[[str], bool]) -> str:
    return next(color for color in colors if fits(color))


def _channels(color: str) -> tuple[float, float, float]:
    red, green, blue = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _hls(color: str) -> tuple[float, float, float]:
    return colorsys.rgb_to_hls(*_channels(color))


def _luminance(color: str) -> float:
    linear = [part / 12.92 if part <= _LINEAR_BELOW else ((part + 0.055) / 1.055) ** 2.4 for part in _channels(color)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
