"""Changing one's own account."""

from souk.authentication.records import MEMBERSHIPS, membership_key
from souk.deadlines.model import schedule
from souk.domains.files.model import ChosenPicture
from souk.domains.identity.commands import pictures
from souk.domains.identity.inputs import UpdateAccount
from souk.domains.identity.model import User
from souk.domains.identity.rules import account as rules
from souk.domains.identity.rules.privacy import shown_on_profile
from souk.domains.identity.store import ACCOUNT_CHANGED, ORGANIZATIONS, USERS, organization_key
from souk.domains.marketplace.store import current
from souk.graph import Context
from souk.storage import Transaction
from souk.values.errors import NotFound, Unprocessable


def update(ctx: Context, wanted: UpdateAccount) -> User:
    """Change the caller's account, with all changes of the input or none."""

    def attempt(tx: Transaction) -> User:
        user = ctx.table.get(USERS, ctx.principal.user_id, consistent=True)
        if user is None:
            raise NotFound("This account does not exist.")
        after = rules.apply_change(user, wanted, current(ctx.table).languages)
        if wanted.default_organization_id is not None:
            after = after.model_copy(update={"organization_id": _default(ctx, wanted.default_organization_id)})
        if "portrait_file_id" in wanted.model_fields_set:
            portrait = _portrait(ctx, tx, user, wanted.portrait_file_id)
            pictures.remove_previous(tx, user.portrait, portrait, ctx.now)
            after = after.model_copy(update={"portrait": portrait, "photo_url": None})
        if shown_on_profile(after) != shown_on_profile(user):
            schedule(tx, ACCOUNT_CHANGED, user.id, ctx.now)
        return user if after == user else tx.update(USERS, after)

    return ctx.table.retry_until_committed(attempt)


def _portrait(ctx: Context, tx: Transaction, user: User, file_id: str | None) -> ChosenPicture | None:
    if file_id is None:
        return None
    return pictures.choose(
        ctx.table,
        tx,
        file_id,
        path="portraitFileId",
        purpose=pictures.PORTRAIT,
        allowed=lambda file: file.user_id == user.id,
    )


def _default(ctx: Context, organization_id: str) -> str:
    """Return the id of an active organization that the caller is a member of. Raises Unprocessable for others."""
    at_membership = membership_key(ctx.principal.user_id, organization_id)
    at_organization = organization_key(organization_id)
    items = ctx.table.batch_get([at_membership, at_organization], consistent=True)
    joined = at_membership in items and MEMBERSHIPS.decode(items[at_membership]).active
    if not joined or at_organization not in items or not ORGANIZATIONS.decode(items[at_organization]).active:
        raise Unprocessable("input.defaultOrganizationId: you are not a member of this organization.")
    return organization_id
