"""Processing a confirmed picture: the work of the function `images`."""

import secrets
import time
from collections.abc import Callable
from typing import Any, Final

from souk.deadlines.model import schedule
from souk.domains.files.imaging import NotAPictureError, render
from souk.domains.files.model import File, Picture, PictureState
from souk.domains.files.store import FILES, PICTURES, delete_object, put_picture, read_object
from souk.runtime.log import logger
from souk.storage import Table
from souk.values.errors import Conflict, SoukError

_TOKEN_BYTES: Final = 16
_LOOKS: Final = 10
_SECONDS_BETWEEN_LOOKS: Final = 0.5


def process(table: Table, key: str, wait: Callable[[float], None] = time.sleep) -> None:
    """Make the sizes of a picture and delete the original. `key` is the object key of the original.

    The result is stored with a deadline that is named as the purpose of the upload, so that its domain shows the
    picture. The original of a private picture is its upload, and the result alone shows it. A file that is no picture
    gets the reason in its result. An event that comes twice does nothing again.

    Raises SoukError if the file is not confirmed after some seconds; AWS then sends the event again later.
    """
    file = _confirmed_file(table, key, wait)
    original = file and (file.upload_key if file.private else file.kept_key)
    if file is None or original != key or table.get(PICTURES, file.id, consistent=True):
        delete_object(key)
        return
    picture = _rendered(file, read_object(key))
    tx = table.transaction()
    tx.check(FILES, file)
    tx.create(PICTURES, picture)
    if not file.private:
        schedule(tx, file.purpose, file.id, table.clock.market())
    try:
        tx.commit()
    except Conflict:  # the file was removed, or the event came twice
        for size in picture.sizes:
            delete_object(picture.key_of_size(size))
    delete_object(key)
    logger.info("picture", file=file.id, state=picture.state)


def _rendered(file: File, data: bytes) -> Picture:
    if file.picture is None:
        raise ValueError(f"The file {file.id} is no picture, but lies at {file.key}.")
    private: dict[str, Any] = {"subject_id": file.subject_id, "expires": file.expires} if file.private else {}
    try:
        rendered = render(data, file.picture)
    except NotAPictureError as error:
        return Picture(file_id=file.id, state=PictureState.REFUSED, problem=str(error), **private)
    picture = Picture(
        file_id=file.id,
        state=PictureState.READY,
        token=secrets.token_hex(_TOKEN_BYTES),
        sizes=tuple(rendered.files),
        media_type=rendered.media_type,
        **private,
    )
    for size, content in rendered.files.items():
        put_picture(picture, size, content)
    return picture


def _confirmed_file(table: Table, key: str, wait: Callable[[float], None]) -> File | None:
    """Return the file of an original; None if it was removed.

    `confirmFiles` copies the original before it stores that the file is confirmed, so this looks several times.
    """
    file_id = key.split("/")[2]
    for _ in range(_LOOKS):
        file = table.get(FILES, file_id, consistent=True)
        if file is None or file.confirmed or file.private:
            return file
        wait(_SECONDS_BETWEEN_LOOKS)
    raise SoukError(f"The file {file_id} is not confirmed.")
