"""Creating the user of an account in the directory.

The user is created at the first login, once, also when several browsers log in at the same time.
"""

from datetime import datetime

from souk.accounts.directory import DirectoryUser
from souk.accounts.forms import Registration, Side
from souk.authentication.principal import Role
from souk.authentication.records import Membership
from souk.authentication.standing import company_key, suspended_of
from souk.authentication.terms import accept
from souk.domains.identity.commands.nicknames import new_nickname
from souk.domains.identity.model import Location, Organization, OrganizationLegacyType, OrganizationType, User
from souk.domains.identity.store import (
    ORGANIZATIONS,
    USERS,
    create_membership,
    create_user,
    memberships_of,
    reserve_subject,
    user_by_email,
    user_by_subject,
)
from souk.domains.marketplace.store import current
from souk.storage import Table, Transaction
from souk.values.errors import Conflict, Forbidden
from souk.values.times import stamp
from souk.web.translations import ENGLISH, Text


class Users:
    """The users who log in."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def get_or_create(
        self, person: DirectoryUser, now: datetime, *, authenticator: bool = False, language: str = ENGLISH
    ) -> User:
        """Return the user of an account in the directory. The first login creates the user with an organization.

        `authenticator` is whether the account has an authenticator app, which the user's record keeps.
        `language` is that of a new user.
        A user whom an operator created is found by the account's verified e-mail address. Raises Forbidden if the
        address is not verified, or if it belongs to a user with another account.
        """
        # Another login may be first, perhaps of the same person.
        return self._table.retry_until_committed(
            lambda tx: self._get_or_create(tx, person, now, authenticator=authenticator, language=language),
            refused=Conflict("Another login with this account is in progress. Please try again."),
        )

    def set_authenticator(self, user_id: str, *, used: bool) -> None:
        """Record whether a user has an authenticator app. Cognito decides what a login needs; this is for showing."""

        def attempt(tx: Transaction) -> None:
            if user := self._table.get(USERS, user_id, consistent=True):
                _with_authenticator(tx, user, used=used)

        self._table.retry_until_committed(attempt)

    def _get_or_create(
        self, tx: Transaction, person: DirectoryUser, now: datetime, *, authenticator: bool, language: str
    ) -> User:
        if known := user_by_subject(self._table, person.subject):
            return _with_authenticator(tx, _require_person(known), used=authenticator)
        if not person.verified or not person.email:
            raise Forbidden(Text("Confirm your e-mail address before you log in."))
        existing = user_by_email(self._table, person.email)
        if existing:
            return self._link(tx, existing, person, authenticator=authenticator)
        return self._create(tx, person, now, authenticator=authenticator, language=language)

    def _link(self, tx: Transaction, user: User, person: DirectoryUser, *, authenticator: bool) -> User:
        if _require_person(user).subject:
            raise Forbidden(Text("This e-mail address belongs to a user with another login. Please contact support."))
        linked = user.model_copy(update={"subject": person.subject, "authenticator": authenticator})
        reserve_subject(tx, linked)
        self._accept_terms(tx, user.id, person.registration)
        return tx.update(USERS, linked)

    def _accept_terms(self, tx: Transaction, user_id: str, registration: Registration) -> None:
        """Store the acceptance that the sign-up recorded."""
        if registration.terms:
            accept(tx, self._table, user_id, registration.terms, registration.terms_accepted)

    def _create(
        self, tx: Transaction, person: DirectoryUser, now: datetime, *, authenticator: bool, language: str
    ) -> User:
        registration, since = person.registration, stamp(now)
        user_id = self._table.new_id()
        currency = current(self._table).currencies[0]
        organization = _organization(self._table.new_id(), registration, since, currency)
        user = User(
            id=user_id,
            nickname=new_nickname(registration.first_name, registration.last_name),
            email=person.email,
            first_name=registration.first_name,
            last_name=registration.last_name,
            location=organization.location,
            creation_date=since,
            organization_id=organization.id,
            company_ids=(organization.id,),
            subject=person.subject,
            authenticator=authenticator,
            language=language,
        )
        membership = Membership(
            id=self._table.new_id(),
            user_id=user_id,
            organization_id=organization.id,
            company_id=organization.id,
            role=Role.OWNER,
            since=since,
        )
        reserve_subject(tx, user)
        user = create_user(tx, user)
        tx.create(ORGANIZATIONS, organization.model_copy(update={"contact_user_id": user_id}))
        create_membership(tx, membership)
        self._accept_terms(tx, user.id, registration)
        return user

    def organizations(self, user: User) -> list[tuple[Organization, Membership]]:
        """Return the organizations that a user can act for, the default one first. Suspended ones are left out."""
        joined = memberships_of(self._table, user.id)
        standings = [company_key(one.company_id) for one in joined]
        keys = [*(ORGANIZATIONS.key(one.organization_id) for one in joined), *standings]
        items = self._table.batch_get(keys, consistent=True)
        suspended = suspended_of(standings, items)
        found = [
            (ORGANIZATIONS.decode(item), one)
            for one in joined
            if one.company_id not in suspended and (item := items.get(ORGANIZATIONS.key(one.organization_id)))
        ]
        active = [(organization, one) for organization, one in found if organization.active]
        return sorted(active, key=lambda pair: (pair[0].id != user.organization_id, pair[0].name.casefold()))


def _with_authenticator(tx: Transaction, user: User, *, used: bool) -> User:
    if user.authenticator == used:
        return user
    return tx.update(USERS, user.model_copy(update={"authenticator": used}))


def _require_person(user: User) -> User:
    if user.service:
        raise Forbidden(Text("This is a service account. It uses an API key and cannot log in here."))
    return user


def _organization(organization_id: str, registration: Registration, since: str, currency: str) -> Organization:
    """Return the first organization of a new user."""
    client, freelancer = registration.side is Side.CLIENT, registration.side is Side.FREELANCER
    return Organization(
        id=organization_id,
        name=registration.organization_name,
        type=OrganizationType.SOLE_PROPRIETOR if freelancer else OrganizationType.BUSINESS,
        legacy_type=OrganizationLegacyType.CLIENT if client else OrganizationLegacyType.VENDOR,
        company_id=organization_id,
        creation_date=since,
        location=Location(country=registration.country or None, timezone=registration.timezone or None),
        currency=currency,
    )
