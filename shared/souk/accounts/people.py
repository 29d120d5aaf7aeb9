"""How whoever the directory knows becomes a person on the market.

It happens at their first login, once, however many windows they log in with at the same time.
"""

import re
import secrets
import unicodedata
from datetime import datetime
from typing import Final

from souk.accounts.directory import Person
from souk.accounts.registration import Registration, Side
from souk.authentication.principal import Role
from souk.authentication.records import MEMBERSHIPS, Membership
from souk.domains.identity.model import Location, Organization, OrganizationLegacyType, OrganizationType, User
from souk.domains.identity.store import (
    ORGANIZATIONS,
    USERS,
    create_user,
    memberships_of,
    take_subject,
    user_by_email,
    user_by_subject,
)
from souk.storage import Table
from souk.values.errors import Conflict, Forbidden
from souk.values.times import stamp

_ATTEMPTS = 5
_SUFFIX: Final = "abcdefghijkmnpqrstuvwxyz23456789"
_MAX_NICKNAME = 30


class People:
    """The people of the market, as those who log in."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def enter(self, person: Person, now: datetime) -> User:
        """Return who has logged in, and make them a person of the market with an organization if they are none yet.

        Somebody who is on the market without having logged in (an operator entered them) is known by their verified
        e-mail address. Raises Forbidden for an address that is not verified, or that is another's.
        """
        for _ in range(_ATTEMPTS):
            if known := user_by_subject(self._table, person.subject):
                return _human(known)
            if not person.verified or not person.email:
                raise Forbidden("Confirm your e-mail address before you log in.")
            named = user_by_email(self._table, person.email)
            try:
                return self._link(named, person) if named else self._create(person, now)
            except Conflict:  # somebody else was first, perhaps the same person in another window: look again
                continue
        raise Conflict("Others are changing the same thing at this moment; try again.")

    def _link(self, user: User, person: Person) -> User:
        if _human(user).subject:
            raise Forbidden(
                "This e-mail address belongs to an account that is logged into in another way. Ask who runs Souk here."
            )
        linked = user.model_copy(update={"subject": person.subject})
        tx = self._table.transaction()
        take_subject(tx, linked, _RACED)
        linked = tx.update(USERS, linked)
        tx.commit()
        return linked

    def _create(self, person: Person, now: datetime) -> User:
        registration, since = person.registration, stamp(now)
        user_id = self._table.new_id()
        organization = _organization(self._table.new_id(), registration, since)
        user = User(
            id=user_id,
            nickname=nickname(registration),
            email=person.email,
            first_name=registration.first_name,
            last_name=registration.last_name,
            location=organization.location,
            creation_date=since,
            organization_id=organization.id,
            company_ids=(organization.id,),
            subject=person.subject,
        )
        membership = Membership(
            id=self._table.new_id(),
            user_id=user_id,
            organization_id=organization.id,
            company_id=organization.id,
            role=Role.OWNER,
            since=since,
        )
        tx = self._table.transaction()
        take_subject(tx, user, _RACED)
        user = create_user(tx, user)
        tx.create(ORGANIZATIONS, organization.model_copy(update={"contact_user_id": user_id}))
        tx.create(MEMBERSHIPS, membership)
        tx.commit()
        return user

    def organizations(self, user: User) -> list[tuple[Organization, Membership]]:
        """Return the organizations that somebody can act for, the one that they begin with first."""
        joined = [one for one in memberships_of(self._table, user.id) if one.active]
        items = self._table.batch_get((ORGANIZATIONS.key(one.organization_id) for one in joined), consistent=True)
        found = [
            (ORGANIZATIONS.decode(item), one)
            for one in joined
            if (item := items.get(ORGANIZATIONS.key(one.organization_id)))
        ]
        active = [(organization, one) for organization, one in found if organization.active]
        return sorted(active, key=lambda pair: (pair[0].id != user.organization_id, pair[0].name.casefold()))


_RACED: Final = Conflict("This account has just been logged into for the first time elsewhere; try again.")


def _human(user: User) -> User:
    if user.service:
        raise Forbidden("This account is a program's, which logs in with its API key and not here.")
    return user


def _organization(own_id: str, registration: Registration, since: str) -> Organization:
    """Return the organization that somebody begins with."""
    client, alone = registration.side is Side.CLIENT, registration.side is Side.FREELANCER
    return Organization(
        id=own_id,
        name=registration.organization_name,
        type=OrganizationType.SOLE_PROPRIETOR if alone else OrganizationType.BUSINESS,
        legacy_type=OrganizationLegacyType.CLIENT if client else OrganizationLegacyType.VENDOR,
        company_id=own_id,
        creation_date=since,
        location=Location(country=registration.country or None),
    )


def nickname(registration: Registration) -> str:
    """Return a new nickname of somebody: as much of their name as all may see, and what makes it unique."""
    shown = f"{registration.first_name} {registration.last_name[:1]}"
    plain = unicodedata.normalize("NFKD", shown).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_MAX_NICKNAME].strip("-")
    suffix = "".join(secrets.choice(_SUFFIX) for _ in range(6))
    return f"{words or 'member'}-{suffix}"
