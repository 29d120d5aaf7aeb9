"""The mail of a local run, as ministack lists it."""

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from souk.local import mail, run
from souk.local.guard import SECRET_HEADER
from souk.operations.problem import Problem

SECRET = "the-secret-of-the-embedded-aws"


def kept(at: float, to: list[str], subject: str) -> dict[str, Any]:
    return {
        "MessageId": "1",
        "Source": "Souk <souk@souk.test>",
        "To": to,
        "Subject": subject,
        "BodyText": "Hello",
        "BodyHtml": None,
        "Timestamp": at,
        "Type": "v2.SendEmail",
    }


@pytest.fixture
def endpoint() -> Iterator[str]:
    coded = {"BodyText": "", "BodyHtml": "<p>Bazaar &amp; Co.</p><p>Your code is 123.</p>"}
    mails = [
        kept(200.0, ["Olivia@acme.test"], "second"),
        kept(100.0, ["sofia@studio.test"], "first") | coded,
    ]

    async def tell(request: Request) -> Response:
        assert request.headers[SECRET_HEADER] == SECRET
        return JSONResponse({"messages": {"000000000000": mails}})

    app = Starlette(routes=[Route("/_ministack/ses/messages", tell)])
    with run.listening(0) as door, run.serving(app, door):
        yield f"http://127.0.0.1:{door.getsockname()[1]}"


def test_newest_mail_is_last(endpoint: str) -> None:
    assert [one.subject for one in mail.inbox(endpoint, SECRET)] == ["first", "second"]


def test_address_filter_ignores_case(endpoint: str) -> None:
    (message,) = mail.inbox(endpoint, SECRET, "olivia@ACME.test")
    assert str(message) == (
        "Date: 1970-01-01 00:03:20 UTC\nFrom: Souk <souk@souk.test>\nTo: Olivia@acme.test\nSubject: second\n\nHello\n"
    )


def test_words_of_html_are_shown(endpoint: str) -> None:
    (message,) = mail.inbox(endpoint, SECRET, "sofia@studio.test")
    assert str(message).endswith("\n\nBazaar & Co.\n\nYour code is 123.\n")


def test_endpoint_without_mail_raises(endpoint: str) -> None:
    with pytest.raises(Problem, match="does not list the mail"):
        mail.inbox(f"{endpoint}/elsewhere", SECRET)
