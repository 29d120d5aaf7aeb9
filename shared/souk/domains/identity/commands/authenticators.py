"""Turning authenticator apps off in the user pool."""

from datetime import datetime
from typing import TYPE_CHECKING

from souk.domains.identity.store import USERS
from souk.runtime import aws
from souk.runtime.settings import auth_settings
from souk.storage import Table

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient


def reset(table: Table, user_id: str, now: datetime) -> None:  # noqa: ARG001 - the form of a deadline
    """Have a person log in with the password alone. Somebody who never logged in has no authenticator."""
    user = table.get(USERS, user_id, consistent=True)
    if user is None or user.subject is None:
        return
    client, pool = aws.cognito(), auth_settings().user_pool
    for name in _accounts(client, pool, user.subject):
        client.admin_set_user_mfa_preference(
            UserPoolId=pool, Username=name, SoftwareTokenMfaSettings={"Enabled": False, "PreferredMfa": False}
        )


def _accounts(client: "CognitoIdentityProviderClient", pool: str, subject: str) -> list[str]:
    """Return the user name of an account in the pool, if there is one."""
    found = client.list_users(UserPoolId=pool, Filter=f'sub = "{subject}"', Limit=1)["Users"]
    return [one["Username"] for one in found]
