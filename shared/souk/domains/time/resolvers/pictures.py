"""The pictures of a cell: of the screen and of the webcam, under the names of each type that shows them."""

from collections.abc import Callable
from typing import Final

from souk.domains.time.resolvers.declared import domain
from souk.domains.time.views.diaries import ShownCell, cell_needs, screenshot, webcam
from souk.domains.time.views.pictures import PictureUrls
from souk.graph import Context

Read = Callable[[ShownCell, Context], PictureUrls | None]
_SNAPSHOT: Final = {
    "screenshotUrl": "original",
    "screenshotImage": "original",
    "screenshotImageLarge": "original",
    "screenshotImageMedium": "medium",
    "screenshotImageThumbnail": "thumbnail",
    "webcamUrl": "original",
    "webcamImage": "original",
    "webcamImageThumbnail": "thumbnail",
}
_SIZES: Final = {
    "WorkDiaryTimeCell": {
        "screenshotImageUrl": "original",
        "screenshotImageUrlMedium": "medium",
        "screenshotImageThumbnail": "thumbnail",
        "webcamImageUrl": "original",
        "webcamImageThumbnail": "thumbnail",
    },
    "Snapshot": _SNAPSHOT,
    "WorkDiaryCompanySnapshotScreenshot": _SNAPSHOT,
}
"""The size that each field shows."""
_FLAGS: Final = {
    "WorkDiaryTimeCell": ("hasScreenshot", "webcamEnabled"),
    "Snapshot": ("hasScreenshot", "hasWebcam"),
    "WorkDiaryCompanySnapshotScreenshot": ("hasScreenshot", "hasWebcam"),
}


def _read(name: str) -> Read:
    return webcam if "ebcam" in name else screenshot


def _url(read: Read, size: str) -> Callable[[ShownCell, Context], str | None]:
    def resolve(source: ShownCell, ctx: Context) -> str | None:
        urls = read(source, ctx)
        return getattr(urls, size) if urls else None

    return resolve


def _has(read: Read) -> Callable[[ShownCell, Context], bool]:
    return lambda source, ctx: read(source, ctx) is not None


for _type, _sizes in _SIZES.items():
    for _name, _size in _sizes.items():
        domain.field(f"{_type}.{_name}", needs=cell_needs)(_url(_read(_name), _size))
    for _name in _FLAGS[_type]:
        domain.field(f"{_type}.{_name}", needs=cell_needs)(_has(_read(_name)))
