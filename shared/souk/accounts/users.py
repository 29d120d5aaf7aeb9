"""Creating the user of an account in the directory.

The user is created at the first login, once, also when several browsers log in at the same time.
"""

from datetime import datetime
from typing import Any, Final, NamedTuple

from souk.accounts.directory import DirectoryUser
from souk.accounts.forms import Registration
from souk.authentication.principal import Role
from souk.authentication.records import Membership
from souk.authentication.standing import company_key, suspended_of
from souk.authentication.terms import accept
from souk.domains.identity.commands import emails
from souk.domains.identity.commands.nicknames import new_nickname
from souk.domains.identity.model import Location, Organization, User
from souk.domains.identity.rules.founding import new_company
from souk.domains.identity.store import (
    ORGANIZATIONS,
    SIGN_UPS,
    USERS,
    create_membership,
    create_user,
    memberships_of,
    reserve_subject,
    user_by_email,
    user_by_subject,
)
from souk.domains.mails import commands as mails
from souk.domains.mails.model import MailTemplate
from souk.domains.marketplace.store import current
from souk.storage import Table, Transaction
from souk.values.errors import Conflict, Forbidden, NotFound
from souk.values.times import stamp
from souk.web.translations import ENGLISH, Text

_MOST_DEVICES: Final = 20


class LoginDevice(NamedTuple):
    """The browser of a login."""

    name: str
    """Such as "Firefox on Linux"."""
    address: str
    """Its network; "" if it is not known."""


class _Login(NamedTuple):
    """What a log-in tells of a person besides their account in the directory."""

    authenticator: bool
    language: str
    device: LoginDevice | None
    admitted: bool

    @property
    def devices(self) -> tuple[str, ...]:
        """The devices of a person who has logged in with this one only."""
        return (self.device.name,) if self.device else ()


class Joined(NamedTuple):
    """An organization that a person can act for."""

    organization: Organization
    membership: Membership
    company: Organization | None
    """The company of a team; None for a company."""

    @property
    def title(self) -> str:
        """The name, of a team with its company's, as `companySelector` has it."""
        return f"{self.company.name} - {self.organization.name}" if self.company else self.organization.name


class Users:
    """The users who log in."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def get_or_create(
        self,
        person: DirectoryUser,
        now: datetime,
        *,
        authenticator: bool = False,
        language: str = ENGLISH,
        device: LoginDevice | None = None,
        admitted: bool = True,
    ) -> User:
        """Return the user of an account in the directory. The first login creates the user with an organization.

        `authenticator` is whether the account has an authenticator app, which the user's record keeps.
        `language` is that of a new user. If the directory has changed the e-mail address, the user gets the new one.
        A log-in from a `device` that the person has not used before is mailed to them, except for their first one.
        A user whom an operator created is found by the account's verified e-mail address. Raises Forbidden if the
        address is not verified, or if it belongs to a user with another account; and if nobody was imported with the
        address of somebody who said so, unless they are `admitted` as a new member.
        """
        # Another login may be first, perhaps of the same person.
        return self._table.retry_until_committed(
            lambda tx: self._get_or_create(tx, person, now, _Login(authenticator, language, device, admitted)),
            refused=Conflict("Another login with this account is in progress. Please try again."),
        )

    def set_authenticator(self, user_id: str, *, used: bool) -> None:
        """Record whether a user has an authenticator app. Cognito decides what a login needs; this is for showing."""

        def attempt(tx: Transaction) -> None:
            user = self._table.get(USERS, user_id, consistent=True)
            if user and user.authenticator != used:
                tx.update(USERS, user.model_copy(update={"authenticator": used}))

        self._table.retry_until_committed(attempt)

    def follow_email(self, user_id: str, person: DirectoryUser, now: datetime) -> User:
        """Give a user the e-mail address that the directory has now, and return them.

        They keep theirs if another user has the address.
        """

        def attempt(tx: Transaction) -> User:
            user = self._table.get(USERS, user_id, consistent=True)
            if user is None:
                raise NotFound(Text("This account does not exist."))
            return self._with_email(tx, user, person, now)

        return self._table.retry_until_committed(attempt)

    def _with_email(self, tx: Transaction, user: User, person: DirectoryUser, now: datetime, **changes: Any) -> User:
        after = user.model_copy(update=changes)
        if person.verified and person.email:
            after = emails.follow(tx, self._table, after, person.email, now)
        return user if after == user else tx.update(USERS, after)

    def _get_or_create(self, tx: Transaction, person: DirectoryUser, now: datetime, login: "_Login") -> User:
        device = login.device
        if known := user_by_subject(self._table, person.subject):
            used = known.devices
            if device and device.name not in used:
                _tell_of_login(tx, known, device, now)
                used = (*used, device.name)[-_MOST_DEVICES:]
            facts = {"authenticator": login.authenticator, "devices": used}
            return self._with_email(tx, _require_person(known), person, now, **facts)
        if not person.verified or not person.email:
            raise Forbidden(Text("Confirm your e-mail address before you log in."))
        existing = user_by_email(self._table, person.email)
        if existing:
            return self._link(tx, existing, person, login)
        if person.registration.imported and not login.admitted:
            raise Forbidden(Text("There is no account with this address. New members need an invitation."))
        return self._create(tx, person, now, login)

    def _link(self, tx: Transaction, user: User, person: DirectoryUser, login: "_Login") -> User:
        if _require_person(user).subject:
            raise Forbidden(Text("This e-mail address belongs to a user with another login. Please contact support."))
        facts = {"subject": person.subject, "authenticator": login.authenticator, "devices": login.devices}
        linked = user.model_copy(update=facts)
        reserve_subject(tx, linked)
        self._accept_terms(tx, user.id, person.registration)
        return tx.update(USERS, linked)

    def _accept_terms(self, tx: Transaction, user_id: str, registration: Registration) -> None:
        """Store the acceptance that the sign-up recorded."""
        if registration.terms:
            accept(tx, self._table, user_id, registration.terms, registration.terms_accepted)

    def _create(self, tx: Transaction, person: DirectoryUser, now: datetime, login: "_Login") -> User:
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
            authenticator=login.authenticator,
            language=login.language,
            devices=login.devices,
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
        SIGN_UPS.add(tx, user_id)
        tx.create(ORGANIZATIONS, organization.model_copy(update={"contact_user_id": user_id}))
        create_membership(tx, membership)
        self._accept_terms(tx, user.id, registration)
        return user

    def organizations(self, user: User) -> list[Joined]:
        """Return the organizations that a user can act for, the default one first. Suspended ones are left out."""
        joined = memberships_of(self._table, user.id)
        standings = [company_key(one.company_id) for one in joined]
        ids = [id_ for one in joined for id_ in (one.organization_id, one.company_id)]
        items = self._table.batch_get([*map(ORGANIZATIONS.key, ids), *standings], consistent=True)
        suspended = suspended_of(standings, items)
        known = {id_: ORGANIZATIONS.decode(items[key]) for id_ in ids if (key := ORGANIZATIONS.key(id_)) in items}
        active = [
            Joined(organization, one, known.get(one.company_id) if organization.is_team else None)
            for one in joined
            if one.company_id not in suspended
            and (organization := known.get(one.organization_id))
            and organization.active
        ]
        return sorted(active, key=lambda one: (one.organization.id != user.organization_id, one.title.casefold()))


def _tell_of_login(tx: Transaction, user: User, device: LoginDevice, now: datetime) -> None:
    mails.queue(
        tx,
        MailTemplate.NEW_LOGIN,
        user.id,
        now,
        device=device.name,
        address=device.address or "not known",
        time=f"{now:%-d %B %Y, %H:%M} UTC",
    )


def _require_person(user: User) -> User:
    if user.service:
        raise Forbidden(Text("This is a service account. It uses an API key and cannot log in here."))
    return user


def _organization(organization_id: str, registration: Registration, since: str, currency: str) -> Organization:
    """Return the first organization of a new user."""
    location = Location(country=registration.country or None, timezone=registration.timezone or None)
    name = registration.organization_name
    return new_company(organization_id, name, registration.side, location=location, since=since, currency=currency)
