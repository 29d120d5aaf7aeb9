"""A user pool on moto, with features that moto lacks: aliases, codes, and hiding which accounts exist."""

from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError

from souk.accounts.directory import Directory

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

REGION = "us-east-1"
PASSWORD = "correct horse battery"
APP_CODE = "246802"
"""The code of every authenticator app."""


def client_error(code: str, message: str = "") -> ClientError:
    """Return an error of Cognito."""
    return ClientError({"Error": {"Code": code, "Message": message}}, "operation")


@cache
def _client() -> "CognitoIdentityProviderClient":
    """Return the client, which all tests of a process share."""
    return boto3.client("cognito-idp", region_name=REGION, aws_access_key_id="testing", aws_secret_access_key="testing")


class Cognito:
    """Moto's client, extended to behave like a pool with e-mail aliases and an app client that hides existence."""

    def __init__(self) -> None:
        self._moto = _client()
        self.pool: str = self._moto.create_user_pool(
            PoolName="people",
            AliasAttributes=["email"],
            AutoVerifiedAttributes=["email"],
            Policies={
                "PasswordPolicy": {
                    "MinimumLength": 12,
                    "RequireUppercase": False,
                    "RequireLowercase": False,
                    "RequireNumbers": False,
                    "RequireSymbols": False,
                }
            },
            Schema=[
                {"Name": name, "AttributeDataType": "String", "Mutable": True}
                for name in ("side", "company", "country", "terms")
            ],
        )["UserPool"]["Id"]
        self.app: str = self._moto.create_user_pool_client(UserPoolId=self.pool, ClientName="souk")["UserPoolClient"][
            "ClientId"
        ]
        self.mails: list[tuple[str, str]] = []
        """Mailed codes, as (address, code)."""
        self._codes: dict[str, str] = {}
        self._pending: dict[str, str] = {}
        """New e-mail addresses that wait for their code, by user name."""
        self.failing: dict[str, str] = {}
        """Operations that fail, with their error codes."""
        self.calls: list[str] = []

    @property
    def directory(self) -> Directory:
        """The directory over this pool."""
        return Directory(self, self.app)  # type: ignore[arg-type]

    def __getattr__(self, name: str) -> Any:
        operation = getattr(self._moto, name)

        def call(**arguments: Any) -> Any:
            self._called(name)
            return operation(**arguments)

        call.__name__ = name
        return call

    def create_user(self, email: str, first: str = "Olivia", last: str = "Ortega", *, verified: bool = True) -> str:
        """Create an account with a temporary password, as an operator does; returns its sub."""
        self._moto.admin_create_user(
            UserPoolId=self.pool,
            Username=f"entered-{len(email)}-{email.split('@', 1)[0]}",
            UserAttributes=[
                {"Name": "email", "Value": email},
                {"Name": "email_verified", "Value": str(verified).lower()},
                {"Name": "given_name", "Value": first},
                {"Name": "family_name", "Value": last},
            ],
            TemporaryPassword=PASSWORD,
            MessageAction="SUPPRESS",
        )
        return self.attributes(email)["sub"]

    def create_confirmed_user(
        self, email: str, first: str = "Olivia", last: str = "Ortega", *, verified: bool = True
    ) -> str:
        """Create an account with a permanent password; returns its sub."""
        subject = self.create_user(email, first, last, verified=verified)
        self._moto.admin_set_user_password(
            UserPoolId=self.pool, Username=self._known(email), Password=PASSWORD, Permanent=True
        )
        return subject

    def attributes(self, email: str) -> dict[str, str]:
        """Return the attributes of an account."""
        user = self._moto.admin_get_user(UserPoolId=self.pool, Username=self._known(email))
        return {one["Name"]: one.get("Value", "") for one in user["UserAttributes"]}

    # Features that moto lacks

    def sign_up(self, **arguments: Any) -> Any:
        self._called("sign_up")
        answer = self._moto.sign_up(**arguments)
        email = next(one["Value"] for one in arguments["UserAttributes"] if one["Name"] == "email")
        self._mail(arguments["Username"], email)
        return answer

    def resend_confirmation_code(self, ClientId: str, Username: str) -> Any:  # noqa: ARG002, N803
        self._called("resend_confirmation_code")
        if Username not in self._codes:
            raise client_error("InvalidParameterException", "User is already confirmed.")
        user = self._moto.admin_get_user(UserPoolId=self.pool, Username=Username)
        self._mail(Username, next(one["Value"] for one in user["UserAttributes"] if one["Name"] == "email"))

    def confirm_sign_up(self, ClientId: str, Username: str, ConfirmationCode: str) -> Any:  # noqa: N803
        self._called("confirm_sign_up")
        if self._codes.get(Username) != ConfirmationCode:
            raise client_error("CodeMismatchException")
        email = next(
            one["Value"]
            for one in self._moto.admin_get_user(UserPoolId=self.pool, Username=Username)["UserAttributes"]
            if one["Name"] == "email"
        )
        if self._user(email):
            raise client_error("AliasExistsException")
        self._moto.confirm_sign_up(ClientId=ClientId, Username=Username, ConfirmationCode=ConfirmationCode)
        self._moto.admin_update_user_attributes(
            UserPoolId=self.pool, Username=Username, UserAttributes=[{"Name": "email_verified", "Value": "true"}]
        )
        del self._codes[Username]

    def initiate_auth(self, ClientId: str, AuthFlow: Any, AuthParameters: dict[str, str]) -> Any:  # noqa: N803
        self._called("initiate_auth")
        username = self._user(AuthParameters["USERNAME"])
        if username is None:
            raise client_error("NotAuthorizedException", "Incorrect username or password.")
        return self._moto.initiate_auth(
            ClientId=ClientId, AuthFlow=AuthFlow, AuthParameters=AuthParameters | {"USERNAME": username}
        )

    def respond_to_auth_challenge(self, ChallengeResponses: dict[str, str], **arguments: Any) -> Any:  # noqa: N803
        self._called("respond_to_auth_challenge")
        if ChallengeResponses.get("SOFTWARE_TOKEN_MFA_CODE", APP_CODE) != APP_CODE:
            raise client_error("CodeMismatchException")
        username = self._user(ChallengeResponses["USERNAME"]) or ChallengeResponses["USERNAME"]
        return self._moto.respond_to_auth_challenge(
            ChallengeResponses=ChallengeResponses | {"USERNAME": username}, **arguments
        )

    def verify_software_token(self, UserCode: str, **arguments: Any) -> Any:  # noqa: N803
        self._called("verify_software_token")
        if UserCode != APP_CODE:
            raise client_error("EnableSoftwareTokenMFAException")
        return self._moto.verify_software_token(UserCode=UserCode, **arguments)

    def forgot_password(self, ClientId: str, Username: str) -> Any:  # noqa: ARG002, N803
        self._called("forgot_password")
        if user := self._user(Username):
            self._mail(user, Username)

    def confirm_forgot_password(self, ClientId: str, Username: str, ConfirmationCode: str, Password: str) -> Any:  # noqa: N803
        self._called("confirm_forgot_password")
        user = self._user(Username)
        if user is None or self._codes.get(user) != ConfirmationCode:
            raise client_error("CodeMismatchException")
        self._moto.confirm_forgot_password(
            ClientId=ClientId, Username=user, ConfirmationCode=ConfirmationCode, Password=Password
        )

    def update_user_attributes(self, AccessToken: str, UserAttributes: list[dict[str, str]]) -> None:  # noqa: N803
        self._called("update_user_attributes")
        username = str(self._moto.get_user(AccessToken=AccessToken)["Username"])
        (email,) = [one["Value"] for one in UserAttributes if one["Name"] == "email"]
        if self._user(email):
            raise client_error("AliasExistsException")
        self._pending[username] = email
        self._mail(username, email)

    def verify_user_attribute(self, AccessToken: str, AttributeName: str, Code: str) -> None:  # noqa: N803
        self._called("verify_user_attribute")
        assert AttributeName == "email"
        username = str(self._moto.get_user(AccessToken=AccessToken)["Username"])
        if username not in self._pending or self._codes[username] != Code:
            raise client_error("CodeMismatchException")
        email = self._pending[username]
        if self._user(email):
            raise client_error("AliasExistsException")
        self._moto.admin_update_user_attributes(
            UserPoolId=self.pool,
            Username=username,
            UserAttributes=[{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}],
        )
        del self._pending[username], self._codes[username]

    def _called(self, operation: str) -> None:
        self.calls.append(operation)
        if code := self.failing.get(operation):
            raise client_error(code, "Something about olivia@acme.test that nobody shall read.")

    def _mail(self, username: str, email: str) -> None:
        self._codes[username] = str(100_000 + len(self.mails))
        self.mails.append((email, self._codes[username]))

    def _known(self, email: str) -> str:
        username = self._user(email, unverified=True)
        assert username, email
        return username

    def _user(self, email: str, *, unverified: bool = False) -> str | None:
        """Return the user name with this alias."""
        users = self._moto.list_users(UserPoolId=self.pool, Filter=f'email = "{email}"')["Users"]
        for user in users:
            known = {one["Name"]: one.get("Value") for one in user["Attributes"]}
            if unverified or known.get("email_verified") == "true":
                return str(user["Username"])
        return None
