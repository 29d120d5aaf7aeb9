"""The directory of people: the Cognito user pool, which stores passwords and authenticates people.

The pool uses e-mail addresses as aliases, not as user names (docs/accounts.md). Each sign-up gets a new user name, and
an address belongs to the first account that confirms it by mail. A sign-up therefore does not reveal whether an address
has an account, and nobody can prepare an account with their own password for somebody else's address.

All calls are public operations of Cognito: the function needs no permissions on the pool.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from souk.accounts.errors import FormError, ProofExpired, TooManyAttempts
from souk.accounts.forms import Registration
from souk.domains.identity.rules.founding import Side
from souk.runtime.log import logger
from souk.values.errors import SoukError
from souk.web.translations import Text

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

_WRONG_LOGIN: Final = Text("E-mail address or password is wrong.")
_WRONG_PASSWORD: Final = Text("This password is wrong.")
WRONG_CODE: Final = Text(
    "This code is wrong or has expired. After several wrong codes, wait a while before you try again."
)
_TAKEN: Final = Text("There is already an account with this e-mail address. Log in, or reset its password.")
_LIMIT_REACHED: Final = ("LimitExceededException", "TooManyFailedAttemptsException")
_BUSY: Final = ("TooManyRequestsException", *_LIMIT_REACHED)
_NOT_AUTHENTICATED: Final = (
    "NotAuthorizedException",
    "UserNotFoundException",
    "UserNotConfirmedException",
    "PasswordResetRequiredException",
    "InvalidParameterException",
)
_IMPORTED: Final = "imported"
"""The side of somebody who set the password of an imported account."""
_WRONG_CODES: Final = ("CodeMismatchException", "ExpiredCodeException", *_NOT_AUTHENTICATED)
_INVALID_PARAMETER: Final = "InvalidParameterException"
_POLICY: Final = ("InvalidPasswordException", "PasswordHistoryPolicyViolationException", _INVALID_PARAMETER)


@dataclass(frozen=True, slots=True)
class DirectoryUser:
    """An account in the directory."""

    subject: str
    email: str
    verified: bool
    """Whether the e-mail address was confirmed."""
    registration: Registration


class ChallengeName(StrEnum):
    """A challenge of the directory after the password, by Cognito's name."""

    AUTHENTICATOR = "SOFTWARE_TOKEN_MFA"
    NEW_PASSWORD = "NEW_PASSWORD_REQUIRED"  # noqa: S105 - a name of Cognito's


@dataclass(frozen=True, slots=True)
class Challenge:
    """A login that needs another step."""

    step: ChallengeName
    username: str
    session: str = field(repr=False)
    """Cognito's session, valid for some minutes. It is useless without the response to the challenge."""


@dataclass(frozen=True, slots=True)
class Authenticated:
    """A person who has authenticated."""

    user: DirectoryUser
    authenticator: bool
    """Whether the login required a code of an authenticator app."""
    access_token: str = field(repr=False)
    """Cognito's access token, for changing the password and the authenticator. The API does not accept it."""


class Directory:
    """The user pool, through one of its app clients."""

    def __init__(self, client: "CognitoIdentityProviderClient", client_id: str) -> None:
        self._client = client
        self._client_id = client_id

    # Sign-up

    def sign_up(self, email: str, password: str, registration: Registration) -> str:
        """Create an account and mail a confirmation code. Returns the user name for `confirm`.

        Does the same for an address that has an account. Raises FormError if the password violates the pool's policy.
        """
        account = str(uuid.uuid4())
        attributes = {"email": email, **_attributes(registration)}
        self._call(
            self._client.sign_up,
            refusals={},
            policy_field="password",
            Username=account,
            Password=password,
            UserAttributes=[{"Name": name, "Value": value} for name, value in attributes.items() if value],
        )
        return account

    def confirm(self, account: str, code: str) -> None:
        """Confirm a sign-up with the code from the mail.

        Raises FormError for a wrong code, and if another account has confirmed the address: only the reader of its mail
        can see this error.
        """
        taken = FormError(_TAKEN)
        self._call(
            self._client.confirm_sign_up,
            refusals={**_for_codes(_WRONG_CODES, FormError(WRONG_CODE, "code")), "AliasExistsException": taken},
            Username=account,
            ConfirmationCode=code,
        )

    def resend(self, account: str) -> None:
        """Mail a new code, if the account is not confirmed yet."""
        self._send_mail(self._client.resend_confirmation_code, Username=account)

    # Login

    def log_in(self, email: str, password: str) -> Authenticated | Challenge:
        """Start a login. Raises FormError, with the same message whether the address or the password is wrong."""
        answer = self._call(
            self._client.initiate_auth,
            refusals=_for_codes(_NOT_AUTHENTICATED, FormError(_WRONG_LOGIN)),
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": email, "PASSWORD": password},
        )
        return self._outcome(answer, email)

    def answer(self, challenge: Challenge, response: str) -> Authenticated | Challenge:
        """Continue a login with a code or a new password. Raises FormError if it is not accepted."""
        names = {ChallengeName.AUTHENTICATOR: "SOFTWARE_TOKEN_MFA_CODE", ChallengeName.NEW_PASSWORD: "NEW_PASSWORD"}
        expired = FormError(Text("This took too long, or there were too many attempts. Please log in again."))
        wrong = FormError(WRONG_CODE, "response")
        answer = self._call(
            self._client.respond_to_auth_challenge,
            refusals={
                **_for_codes(_NOT_AUTHENTICATED, expired),
                "CodeMismatchException": wrong,
                "ExpiredCodeException": wrong,
                "EnableSoftwareTokenMFAException": wrong,
            },
            policy_field="response",
            ChallengeName=challenge.step.value,
            Session=challenge.session,
            ChallengeResponses={"USERNAME": challenge.username, names[challenge.step]: response},
        )
        return self._outcome(answer, challenge.username)

    def _outcome(self, answer: Mapping[str, Any], username: str) -> Authenticated | Challenge:
        if tokens := answer.get("AuthenticationResult"):
            return self.authenticated(tokens["AccessToken"])
        name = answer.get("ChallengeName", "")
        if name not in set(ChallengeName):
            logger.error("directory sent an unknown challenge", step=name)
            raise SoukError(Text("This account needs a login step that is not supported here. Please contact support."))
        internal = answer.get("ChallengeParameters", {}).get("USER_ID_FOR_SRP", username)
        return Challenge(ChallengeName(name), internal, answer["Session"])

    def authenticated(self, access_token: str) -> Authenticated:
        """Return the person of a Cognito access token. Raises ProofExpired if the token has expired."""
        answer = self._call_with_token(access_token, self._client.get_user)
        attributes = {one["Name"]: one.get("Value", "") for one in answer["UserAttributes"]}
        user = DirectoryUser(
            subject=attributes["sub"],
            email=attributes.get("email", ""),
            verified=attributes.get("email_verified") == "true",
            registration=_registration(attributes),
        )
        return Authenticated(user, ChallengeName.AUTHENTICATOR in answer.get("UserMFASettingList", ()), access_token)

    # Password reset

    def request_password_reset(self, email: str) -> None:
        """Mail a code to the address, if it has an account. The caller cannot tell whether it does."""
        self._send_mail(self._client.forgot_password, Username=email)

    def reset_password(self, email: str, code: str, password: str) -> None:
        """Set a new password with the code from the mail. Raises FormError for a wrong code or a weak password."""
        self._call(
            self._client.confirm_forgot_password,
            refusals=_for_codes((*_WRONG_CODES, *_LIMIT_REACHED), FormError(WRONG_CODE, "code")),
            policy_field="password",
            Username=email,
            ConfirmationCode=code,
            Password=password,
        )

    # Account settings

    def change_password(self, access_token: str, current: str, new: str) -> None:
        """Change a password. Raises FormError if the current password is wrong or the new one is too weak."""
        self._call_with_token(
            access_token,
            self._client.change_password,
            refusals={"NotAuthorizedException": FormError(_WRONG_PASSWORD, "current")},
            policy_field="password",
            PreviousPassword=current,
            ProposedPassword=new,
        )

    def request_email(self, access_token: str, email: str) -> bool:
        """Mail a code to a new e-mail address, which has no effect until `confirm_email`.

        Returns False if the address is another account's, or Cognito sends no code for another reason. The person must
        not see the difference. Raises ProofExpired if the token has expired.
        """
        attributes = [{"Name": "email", "Value": email}]
        return self._ask_for_mail(
            self._client.update_user_attributes,
            {"NotAuthorizedException": ProofExpired()},
            AccessToken=access_token,
            UserAttributes=attributes,
        )

    def confirm_email(self, access_token: str, code: str) -> DirectoryUser:
        """Change the e-mail address to the one that the code was mailed to, and return the account.

        Raises FormError for a wrong code, and if another account has the address meanwhile: only the reader of its mail
        can see this error.
        """
        wrong = tuple(one for one in _WRONG_CODES if one != "NotAuthorizedException")
        self._call_with_token(
            access_token,
            self._client.verify_user_attribute,
            refusals={
                **_for_codes((*wrong, *_LIMIT_REACHED), FormError(WRONG_CODE, "code")),
                "AliasExistsException": FormError(_TAKEN),
            },
            AttributeName="email",
            Code=code,
        )
        return self.authenticated(access_token).user

    def create_authenticator(self, access_token: str) -> str:
        """Return the secret of a new authenticator, in Base32. It has no effect until `enable_authenticator`."""
        secret: str = self._call_with_token(access_token, self._client.associate_software_token)["SecretCode"]
        return secret

    def enable_authenticator(self, access_token: str, code: str) -> None:
        """Require codes of the new authenticator from now on. Raises FormError for a wrong code."""
        wrong = FormError(Text("This code is wrong. Wait until your app shows a new one, and enter that."), "code")
        self._call_with_token(
            access_token,
            self._client.verify_software_token,
            refusals=_for_codes(
                ("EnableSoftwareTokenMFAException", "CodeMismatchException", "InvalidParameterException"), wrong
            ),
            UserCode=code,
        )
        self._prefer_authenticator(access_token, used=True)

    def disable_authenticator(self, access_token: str) -> None:
        """Stop requiring codes."""
        self._prefer_authenticator(access_token, used=False)

    def _prefer_authenticator(self, access_token: str, *, used: bool) -> None:
        self._call_with_token(
            access_token,
            self._client.set_user_mfa_preference,
            SoftwareTokenMfaSettings={"Enabled": used, "PreferredMfa": used},
        )

    # Calls to Cognito

    def _call_with_token(self, access_token: str, operation: Callable[..., Any], **arguments: Any) -> Mapping[str, Any]:
        expired: dict[str, SoukError] = {"NotAuthorizedException": ProofExpired()}
        refusals = expired | dict(arguments.pop("refusals", {}))
        return _invoke(operation, refusals, arguments.pop("policy_field", ""), AccessToken=access_token, **arguments)

    def _call(
        self,
        operation: Callable[..., Any],
        *,
        refusals: Mapping[str, SoukError],
        policy_field: str = "",
        **arguments: Any,
    ) -> Mapping[str, Any]:
        return _invoke(operation, refusals, policy_field, ClientId=self._client_id, **arguments)

    def _send_mail(self, operation: Callable[..., Any], **arguments: Any) -> None:
        self._ask_for_mail(operation, {}, ClientId=self._client_id, **arguments)

    def _ask_for_mail(self, operation: Callable[..., Any], refusals: Mapping[str, SoukError], **arguments: Any) -> bool:
        """Make Cognito send a mail, and return whether it does.

        Errors besides `refusals` are hidden, because they depend on whether an account exists.
        """
        try:
            operation(**arguments)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in refusals:
                raise refusals[code] from None
            if code == "TooManyRequestsException":  # the pool's limit, not the account's
                raise TooManyAttempts from None
            logger.info("directory sent no mail", reason=code)
            return False
        except BotoCoreError as failure:
            raise _unavailable(operation, type(failure).__name__) from None
        return True


def _invoke(
    operation: Callable[..., Any], refusals: Mapping[str, SoukError], policy_field: str, **arguments: Any
) -> Mapping[str, Any]:
    """Call Cognito. Its errors are not chained, because they may contain what was sent."""
    try:
        answer: Mapping[str, Any] = operation(**arguments)
    except ClientError as error:
        code, message = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
    except ParamValidationError:  # botocore rejects it before Cognito does
        code, message = _INVALID_PARAMETER, ""
    except BotoCoreError as failure:
        code, message = type(failure).__name__, ""
    else:
        return answer
    if code in refusals:
        raise refusals[code]
    if policy_field and code in _POLICY:
        raise FormError(_policy(message), policy_field)
    if code in _BUSY:
        raise TooManyAttempts
    raise _unavailable(operation, code)


def _unavailable(operation: Callable[..., Any], reason: str) -> SoukError:
    logger.error("directory failed", operation=getattr(operation, "__name__", ""), reason=reason)
    return SoukError(Text("Logins are not available right now. Try again in a few minutes."))


def _policy(message: str) -> str:
    """Return Cognito's message for a rejected password. It names the policy's rule and not the password."""
    _, _, rule = message.partition(":")
    return Text("This password is too weak: %(rule)s.", rule=rule.strip() or Text("choose a longer one"))


def _for_codes(codes: tuple[str, ...], refusal: SoukError) -> dict[str, SoukError]:
    return dict.fromkeys(codes, refusal)


def _attributes(registration: Registration) -> dict[str, str]:
    return {
        "given_name": registration.first_name,
        "family_name": registration.last_name,
        "custom:side": _IMPORTED if registration.imported else registration.side,
        "custom:company": registration.company,
        "custom:country": registration.country,
        "zoneinfo": registration.timezone,  # a standard attribute of OpenID Connect
        "custom:terms": f"{registration.terms_accepted} {registration.terms}" if registration.terms else "",
    }


def _registration(attributes: Mapping[str, str]) -> Registration:
    """Return the details from the sign-up. An account that an operator created may lack some."""
    side = attributes.get("custom:side", "")
    accepted, _, terms = attributes.get("custom:terms", "").partition(" ")
    return Registration(
        first_name=attributes.get("given_name", "") or attributes.get("email", "").partition("@")[0],
        last_name=attributes.get("family_name", ""),
        side=Side(side) if side in set(Side) else Side.CLIENT,
        company=attributes.get("custom:company", ""),
        country=attributes.get("custom:country", ""),
        timezone=attributes.get("zoneinfo", ""),
        terms=terms,
        terms_accepted=accepted,
        imported=side == _IMPORTED,
    )
