"""Mail is sent through SES to one address, without header injection."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends

from souk.runtime import mail
from souk.values.errors import SoukError
from tests.conftest import REGION

SENDER = "souk@souk.test"


class FakeSettings:
    """The settings that mail reads."""

    mail_from: str | None = SENDER


@pytest.fixture
def outbox(aws: None, monkeypatch: pytest.MonkeyPatch) -> Any:  # noqa: ARG001 - the AWS that is talked to
    client = boto3.client("sesv2", region_name=REGION)
    client.create_email_identity(EmailIdentity=SENDER)
    monkeypatch.setattr("souk.runtime.aws.ses", lambda: client)
    monkeypatch.setattr(mail, "auth_settings", FakeSettings)
    return ses_backends[DEFAULT_ACCOUNT_ID][REGION]


def test_mail_goes_to_one_address(outbox: Any) -> None:
    mail.send("nina@example.test", "Hello\r\nBcc: everybody@example.test", "Text", "<p>Text</p>", sender="Bazaar\n")
    (sent,) = outbox.sent_messages
    assert sent.destinations == {"ToAddresses": ["nina@example.test"]}
    assert (sent.source, sent.subject) == (f"Bazaar <{SENDER}>", "Hello Bcc: everybody@example.test")


@pytest.mark.parametrize(
    "to",
    [
        "",
        "nina",
        "a@b.test, c@d.test",
        "a@b.test\nBcc: c@d.test",
        "Nina <a@b.test>",
        "a@b.test;c@d.test",
        '"a@b"@c.test',
    ],
)
def test_invalid_address_raises(outbox: Any, to: str) -> None:
    with pytest.raises(ValueError, match="not a single"):
        mail.send(to, "Hello", "Text", sender="Bazaar")
    assert outbox.sent_messages == []


def test_failed_mail_raises_without_logging_address(
    outbox: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Refusing:
        def send_email(self, **_request: Any) -> None:
            error = {"Error": {"Code": "MessageRejected", "Message": "nina@example.test is not verified"}}
            raise ClientError(error, "SendEmail")  # type: ignore[arg-type]

    monkeypatch.setattr("souk.runtime.aws.ses", Refusing)
    with pytest.raises(SoukError, match="could not be sent") as refused:
        mail.send("nina@example.test", "Hello", "Text", sender="Bazaar")
    assert "nina" not in refused.value.message
    assert "nina" not in capsys.readouterr().out
    assert outbox.sent_messages == []


def test_deployment_without_mail_raises(outbox: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeSettings, "mail_from", None)
    with pytest.raises(SoukError, match="does not send mail"):
        mail.send("nina@example.test", "Hello", "Text", sender="Bazaar")
    assert outbox.sent_messages == []
