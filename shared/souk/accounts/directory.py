"""The directory of people: Cognito, which keeps their passwords and proves who they are.

The user pool has e-mail addresses as aliases, not as user names (docs/accounts.md): whoever signs up gets a user name
of their own, and an address belongs to who first confirms that its mail reaches them. So signing up tells nobody
whether an address is known, and nobody can wait with a password of theirs for the owner of an address to confirm it.

Every call is one of those that Cognito takes from anybody: this function needs no rights on the pool.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from souk.accounts.errors import Invalid, ProofOver, TryLater
from souk.accounts.forms import Registration, Side
from souk.runtime.log import logger
from souk.values.errors import SoukError

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

_WRONG: Final = "E-mail address or password is wrong."
_WRONG_PASSWORD: Final = "This is not your password."  # noqa: S105 - a message
_WRONG_CODE: Final = "This code is wrong or has expired. After several wrong codes, wait a while before you try again."
_USED_UP: Final = ("LimitExceededException", "TooManyFailedAttemptsException")
_BUSY: Final = ("TooManyRequestsException", *_USED_UP)
_UNPROVEN: Final = (
    "NotAuthorizedException",
    "UserNotFoundException",
    "UserNotConfirmedException",
    "PasswordResetRequiredException",
    "InvalidParameterException",
)
_NO_CODE: Final = ("CodeMismatchException", "ExpiredCodeException", *_UNPROVEN)
_IMPOSSIBLE: Final = "InvalidParameterException"
_POLICY: Final = ("InvalidPasswordException", "PasswordHistoryPolicyViolationException", _IMPOSSIBLE)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as the directory knows them."""

    subject: str
    email: str
    verified: bool
    """Whether mail to the address has been seen to reach them."""
    registration: Registration


class Step(StrEnum):
    """What the directory asks for besides a password, by Cognito's names."""

    AUTHENTICATOR = "SOFTWARE_TOKEN_MFA"
    NEW_PASSWORD = "NEW_PASSWORD_REQUIRED"  # noqa: S105 - a name of Cognito's


@dataclass(frozen=True, slots=True)
class Challenge:
    """A login that is not over."""

    step: Step
    username: str
    session: str = field(repr=False)
    """Cognito's, good for some minutes. It is of use to those only who can pass the step."""


@dataclass(frozen=True, slots=True)
class Proven:
    """Somebody who has proven who they are."""

    person: Person
    authenticator: bool
    """Whether they are asked for a code of an authenticator app as well."""
    access_token: str = field(repr=False)
    """Cognito's, with which they change their own password and authenticator. It is no token of Souk's."""


class Directory:
    """A user pool, as one of its app clients may use it."""

    def __init__(self, client: "CognitoIdentityProviderClient", client_id: str) -> None:
        self._client = client
        self._client_id = client_id

    # Signing up

    def sign_up(self, email: str, password: str, registration: Registration) -> str:
        """Begin an account and mail a code to the address; returns the name under which it is confirmed.

        Raises Invalid for a password that the pool's policy refuses. It does the same for a known address.
        """
        account = str(uuid.uuid4())
        attributes = {"email": email, **_attributes(registration)}
        self._ask(
            self._client.sign_up,
            refusals={},
            policy_field="password",
            Username=account,
            Password=password,
            UserAttributes=[{"Name": name, "Value": value} for name, value in attributes.items() if value],
        )
        return account

    def confirm(self, account: str, code: str) -> None:
        """End a sign-up with the code that was mailed.

        Raises Invalid for a wrong code, and for an address that somebody has confirmed before: only who reads its mail
        is told so.
        """
        taken = Invalid("There is an account with this e-mail address already. Log in, or reset its password.")
        self._ask(
            self._client.confirm_sign_up,
            refusals={**_all(_NO_CODE, Invalid(_WRONG_CODE, "code")), "AliasExistsException": taken},
            Username=account,
            ConfirmationCode=code,
        )

    def resend(self, account: str) -> None:
        """Mail a new code, if the account waits for one."""
        self._quietly(self._client.resend_confirmation_code, Username=account)

    # Logging in

    def log_in(self, email: str, password: str) -> Proven | Challenge:
        """Begin a login. Raises Invalid, with the same words whether the address or the password is wrong."""
        answer = self._ask(
            self._client.initiate_auth,
            refusals=_all(_UNPROVEN, Invalid(_WRONG)),
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": email, "PASSWORD": password},
        )
        return self._outcome(answer, email)

    def answer(self, challenge: Challenge, response: str) -> Proven | Challenge:
        """Go on with a login: `response` is the code or the new password. Raises Invalid for one that is not taken."""
        names = {Step.AUTHENTICATOR: "SOFTWARE_TOKEN_MFA_CODE", Step.NEW_PASSWORD: "NEW_PASSWORD"}
        over = Invalid("This took too long, or was tried too often. Please log in again.")
        wrong = Invalid(_WRONG_CODE, "response")
        answer = self._ask(
            self._client.respond_to_auth_challenge,
            refusals={
                **_all(_UNPROVEN, over),
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

    def _outcome(self, answer: Mapping[str, Any], username: str) -> Proven | Challenge:
        if tokens := answer.get("AuthenticationResult"):
            return self.proven(tokens["AccessToken"])
        name = answer.get("ChallengeName", "")
        if name not in set(Step):
            logger.error("The directory asks for a step that there is no page for", step=name)
            raise SoukError("This account needs a step to log in that Souk has no page for. Ask who runs it.")
        internal = answer.get("ChallengeParameters", {}).get("USER_ID_FOR_SRP", username)
        return Challenge(Step(name), internal, answer["Session"])

    def proven(self, access_token: str) -> Proven:
        """Return whom one of Cognito's access tokens is about. Raises ProofOver when it is over."""
        answer = self._ask_with(access_token, self._client.get_user)
        known = {one["Name"]: one.get("Value", "") for one in answer["UserAttributes"]}
        person = Person(
            subject=known["sub"],
            email=known.get("email", ""),
            verified=known.get("email_verified") == "true",
            registration=_registration(known),
        )
        return Proven(person, Step.AUTHENTICATOR in answer.get("UserMFASettingList", ()), access_token)

    # Forgotten passwords

    def forgot(self, email: str) -> None:
        """Mail a code to the address, if somebody has it. Nothing tells whether somebody does."""
        self._quietly(self._client.forgot_password, Username=email)

    def reset(self, email: str, code: str, password: str) -> None:
        """Set a new password with the code that was mailed. Raises Invalid for a wrong code or a weak password."""
        self._ask(
            self._client.confirm_forgot_password,
            refusals=_all((*_NO_CODE, *_USED_UP), Invalid(_WRONG_CODE, "code")),
            policy_field="password",
            Username=email,
            ConfirmationCode=code,
            Password=password,
        )

    # Looking after an account

    def change_password(self, access_token: str, current: str, new: str) -> None:
        """Change a password. Raises Invalid when the current one is wrong or the new one weak."""
        self._ask_with(
            access_token,
            self._client.change_password,
            refusals={"NotAuthorizedException": Invalid(_WRONG_PASSWORD, "current")},
            policy_field="password",
            PreviousPassword=current,
            ProposedPassword=new,
        )

    def new_authenticator(self, access_token: str) -> str:
        """Return the secret of a new authenticator, in Base32. It is of no effect before `use_authenticator`."""
        secret: str = self._ask_with(access_token, self._client.associate_software_token)["SecretCode"]
        return secret

    def use_authenticator(self, access_token: str, code: str) -> None:
        """Ask for codes of the new authenticator from now on. Raises Invalid for a code that is not of it."""
        wrong = Invalid("This code is not the one that your app shows now. Wait for its next one.", "code")
        self._ask_with(
            access_token,
            self._client.verify_software_token,
            refusals=_all(
                ("EnableSoftwareTokenMFAException", "CodeMismatchException", "InvalidParameterException"), wrong
            ),
            UserCode=code,
        )
        self._prefer_authenticator(access_token, used=True)

    def drop_authenticator(self, access_token: str) -> None:
        """Ask for no codes any more."""
        self._prefer_authenticator(access_token, used=False)

    def _prefer_authenticator(self, access_token: str, *, used: bool) -> None:
        self._ask_with(
            access_token,
            self._client.set_user_mfa_preference,
            SoftwareTokenMfaSettings={"Enabled": used, "PreferredMfa": used},
        )

    # Asking Cognito

    def _ask_with(self, access_token: str, operation: Callable[..., Any], **arguments: Any) -> Mapping[str, Any]:
        over: dict[str, SoukError] = {"NotAuthorizedException": ProofOver()}
        refusals = over | dict(arguments.pop("refusals", {}))
        return _call(operation, refusals, arguments.pop("policy_field", ""), AccessToken=access_token, **arguments)

    def _ask(
        self,
        operation: Callable[..., Any],
        *,
        refusals: Mapping[str, SoukError],
        policy_field: str = "",
        **arguments: Any,
    ) -> Mapping[str, Any]:
        return _call(operation, refusals, policy_field, ClientId=self._client_id, **arguments)

    def _quietly(self, operation: Callable[..., Any], **arguments: Any) -> None:
        """Have something mailed, or not: what Cognito says to it depends on whether there is such an account."""
        try:
            operation(ClientId=self._client_id, **arguments)
        except ClientError as refused:
            code = refused.response["Error"]["Code"]
            if code == "TooManyRequestsException":  # the pool's limit, not the person's
                raise TryLater from None
            logger.info("The directory mailed nothing", reason=code)
        except BotoCoreError as silent:
            raise _unavailable(operation, type(silent).__name__) from None


def _call(
    operation: Callable[..., Any], refusals: Mapping[str, SoukError], policy_field: str, **arguments: Any
) -> Mapping[str, Any]:
    """Ask Cognito. Its own errors are not chained to ours: they may hold what was sent."""
    try:
        answer: Mapping[str, Any] = operation(**arguments)
    except ClientError as refused:
        code, message = refused.response["Error"]["Code"], refused.response["Error"].get("Message", "")
    except ParamValidationError:  # botocore knows already that Cognito would not take it
        code, message = _IMPOSSIBLE, ""
    except BotoCoreError as silent:
        code, message = type(silent).__name__, ""
    else:
        return answer
    if code in refusals:
        raise refusals[code]
    if policy_field and code in _POLICY:
        raise Invalid(_policy(message), policy_field)
    if code in _BUSY:
        raise TryLater
    raise _unavailable(operation, code)


def _unavailable(operation: Callable[..., Any], reason: str) -> SoukError:
    logger.error("The directory of people fails", operation=getattr(operation, "__name__", ""), reason=reason)
    return SoukError("The directory of people does not answer as it should. Try again in a while.")


def _policy(message: str) -> str:
    """Return what Cognito says of a password that its policy refuses, which names the rule and not the password."""
    _, _, rule = message.partition(":")
    return f"This password is too weak: {rule.strip() or 'choose a longer one'}."


def _all(codes: tuple[str, ...], refusal: SoukError) -> dict[str, SoukError]:
    return dict.fromkeys(codes, refusal)


def _attributes(registration: Registration) -> dict[str, str]:
    return {
        "given_name": registration.first_name,
        "family_name": registration.last_name,
        "custom:side": registration.side,
        "custom:company": registration.company,
        "custom:country": registration.country,
    }


def _registration(known: Mapping[str, str]) -> Registration:
    """Read what somebody said of themselves when they signed up; an operator may have entered them with less."""
    side = known.get("custom:side", "")
    return Registration(
        first_name=known.get("given_name", "") or known.get("email", "").partition("@")[0],
        last_name=known.get("family_name", ""),
        side=Side(side) if side in set(Side) else Side.CLIENT,
        company=known.get("custom:company", ""),
        country=known.get("custom:country", ""),
    )
