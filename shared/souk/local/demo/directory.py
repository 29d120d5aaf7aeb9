"""Creates the logins of the demo people in the user pool, all with one password."""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from souk.local.demo.people import DemoPeople, operator

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_cognito_idp.type_defs import UserTypeTypeDef

PASSWORD = "souk-Demo-2026!"  # noqa: S105 - public by nature, as all of the demo data is


class Login(NamedTuple):
    """The account of a person in the user pool."""

    username: str
    email: str
    first_name: str
    last_name: str


def logins(people: DemoPeople) -> list[Login]:
    """Return the logins of all people, and of the operator. Service accounts have none."""
    founder = operator()
    persons = [Login(user.id, user.email, user.first_name, user.last_name) for user in people.users if not user.service]
    return [*persons, Login(founder.user_id or "", founder.email, founder.first_name, founder.last_name)]


def create_logins(
    cognito: "CognitoIdentityProviderClient", pool: str, people: Iterable[Login], say: Callable[[str], object]
) -> int:
    """Create the missing logins and return their number. No mail is sent.

    At the first login Souk recognizes people by their e-mail addresses. A password that a person has changed is kept.
    """
    known = {email: login for login in _logins(cognito, pool) for email in _emails(login)}
    incomplete = {
        email: login["Username"] for email, login in known.items() if login["UserStatus"] == "FORCE_CHANGE_PASSWORD"
    }
    missing = [user for user in people if user.email not in known or user.email in incomplete]
    if missing:
        say(f"Creating the logins of {len(missing)} demo people")
    for user in missing:
        if user.email not in known:
            attributes = {
                "email": user.email,
                "email_verified": "true",
                "given_name": user.first_name,
                "family_name": user.last_name,
            }
            cognito.admin_create_user(
                UserPoolId=pool,
                Username=user.username,
                MessageAction="SUPPRESS",
                UserAttributes=[{"Name": name, "Value": value} for name, value in attributes.items()],
            )
        username = incomplete.get(user.email, user.username)
        cognito.admin_set_user_password(UserPoolId=pool, Username=username, Password=PASSWORD, Permanent=True)
    return len(missing)


def _logins(cognito: "CognitoIdentityProviderClient", pool: str) -> Iterator["UserTypeTypeDef"]:
    for page in cognito.get_paginator("list_users").paginate(UserPoolId=pool):
        yield from page["Users"]


def _emails(login: "UserTypeTypeDef") -> Iterator[str]:
    attributes = login["Attributes"]
    return (attribute["Value"] for attribute in attributes if attribute["Name"] == "email" and "Value" in attribute)
