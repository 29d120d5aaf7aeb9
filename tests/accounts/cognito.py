"""A user pool on moto, with what moto does not do of Cognito: aliases, codes, and hiding who has an account."""

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
"""What everybody's authenticator app shows."""


def refused(code: str, message: str = "") -> ClientError:
    """Return an error of Cognito."""
    return ClientError({"Error": {"Code": code, "Message": message}}, "operation")


@cache
def _client() -> "CognitoIdentityProviderClient":
    """Return the client that tests of one process share."""
    return boto3.client("cognito-idp", region_name=REGION, aws_access_key_id="testing", aws_secret_access_key="testing")


class Cognito:
    """Moto's client, as Cognito would answer for a pool with e-mail aliases and an app client that hides existence."""

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
                for name in ("side", "company", "country")
            ],
        )["UserPool"]["Id"]
        self.app: str = self._moto.create_user_pool_client(UserPoolId=self.pool, ClientName="souk")["UserPoolClient"][
            "ClientId"
        ]
        self.mails: list[tuple[str, str]] = []
        """Addresses and the codes that were mailed to them."""
        self._codes: dict[str, str] = {}
        self.failing: dict[str, str] = {}
        """Operations that are to fail, with the code of their error."""
        self.calls: list[str] = []

    @property
    def directory(self) -> Directory:
        """The pool, as Souk uses it."""
        return Directory(self, self.app)  # type: ignore[arg-type]

    def __getattr__(self, name: str) -> Any:
        operation = getattr(self._moto, name)

        def call(**arguments: Any) -> Any:
            self._called(name)
            return operation(**arguments)

        call.__name__ = name
        return call

    def enter(self, email: str, first: str = "Olivia", last: str = "Ortega", *, verified: bool = True) -> str:
        """Enter somebody as an operator does; returns their sub."""
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

    def admit(self, email: str, first: str = "Olivia", last: str = "Ortega", *, verified: bool = True) -> str:
        """Enter somebody whose password is theirs for good; returns their sub."""
        subject = self.enter(email, first, last, verified=verified)
        self._moto.admin_set_user_password(
            UserPoolId=self.pool, Username=self._known(email), Password=PASSWORD, Permanent=True
        )
        return subject

    def attributes(self, email: str) -> dict[str, str]:
        """Return what the pool knows of somebody."""
        user = self._moto.admin_get_user(UserPoolId=self.pool, Username=self._known(email))
        return {one["Name"]: one.get("Value", "") for one in user["UserAttributes"]}

    # What moto lacks

    def sign_up(self, **arguments: Any) -> Any:
        self._called("sign_up")
        answer = self._moto.sign_up(**arguments)
        email = next(one["Value"] for one in arguments["UserAttributes"] if one["Name"] == "email")
        self._mail(arguments["Username"], email)
        return answer

    def resend_confirmation_code(self, ClientId: str, Username: str) -> Any:  # noqa: ARG002, N803
        self._called("resend_confirmation_code")
        if Username not in self._codes:
            raise refused("InvalidParameterException", "User is already confirmed.")
        user = self._moto.admin_get_user(UserPoolId=self.pool, Username=Username)
        self._mail(Username, next(one["Value"] for one in user["UserAttributes"] if one["Name"] == "email"))

    def confirm_sign_up(self, ClientId: str, Username: str, ConfirmationCode: str) -> Any:  # noqa: N803
        self._called("confirm_sign_up")
        if self._codes.get(Username) != ConfirmationCode:
            raise refused("CodeMismatchException")
        email = next(
            one["Value"]
            for one in self._moto.admin_get_user(UserPoolId=self.pool, Username=Username)["UserAttributes"]
            if one["Name"] == "email"
        )
        if self._user(email):
            raise refused("AliasExistsException")
        self._moto.confirm_sign_up(ClientId=ClientId, Username=Username, ConfirmationCode=ConfirmationCode)
        self._moto.admin_update_user_attributes(
            UserPoolId=self.pool, Username=Username, UserAttributes=[{"Name": "email_verified", "Value": "true"}]
        )
        del self._codes[Username]

    def initiate_auth(self, ClientId: str, AuthFlow: Any, AuthParameters: dict[str, str]) -> Any:  # noqa: N803
        self._called("initiate_auth")
        username = self._user(AuthParameters["USERNAME"])
        if username is None:
            raise refused("NotAuthorizedException", "Incorrect username or password.")
        return self._moto.initiate_auth(
            ClientId=ClientId, AuthFlow=AuthFlow, AuthParameters=AuthParameters | {"USERNAME": username}
        )

    def respond_to_auth_challenge(self, ChallengeResponses: dict[str, str], **arguments: Any) -> Any:  # noqa: N803
        self._called("respond_to_auth_challenge")
        if ChallengeResponses.get("SOFTWARE_TOKEN_MFA_CODE", APP_CODE) != APP_CODE:
            raise refused("CodeMismatchException")
        username = self._user(ChallengeResponses["USERNAME"]) or ChallengeResponses["USERNAME"]
        return self._moto.respond_to_auth_challenge(
            ChallengeResponses=ChallengeResponses | {"USERNAME": username}, **arguments
        )

    def verify_software_token(self, UserCode: str, **arguments: Any) -> Any:  # noqa: N803
        self._called("verify_software_token")
        if UserCode != APP_CODE:
            raise refused("EnableSoftwareTokenMFAException")
        return self._moto.verify_software_token(UserCode=UserCode, **arguments)

    def forgot_password(self, ClientId: str, Username: str) -> Any:  # noqa: ARG002, N803
        self._called("forgot_password")
        if user := self._user(Username):
            self._mail(user, Username)

    def confirm_forgot_password(self, ClientId: str, Username: str, ConfirmationCode: str, Password: str) -> Any:  # noqa: N803
        self._called("confirm_forgot_password")
        user = self._user(Username)
        if user is None or self._codes.get(user) != ConfirmationCode:
            raise refused("CodeMismatchException")
        self._moto.confirm_forgot_password(
            ClientId=ClientId, Username=user, ConfirmationCode=ConfirmationCode, Password=Password
        )

    def _called(self, operation: str) -> None:
        self.calls.append(operation)
        if code := self.failing.get(operation):
            raise refused(code, "Something about olivia@acme.test that nobody shall read.")

    def _mail(self, username: str, email: str) -> None:
        self._codes[username] = str(100_000 + len(self.mails))
        self.mails.append((email, self._codes[username]))

    def _known(self, email: str) -> str:
        username = self._user(email, unverified=True)
        assert username, email
        return username

    def _user(self, email: str, *, unverified: bool = False) -> str | None:
        """Return the user name of whose alias this is."""
        users = self._moto.list_users(UserPoolId=self.pool, Filter=f'email = "{email}"')["Users"]
        for user in users:
            known = {one["Name"]: one.get("Value") for one in user["Attributes"]}
            if unverified or known.get("email_verified") == "true":
                return str(user["Username"])
        return None
