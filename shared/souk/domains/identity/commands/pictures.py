"""Portraits and logos: choosing an uploaded picture, and showing it when it has been processed."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from souk.deadlines.model import schedule
from souk.domains.files.model import File, Picture, PictureState
from souk.domains.files.store import FILES, PICTURES
from souk.domains.identity.model import ChosenPicture, Organization, User
from souk.domains.identity.rules.privacy import shown_on_profile
from souk.domains.identity.rules.profile_fields import changed_picture
from souk.domains.identity.store import ACCOUNT_CHANGED, ORGANIZATIONS, USERS, teams_of
from souk.storage import Table, Transaction
from souk.values.errors import Unprocessable

PORTRAIT, LOGO = "identity.portrait", "identity.logo"
"""The purposes of the uploads, and the deadlines that run when a picture has been processed."""

Owner = TypeVar("Owner", User, Organization)


def choose(
    table: Table, tx: Transaction, file_id: str, *, path: str, purpose: str, allowed: Callable[[File], bool]
) -> ChosenPicture:
    """Return an uploaded picture as the chosen one.

    If it has not been processed yet, it is shown later: the deadline of its purpose is scheduled too, in case the
    processing ends before this transaction. Raises Unprocessable if it is not a confirmed file for this purpose, or was
    refused.
    """
    file, picture = _read(table, file_id)
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
    if before and changed_picture(before, after):
        schedule(tx, "files.remove", before.file_id, now)


def show_portrait(table: Table, file_id: str, now: datetime) -> None:
    """Show a processed portrait, if its person has chosen it; forget a refused one."""
    file, picture = _read(table, file_id)
    if file is None or picture is None:
        return

    def attempt(tx: Transaction) -> None:
        user = table.get(USERS, file.user_id, consistent=True)
        if user and user.portrait and user.portrait.file_id == file_id:
            after = user.model_copy(update={"portrait": _outcome(tx, picture, now)})
            tx.update(USERS, after)
            if shown_on_profile(after) != shown_on_profile(user):
                schedule(tx, ACCOUNT_CHANGED, user.id, now)

    table.retry_until_committed(attempt)


def show_logo(table: Table, file_id: str, now: datetime) -> None:
    """Show a processed logo, if an organization or a team of it has chosen it; forget a refused one."""
    file, picture = _read(table, file_id)
    if file is None or picture is None:
        return
    ids = [file.organization_id]
    if file.organization_id == file.company_id:
        ids += [team.id for team in teams_of(table, file.company_id)]

    def attempt(tx: Transaction) -> None:
        items = table.batch_get((ORGANIZATIONS.key(each) for each in ids), consistent=True)
        for organization in map(ORGANIZATIONS.decode, items.values()):
            if organization.logo and organization.logo.file_id == file_id:
                tx.update(ORGANIZATIONS, organization.model_copy(update={"logo": _outcome(tx, picture, now)}))

    table.retry_until_committed(attempt)


def _outcome(tx: Transaction, picture: Picture, now: datetime) -> ChosenPicture | None:
    if picture.state is PictureState.REFUSED:
        schedule(tx, "files.remove", picture.file_id, now)
        return None
    return ChosenPicture(file_id=picture.file_id, name=picture.name)


def _read(table: Table, file_id: str) -> tuple[File | None, Picture | None]:
    keys = FILES.key(file_id), PICTURES.key(file_id)
    items = table.batch_get(keys, consistent=True)
    file, picture = (items.get(key) for key in keys)
    return FILES.decode(file) if file else None, PICTURES.decode(picture) if picture else None
