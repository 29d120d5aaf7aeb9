"""What identity has of a person: the account, memberships, keys, consents and sessions."""

from collections.abc import Callable, Iterator
from datetime import datetime

from souk.authentication.records import GRANTS_OF_PERSON, MEMBERSHIPS_OF_PERSON, SESSIONS_OF_PERSON, Membership
from souk.authentication.terms import ACCEPTANCES
from souk.domains.identity.commands.erasing import erase
from souk.domains.identity.commands.own_companies import companies_of, has_colleagues, own_organizations
from souk.domains.identity.rules import members as rules
from souk.domains.identity.store import ORGANIZATIONS, USERS, api_keys_of, first_member, invitations_of, memberships_of
from souk.graph.personal import Obstacle, PersonalData, PersonalFile, Row, listed, row_of, rows_of
from souk.storage import Table


def _account(table: Table, user_id: str) -> Iterator[Row]:
    if user := table.get(USERS, user_id, consistent=True):
        yield row_of(user, "subject")


def _organizations(table: Table, user_id: str) -> Iterator[Row]:
    items = table.batch_get(map(ORGANIZATIONS.key, own_organizations(table, user_id)))
    yield from (row_of(one) for one in map(ORGANIZATIONS.decode, items.values()))


def _keys(table: Table, user_id: str) -> Iterator[Row]:
    for company_id in companies_of(table, user_id):
        yield from (row_of(one, "secrets") for one in api_keys_of(table, company_id) if one.created_by == user_id)


def _invitations(table: Table, user_id: str) -> Iterator[Row]:
    for company_id in companies_of(table, user_id):
        for one in invitations_of(table, company_id):
            if user_id in (one.inviter_id, one.accepted_by):
                yield row_of(one, "hash", *(() if one.inviter_id == user_id else ("metadata", "landing_url")))


def _terms(table: Table, user_id: str) -> Iterator[Row]:
    if accepted := table.get(ACCEPTANCES, user_id):
        yield row_of(accepted)


def obstacles(table: Table, user_id: str, _now: datetime) -> Iterator[Obstacle]:
    """Yield the companies that would be without an owner, and the marketplace that would be without an operator."""
    for one in memberships_of(table, user_id, consistent=True):
        if one.operator and _is_alone(table, one, lambda other: other.operator and other.active):
            yield Obstacle(
                "LAST_OPERATOR",
                "You are the last operator of this marketplace. Make another person an operator first.",
                one.organization_id,
            )
        elif rules.owns(one) and _is_alone(table, one, rules.owns) and has_colleagues(table, one.company_id, user_id):
            organization = table.get(ORGANIZATIONS, one.organization_id)
            name = organization.name if organization else one.organization_id
            yield Obstacle(
                "LAST_OWNER",
                f"You are the last owner of {name}, which has other members. Make one of them an owner first.",
                one.organization_id,
            )


def _is_alone(table: Table, mine: Membership, holds: Callable[[Membership], bool]) -> bool:
    """Return whether nobody else has a membership like that of the person."""
    return first_member(table, mine.organization_id, lambda one: holds(one) and one.user_id != mine.user_id) is None


PERSONAL = PersonalData(
    stays=(
        "The id of the account, with the days on which it was made and erased. Of a company that the person owned "
        "alone, the id, the kind, the country and the record as a client. Other records name the person by this "
        "id, and show “Former member”."
    ),
    files=(
        PersonalFile("account", "Your account: name, addresses, portrait, settings.", rows_of(_account)),
        PersonalFile(
            "memberships",
            "The organizations that you are or were a member of, with your role.",
            listed(MEMBERSHIPS_OF_PERSON),
        ),
        PersonalFile("terms", "The version of the terms that you accepted, and when.", rows_of(_terms)),
        PersonalFile("organizations", "The organizations that you own alone.", rows_of(_organizations)),
        PersonalFile("api-keys", "The API keys that you made, without their secrets.", rows_of(_keys)),
        PersonalFile("invitations", "Invitations that you sent or accepted in the last days.", rows_of(_invitations)),
        PersonalFile(
            "consents",
            "The programs that you gave access, with what they may do.",
            listed(GRANTS_OF_PERSON, "refresh_hash", "sequence", "generation"),
        ),
        PersonalFile(
            "sessions",
            "The browsers in which you are logged in.",
            listed(SESSIONS_OF_PERSON, "hash"),
        ),
    ),
    erase=erase,
    obstacles=obstacles,
)
