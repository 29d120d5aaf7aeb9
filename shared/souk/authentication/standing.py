"""The standing of people and organizations: whether an operator has suspended them, and when they were suspended.

USER#<id>   STANDING   of a person
ORG#<id>    STANDING   of a company, which holds for its teams as well

Who was never suspended has none. Authentication reads both with the token. A command that begins something checks the
standing of both sides in its transaction (`require_standing`): what was committed before a suspension stays, and what
comes after it is refused.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from souk.storage import Collection, Entity, Key, Model, Table, Transaction
from souk.values.errors import Forbidden, InvalidToken

PERSON: Final = "USER"
ORGANIZATION: Final = "ORG"
REASON: Final = "SUSPENDED"
"""`extensions.reason` of errors."""
SUSPENDED: Final = "suspended"
"""The value that only standings with a suspension have (`Transaction.check_without`)."""
MAX_SPANS: Final = 200
"""Past suspensions that are kept; the newest ones."""


class Suspension(Model):
    """A suspension that has not ended."""

    reason: str
    """The suspended read it."""
    note: str | None = None
    """For operators."""
    since: str
    """ISO 8601, UTC, market time."""
    by: str
    """The user id of the operator."""
    company_ids: tuple[str, ...] = ()
    """The companies that were suspended together with a person, who alone owns them."""
    with_person: str | None = None
    """The person that a company was suspended with. It is reactivated with them."""


class Span(Model):
    """A suspension that has ended. ISO 8601, UTC, market time."""

    since: str
    until: str


class Standing(Entity):
    """The standing of a person or a company."""

    kind: str
    """PERSON or ORGANIZATION."""
    id: str
    suspension: Suspension | None = None
    past: tuple[Span, ...] = ()
    """At most MAX_SPANS, oldest first."""
    access_ended: int = 0
    """Grants made until then have ended, also after a reactivation. Seconds since 1970, real time."""
    sessions_ended: float = 0
    """Sessions that began before have ended: an operator has ended the access, or reset the authenticator."""

    @property
    def suspended(self) -> bool:
        """Whether it is suspended now."""
        return self.suspension is not None

    def ends(self, created: int) -> bool:
        """Return whether a suspension has ended the access of a grant made at a time, in seconds since 1970."""
        return self.access_ended > 0 and created <= self.access_ended

    def admits(self, began: float) -> bool:
        """Return whether the session that a person began at a time has authority. Seconds since 1970, real time."""
        return not self.suspended and began >= self.sessions_ended

    def suspensions(self, since: str = "") -> int:
        """Return how many of the suspensions that are kept began at a time or later, which is ISO 8601, UTC."""
        began = [one.since for one in (*self.past, self.suspension) if one]
        return sum(one >= since for one in began)

    def suspended_at(self, time: str) -> bool:
        """Return whether it was suspended at a time, which is ISO 8601, UTC, with milliseconds."""
        if self.suspension and self.suspension.since <= time:
            return True
        return any(one.since <= time < one.until for one in self.past)


def standing_key(kind: str, id_: str) -> Key:
    """Return the key of a standing."""
    return Key(f"{kind}#{id_}", "STANDING")


STANDINGS: Collection[Standing] = Collection(
    name="Standing",
    model=Standing,
    key=standing_key,
    key_of=lambda one: standing_key(one.kind, one.id),
    filters={SUSPENDED: lambda one: "yes" if one.suspended else None},
)


def person_key(user_id: str) -> Key:
    """Return the key of a person's standing."""
    return standing_key(PERSON, user_id)


def company_key(company_id: str) -> Key:
    """Return the key of a company's standing."""
    return standing_key(ORGANIZATION, company_id)


_COMPANIES: Final[dict[str, str]] = {}
"""The companies of teams, which never change: where to look, and no authority. Memberships tell whether it is right."""
_MAX_COMPANIES: Final = 10_000


def company_of(organization_id: str) -> str:
    """Return the company of a team, as far as this process knows; the organization itself otherwise."""
    return _COMPANIES.get(organization_id, organization_id)


def remember_company(team_id: str, company_id: str) -> None:
    """Remember whose team a team is, so that the next request for it reads the right standing at once."""
    if len(_COMPANIES) >= _MAX_COMPANIES:
        _COMPANIES.clear()
    _COMPANIES[team_id] = company_id


def is_suspended(standing: Standing | None) -> bool:
    """Return whether somebody with this standing, or without any, is suspended."""
    return standing is not None and standing.suspended


def standing_at(key: Key, items: Mapping[Key, Mapping[str, Any]]) -> Standing | None:
    """Return the standing at a key, from what `Table.batch_get` returned."""
    return STANDINGS.decode(items[key]) if key in items else None


def suspended_of(keys: Iterable[Key], items: Mapping[Key, Mapping[str, Any]]) -> frozenset[str]:
    """Return the ids of those that are suspended, from what `Table.batch_get` returned at their keys."""
    found = (standing_at(key, items) for key in keys)
    return frozenset(one.id for one in found if one and one.suspended)


def suspended_companies(table: Table, company_ids: Iterable[str]) -> frozenset[str]:
    """Return those of some companies that are suspended, in one round trip. The read is strongly consistent."""
    keys = [company_key(one) for one in dict.fromkeys(company_ids)]
    return suspended_of(keys, table.batch_get(keys, consistent=True))


def standing_of(table: Table, kind: str, id_: str) -> Standing:
    """Return the standing of a person or a company, which is not stored yet if they were never suspended.

    The read is strongly consistent.
    """
    return table.get(STANDINGS, kind, id_, consistent=True) or Standing(kind=kind, id=id_)


def save_standing(tx: Transaction, standing: Standing) -> None:
    """Store a new or changed standing."""
    if standing.version:
        tx.update(STANDINGS, standing)
    else:
        tx.create(STANDINGS, standing)


def suspension_of(table: Table, user_id: str) -> Suspension | None:
    """Return the suspension of a person; None if they are not suspended. The read is strongly consistent."""
    standing = table.get(STANDINGS, PERSON, user_id, consistent=True)
    return standing.suspension if standing else None


def account_suspended() -> InvalidToken:
    """Return the error for the token of a suspended person. Why, they read in their mail and when they log in."""
    return InvalidToken("This account is suspended.", reason=REASON)


def organization_suspended() -> Forbidden:
    """Return the error for a request in the context of a suspended organization."""
    return Forbidden("This organization is suspended. You can act for another one.", reason=REASON)


def require_standing(tx: Transaction, *company_ids: str, user_id: str | None = None) -> None:
    """Refuse a transaction if one of these companies, or a person, is suspended when it is committed.

    For commands that begin something. It reads nothing. The commit raises Forbidden.
    """
    for company_id in dict.fromkeys(company_ids):
        refused = Forbidden("One side of this is suspended, so nothing new can begin.", reason=REASON)
        tx.check_without(STANDINGS, ORGANIZATION, company_id, value=SUSPENDED, refused=refused)
    if user_id:
        refused = Forbidden("This person is suspended, so nothing new can begin.", reason=REASON)
        tx.check_without(STANDINGS, PERSON, user_id, value=SUSPENDED, refused=refused)
