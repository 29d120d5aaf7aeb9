"""Calls to Cognito, and how its responses and errors are mapped."""

import logging

import pytest

from souk.accounts.directory import Authenticated, Challenge, ChallengeName
from souk.accounts.errors import FormError, TooManyAttempts
from souk.accounts.forms import Registration
from souk.domains.identity.rules.founding import Side
from souk.values.errors import SoukError
from tests.accounts.cognito import PASSWORD, Cognito

NORA = Registration("Nora", "Nilsen", Side.AGENCY, "Nordlys", "NO", "Europe/Oslo")


def test_signup_details_are_returned_at_login(cognito: Cognito) -> None:
    directory = cognito.directory
    account = directory.sign_up("nora@example.test", PASSWORD, NORA)
    directory.confirm(account, cognito.mails[-1][1])
    proven = directory.log_in("nora@example.test", PASSWORD)
    assert isinstance(proven, Authenticated)
    assert proven.user.registration == NORA
    assert (proven.user.email, proven.user.verified, proven.authenticator) == ("nora@example.test", True, False)
    assert directory.authenticated(proven.access_token).user == proven.user
    assert proven.access_token not in repr(proven)


def test_account_without_details_is_client(cognito: Cognito) -> None:
    cognito.create_confirmed_user("nora@example.test", first="", last="")
    proven = cognito.directory.log_in("nora@example.test", PASSWORD)
    assert isinstance(proven, Authenticated)
    assert proven.user.registration == Registration("nora", "", Side.CLIENT, "", "")


def test_weak_password_error_names_rule(cognito: Cognito) -> None:
    with pytest.raises(FormError, match="too weak") as refused:
        cognito.directory.sign_up("nora@example.test", "short", NORA)
    assert list(refused.value.fields) == ["password"]
    assert "short" not in refused.value.message


def test_new_code_replaces_old_code(cognito: Cognito) -> None:
    account = cognito.directory.sign_up("nora@example.test", PASSWORD, NORA)
    old = cognito.mails[-1][1]
    cognito.directory.resend(account)
    with pytest.raises(FormError):
        cognito.directory.confirm(account, old)
    cognito.directory.confirm(account, cognito.mails[-1][1])
    cognito.directory.resend(account)  # no error and no mail
    assert len(cognito.mails) == 2


@pytest.mark.parametrize(
    "code",
    [
        "NotAuthorizedException",
        "UserNotFoundException",
        "UserNotConfirmedException",
        "PasswordResetRequiredException",
        "InvalidParameterException",
    ],
)
def test_all_login_errors_have_same_message(cognito: Cognito, code: str) -> None:
    cognito.failing["initiate_auth"] = code
    with pytest.raises(FormError, match=r"^E-mail address or password is wrong\.$"):
        cognito.directory.log_in("nora@example.test", PASSWORD)


def test_temporary_password_is_replaced(cognito: Cognito) -> None:
    cognito.create_user("nora@example.test")
    pending = cognito.directory.log_in("nora@example.test", PASSWORD)
    assert isinstance(pending, Challenge)
    assert pending.step is ChallengeName.NEW_PASSWORD
    assert isinstance(cognito.directory.answer(pending, "a quite new password"), Authenticated)
    with pytest.raises(FormError):
        cognito.directory.log_in("nora@example.test", PASSWORD)


def test_unknown_challenge_raises_error(cognito: Cognito, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = {"ChallengeName": "SMS_MFA", "Session": "s", "ChallengeParameters": {}}
    monkeypatch.setattr(cognito, "initiate_auth", lambda **_: answer, raising=False)
    with pytest.raises(SoukError, match="not supported"):
        cognito.directory.log_in("nora@example.test", PASSWORD)


def test_unknown_account_gets_same_responses(cognito: Cognito) -> None:
    cognito.directory.request_password_reset("nobody@example.test")
    for code in ("TooManyFailedAttemptsException", "LimitExceededException", "UserNotFoundException"):
        cognito.failing["confirm_forgot_password"] = code
        with pytest.raises(FormError, match="wrong or has expired"):
            cognito.directory.reset_password("nobody@example.test", "123456", PASSWORD)


def test_directory_failure_raises_error(cognito: Cognito) -> None:
    for operation in ("forgot_password", "resend_confirmation_code", "initiate_auth"):
        cognito.failing[operation] = "TooManyRequestsException"
    with pytest.raises(TooManyAttempts):
        cognito.directory.request_password_reset("nora@example.test")
    with pytest.raises(TooManyAttempts):
        cognito.directory.resend("account")
    with pytest.raises(TooManyAttempts):
        cognito.directory.log_in("nora@example.test", PASSWORD)


def test_invalid_parameters_are_form_errors(cognito: Cognito) -> None:
    proven = cognito.create_confirmed_user("nora@example.test") and cognito.directory.log_in(
        "nora@example.test", PASSWORD
    )
    assert isinstance(proven, Authenticated)
    with pytest.raises(FormError):
        cognito.directory.enable_authenticator(proven.access_token, "1")
    with pytest.raises(FormError):
        cognito.directory.confirm("account", "")


def test_expired_access_token_raises_proof_expired(cognito: Cognito) -> None:
    for change in (
        lambda: cognito.directory.authenticated("old"),
        lambda: cognito.directory.create_authenticator("old"),
        lambda: cognito.directory.disable_authenticator("old"),
    ):
        with pytest.raises(FormError, match="confirm that it is you"):
            change()


def test_errors_do_not_contain_input(
    cognito: Cognito, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    cognito.failing["initiate_auth"] = "InternalErrorException"
    with caplog.at_level(logging.INFO), pytest.raises(SoukError) as failed:
        cognito.directory.log_in("nora@example.test", PASSWORD)
    assert failed.value.__cause__ is None
    assert failed.value.__context__ is None
    said = caplog.text + "".join(capfd.readouterr())
    assert PASSWORD not in said
    assert "nora@" not in said
