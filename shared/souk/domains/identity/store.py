"""Storage of users, organizations, changes and invitations.

USER#<id>   USER   a user                         UNIQ#email#<lower case>, UNIQ#nickname#<nickname>,
                                                  UNIQ#subject#<sub in Cognito>: hold the user's id
ORG#<id>    ORG    an organization or a team      GSI1 ORG#<parent> / TEAM#<id>: the teams of an organization
ORG#<id>    TEAMS  counter: the teams of an organization
UNIQ#team#<sha-256>   holds the change that created a team with an idempotency key
CHANGE#<id> CHANGE an audit record of an organization
UNIQ#operators#organization, UNIQ#operators#key
                      hold the ids of the operators' organization and of its first API key. Only `souk admin` and the
                      demo data write them, so they are in no function's WRITES.
INVITE#<sha-256 of its token>  INVITE  an invitation
                              GSI1 ORG#<company> / INVITE#<its id>: a company's invitations, until they expire
INVITE#OF#<company>  <yyyy-mm-dd>  counter: the invitations that a company sent on a day
Memberships are `souk.authentication.records.MEMBERSHIPS`: by person in the table, by organization in GSI1. API keys are
`souk.authentication.records.API_KEYS`: by company in GSI1.

Teams, memberships and invitations have counters, which are part of the transaction that adds one, so that concurrent
requests cannot exceed a limit. In a table of an earlier release the counters begin with what is added from then on;
`souk lists recount` counts what was there. Until then the limits of teams and invitations hold but for races, because
they are also counted by listing them.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Final, NamedTuple

from souk.authentication import records
from souk.authentication.principal import Role
from souk.authentication.records import (
    API_KEYS,
    GRANTS_OF_PERSON,
    GRANTS_TO_KEY,
    MEMBERS,
    MEMBERSHIPS,
    OPERATORS_ORGANIZATION,
    REVOKED_KEYS,
    ApiKey,
    Grant,
    KeyState,
    Membership,
    live_grants,
    memberships_key,
)
from souk.authentication.standing import PERSON, STANDINGS, person_key, standing_at
from souk.domains.identity.model import Change, Invitation, Organization, User
from souk.domains.identity.rules import api_keys, invitations, members, organizations
from souk.storage import (
    Collection,
    DayCounter,
    Key,
    Reading,
    Series,
    StoredList,
    Table,
    Transaction,
    View,
    counter_value,
)
from souk.values.errors import Conflict, Unprocessable
from souk.values.times import stamp

SIGN_UPS = DayCounter("SIGNUPS")
"""The people who created an account, by day."""
WRITES = (
    "CHANGE#",
    "CODE#",
    "GRANT#",
    "INVITE#",
    "KEY#",
    "ORG#",
    "SESSION#",
    SIGN_UPS.prefix,
    "TOKEN#",
    "UNIQ#email#",
    "UNIQ#nickname#",
    "UNIQ#subject#",
    "UNIQ#team#",
    "USER#",
)
"""Prefixes of the partition keys that only this domain's function writes."""
ACCOUNT_CHANGED: Final = "talent.account"
"""The deadline that tells of a change of an account which others see on the person's freelancer profile."""


RESET_AUTHENTICATOR = "identity.reset_authenticator"
"""The deadline kind that turns a person's authenticator app off in the user pool."""
VERIFY_PAYMENT = "identity.verify_payment"
"""The deadline kind of a payment that proves a company's payment method."""
MAX_GRANTS: Final = 1_000
_VALID_DAYS: Final = invitations.LIFETIME.days
_OPERATORS_KEY = "UNIQ#operators#key"


def user_key(user_id: str) -> Key:
    """Return the key of a user."""
    return Key(f"USER#{user_id}", "USER")


def organization_key(organization_id: str) -> Key:
    """Return the key of an organization."""
    return Key(f"ORG#{organization_id}", "ORG")


def teams_key(organization_id: str) -> Key:
    """Return the key of the counter of an organization's teams."""
    return Key(f"ORG#{organization_id}", "TEAMS")


def change_key(change_id: str) -> Key:
    """Return the key of a change."""
    return Key(f"CHANGE#{change_id}", "CHANGE")


def invitation_key(token_hash: str) -> Key:
    """Return the key of an invitation."""
    return Key(f"INVITE#{token_hash}", "INVITE")


def sent_key(company_id: str, at: datetime) -> Key:
    """Return the key of the counter of the invitations that a company sent on a day."""
    return Key(f"INVITE#OF#{company_id}", stamp(at)[:10])


USERS: Collection[User] = Collection(name="User", model=User, key=user_key, key_of=lambda user: user_key(user.id))
ORGANIZATIONS: Collection[Organization] = Collection(
    name="Organization",
    model=Organization,
    key=organization_key,
    key_of=lambda one: organization_key(one.id),
    indexes={"GSI1": lambda one: Key(f"ORG#{one.parent_id}", f"TEAM#{one.id}") if one.parent_id else None},
    counters={"GSI1": lambda one: teams_key(one.parent_id) if one.parent_id else None},
)
CHANGES: Collection[Change] = Collection(
    name="Change", model=Change, key=change_key, key_of=lambda one: change_key(one.id)
)
INVITATIONS: Collection[Invitation] = Collection(
    name="Invitation",
    model=Invitation,
    key=invitation_key,
    key_of=lambda one: invitation_key(one.hash),
    indexes={"GSI1": lambda one: Key(f"ORG#{one.company_id}", f"INVITE#{one.id}")},
    expires_at=lambda one: one.expires,
)


def _live_grants(table: Table, user_id: str) -> list[Grant]:
    live = live_grants(table.clock.real(), None)
    reads: list[Callable[[Table], Any]] = [
        lambda own: own.get(STANDINGS, PERSON, user_id),
        lambda own: GRANTS_OF_PERSON.of(own, user_id).page(live, MAX_GRANTS).rows,
    ]
    standing, grants = table.concurrently(reads)
    return [one for one in grants if standing is None or not standing.ends(one.created)]


LIVE_GRANTS: Final = Reading("liveGrants", _live_grants)
"""The grants of a person that are in force: at most `MAX_GRANTS` are considered. Only a service account can have more,
as it gets one with each token."""


class Connected(NamedTuple):
    """How many people are connected through an API key."""

    people: int
    exact: bool
    """False if the key has more grants than were read: `MAX_GRANTS` in force. Then there are as many people or more."""


def _connected(table: Table, key_and_generation: str) -> Connected:
    key_id, _, generation = key_and_generation.partition("/")
    live = live_grants(table.clock.real(), None)
    current: View[Grant, Grant] = View([*live.conditions, lambda one: str(one.generation) == generation])
    page = GRANTS_TO_KEY.of(table, key_id).page(current, MAX_GRANTS)
    keys = {person_key(one.user_id) for one in page.rows}
    standings = table.batch_get(keys)
    people = {
        one.user_id
        for one in page.rows
        if (standing := standing_at(person_key(one.user_id), standings)) is None or not standing.ends(one.created)
    }
    return Connected(len(people), exact=not page.more)


_CONNECTED: Final = Reading("connectedPeople", _connected)


def connected_people(key: ApiKey) -> Mapping[Key, Reading[Connected]]:
    """Return what counts the people who are connected through an API key; nothing if there can be none.

    A change of the key's scopes ends all grants by its generation. The grants of a service account are its own.
    """
    if key.state is KeyState.REVOKED or key.service_account_id:
        return {}
    return {_CONNECTED.key(f"{key.id}/{key.generation}"): _CONNECTED}


TEAMS: Final = StoredList(
    "teams", ORGANIZATIONS, "ORG#{}".format, index="GSI1", prefix="TEAM#", newest_first=False, counter=teams_key
)
"""The teams of a company, oldest first."""
LISTS: Final = (*records.LISTS, TEAMS)
_ACTIVE: Final[View[Membership, Membership]] = View([lambda one: one.active])
ACTIVE_MEMBERS: Final = Reading("activeMembers", lambda table, id_: MEMBERS.of(table, id_).count_first(_ACTIVE))
"""The number of an organization's active members."""

PERSON_MEMBERSHIPS: Final = Series(
    "personMemberships",
    MEMBERSHIPS,
    partition="USER#{}".format,
    between=lambda _user_id: ("MEMBER#", "MEMBER#~"),
    most=members.MAX_MEMBERSHIPS,
)
"""The memberships of a person, also ended ones, sorted by organization."""


def create_user(tx: Transaction, user: User) -> User:
    """Store a new user. The commit raises Conflict if the e-mail address or the nickname is taken."""
    taken = Conflict("This e-mail address is already taken.")
    tx.reserve(email_guard(user.email), user.id, taken)
    tx.reserve(nickname_guard(user.nickname), user.id, Conflict("This nickname is already taken."))
    return tx.create(USERS, user)


def create_team(tx: Transaction, team: Organization) -> Organization:
    """Store a new team. The commit raises Unprocessable above the limit of its company."""
    stored = tx.create(ORGANIZATIONS, team)
    tx.limit(teams_key(team.company_id), organizations.MAX_TEAMS, organizations.team_limit_error())
    return stored


def create_membership(tx: Transaction, membership: Membership) -> Membership:
    """Store a new membership. The commit raises Unprocessable above the limit of its person."""
    stored = tx.create(MEMBERSHIPS, membership)
    tx.limit(memberships_key(membership.user_id), members.MAX_MEMBERSHIPS, members.membership_limit_error())
    return stored


def create_invitations(
    tx: Transaction, table: Table, new: Sequence[Invitation], refused: Unprocessable
) -> list[Invitation]:
    """Store new invitations of one company, sent at once. The commit raises `refused` above the limit of the company.

    The limit counts the invitations of the day and of the earlier days whose invitations may be valid.
    """
    company_id, sent = new[0].company_id, datetime.fromtimestamp(new[0].created, UTC)
    earlier = [sent_key(company_id, sent - timedelta(days=days + 1)) for days in range(_VALID_DAYS)]
    counted = sum(map(counter_value, table.batch_get(earlier, consistent=True).values()))
    limit = invitations.MAX_PER_COMPANY - counted
    tx.count(sent_key(company_id, sent), len(new), at_most=limit, refused=refused)
    return [tx.create(INVITATIONS, one) for one in new]


def delete_invitation(tx: Transaction, invitation: Invitation) -> None:
    """Delete an invitation that could not be mailed. It does not count."""
    tx.count(sent_key(invitation.company_id, datetime.fromtimestamp(invitation.created, UTC)), -1)
    tx.delete(INVITATIONS, invitation)


def user_by_email(table: Table, email: str) -> User | None:
    """Return the user with an e-mail address, ignoring case."""
    holder = table.holder(email_guard(email))
    return table.get(USERS, holder, consistent=True) if holder else None


def reserve_subject(tx: Transaction, user: User) -> None:
    """Link a person to their account in the directory. The commit raises Conflict if another person has the account."""
    taken = Conflict("Another login with this account has just finished. Please try again.")
    tx.reserve(_subject_guard(user.subject or ""), user.id, taken)


def move_subject(tx: Transaction, user: User, subject: str) -> User:
    """Link a person to another account in the directory, instead of the one that they have."""
    if user.subject:
        tx.release(_subject_guard(user.subject), user.id)
    moved = user.model_copy(update={"subject": subject, "authenticator": False})
    reserve_subject(tx, moved)
    return tx.update(USERS, moved)


def release_login(tx: Transaction, table: Table, user: User) -> None:
    """Add to a transaction that a person's e-mail address, nickname and account in the directory are free again."""
    guards = (email_guard(user.email), nickname_guard(user.nickname), _subject_guard(user.subject or ""))
    for guard in guards:
        if table.holder(guard) == user.id:
            tx.release(guard, user.id)


def user_by_subject(table: Table, subject: str) -> User | None:
    """Return the user with a `sub` in Cognito."""
    holder = table.holder(_subject_guard(subject))
    return table.get(USERS, holder, consistent=True) if holder else None


def user_by_nickname(table: Table, nickname: str) -> User | None:
    """Return the user with a nickname."""
    holder = table.holder(nickname_guard(nickname))
    return table.get(USERS, holder, consistent=True) if holder else None


def operators_key_id(table: Table) -> str | None:
    """Return the id of the API key that `souk admin bootstrap` made."""
    return table.holder(_OPERATORS_KEY)


def reserve_operators_organization(tx: Transaction, organization_id: str) -> None:
    """Make an organization that of the operators. The commit raises Conflict if there is another one."""
    tx.reserve(OPERATORS_ORGANIZATION, organization_id, Conflict("There is another organization of operators."))


def reserve_operators_key(tx: Transaction, key_id: str) -> None:
    """Record the first API key of the operators. The commit raises Conflict if there is another one."""
    tx.reserve(_OPERATORS_KEY, key_id, Conflict("The operators have another first API key."))


def release_operators_key(tx: Transaction, key_id: str) -> None:
    """Forget the first API key of the operators, so that another one can be made."""
    tx.release(_OPERATORS_KEY, key_id)


def memberships_of(table: Table, user_id: str, *, consistent: bool = False) -> list[Membership]:
    """Return the active memberships of a user, sorted by organization."""
    return [one for one in all_memberships_of(table, user_id, consistent=consistent) if one.active]


JOINED: Final = Series(
    "memberships",
    MEMBERSHIPS,
    partition="USER#{}".format,
    between=lambda _user_id: ("MEMBER#", "MEMBER#~"),
    most=members.MAX_MEMBERSHIPS,
)
"""The memberships of a person, also ended ones, sorted by organization."""


def all_memberships_of(table: Table, user_id: str, *, consistent: bool = False) -> list[Membership]:
    """Return the memberships of a user, also ended ones, sorted by organization: at most `MAX_MEMBERSHIPS`."""
    return table.query_bounded(
        MEMBERSHIPS, f"USER#{user_id}", prefix="MEMBER#", most=members.MAX_MEMBERSHIPS, consistent=consistent
    )


def member_at(table: Table, organization_id: str, membership_id: str) -> Membership | None:
    """Return a membership of an organization by its own id."""
    at = f"MEMBER#{membership_id}"
    found = table.query(MEMBERSHIPS, f"ORG#{organization_id}", index="GSI1", between=(at, at), limit=1).items
    return found[0] if found else None


def first_member(table: Table, organization_id: str, accepts: Callable[[Membership], bool]) -> Membership | None:
    """Return the oldest membership of an organization that fulfils a condition."""
    view: View[Membership, Membership] = View([accepts])
    return next((chunk[0] for chunk in MEMBERS.of(table, organization_id).chunks(view)), None)


def owners_of(table: Table, company_id: str, most: int) -> list[Membership]:
    """Return the first owners of a company, the oldest first."""
    view: View[Membership, Membership] = View([members.owns])
    return MEMBERS.of(table, company_id).page(view, most).rows


def administrators_of(table: Table, company_id: str, most: int) -> list[Membership]:
    """Return the first owners and admins of a company, the oldest first."""
    view: View[Membership, Membership] = View([lambda one: one.active and one.role in (Role.OWNER, Role.ADMIN)])
    return MEMBERS.of(table, company_id).page(view, most).rows


def teams_of(table: Table, parent_id: str) -> list[Organization]:
    """Return the teams of a company, oldest first: at most `MAX_TEAMS`."""
    return table.query_bounded(
        ORGANIZATIONS, f"ORG#{parent_id}", prefix="TEAM#", index="GSI1", most=organizations.MAX_TEAMS
    )


def invitations_of(table: Table, company_id: str) -> list[Invitation]:
    """Return the invitations that a company has sent, oldest first. Some may have expired.

    There are about `MAX_PER_COMPANY` at most, because DynamoDB deletes expired ones within a few days.
    """
    most = 2 * invitations.MAX_PER_COMPANY
    return table.query_bounded(INVITATIONS, f"ORG#{company_id}", prefix="INVITE#", index="GSI1", most=most)


SENT_INVITATIONS: Final = Reading("sentInvitations", invitations_of)
"""The invitations that a company has sent."""


def invitation_by_id(table: Table, company_id: str, invitation_id: str) -> Invitation | None:
    """Return an invitation that a company has sent."""
    at = f"INVITE#{invitation_id}"
    found = table.query(INVITATIONS, f"ORG#{company_id}", index="GSI1", between=(at, at), limit=1).items
    return found[0] if found else None


def api_keys_of(table: Table, company_id: str) -> list[ApiKey]:
    """Return the API keys of a company and its teams, with the newest `MAX_REVOKED` revoked ones, oldest first.

    There are at most `MAX_KEYS` others, and the keys that Souk 0.1.0 revoked, until `souk lists rewrite`.
    """

    def held(table: Table) -> list[ApiKey]:
        return table.query_bounded(API_KEYS, f"ORG#{company_id}", prefix="KEY#", index="GSI1", most=api_keys.MAX_KEYS)

    def revoked(table: Table) -> list[ApiKey]:
        return REVOKED_KEYS.of(table, company_id).page(View[ApiKey, ApiKey](), api_keys.MAX_REVOKED).rows

    found = table.concurrently([held, revoked])
    return sorted((key for keys in found for key in keys), key=lambda key: key.created)


def team_guard(company_id: str, user_id: str, key: str) -> str:
    """Return the unique value for an idempotency key of a person who creates a team of a company."""
    return f"UNIQ#team#{sha256(f'{company_id}#{user_id}#{key}'.encode()).hexdigest()}"


def email_guard(email: str) -> str:
    """Return the unique value that the person with an e-mail address holds."""
    return f"UNIQ#email#{email.strip().lower()}"


def nickname_guard(nickname: str) -> str:
    """Return the unique value that the person with a nickname holds."""
    return f"UNIQ#nickname#{nickname}"


def _subject_guard(subject: str) -> str:
    return f"UNIQ#subject#{subject}"
