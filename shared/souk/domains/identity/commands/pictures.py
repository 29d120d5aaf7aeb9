"""Portraits and logos: choosing an uploaded picture, and showing it when it has been processed."""

from datetime import datetime

from souk.deadlines.model import schedule
from souk.domains.files.commands.chosen import choose, outcome, read, remove_previous
from souk.domains.identity.rules.privacy import shown_on_profile
from souk.domains.identity.store import ACCOUNT_CHANGED, ORGANIZATIONS, USERS, teams_of
from souk.storage import Table, Transaction

__all__ = ["LOGO", "PORTRAIT", "choose", "remove_previous", "show_logo", "show_portrait"]

PORTRAIT, LOGO = "identity.portrait", "identity.logo"
"""The purposes of the uploads, and the deadlines that run when a picture has been processed."""


def show_portrait(table: Table, file_id: str, now: datetime) -> None:
    """Show a processed portrait, if its person has chosen it; forget a refused one."""
    file, picture = read(table, file_id)
    if file is None or picture is None:
        return

    def attempt(tx: Transaction) -> None:
        user = table.get(USERS, file.user_id, consistent=True)
        if user and user.portrait and user.portrait.file_id == file_id:
            after = user.model_copy(update={"portrait": outcome(tx, picture, now)})
            tx.update(USERS, after)
            if shown_on_profile(after) != shown_on_profile(user):
                schedule(tx, ACCOUNT_CHANGED, user.id, now)

    table.retry_until_committed(attempt)


def show_logo(table: Table, file_id: str, now: datetime) -> None:
    """Show a processed logo, if an organization or a team of it has chosen it; forget a refused one."""
    file, picture = read(table, file_id)
    if file is None or picture is None:
        return
    ids = [file.organization_id]
    if file.organization_id == file.company_id:
        ids += [team.id for team in teams_of(table, file.company_id)]

    def attempt(tx: Transaction) -> None:
        items = table.batch_get((ORGANIZATIONS.key(each) for each in ids), consistent=True)
        for organization in map(ORGANIZATIONS.decode, items.values()):
            if organization.logo and organization.logo.file_id == file_id:
                tx.update(ORGANIZATIONS, organization.model_copy(update={"logo": outcome(tx, picture, now)}))

    table.retry_until_committed(attempt)
