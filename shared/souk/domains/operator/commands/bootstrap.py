"""Bootstrap: the first operator of a deployment, with the operators' organization and its API key.

`souk admin bootstrap` and the demo data use it. It needs a table that may write every key, which no function has.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from souk.authentication.records import (
    API_KEYS,
    MEMBERSHIPS,
    ApiKey,
    GrantType,
    KeyState,
    held_keys_key,
    operators_organization_id,
)
from souk.authentication.scopes import Scope
from souk.authentication.tokens import digest
from souk.domains.audit.model import Actor, Subject
from souk.domains.audit.store import record
from souk.domains.identity.commands.nicknames import new_nickname
from souk.domains.identity.model import Organization, OrganizationLegacyType, OrganizationType, User
from souk.domains.identity.rules.api_keys import with_new_secret
from souk.domains.identity.store import (
    ORGANIZATIONS,
    create_user,
    operators_key_id,
    release_operators_key,
    reserve_operators_key,
    reserve_operators_organization,
    user_by_email,
)
from souk.domains.operator.commands.operators import add_operator, operates
from souk.storage import Table, Transaction
from souk.values.errors import Unprocessable
from souk.values.times import stamp

REDIRECT_URI: Final = "http://127.0.0.1/callback"
"""The redirect URI of the operators' API key, for a native app on any port (RFC 8252, section 7.3)."""


@dataclass(frozen=True, slots=True)
class NewKeyIds:
    """The id and the secret of a new API key. Only the demo data chooses its own."""

    id: str = field(default_factory=lambda: secrets.token_hex(16))
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)


@dataclass(frozen=True, slots=True)
class Founder:
    """The person who becomes an operator, and the organization of the operators.

    Names are needed only for what is missing. Ids are those of what is made; the demo data chooses its own.
    """

    email: str
    first_name: str = ""
    last_name: str = ""
    organization_name: str = ""
    user_id: str | None = None
    nickname: str | None = None
    organization_id: str | None = None
    key: NewKeyIds = field(default_factory=NewKeyIds)


@dataclass(frozen=True, slots=True)
class Bootstrapped:
    """The operator, the operators' organization and its API key."""

    user: User
    organization: Organization
    key: ApiKey
    secret: str | None
    """The secret of the key in clear text, if it was made."""


@dataclass(frozen=True, slots=True)
class Present:
    """What is in the table already."""

    user: User | None
    operator: bool
    """Whether the person is an operator."""
    organization: Organization | None

    @classmethod
    def read(cls, table: Table, email: str) -> "Present":
        """Return what is in the table for a person with an e-mail address."""
        organization_id, user = operators_organization_id(table), user_by_email(table, email)
        organization = table.get(ORGANIZATIONS, organization_id, consistent=True) if organization_id else None
        membership = (
            table.get(MEMBERSHIPS, user.id, organization.id, consistent=True) if user and organization else None
        )
        return cls(user, operates(membership), organization)


def bootstrap(table: Table, founder: Founder, reason: str, now: datetime) -> Bootstrapped:
    """Make a person an operator, with everything that is missing for it, in one transaction.

    Somebody who signed up before is promoted. Repeating it changes nothing. Raises Unprocessable for a service account
    and for a missing name.
    """
    _release_revoked_key(table)
    return table.retry_until_committed(lambda tx: _Bootstrap(table, tx, founder, now).run(reason))


@dataclass
class _Bootstrap:
    """One attempt, which reads consistently and adds its writes to a transaction."""

    table: Table
    tx: Transaction
    founder: Founder
    now: datetime

    def run(self, reason: str) -> Bootstrapped:
        present = Present.read(self.table, self.founder.email)
        organization = present.organization or self._make_organization()
        user = present.user or self._new_user(organization)
        if not present.operator:
            user = self._make_operator(user, organization)
        key_id = operators_key_id(self.table)
        key = self.table.get(API_KEYS, key_id, consistent=True) if key_id else None
        made_key = key is None
        key = key or self._make_key(user, organization)
        if made_key or not (present.operator and present.organization):
            record(self.tx, Actor(), "bootstrap", Subject(type="User", id=user.id), reason=reason)
        return Bootstrapped(user, organization, key, self.founder.key.secret if made_key else None)

    def _make_organization(self) -> Organization:
        if not self.founder.organization_name:
            raise Unprocessable("Name the operators' organization.")
        organization_id = self.founder.organization_id or self.table.new_id()
        reserve_operators_organization(self.tx, organization_id)
        existing = self.table.get(ORGANIZATIONS, organization_id, consistent=True)
        return existing or self.tx.create(
            ORGANIZATIONS,
            Organization(
                id=organization_id,
                name=self.founder.organization_name,
                type=OrganizationType.BUSINESS,
                legacy_type=OrganizationLegacyType.CLIENT,
                company_id=organization_id,
                hidden=True,
                creation_date=stamp(self.now),
            ),
        )

    def _new_user(self, organization: Organization) -> User:
        """Return the user of a new person, not stored yet."""
        founder = self.founder
        if not founder.first_name or not founder.last_name:
            raise Unprocessable("Give the person's first and last name.")
        return User(
            id=founder.user_id or self.table.new_id(),
            nickname=founder.nickname or new_nickname(founder.first_name, founder.last_name),
            email=founder.email,
            first_name=founder.first_name,
            last_name=founder.last_name,
            creation_date=stamp(self.now),
            organization_id=organization.id,
        )

    def _make_operator(self, user: User, organization: Organization) -> User:
        before = self.table.get(MEMBERSHIPS, user.id, organization.id, consistent=True)
        joined = add_operator(self.tx, self.table, user, organization.id, before)
        return joined if user.version else create_user(self.tx, joined)

    def _make_key(self, user: User, organization: Organization) -> ApiKey:
        new = ApiKey(
            id=self.founder.key.id,
            name=f"{organization.name} operators",
            description="Made by souk admin bootstrap.",
            organization_id=organization.id,
            company_id=organization.id,
            created_by=user.id,
            created=stamp(self.now),
            scopes=tuple(scope.value for scope in Scope),
            grants=(GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN),
            redirect_uris=(REDIRECT_URI,),
            native=True,
        )
        reserve_operators_key(self.tx, new.id)
        self.tx.count(held_keys_key(organization.id))
        return self.tx.create(API_KEYS, with_new_secret(new, digest(self.founder.key.secret), self.table.clock.real()))


def _release_revoked_key(table: Table) -> None:
    """Forget the operators' first API key if it was revoked, so that another one is made."""
    key_id = operators_key_id(table)
    key = table.get(API_KEYS, key_id, consistent=True) if key_id else None
    if key and key.state is KeyState.REVOKED:
        tx = table.transaction()
        release_operators_key(tx, key.id)
        tx.try_commit()  # another bootstrap may have been faster
