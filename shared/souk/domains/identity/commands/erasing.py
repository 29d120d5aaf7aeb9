"""The two parts of identity in an erasure: access ends before all else, and the names go when all else is done.

Each goes on with what is left when it is called again.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from typing import Any, Final

from souk.authentication.records import (
    API_KEYS,
    GRANTS,
    GRANTS_OF_PERSON,
    MEMBERSHIPS,
    REVOKED_KEYS,
    SESSIONS,
    SESSIONS_OF_PERSON,
    ApiKey,
    KeyState,
    Membership,
    held_keys_key,
)
from souk.authentication.terms import ACCEPTANCES
from souk.deadlines.model import schedule
from souk.domains.identity.commands.own_companies import companies_of, own_companies, owned_alone
from souk.domains.identity.model import Invitation, Organization, User
from souk.domains.identity.rules.erasing import FORMER, erased_key, erased_organization, erased_user
from souk.domains.identity.rules.invitations import is_invited
from souk.domains.identity.store import (
    INVITATIONS,
    ORGANIZATIONS,
    USERS,
    all_memberships_of,
    api_keys_of,
    invitations_of,
    memberships_of,
    release_login,
    teams_of,
)
from souk.graph.personal import in_batches
from souk.storage import Collection, StoredList, Table, Transaction, View
from souk.values.times import stamp

LEAVE: Final = "identity.leave"
"""The deadline that ends the access of a person who is to be erased."""
_ENDED: Final = {"active": False, "operator": False}


def leave(table: Table, user_id: str, _now: datetime) -> Iterator[None]:
    """End a person's access, and that of the companies that they own alone."""

    def mark(tx: Transaction, one: Organization) -> None:
        tx.update(ORGANIZATIONS, one.model_copy(update={"active": False, "erased_with": user_id}))

    for company_id in owned_alone(table, user_id):
        keys = [one for one in api_keys_of(table, company_id) if one.state is not KeyState.REVOKED]
        yield from in_batches(table, keys, _revoke, size=1)  # each changes their counter
        for key in keys:
            accounts = memberships_of(table, key.service_account_id, consistent=True) if key.service_account_id else []
            yield from in_batches(table, accounts, _end)
        company = table.get(ORGANIZATIONS, company_id, consistent=True)
        every = [*teams_of(table, company_id), *([company] if company else [])]
        yield from in_batches(table, [one for one in every if one.erased_with is None], mark)
    yield from _delete_all(table, GRANTS, GRANTS_OF_PERSON, user_id)
    yield from _delete_all(table, SESSIONS, SESSIONS_OF_PERSON, user_id)
    yield from in_batches(table, memberships_of(table, user_id, consistent=True), _end)


def erase(table: Table, user_id: str, now: datetime) -> Iterator[None]:
    """Erase the names and addresses of a person, and of the companies that they owned alone."""
    user = table.get(USERS, user_id, consistent=True)
    if user is None or user.erased:
        return
    yield from _delete_all(table, GRANTS, GRANTS_OF_PERSON, user_id)
    yield from _delete_all(table, SESSIONS, SESSIONS_OF_PERSON, user_id)
    for company_id in own_companies(table, user_id):
        yield from _erase_company(table, company_id, user_id, now)
    for company_id in companies_of(table, user_id):
        about = [one for one in invitations_of(table, company_id) if _concerns(one, user)]
        yield from in_batches(table, about, lambda tx, one: tx.delete(INVITATIONS, one))
    ended = [one for one in all_memberships_of(table, user_id, consistent=True) if one.active or one.operator]
    yield from in_batches(table, ended, _end)
    _erase_user(table, user_id, now)
    yield


def _erase_user(table: Table, user_id: str, now: datetime) -> None:
    def attempt(tx: Transaction) -> None:
        user = table.get(USERS, user_id, consistent=True)
        if user is None or user.erased:
            return
        release_login(tx, table, user)
        if accepted := table.get(ACCEPTANCES, user_id, consistent=True):
            tx.delete(ACCEPTANCES, accepted)
        if user.portrait:
            schedule(tx, "files.remove", user.portrait.file_id, now)
        tx.update(USERS, erased_user(user, stamp(now)))

    table.retry_until_committed(attempt)


def _erase_company(table: Table, company_id: str, user_id: str, now: datetime) -> Iterator[None]:
    """Erase the words of a company and its teams, with those of its keys and their service accounts."""
    yield from in_batches(table, invitations_of(table, company_id), lambda tx, one: tx.delete(INVITATIONS, one))
    first = api_keys_of(table, company_id)
    known = {one.id for one in first}
    others: View[ApiKey, ApiKey] = View([lambda one: one.id not in known])
    for keys in chain([first], REVOKED_KEYS.of(table, company_id).chunks(others)):
        accounts = [key.service_account_id for key in keys if key.service_account_id]
        items = table.batch_get(map(USERS.key, accounts), consistent=True)
        named = [one for one in map(USERS.decode, items.values()) if one.first_name != FORMER]
        yield from in_batches(
            table, named, lambda tx, one: tx.update(USERS, one.model_copy(update={"first_name": FORMER}))
        )
        left = [key for key in keys if key != erased_key(key)]
        yield from in_batches(table, left, lambda tx, one: tx.update(API_KEYS, erased_key(one)))

    def erase_one(tx: Transaction, one: Organization) -> None:
        if one.logo:
            schedule(tx, "files.remove", one.logo.file_id, now)
        tx.update(ORGANIZATIONS, erased_organization(one, user_id))

    company = table.get(ORGANIZATIONS, company_id, consistent=True)
    organizations = [*teams_of(table, company_id), *([company] if company else [])]
    yield from in_batches(table, [one for one in organizations if one.name != FORMER], erase_one)


def _revoke(tx: Transaction, key: ApiKey) -> None:
    tx.count(held_keys_key(key.root_id), -1)
    tx.update(API_KEYS, key.model_copy(update={"state": KeyState.REVOKED}))


def _end(tx: Transaction, membership: Membership) -> None:
    tx.update(MEMBERSHIPS, membership.model_copy(update=_ENDED))


def _concerns(invitation: Invitation, user: User) -> bool:
    """Return whether an invitation names a person, as its recipient or as who invites."""
    to_them = invitation.accepted_by == user.id or is_invited(invitation, user)
    return to_them or invitation.inviter_id == user.id


def _delete_all(table: Table, collection: Collection[Any], stored: StoredList[Any], user_id: str) -> Iterator[None]:
    every: View[Any, Any] = View()
    for chunk in stored.of(table, user_id).chunks(every):
        yield from in_batches(table, chunk, lambda tx, one: tx.delete(collection, one))
