"""The accounts of people in the user pool: a copy in a file, and accounts in a new pool from that file.

Cognito gives out no passwords and no secrets of authenticator apps. Who comes from a file sets a new password by mail.
"""

import json
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from souk.domains.audit.model import Actor, Subject
from souk.domains.audit.store import record
from souk.domains.identity.store import move_subject, user_by_subject
from souk.operations.deployment import Deployment, open_table
from souk.operations.problem import Problem
from souk.storage import Table, Transaction

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

_SUBJECT: Final = "sub"
"""The attribute by which the table names an account. Cognito chooses it anew in each pool."""
_PROGRESS: Final = 100


class Imported(NamedTuple):
    """The result of an import."""

    created: int
    """Accounts that the pool did not have."""
    linked: int
    """People in the table who were linked to their new accounts."""


def export_people(deployment: Deployment, file: Path) -> int:
    """Write the accounts of the user pool to a new file, one as JSON on each line, and return their number.

    Only the owner can read the file. Raises Problem if it exists.
    """
    client: CognitoIdentityProviderClient = deployment.client("cognito-idp")
    number = 0
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise Problem(f"{file} cannot be made: {error.strerror}. Name a new file.") from error
    with os.fdopen(descriptor, "w", encoding="utf-8") as lines:
        for page in client.get_paginator("list_users").paginate(UserPoolId=deployment.outputs["UserPool"]):
            for account in page["Users"]:
                attributes = {one["Name"]: one.get("Value", "") for one in account["Attributes"]}
                kept = {
                    "username": account["Username"],
                    "status": account["UserStatus"],
                    "enabled": account["Enabled"],
                    "attributes": attributes,
                }
                lines.write(json.dumps(kept, ensure_ascii=False) + "\n")
                number += 1
    return number


class Import:
    """Accounts of a file for another user pool, and for the people in the table who had them.

    It can be repeated: an account that the pool has stays, and is linked if it was not.
    """

    def __init__(self, deployment: Deployment, file: Path) -> None:
        """Read a file. Raises Problem if it is not one of `export_people`."""
        self._deployment = deployment
        self._table = open_table(deployment)
        self._client: CognitoIdentityProviderClient = deployment.client("cognito-idp")
        self._pool = deployment.outputs["UserPool"]
        # Who has never confirmed an address signs up again: whether it is theirs is not known.
        self.accounts = [one for one in _read(file) if one["status"] != "UNCONFIRMED"]

    def run(self, say: Callable[[str], None]) -> Imported:
        """Create the accounts and link the people."""
        tx = self._table.transaction()
        reason = self._deployment.reason("souk admin people import")
        record(tx, Actor(), "importPeople", Subject(type="UserPool", id=self._pool), reason=reason)
        tx.commit()
        created = linked = 0
        for number, account in enumerate(self.accounts, 1):
            subject, new = self._ensure(account)
            created += new
            linked += _link(self._table, account["attributes"][_SUBJECT], subject)
            if number % _PROGRESS == 0:
                say(f"{number} of {len(self.accounts)} accounts")
        return Imported(created, linked)

    def _ensure(self, account: Mapping[str, Any]) -> tuple[str, bool]:
        """Return the `sub` of an account in this pool, and whether it was created."""
        name, absent = account["username"], self._client.exceptions.UserNotFoundException
        try:
            found = self._client.admin_get_user(UserPoolId=self._pool, Username=name)
        except absent:
            attributes = {one: value for one, value in account["attributes"].items() if one != _SUBJECT}
            self._client.admin_create_user(
                UserPoolId=self._pool,
                Username=name,
                MessageAction="SUPPRESS",
                UserAttributes=[{"Name": one, "Value": value} for one, value in attributes.items()],
            )
            found = self._client.admin_get_user(UserPoolId=self._pool, Username=name)
            new = True
        else:
            new = False
        if found["UserStatus"] == "FORCE_CHANGE_PASSWORD":
            # With a password that nobody knows. Cognito mails no code to an account that waits for its first one.
            self._client.admin_set_user_password(
                UserPoolId=self._pool, Username=name, Password=f"{secrets.token_urlsafe(48)}-aA1", Permanent=True
            )
        if not account["enabled"]:
            self._client.admin_disable_user(UserPoolId=self._pool, Username=name)
        return next(one["Value"] for one in found["UserAttributes"] if one["Name"] == _SUBJECT), new


def _link(table: Table, old: str, new: str) -> bool:
    """Link the person with an account to their new one, and return whether that was needed."""

    def attempt(tx: Transaction) -> bool:
        user = user_by_subject(table, old)
        if user is None or old == new:
            return False
        move_subject(tx, user, new)
        return True

    return table.retry_until_committed(attempt)


def _read(file: Path) -> Iterator[dict[str, Any]]:
    try:
        lines = file.read_text("utf-8").splitlines()
        for line in lines:
            account = json.loads(line)
            if not account["username"] or not account["attributes"][_SUBJECT]:
                raise ValueError(line)
            yield {"enabled": True, "status": "CONFIRMED"} | account
    except OSError as error:
        raise Problem(f"{file} cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise Problem(f"{file} is not a file of `souk admin people export`.") from error
