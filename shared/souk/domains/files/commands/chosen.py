"""Pictures that somebody has chosen, such as a portrait or a logo: they are shown when they have been processed."""

from collections.abc import Callable
from datetime import datetime

from souk.deadlines.model import schedule
from souk.domains.files.model import ChosenPicture, File, Picture, PictureState
from souk.domains.files.store import FILES, PICTURES
from souk.storage import Table, Transaction
from souk.values.errors import Unprocessable


def choose(
    table: Table, tx: Transaction, file_id: str, *, path: str, purpose: str, allowed: Callable[[File], bool]
) -> ChosenPicture:
    """Return an uploaded picture as the chosen one.

    If it has not been processed yet, it is shown later: the deadline of its purpose is scheduled too, in case the
    processing ends before this transaction. Raises Unprocessable if it is not a confirmed file for this purpose, or was
    refused.
    """
    file, picture = read(table, file_id)
    if file is None or file.purpose != purpose or not file.confirmed or not allowed(file):
        raise Unprocessable(f"input.{path}: you have no confirmed file {file_id[:40]!r} for this.")
    tx.check(FILES, file)  # it may be removed meanwhile
    if picture is None:
        schedule(tx, purpose, file.id, table.clock.market())
        return ChosenPicture(file_id=file.id)
    if picture.state is PictureState.REFUSED:
        raise Unprocessable(f"input.{path}: {picture.problem}")
    return ChosenPicture(file_id=file.id, name=picture.name)


def remove_previous(tx: Transaction, before: ChosenPicture | None, after: ChosenPicture | None, now: datetime) -> None:
    """Schedule the deletion of a picture that is no longer used, by the domain `files`."""
    if before and before.file_id != (after and after.file_id):
        schedule(tx, "files.remove", before.file_id, now)


def outcome(tx: Transaction, picture: Picture, now: datetime) -> ChosenPicture | None:
    """Return a processed picture as the chosen one; None for a refused one, which is deleted."""
    if picture.state is PictureState.REFUSED:
        schedule(tx, "files.remove", picture.file_id, now)
        return None
    return ChosenPicture(file_id=picture.file_id, name=picture.name)


def read(table: Table, file_id: str) -> tuple[File | None, Picture | None]:
    """Return the record of a picture's file, and the result of processing it; None for what does not exist."""
    keys = FILES.key(file_id), PICTURES.key(file_id)
    items = table.batch_get(keys, consistent=True)
    file, picture = (items.get(key) for key in keys)
    return FILES.decode(file) if file else None, PICTURES.decode(picture) if picture else None
