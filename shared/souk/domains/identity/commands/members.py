"""Changing memberships."""

from typing import TYPE_CHECKING

from souk.authentication.principal import Role
from souk.authentication.records import MEMBERSHIPS, Membership, membership_key
from souk.domains.identity.commands.access import require_organization
from souk.domains.identity.inputs import UpdateMember
from souk.domains.identity.model import Organization, User
from souk.domains.identity.rules import members as rules
from souk.domains.identity.store import USERS, create_membership, first_member, memberships_of, user_key
from souk.storage import Table, Transaction
from souk.values.errors import Conflict, NotFound
from souk.values.times import stamp

_NO_MEMBER = "This person is not a member of the organization. Invite them first."

if TYPE_CHECKING:
    from souk.graph import Context  # the account pages use these commands without the graph


def update(ctx: "Context", wanted: UpdateMember) -> Membership:
    """Change a membership, or add a colleague to another team of the company.

    The last owner of a company cannot leave or lose the role: the transaction checks that there is another owner.
    """
    organization = require_organization(ctx, wanted.organization_id, "manageMembers")
    user, before = _member(ctx, organization, wanted.user_id)
    after = rules.apply_change(ctx.principal, before, wanted, service=user.service)
    if after == before and before.version:
        return before
    tx = ctx.table.transaction()
    stored = save(tx, after)
    if rules.owns(before) and not rules.owns(after):
        tx.check(MEMBERSHIPS, _another_owner(ctx, before))
    if after.active != (before.active and before.version > 0):
        tx.update(USERS, with_companies(ctx.table, user, after))
    tx.commit()
    return stored


def save(tx: Transaction, membership: Membership) -> Membership:
    """Store a new or changed membership."""
    return tx.update(MEMBERSHIPS, membership) if membership.version else create_membership(tx, membership)


def _member(ctx: "Context", organization: Organization, user_id: str) -> tuple[User, Membership]:
    """Return a user and their membership; a new membership for a colleague from elsewhere in the company."""
    at_user, at_membership = user_key(user_id), membership_key(user_id, organization.id)
    items = ctx.table.batch_get([at_user, at_membership], consistent=True)
    user = USERS.decode(items[at_user]) if at_user in items else None
    if user is None:
        raise NotFound(_NO_MEMBER)
    if at_membership in items:
        return user, MEMBERSHIPS.decode(items[at_membership])
    if organization.company_id not in user.company_ids:
        raise NotFound(_NO_MEMBER)
    return user, Membership(
        id=ctx.table.new_id(),
        user_id=user.id,
        organization_id=organization.id,
        company_id=organization.company_id,
        role=Role.MEMBER,
        since=stamp(ctx.now),
    )


def _another_owner(ctx: "Context", leaving: Membership) -> Membership:
    """Return another owner of the company. Raises Conflict if there is none."""
    other = first_member(
        ctx.table, leaving.organization_id, lambda one: rules.owns(one) and one.user_id != leaving.user_id
    )
    if other is None:
        raise Conflict("This is the last owner of the company. Make another member an owner first.")
    return other


def with_companies(table: Table, user: User, after: Membership) -> User:
    """Return the user with `company_ids` updated after a change of a membership.

    The user is written even if `company_ids` does not change, so that concurrent changes conflict.
    """
    company = after.company_id
    others = memberships_of(table, user.id, consistent=True)
    stays = after.active or any(
        one.company_id == company and one.organization_id != after.organization_id for one in others
    )
    without = tuple(one for one in user.company_ids if one != company)
    return user.model_copy(update={"company_ids": (*without, company) if stays else without})
