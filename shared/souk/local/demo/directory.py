"""Letting the demo people log in: the directory of people gets each of them, all with one password."""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from souk.domains.identity.model import User

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_cognito_idp.type_defs import UserTypeTypeDef

PASSWORD = "souk-Demo-2026!"  # noqa: S105 - public by nature, as all of the demo data is


def create_logins(
    cognito: "CognitoIdentityProviderClient", pool: str, people: Iterable[User], say: Callable[[str], object]
) -> int:
    """Enter those who are not in the user pool, and return how many that were. Nobody is written to.

    Souk knows them by their e-mail addresses when they first log in. Who has changed their password keeps theirs.
    """
    known = {email: user for user in _users(cognito, pool) for email in _emails(user)}
    begun = {email: user["Username"] for email, user in known.items() if user["UserStatus"] == "FORCE_CHANGE_PASSWORD"}
    missing = [one for one in people if not one.service and (one.email not in known or one.email in begun)]
    if missing:
        say(f"Letting {len(missing)} demo people log in")
    for one in missing:
        if one.email not in known:
            attributes = {
                "email": one.email,
                "email_verified": "true",
                "given_name": one.first_name,
                "family_name": one.last_name,
            }
            cognito.admin_create_user(
                UserPoolId=pool,
                Username=one.id,
                MessageAction="SUPPRESS",
                UserAttributes=[{"Name": name, "Value": value} for name, value in attributes.items()],
            )
        username = begun.get(one.email, one.id)
        cognito.admin_set_user_password(UserPoolId=pool, Username=username, Password=PASSWORD, Permanent=True)
    return len(missing)


def _users(cognito: "CognitoIdentityProviderClient", pool: str) -> Iterator["UserTypeTypeDef"]:
    for page in cognito.get_paginator("list_users").paginate(UserPoolId=pool):
        yield from page["Users"]


def _emails(user: "UserTypeTypeDef") -> Iterator[str]:
    return (one["Value"] for one in user["Attributes"] if one["Name"] == "email" and "Value" in one)
