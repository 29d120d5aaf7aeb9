"""Storage of users, organizations, changes and invitations.

USER#<id>   USER   a user                         UNIQ#email#<lower case>, UNIQ#nickname#<nickname>,
                                                  UNIQ#subject#<sub in Cognito>: hold the user's id
ORG#<id>    ORG    an organization or a team      GSI1 ORG#<parent> / TEAM#<id>: the teams of an organization
CHANGE#<id> CHANGE an audit record of an organization
UNIQ#operators#organization, UNIQ#operators#key
                      hold the ids of the operators' organization and of its first API key. Only `souk admin` and the
                      demo data write them, so they are in no function's WRITES.
INVITE#<sha-256 of its token>  INVITE  an invitation
                              GSI1 ORG#<company> / INVITE#<its id>: a company's invitations, until they expire
Memberships are `souk.authentication.records.MEMBERSHIPS`: by person in the table, by organization in GSI1. API keys are
`souk.authentication.records.API_KEYS`: by company in GSI1.
"""

from souk.authentication.records import API_KEYS, MEMBERSHIPS, ApiKey, Membership
from souk.domains.identity.model import Change, Invitation, Organization, User
from souk.storage import Collection, Key, Table, Transaction
from souk.values.errors import Conflict

WRITES = (
    "CHANGE#",
    "CODE#",
    "GRANT#",
    "INVITE#",
    "KEY#",
    "ORG#",
    "SESSION#",
    "TOKEN#",
    "UNIQ#email#",
    "UNIQ#nickname#",
    "UNIQ#subject#",
    "USER#",
)
"""Prefixes of the partition keys that only this domain's function writes."""


VERIFY_PAYMENT = "identity.verify_payment"
"""The deadline kind of a payment that proves a company's payment method."""
_OPERATORS_ORGANIZATION = "UNIQ#operators#organization"
_OPERATORS_KEY = "UNIQ#operators#key"


def user_key(user_id: str) -> Key:
    """Return the key of a user."""
    return Key(f"USER#{user_id}", "USER")


def organization_key(organization_id: str) -> Key:
    """Return the key of an organization."""
    return Key(f"ORG#{organization_id}", "ORG")


def change_key(change_id: str) -> Key:
    """Return the key of a change."""
    return Key(f"CHANGE#{change_id}", "CHANGE")


def invitation_key(token_hash: str) -> Key:
    """Return the key of an invitation."""
    return Key(f"INVITE#{token_hash}", "INVITE")


USERS: Collection[User] = Collection(name="User", model=User, key=user_key, key_of=lambda user: user_key(user.id))
ORGANIZATIONS: Collection[Organization] = Collection(
    name="Organization",
    model=Organization,
    key=organization_key,
    key_of=lambda one: organization_key(one.id),
    indexes={"GSI1": lambda one: Key(f"ORG#{one.parent_id}", f"TEAM#{one.id}") if one.parent_id else None},
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


def create_user(tx: Transaction, user: User) -> User:
    """Store a new user. The commit raises Conflict if the e-mail address or the nickname is taken."""
    taken = Conflict("This e-mail address is already taken.")
    tx.reserve(_email_guard(user.email), user.id, taken)
    tx.reserve(f"UNIQ#nickname#{user.nickname}", user.id, Conflict("This nickname is already taken."))
    return tx.create(USERS, user)


def user_by_email(table: Table, email: str) -> User | None:
    """Return the user with an e-mail address, ignoring case."""
    holder = table.holder(_email_guard(email))
    return table.get(USERS, holder, consistent=True) if holder else None


def reserve_subject(tx: Transaction, user: User) -> None:
    """Link a person to their account in the directory. The commit raises Conflict if another person has the account."""
    taken = Conflict("Another login with this account has just finished. Please try again.")
    tx.reserve(_subject_guard(user.subject or ""), user.id, taken)


def user_by_subject(table: Table, subject: str) -> User | None:
    """Return the user with a `sub` in Cognito."""
    holder = table.holder(_subject_guard(subject))
    return table.get(USERS, holder, consistent=True) if holder else None


def user_by_nickname(table: Table, nickname: str) -> User | None:
    """Return the user with a nickname."""
    holder = table.holder(f"UNIQ#nickname#{nickname}")
    return table.get(USERS, holder, consistent=True) if holder else None


def operators_organization_id(table: Table) -> str | None:
    """Return the id of the operators' organization; None before `souk admin bootstrap`."""
    return table.holder(_OPERATORS_ORGANIZATION)


def operators_key_id(table: Table) -> str | None:
    """Return the id of the API key that `souk admin bootstrap` made."""
    return table.holder(_OPERATORS_KEY)


def reserve_operators_organization(tx: Transaction, organization_id: str) -> None:
    """Make an organization that of the operators. The commit raises Conflict if there is another one."""
    tx.reserve(_OPERATORS_ORGANIZATION, organization_id, Conflict("There is another organization of operators."))


def reserve_operators_key(tx: Transaction, key_id: str) -> None:
    """Record the first API key of the operators. The commit raises Conflict if there is another one."""
    tx.reserve(_OPERATORS_KEY, key_id, Conflict("The operators have another first API key."))


def release_operators_key(tx: Transaction, key_id: str) -> None:
    """Forget the first API key of the operators, so that another one can be made."""
    tx.release(_OPERATORS_KEY, key_id)


def memberships_of(table: Table, user_id: str, *, consistent: bool = False) -> list[Membership]:
    """Return the active memberships of a user, sorted by organization."""
    return [one for one in all_memberships_of(table, user_id, consistent=consistent) if one.active]


def all_memberships_of(table: Table, user_id: str, *, consistent: bool = False) -> list[Membership]:
    """Return the memberships of a user, also ended ones, sorted by organization."""
    return table.query_all(MEMBERSHIPS, f"USER#{user_id}", prefix="MEMBER#", consistent=consistent)


def members_of(table: Table, organization_id: str) -> list[Membership]:
    """Return the memberships of an organization, also ended ones, oldest first."""
    return table.query_all(MEMBERSHIPS, f"ORG#{organization_id}", prefix="MEMBER#", index="GSI1")


def teams_of(table: Table, parent_id: str) -> list[Organization]:
    """Return the teams of a company, oldest first."""
    return table.query_all(ORGANIZATIONS, f"ORG#{parent_id}", prefix="TEAM#", index="GSI1")


def invitations_of(table: Table, company_id: str) -> list[Invitation]:
    """Return the invitations that a company has sent, oldest first. Some may have expired."""
    return table.query_all(INVITATIONS, f"ORG#{company_id}", prefix="INVITE#", index="GSI1")


def api_keys_of(table: Table, company_id: str) -> list[ApiKey]:
    """Return the API keys of a company and its teams, also revoked ones, oldest first."""
    return sorted(
        table.query_all(API_KEYS, f"ORG#{company_id}", prefix="KEY#", index="GSI1"), key=lambda key: key.created
    )


def _email_guard(email: str) -> str:
    return f"UNIQ#email#{email.strip().lower()}"


def _subject_guard(subject: str) -> str:
    return f"UNIQ#subject#{subject}"
