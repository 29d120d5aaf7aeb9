"""The people whom a caller may bring into a room: colleagues, and people on the other side of their work."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from souk.authentication.principal import LEADERS
from souk.authentication.records import MEMBERSHIPS
from souk.domains.identity.model import Organization
from souk.domains.identity.store import ORGANIZATIONS, USERS
from souk.domains.market.model import RelationKind
from souk.domains.market.store import RELATIONS
from souk.domains.proposals.store import recent_invitations
from souk.domains.rooms.model import Person
from souk.graph import Context
from souk.storage import Collection, Key
from souk.values.errors import Forbidden

_KINDS: Final = (RelationKind.CONTACT, RelationKind.CLIENT)
_EVER: Final = datetime(2022, 1, 1, tzinfo=UTC)
_REFUSED: Final = (
    "You can only talk to colleagues, and to people on the other side of an invitation, of a proposal that the client "
    "has answered, of an offer or of a contract. Check the ids of the person and of the organization."
)


def people(ctx: Context, places: Sequence[tuple[str, str]]) -> list[Person]:
    """Return people in organizations whom the caller may bring into a group, or talk to. Takes two round trips.

    Raises the same Forbidden for everybody else, also for ids that do not exist. Invitations take a round trip more.
    """
    found = members(ctx, places)
    strangers = [one for one in found if one.company_id != ctx.principal.company_id]
    keys = {key: RELATIONS for one in strangers for key in _relations(ctx, one)}
    ctx.fetch(keys, consistent=True)
    for one in strangers:
        if not any(ctx.entities[key] for key in _relations(ctx, one)) and not _invited(ctx, one):
            raise Forbidden(_REFUSED)
    return found


def members(ctx: Context, places: Sequence[tuple[str, str]], company_id: str | None = None) -> list[Person]:
    """Return people as members of organizations, of one company if it is named. Raises Forbidden unless all are."""
    ctx.fetch({ORGANIZATIONS.key(organization): ORGANIZATIONS for _, organization in places})
    organizations = [ctx.entities[ORGANIZATIONS.key(organization)] for _, organization in places]
    keys: dict[Key, Collection[Any]] = {}
    pairs: list[tuple[str, Organization]] = []
    for (user_id, _), organization in zip(places, organizations, strict=True):
        if organization is None or not organization.active or company_id not in (None, organization.company_id):
            raise Forbidden(_REFUSED)
        pairs.append((user_id, organization))
        keys[USERS.key(user_id)] = USERS
        for id_ in (organization.id, organization.company_id):
            keys[MEMBERSHIPS.key(user_id, id_)] = MEMBERSHIPS
    ctx.fetch(keys, consistent=True)
    found = []
    for user_id, one in pairs:
        user = ctx.entities[USERS.key(user_id)]
        held = [ctx.entities[MEMBERSHIPS.key(user_id, id_)] for id_ in (one.id, one.company_id)]
        if user is None or user.service or not any(each and each.acts_in(one.id, one.company_id) for each in held):
            raise Forbidden(_REFUSED)
        found.append(Person(user_id=user_id, organization_id=one.id, company_id=one.company_id))
    return found


def _relations(ctx: Context, one: Person) -> list[Key]:
    """Return the keys of the relations between two sides. Either may be the client. Leads of an agency stand for it."""
    principal = ctx.principal
    sides = ((principal.company_id, one.user_id), (one.company_id, principal.user_id))
    keys = [RELATIONS.key(kind, company, user) for company, user in sides for kind in _KINDS]
    if _leads(ctx, one):
        keys.append(RELATIONS.key(RelationKind.AGENCY, principal.company_id, one.company_id))
    if principal.leads:
        keys.append(RELATIONS.key(RelationKind.AGENCY, one.company_id, principal.company_id))
    return keys


def _leads(ctx: Context, one: Person) -> bool:
    """Return whether a person whom `members` has found leads their organization."""
    held = [ctx.entities[MEMBERSHIPS.key(one.user_id, id_)] for id_ in (one.organization_id, one.company_id)]
    roles = [each.role for each in held if each and each.acts_in(one.organization_id, one.company_id)]
    return not LEADERS.isdisjoint(roles)


def _invited(ctx: Context, one: Person) -> bool:
    """Return whether one of the two has invited the other to apply."""
    return bool(
        recent_invitations(ctx.table, one.user_id, ctx.principal.company_id, _EVER)
        or recent_invitations(ctx.table, ctx.principal.user_id, one.company_id, _EVER)
    )
