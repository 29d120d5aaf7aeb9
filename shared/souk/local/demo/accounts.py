"""Fills in the accounts and organizations of the demo data by the commands that people use.

A person or an organization is stored as a sign-up makes it. Then its owner adds the rest: `updateAccount`,
`updateOrganization` and `updateOrganizationProfile` run with the facts of the demo data.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from souk.authentication.principal import Principal
from souk.authentication.rate_limits import Meter
from souk.authentication.records import Membership
from souk.domains.identity.commands import account, organizations
from souk.domains.identity.inputs import (
    AccountLocationChange,
    Address,
    UpdateAccount,
    UpdateOrganization,
    UpdateOrganizationProfile,
)
from souk.domains.identity.model import Location, Organization, User
from souk.domains.identity.store import ORGANIZATIONS, USERS
from souk.graph import Context
from souk.local.demo.people import DemoPeople
from souk.storage import Collection, Table
from souk.storage.collection import E
from souk.web.signing import Signer

_PROFILE = ("description", "summary", "phone", "website", "financial_privacy")


def signed_up_user(user: User) -> User:
    """Return a person as a sign-up makes it: with a country and a time zone."""
    return user.model_copy(update={"phone": None, "location": _signed_up(user.location)})


def signed_up_organization(organization: Organization) -> Organization:
    """Return an organization as a sign-up makes it."""
    empty = {name: Organization.model_fields[name].default for name in _PROFILE}
    return organization.model_copy(update=empty | {"location": _signed_up(organization.location)})


def fill_in(table: Table, people: DemoPeople, now: datetime) -> None:
    """Let people fill in the accounts and organizations that nobody has changed since they were stored."""
    owners = _first_members(people.memberships, lambda one: one.user_id)
    for user in _untouched(table, USERS, people.users):
        if user.location != Location():
            account.update(context_of(table, owners[user.id], now), _account(user))
    owners = _first_members(people.memberships, lambda one: one.organization_id)
    for place in _untouched(table, ORGANIZATIONS, people.organizations):
        _fill_in_organization(table, owners.get(place.id), place, now)


def _untouched(table: Table, collection: Collection[E], wanted: Iterable[E]) -> list[E]:
    """Return those whose stored record has its first version."""
    by_key = {collection.key_of(one): one for one in wanted}
    items = table.batch_get(by_key, consistent=True)
    return [one for key, one in by_key.items() if key in items and collection.decode(items[key]).version == 1]


def _fill_in_organization(table: Table, owner: Membership | None, place: Organization, now: datetime) -> None:
    profile = {name: getattr(place, name) for name in _PROFILE if getattr(place, name)}
    if owner and place.location.city:
        organizations.update(context_of(table, owner, now), _address(place))
    if owner and profile:
        organizations.update_profile(context_of(table, owner, now), UpdateOrganizationProfile(id=place.id, **profile))


def _account(user: User) -> UpdateAccount:
    place = user.location
    address = AccountLocationChange(street=place.address, city=place.city, zip=place.zip, country=place.country)
    return UpdateAccount(phone=user.phone, location=address)


def _address(organization: Organization) -> UpdateOrganization:
    place = organization.location
    address = Address(address=place.address, city=place.city, country=place.country, zip_code=place.zip)
    return UpdateOrganization(id=organization.id, organization_name=organization.name, address=address)


def _signed_up(location: Location) -> Location:
    return Location(country=location.country, timezone=location.timezone)


def _first_members(memberships: Iterable[Membership], by: Callable[[Membership], str]) -> dict[str, Membership]:
    found: dict[str, Membership] = {}
    for one in memberships:
        found.setdefault(by(one), one)
    return found


def context_of(table: Table, member: Membership, now: datetime) -> Context:
    """Return the context of a request by a member of an organization."""
    principal = Principal(
        user_id=member.user_id,
        key_id="",
        organization_id=member.organization_id,
        company_id=member.company_id,
        role=member.role,
        scopes=frozenset(),
        operator=member.operator,
    )
    return Context(
        principal=principal,
        table=table,
        signer=Signer(lambda: b""),
        now=now,
        request_id="demo",
        base_url="",
        meter=Meter(table.client, ""),
        consistent=True,
    )
