"""Changing the settings of the marketplace, and showing its uploaded logo."""

from datetime import datetime
from typing import TYPE_CHECKING, Final

from souk.deadlines.model import schedule
from souk.domains.audit.inputs import reason_of
from souk.domains.audit.model import Subject
from souk.domains.audit.store import actor_of, record
from souk.domains.files.commands import chosen
from souk.domains.files.model import ChosenPicture
from souk.domains.marketplace.deployment import defaults
from souk.domains.marketplace.inputs import UpdateMarketplaceSettings
from souk.domains.marketplace.model import Settings
from souk.domains.marketplace.rules import effective
from souk.domains.marketplace.rules.changes import apply_change, changed_fields, with_terms_since
from souk.domains.marketplace.store import SETTINGS, settings_key
from souk.storage import Table, Transaction
from souk.values.errors import Conflict
from souk.values.times import stamp
from souk.web.translations import catalogs

if TYPE_CHECKING:
    from souk.graph import Context  # pages use this module without the graph

LOGO: Final = "marketplace.logo"
"""The purpose of an uploaded logo, and the deadline that runs when it has been processed."""
KEY_REVIEW_OFF: Final = "identity.key_review_off"
PROFILE_REVIEW_OFF: Final = "talent.profile_review_off"
"""The deadlines that approve what waits, once operators have turned a review off."""
ALL: Final = "all"
"""The entity of these deadlines."""


def update(ctx: "Context", wanted: UpdateMarketplaceSettings) -> Settings:
    """Change the settings, with all changes of the input or none.

    Raises Conflict if they have changed since the version that the input names.
    """
    reason = reason_of(wanted.reason)

    def attempt(tx: Transaction) -> Settings:
        before = ctx.table.get(SETTINGS, consistent=True) or Settings()
        if before.version != wanted.version:
            raise Conflict("The settings have been changed meanwhile. Read them again.", version=before.version)
        after = apply_change(before, wanted, catalogs())
        if "logo_file_id" in wanted.model_fields_set:
            logo = _logo(ctx, tx, wanted.logo_file_id)
            chosen.remove_previous(tx, before.logo, logo, ctx.now)
            after = after.model_copy(update={"logo": logo})
        after = with_terms_since(before, after, stamp(ctx.now))
        old, new = effective(before, defaults()), effective(after, defaults())
        changes = changed_fields(old, new)
        if after == before:
            return before
        after = after.model_copy(update={"modified": stamp(ctx.now), "modified_by_id": ctx.principal.user_id})
        subject = Subject(type="MarketplaceSettings", id="settings", title=new.name)
        record(tx, actor_of(ctx), "updateMarketplaceSettings", subject, reason=reason, changes=changes)
        if old.api_key_review and not new.api_key_review:
            schedule(tx, KEY_REVIEW_OFF, ALL, ctx.now)
        if old.profile_review and not new.profile_review:
            schedule(tx, PROFILE_REVIEW_OFF, ALL, ctx.now)
        return tx.update(SETTINGS, after) if before.version else tx.create(SETTINGS, after)

    stored = ctx.table.retry_until_committed(attempt)
    _keep(ctx.table, stored)
    return stored


def show_logo(table: Table, file_id: str, now: datetime) -> None:
    """Show a processed logo, if it is still chosen; forget a refused one."""
    file, picture = chosen.read(table, file_id)
    if file is None or picture is None:
        return

    def attempt(tx: Transaction) -> Settings | None:
        settings = table.get(SETTINGS, consistent=True)
        if settings is None or settings.logo is None or settings.logo.file_id != file_id or settings.logo.name:
            return None
        return tx.update(SETTINGS, settings.model_copy(update={"logo": chosen.outcome(tx, picture, now)}))

    if stored := table.retry_until_committed(attempt):
        _keep(table, stored)


def _logo(ctx: "Context", tx: Transaction, file_id: str | None) -> ChosenPicture | None:
    if file_id is None:
        return None
    own = ctx.principal.organization_id
    return chosen.choose(
        ctx.table, tx, file_id, path="logoFileId", purpose=LOGO, allowed=lambda file: file.organization_id == own
    )


def _keep(table: Table, settings: Settings) -> None:
    """Have this function read its own change at once; the others read it within a minute."""
    if settings.version:
        table.keep(settings_key(), SETTINGS.encode(settings))
