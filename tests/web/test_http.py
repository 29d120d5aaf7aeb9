"""Requests and responses over proxy events."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from botocore.exceptions import ClientError

from souk.values.errors import Forbidden, TooManyRequests
from souk.web import Request, Response, Router, json, page, redirect
from souk.web.http import MAX_BODY
from tests.support.clock import CLOCK

LAMBDA = SimpleNamespace(aws_request_id="1")
FORM = "application/x-www-form-urlencoded"


def event(method: str = "GET", path: str = "/oauth2/authorize", **changes: Any) -> dict[str, Any]:
    return {
        "httpMethod": method,
        "path": path,
        "headers": {"Host": "evil.test", "X-Forwarded-Host": "door.test:8000", "X-Forwarded-Proto": "http"},
        "multiValueQueryStringParameters": None,
        "requestContext": {
            "domainName": "api.souk.test",
            "path": path,
            "requestTimeEpoch": 1_772_366_400_123,
            "identity": {"sourceIp": "192.0.2.7"},
        },
        "body": None,
        "isBase64Encoded": False,
        **changes,
    }


def request(**changes: Any) -> Request:
    return Request.of(event(**changes), CLOCK.real(), behind_proxy=False)


def form(body: str, media_type: str = FORM) -> Request:
    return request(method="POST", headers={"Content-Type": media_type}, body=body)


def test_request_has_time_and_url() -> None:
    asked = request(multiValueQueryStringParameters={"a": ["1", "2"], "b": ["ü"]})
    assert asked.source_ip == "192.0.2.7"
    assert asked.received == datetime(2026, 3, 1, 12, 0, 0, 123_000, tzinfo=UTC)
    assert asked.queries == (("a", "1"), ("a", "2"), ("b", "ü"))
    assert asked.query == {"a": "2", "b": "ü"}


def test_base_url_ignores_headers() -> None:
    assert request().base_url == "https://api.souk.test"
    assert request().secure


def test_base_url_of_default_domain_has_stage() -> None:
    context = event()["requestContext"] | {"path": "/prod/oauth2/authorize"}
    assert request(requestContext=context).base_url == "https://api.souk.test/prod"


def test_base_url_behind_proxy_uses_forwarded_host() -> None:
    asked = Request.of(event(), CLOCK.real(), behind_proxy=True)
    assert asked.base_url == "http://door.test:8000"
    assert not asked.secure


def test_form_keeps_repeated_and_empty_fields() -> None:
    asked = form("a=1&b=&a=%C3%BC+x", f"{FORM.title()}; charset=utf-8")
    assert asked.form == (("a", "1"), ("b", ""), ("a", "ü x"))
    assert asked.fields == {"a": "ü x", "b": ""}


@pytest.mark.parametrize(
    "asked",
    [
        form("a=1", "application/json"),
        form("a=" + "1" * MAX_BODY),
        form("&".join(f"f{n}=1" for n in range(301))),
        request(method="POST", headers={"Content-Type": FORM}, body="YT3/", isBase64Encoded=True),
        form("a=\ud800"),
    ],
    ids=["json", "too large", "too many fields", "no utf-8", "half a character"],
)
def test_invalid_form_has_no_fields(asked: Request) -> None:
    assert asked.fields in ({}, {"a": "?"})


def test_cookies_are_parsed() -> None:
    assert request(headers={"Cookie": 'a=1; b="x y"; c'}).cookies.get("a") == "1"
    assert request(headers={"Cookie": ";;;=; a=1=2"}).cookies == {"a": "1=2"}


def _router() -> Router:
    router = Router(CLOCK, behind_proxy=False)
    router.add("GET", "/page", lambda _request: page("<p>", form_targets=["https://app.test"]))
    router.add(
        "POST", "/page", lambda _request: redirect("/next").with_headers(("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"))
    )

    def refuse(_request: Request) -> Response:
        raise Forbidden("Not yours.")

    router.add("GET", "/refused", refuse)
    return router


def answer(method: str, path: str, router: Router | None = None) -> tuple[int, dict[str, list[str]], str]:
    raw = (router or _router())(event(method, path), LAMBDA)
    return raw["statusCode"], raw["multiValueHeaders"], raw["body"]


def test_page_has_content_security_policy() -> None:
    status, headers, body = answer("GET", "/page")
    assert (status, body) == (200, "<p>")
    [policy] = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'self' https://app.test;" in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Frame-Options"] == ["DENY"]


@pytest.mark.parametrize(("method", "path"), [("GET", "/page"), ("POST", "/page"), ("GET", "/no"), ("PUT", "/page")])
def test_responses_are_not_cached(method: str, path: str) -> None:
    _, headers, _ = answer(method, path)
    assert headers["Cache-Control"] == ["no-store"]
    assert headers["X-Content-Type-Options"] == ["nosniff"]
    assert headers["Referrer-Policy"] == ["no-referrer"]
    assert headers["Strict-Transport-Security"]


def test_response_can_set_several_cookies() -> None:
    status, headers, _ = answer("POST", "/page")
    assert (status, headers["Location"], headers["Set-Cookie"]) == (303, ["/next"], ["a=1", "b=2"])


def test_head_returns_no_body() -> None:
    status, headers, body = answer("HEAD", "/page")
    assert (status, body) == (200, "")
    assert headers["Content-Type"] == ["text/html; charset=utf-8"]


def test_unknown_path_and_method_return_json_error() -> None:
    assert answer("GET", "/no")[0] == 404
    status, headers, body = answer("PUT", "/page")
    assert (status, headers["Allow"]) == (405, ["GET, HEAD, POST"])
    assert orjson.loads(body)["error"] == "method_not_allowed"


def test_souk_error_is_json_with_status() -> None:
    status, _, body = answer("GET", "/refused")
    assert (status, orjson.loads(body)) == (403, {"error": "forbidden", "error_description": "Not yours."})


def test_too_many_requests_has_retry_after() -> None:
    def admit(_request: Request) -> None:
        raise TooManyRequests("Slowly.", limit=300, reset=12)

    router = Router(CLOCK, behind_proxy=False, admit=admit)
    router.add("GET", "/page", lambda _request: json({}))
    status, headers, _ = answer("GET", "/page", router)
    assert status == 429
    assert headers["Retry-After"] == ["12"]
    assert (headers["RateLimit-Limit"], headers["RateLimit-Remaining"]) == (["300"], ["0"])
    assert headers["Access-Control-Allow-Origin"] == ["*"], "programs in pages are told, too"


def test_response_may_set_cache_control() -> None:
    router = Router(CLOCK, behind_proxy=False)
    router.add("GET", "/style.css", lambda _request: Response(200, "", (("Cache-Control", "public"),)))
    assert answer("GET", "/style.css", router)[1]["Cache-Control"] == ["public"]


def test_aws_error_returns_503_json(caplog: pytest.LogCaptureFixture) -> None:
    def fail(_request: Request) -> Response:
        raise ClientError({"Error": {"Code": "ThrottlingException", "Message": "slow down"}}, "GetItem")

    router = Router(CLOCK, behind_proxy=False)
    router.add("GET", "/page", fail)
    with caplog.at_level("ERROR"):
        status, headers, body = answer("GET", "/page", router)
    assert (status, orjson.loads(body)["error"]) == (503, "temporarily_unavailable")
    assert headers["Access-Control-Allow-Origin"] == ["*"]
    assert "slow down" not in body
