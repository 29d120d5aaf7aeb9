"""Pictures that people upload: the kinds, their sizes and limits, and the URL that shows one."""

from enum import StrEnum
from typing import Final
from urllib.parse import urlencode

MEDIA_TYPES: Final = ("image/jpeg", "image/png", "image/webp")
"""The types that Souk decodes. SVG is not among them: it can contain scripts."""
MAX_BYTES: Final = 5_000_000
MAX_BRAND_BYTES: Final = 1_000_000
MAX_PIXELS: Final = 50_000_000
"""Width times height."""
MIN_SIDE: Final = 32
"""Pixels of the shorter side."""
PATH: Final = "/pictures"
"""The path of the route that shows pictures."""
DEFAULT_SIZE: Final = 150


class PictureKind(StrEnum):
    """What a picture shows. The object key of an original has the kind, which decides its sizes."""

    PORTRAIT = "portrait"
    LOGO = "logo"
    PORTFOLIO = "portfolio"
    CLOUD = "cloud"
    """The logo of a talent cloud, or a picture in its tasks."""
    BRAND = "brand"
    """The logo of the marketplace."""
    SNAPSHOT = "snapshot"
    """A screenshot of tracked work, or a picture of the webcam beside it."""

    @property
    def private(self) -> bool:
        """Whether only some people see it: there are links that expire, and no permanent URL.

        A private picture is shown as soon as it was processed, so its upload is not confirmed.
        """
        return self is PictureKind.SNAPSHOT

    @property
    def transparent(self) -> bool:
        """Whether it keeps its transparency, as PNG. Others are photos."""
        return self in (PictureKind.LOGO, PictureKind.BRAND)

    @property
    def media_types(self) -> tuple[str, ...]:
        """The types that are accepted."""
        return MEDIA_TYPES[1:] if self is PictureKind.BRAND else MEDIA_TYPES

    @property
    def max_bytes(self) -> int:
        """The greatest size of an upload."""
        return MAX_BRAND_BYTES if self is PictureKind.BRAND else MAX_BYTES


UNREDUCED: Final = 65_535
"""The size of a picture that is as large as its original: the longest side that JPEG can have, in pixels."""


SIZES: Final = {
    PictureKind.PORTRAIT: (32, 50, 100, 150, 500),
    PictureKind.LOGO: (50, 150, 500),
    PictureKind.PORTFOLIO: (300, 750, 1500),
    PictureKind.CLOUD: (150, 500),
    PictureKind.BRAND: (64, 192, 500),
    PictureKind.SNAPSHOT: (200, 800, UNREDUCED),
}
"""The lengths of the longer side, in pixels. A smaller picture is not enlarged."""


def picture_url(base_url: str, name: str, size: int = DEFAULT_SIZE) -> str:
    """Return the permanent URL of a picture. `name` is that of `souk.domains.files.model.Picture`."""
    return f"{base_url}{PATH}?{urlencode({'name': name, 'size': size})}"
