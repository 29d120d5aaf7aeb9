"""The operators of a deployment, local or in AWS: the first one, the list, and taking the flag.

The caller needs rights on the table and the user pool.
"""

import secrets
from typing import TYPE_CHECKING, Final, NamedTuple

from souk.accounts import forms
from souk.accounts.errors import FormError
from souk.authentication.records import operators_organization_id
from souk.domains.audit.model import Actor
from souk.domains.identity.store import USERS
from souk.domains.operator.commands import bootstrap as founding
from souk.domains.operator.commands.operators import operators, set_operator
from souk.operations.deployment import Deployment, open_table
from souk.operations.problem import Problem
from souk.values.errors import SoukError

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_cognito_idp.type_defs import UserTypeTypeDef

_UNFINISHED: Final = "FORCE_CHANGE_PASSWORD"
"""Cognito's status of an account whose temporary password was never changed."""
_MAX_NAME: Final = 50
_MAX_ORGANIZATION: Final = 100


class Missing(NamedTuple):
    """What a bootstrap has to be told, because it is not in the table."""

    name: bool
    organization: bool


class Bootstrapped(NamedTuple):
    """The result of a bootstrap. The password and the secret are those that were made."""

    operator: dict[str, str]
    organization: dict[str, str]
    temporary_password: str | None
    api_key: dict[str, str | None]
    url: str
    """The operators' console, which asks the operator to log in."""


class Operator(NamedTuple):
    """An operator of a deployment."""

    id: str
    email: str
    name: str
    since: str


class Administration:
    """The administration of a deployment's operators."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._table = open_table(deployment)

    def missing(self, email: str) -> Missing:
        """Return what a bootstrap of a person has to be told. Raises Problem for an invalid e-mail address."""
        present = founding.Present.read(self._table, _email(email))
        return Missing(name=present.user is None, organization=present.organization is None)

    def bootstrap(self, email: str, name: str, organization: str) -> Bootstrapped:
        """Make a person an operator, with everything that is missing for it. Repeating it changes nothing.

        The account in the user pool comes first: if this ends before the table is written, the next call gives the
        account another temporary password. Raises Problem if a name is missing or invalid.
        """
        address = _email(email)
        first, last = _names(name)
        organization = _line(organization, _MAX_ORGANIZATION, "--organization")
        present = founding.Present.read(self._table, address)
        missing = Missing(name=present.user is None, organization=present.organization is None)
        if missing.name and not last:
            raise Problem('Give the first and the last name of the person: --name "Ada Lovelace"')
        if missing.organization and not organization:
            raise Problem('Name the organization of the operators: --organization "Bazaar"')
        if present.user and present.user.service:
            raise Problem("A service account cannot be an operator.")
        if present.user:
            first, last = present.user.first_name, present.user.last_name
        password = self._ensure_login(address, first, last, known=present.operator)
        founder = founding.Founder(address, first, last, organization)
        try:
            made = founding.bootstrap(
                self._table, founder, self._deployment.reason("souk admin bootstrap"), self._table.clock.market()
            )
        except SoukError as error:
            raise Problem(error.message) from error
        return Bootstrapped(
            operator={"id": made.user.id, "email": made.user.email},
            organization={"id": made.organization.id, "name": made.organization.name},
            temporary_password=password,
            api_key={"id": made.key.id, "secret": made.secret},
            url=f"{self._deployment.url}/operator",
        )

    def operators(self) -> list[Operator]:
        """Return all operators, oldest first."""
        organization_id = operators_organization_id(self._table)
        memberships = operators(self._table, organization_id) if organization_id else []
        items = self._table.batch_get([USERS.key(one.user_id) for one in memberships], consistent=True)
        people = {user.id: user for user in map(USERS.decode, items.values())}
        return [
            Operator(user.id, user.email, f"{user.first_name} {user.last_name}", one.since)
            for one in memberships
            if (user := people.get(one.user_id))
        ]

    def revoke(self, email: str) -> None:
        """Take the operator flag, and the membership of the operators' organization.

        Raises Problem if the person is not an operator, or the last one.
        """
        address = _email(email)
        present = founding.Present.read(self._table, address)
        if not (present.user and present.organization and present.operator):
            raise Problem(f"{email} is not an operator. `souk admin operators` lists them.")
        reason = self._deployment.reason("souk admin revoke")
        try:
            set_operator(self._table, Actor(), present.organization.id, present.user.id, reason, operator=False)
        except SoukError as error:
            raise Problem(error.message) from error

    def _ensure_login(self, email: str, first: str, last: str, *, known: bool) -> str | None:
        """Create the account in the user pool if it is missing. Returns its temporary password, if it got one.

        `known`: whether the person is an operator already, so that the password was shown before.
        """
        cognito: CognitoIdentityProviderClient = self._deployment.client("cognito-idp")
        pool, password = self._deployment.outputs["UserPool"], _new_password()
        account = _account(cognito, pool, email)
        if account is None:
            attributes = {"email": email, "email_verified": "true", "given_name": first, "family_name": last}
            cognito.admin_create_user(
                UserPoolId=pool,
                Username=secrets.token_hex(16),
                TemporaryPassword=password,
                MessageAction="SUPPRESS",
                UserAttributes=[{"Name": name, "Value": value} for name, value in attributes.items()],
            )
            return password
        if known or account["UserStatus"] != _UNFINISHED:
            return None
        cognito.admin_set_user_password(
            UserPoolId=pool, Username=account["Username"], Password=password, Permanent=False
        )
        return password


def _new_password() -> str:
    """Return a temporary password with every kind of character that Cognito's default policy asks for."""
    return f"{secrets.token_urlsafe(15)}-aA1"


def _account(cognito: "CognitoIdentityProviderClient", pool: str, email: str) -> "UserTypeTypeDef | None":
    """Return the account with a verified e-mail address. Anybody can sign up with an address that is not verified."""
    # The address is validated, so it has no quotation marks.
    for page in cognito.get_paginator("list_users").paginate(UserPoolId=pool, Filter=f'email = "{email}"'):
        for account in page["Users"]:
            attributes = {one["Name"]: one.get("Value", "") for one in account["Attributes"]}
            if attributes.get("email", "").lower() == email.lower() and attributes.get("email_verified") == "true":
                return account
    return None


def _email(text: str) -> str:
    try:
        address = forms.email(text)
    except FormError as error:
        raise Problem(f"{text!r} is not an e-mail address, such as ada@example.com.") from error
    if set(address) & set('"\\'):
        raise Problem("An operator's e-mail address cannot have quotation marks or backslashes.")
    return address


def _names(name: str) -> tuple[str, str]:
    """Return the first names and the last name."""
    first, _, last = _line(name, 2 * _MAX_NAME, "--name").rpartition(" ")
    if len(first) > _MAX_NAME or len(last) > _MAX_NAME:
        raise Problem(f"--name: a first or last name has at most {_MAX_NAME} characters.")
    return (first, last) if first else ("", "")


def _line(text: str, most: int, option: str) -> str:
    line = " ".join(text.split())
    if len(line) > most or not line.isprintable():
        raise Problem(f"{option}: use at most {most} characters, without control characters.")
    return line
