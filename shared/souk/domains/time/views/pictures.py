"""Links to the screenshots of cells, and to the pictures of the webcam. They expire after 15 minutes."""

from typing import NamedTuple

from souk.domains.files.model import PictureState
from souk.domains.files.store import PICTURES, picture_link
from souk.domains.time.model import Cell
from souk.graph import Context
from souk.graph.context import Source
from souk.storage import Key
from souk.values.pictures import SIZES, PictureKind

_THUMBNAIL, _MEDIUM, _ORIGINAL = SIZES[PictureKind.SNAPSHOT]


class PictureUrls(NamedTuple):
    """Links to the sizes of a picture."""

    original: str
    medium: str
    """800 pixels."""
    thumbnail: str
    """200 pixels."""


def pictures_of(cell: Cell) -> dict[Key, Source]:
    """Return the keys of a cell's pictures, to read those of many cells in one round trip (`Context.fetch`)."""
    return {PICTURES.key(file_id): PICTURES for file_id in (cell.screenshot_id, cell.webcam_id) if file_id}


def picture_urls(ctx: Context, cell: Cell) -> PictureUrls | None:
    """Return the links of a cell's screenshot; None if it has none, or none that has been processed yet.

    The caller decides whether the person may see it: a client does not see those of a contract that hides them.
    """
    return _urls(ctx, cell.screenshot_id)


def webcam_urls(ctx: Context, cell: Cell) -> PictureUrls | None:
    """Return the links of a cell's webcam picture, as `picture_urls`."""
    return _urls(ctx, cell.webcam_id)


def _urls(ctx: Context, file_id: str | None) -> PictureUrls | None:
    picture = ctx.load(PICTURES, file_id) if file_id else None
    if picture is None or picture.state is not PictureState.READY:
        return None
    return PictureUrls(*(picture_link(picture, size) for size in (_ORIGINAL, _MEDIUM, _THUMBNAIL)))
