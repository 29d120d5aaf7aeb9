"""Errors of the token endpoint. Each case names the rule of the specification."""

# ruff: noqa: E501 - a case is a line

import base64
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest

from souk.authentication.records import CODE_LIFETIME, GrantType
from tests.oauth.harness import (
    APP,
    BACK,
    CHALLENGE,
    COMPANY,
    DESK,
    MESSAGES,
    PAGE,
    RIVAL,
    ROBOT,
    ROBOT_USER,
    SECRETS,
    SHOP,
    TILL,
    VERIFIER,
    Answer,
    OAuthHarness,
    basic,
)
from tests.support.clock import CLOCK


class Case(NamedTuple):
    """A rejected request."""

    rule: str
    """RFC and section."""
    name: str
    request: Callable[[OAuthHarness], Answer]
    error: str


def named(case: Case) -> str:
    return f"{case.rule} {case.name}"


def code_form(oauth: OAuthHarness, **more: str) -> dict[str, str]:
    return {
        "client_id": SHOP,
        "client_secret": SECRETS[SHOP],
        "grant_type": "authorization_code",
        "code": oauth.code(),
    } | more


def challenged(oauth: OAuthHarness) -> str:
    return oauth.code(code_challenge=CHALLENGE, code_challenge_method="S256")


def public_code(oauth: OAuthHarness) -> str:
    return oauth.code(client_id=APP, code_challenge=CHALLENGE, code_challenge_method="S256")


def desk_code(oauth: OAuthHarness) -> str:
    return oauth.code(client_id=DESK, code_challenge=CHALLENGE, code_challenge_method="S256")


def later(_oauth: OAuthHarness, code: str) -> str:
    CLOCK.wait(seconds=CODE_LIFETIME.total_seconds())
    return code


def with_changed_key(oauth: OAuthHarness, value: str, client: str = SHOP, **changes: object) -> str:
    oauth.change_key(client, **changes)
    return value


def without_member(oauth: OAuthHarness, value: str) -> str:
    oauth.end_membership()
    return value


def altered(token: str) -> str:
    return token[:-6] + ("A" if token[-6] != "A" else "B") + token[-5:]


def revoked(oauth: OAuthHarness) -> str:
    token: str = oauth.tokens()["refresh_token"]
    assert oauth.revoke(token).status == 200
    return token


def raw(body: str | bytes, **more: Any) -> Callable[[OAuthHarness], Answer]:
    return lambda oauth: oauth.post("token", body, **more)


def robot(oauth: OAuthHarness) -> Answer:
    return oauth.token(ROBOT, grant_type="client_credentials")


def ordinary(oauth: OAuthHarness) -> Answer:
    oauth.change_organization(COMPANY, enterprise=False)
    return robot(oauth)


def closed(oauth: OAuthHarness) -> Answer:
    oauth.change_organization(COMPANY, active=False)
    return robot(oauth)


def orphaned(oauth: OAuthHarness) -> Answer:
    oauth.change_key(ROBOT, service_account_id=None)
    return robot(oauth)


def dismissed_robot(oauth: OAuthHarness) -> Answer:
    oauth.end_membership(ROBOT_USER)
    return robot(oauth)


def open_robot(oauth: OAuthHarness) -> Answer:
    oauth.change_key(ROBOT, native=True)
    return oauth.post("token", f"grant_type=client_credentials&client_id={ROBOT}")


def exact_in_time(oauth: OAuthHarness) -> Answer:
    token = oauth.tokens()["refresh_token"]
    CLOCK.wait(days=14)
    return oauth.refresh(token)


GRANT, REQUEST, CLIENT, UNAUTHORIZED, SCOPE = (
    "invalid_grant",
    "invalid_request",
    "invalid_client",
    "unauthorized_client",
    "invalid_scope",
)
NO_GRANT = "unsupported_grant_type"
CODE_BODY = "grant_type=authorization_code&code=a&client_id=shop&client_secret=a"

CASES = [
    # Binding of the code
    Case("6749 4.1.3", "code of another client", lambda oauth: oauth.redeem(oauth.code(), RIVAL), GRANT),
    Case("6749 4.1.3", "code of a client with a secret, by one without", lambda oauth: oauth.redeem(oauth.code(), APP, code_verifier=VERIFIER), GRANT),
    Case("6749 4.1.2", "unknown code", lambda oauth: oauth.redeem("a" * 43), GRANT),
    Case("6749 4.1.2", "altered code", lambda oauth: oauth.redeem(altered(oauth.code())), GRANT),
    Case("6749 4.1.3", "no code", lambda oauth: oauth.token(grant_type="authorization_code"), REQUEST),
    Case("6749 4.1.3", "empty code", lambda oauth: oauth.redeem(""), REQUEST),
    Case("6749 4.1.2", "expired code", lambda oauth: oauth.redeem(later(oauth, oauth.code())), GRANT),
    Case("6749 4.1.2", "an access token as code", lambda oauth: oauth.redeem(oauth.tokens()["access_token"]), GRANT),
    Case("6749 4.1.2", "a refresh token as code", lambda oauth: oauth.redeem(oauth.tokens()["refresh_token"]), GRANT),
    Case("6749 4.1.3", "redirect left out that was given", lambda oauth: oauth.redeem(oauth.code(redirect_uri=BACK)), GRANT),
    Case("6749 4.1.3", "another redirect", lambda oauth: oauth.redeem(oauth.code(redirect_uri=BACK), redirect_uri=f"{BACK}/"), GRANT),
    Case("6749 4.1.3", "another redirect though none was given", lambda oauth: oauth.redeem(oauth.code(), redirect_uri="https://evil.test/"), GRANT),
    Case("8252 7.3", "another port", lambda oauth: oauth.redeem(public_code(oauth), APP, code_verifier=VERIFIER, redirect_uri="http://127.0.0.1:81/back"), GRANT),
    Case("9700 4.12", "the scopes of the key have changed", lambda oauth: oauth.redeem(with_changed_key(oauth, oauth.code(), generation=2)), GRANT),
    Case("6749 4.1.3", "the person has left the organization", lambda oauth: oauth.redeem(without_member(oauth, oauth.code())), GRANT),
    # PKCE
    Case("7636 4.6", "wrong verifier", lambda oauth: oauth.redeem(challenged(oauth), code_verifier="w" * 43), GRANT),
    Case("7636 4.5", "no verifier", lambda oauth: oauth.redeem(challenged(oauth)), REQUEST),
    Case("7636 4.5", "empty verifier", lambda oauth: oauth.redeem(challenged(oauth), code_verifier=""), REQUEST),
    Case("7636 4.1", "short verifier", lambda oauth: oauth.redeem(challenged(oauth), code_verifier="short"), REQUEST),
    Case("7636 4.6", "the challenge as verifier", lambda oauth: oauth.redeem(challenged(oauth), code_verifier=CHALLENGE), GRANT),
    Case("9700 4.8.2", "verifier without a challenge", lambda oauth: oauth.redeem(oauth.code(), code_verifier=VERIFIER), REQUEST),
    Case("7636 4.5", "no secret and no verifier", lambda oauth: oauth.redeem(public_code(oauth), APP), REQUEST),
    Case("7636 4.5", "secret left out, and the verifier", lambda oauth: oauth.post("token", urlencode({"client_id": DESK, "grant_type": "authorization_code", "code": desk_code(oauth)})), REQUEST),
    Case("9700 4.8.2", "secret left out where there was no challenge", lambda oauth: oauth.post("token", urlencode({"client_id": DESK, "grant_type": "authorization_code", "code": oauth.code(client_id=DESK)})), REQUEST),
    Case("9700 4.8.2", "secret left out, with a verifier for no challenge", lambda oauth: oauth.post("token", urlencode({"client_id": DESK, "grant_type": "authorization_code", "code": oauth.code(client_id=DESK), "code_verifier": VERIFIER})), REQUEST),
    # Client authentication
    Case("6749 3.2.1", "wrong secret where it may be left out", lambda oauth: oauth.post("token", urlencode({"client_id": DESK, "client_secret": "wrong", "grant_type": "authorization_code", "code": desk_code(oauth), "code_verifier": VERIFIER})), CLIENT),
    Case("6749 3.2.1", "no client", raw("grant_type=authorization_code&code=a"), CLIENT),
    Case("6749 3.2.1", "unknown client", raw("grant_type=authorization_code&code=a&client_id=nobody&client_secret=a"), CLIENT),
    Case("6749 3.2.1", "no secret", lambda oauth: oauth.post("token", f"grant_type=authorization_code&code={oauth.code()}&client_id={SHOP}"), CLIENT),
    Case("6749 3.2.1", "empty secret", lambda oauth: oauth.post("token", urlencode(code_form(oauth, client_secret=""))), CLIENT),
    Case("6749 3.2.1", "wrong secret", lambda oauth: oauth.post("token", urlencode(code_form(oauth, client_secret="wrong"))), CLIENT),
    Case("6749 3.2.1", "secret of another client", lambda oauth: oauth.post("token", urlencode(code_form(oauth, client_secret=SECRETS[RIVAL]))), CLIENT),
    Case("6749 3.2.1", "a secret where there is none", lambda oauth: oauth.post("token", f"grant_type=authorization_code&code=a&client_id={APP}&client_secret=a"), CLIENT),
    Case("6749 2.3.1", "wrong secret in the header", raw("grant_type=authorization_code&code=a", authorization=basic(SHOP, "wrong")), CLIENT),
    Case("6749 2.3.1", "no secret in the header", raw("grant_type=authorization_code&code=a", authorization=basic(SHOP, "")), CLIENT),
    Case("6749 2.3.1", "secret that is not encoded", raw("grant_type=authorization_code&code=a", authorization="Basic " + base64.b64encode(f"{SHOP}:{SECRETS[SHOP]}".encode()).decode()), CLIENT),
    Case("7617 2", "header that is no base64", raw("grant_type=authorization_code&code=a", authorization="Basic %%%"), CLIENT),
    Case("7617 2", "header without a colon", raw("grant_type=authorization_code&code=a", authorization="Basic c2hvcA=="), CLIENT),
    Case("7617 2", "header that is no UTF-8", raw("grant_type=authorization_code&code=a", authorization="Basic /////w=="), CLIENT),
    Case("7617 2", "header without a client", raw("grant_type=authorization_code&code=a", authorization="Basic OmE="), CLIENT),
    Case("6749 2.3", "another scheme", raw(CODE_BODY, authorization="Bearer a"), CLIENT),
    Case("6749 2.3", "two clients", raw(f"grant_type=authorization_code&code=a&client_id={RIVAL}", authorization=basic(SHOP)), REQUEST),
    Case("6749 2.3", "two secrets", raw(f"grant_type=authorization_code&code=a&client_id={SHOP}&client_secret=a", authorization=basic(SHOP)), REQUEST),
    Case("6749 2.3", "a secret beside a header without one", raw(f"grant_type=authorization_code&code=a&client_secret={SECRETS[RIVAL]}", authorization=basic(RIVAL, "")), REQUEST),
    Case("6749 2.3.1", "expired secret", lambda oauth: oauth.redeem(with_changed_key(oauth, oauth.code(), secrets=(oauth.key(SHOP).secrets[0].model_copy(update={"expires": 1}),))), CLIENT),
    # Encoding
    Case("6749 2.3.1", "secret in the address", lambda oauth: oauth.post("token", f"grant_type=authorization_code&code={oauth.code()}&client_id={SHOP}", query=urlencode({"client_secret": SECRETS[SHOP]})), REQUEST),
    Case("6749 3.2", "all of it in the address", lambda oauth: oauth.post("token", "", query=urlencode(code_form(oauth))), REQUEST),
    Case("6749 3.2", "nothing", raw(""), REQUEST),
    Case("6749 3.2", "code twice", raw(f"{CODE_BODY}&code=a"), REQUEST),
    Case("6749 3.2", "grant_type twice", raw(f"{CODE_BODY}&grant_type=refresh_token"), REQUEST),
    Case("6749 3.2", "client twice", raw(f"{CODE_BODY}&client_id=rival"), REQUEST),
    Case("6749 3.2", "secret twice", raw(f"{CODE_BODY}&client_secret=a"), REQUEST),
    Case("6749 A.11", "nul in the code", raw(CODE_BODY.replace("code=a", "code=a%00")), REQUEST),
    Case("6749 A.2", "line break in the secret", raw(f"{CODE_BODY}%0A"), REQUEST),
    Case("6749 A", "endless code", raw(f"{CODE_BODY.replace('code=a', 'code=' + 'a' * 5_000)}"), REQUEST),
    Case("6749 B", "body that is no UTF-8", raw(b"grant_type=\xff"), REQUEST),
    Case("6749 B", "endless body", raw("a=" + "a" * 200_000), REQUEST),
    Case("6749 B", "endless fields", raw("&".join(f"a{n}=1" for n in range(1_000))), REQUEST),
    Case("6749 4.1.3", "JSON", raw('{"grant_type": "authorization_code"}', content_type="application/json"), REQUEST),
    Case("6749 4.1.3", "a form said to be text", raw(CODE_BODY, content_type="text/plain"), REQUEST),
    Case("6749 4.1.3", "no type", raw(CODE_BODY, content_type=""), REQUEST),
    Case("6749 4.1.3", "a form in parts", raw("--a--", content_type="multipart/form-data; boundary=a"), REQUEST),
    # Grant types
    Case("6749 5.2", "no grant_type", raw("client_id=shop"), REQUEST),
    Case("6749 5.2", "unknown grant_type", lambda oauth: oauth.token(grant_type="banana"), NO_GRANT),
    Case("6749 5.2", "grant_type that breaks out", lambda oauth: oauth.token(grant_type='"}<b>\\'), NO_GRANT),
    Case("9700 2.4", "a password", lambda oauth: oauth.token(grant_type="password", username="a", password="b"), NO_GRANT),
    Case("6749 4.2", "implicit at the token endpoint", lambda oauth: oauth.token(PAGE, grant_type="implicit"), NO_GRANT),
    Case("6749 5.2", "codes for a service account", lambda oauth: oauth.redeem("a", ROBOT), UNAUTHORIZED),
    Case("6749 5.2", "codes for a key without them", lambda oauth: oauth.redeem("a", PAGE), UNAUTHORIZED),
    Case("6749 5.2", "refresh_tokens for a key that may not", lambda oauth: oauth.refresh("a", TILL), UNAUTHORIZED),
    Case("6749 4.4", "client credentials for a key without them", lambda oauth: oauth.token(grant_type="client_credentials"), UNAUTHORIZED),
    Case("6749 4.4", "client credentials without a service account", lambda oauth: oauth.token(TILL, grant_type="client_credentials"), UNAUTHORIZED),
    Case("6749 4.4", "client credentials after the account is gone", orphaned, UNAUTHORIZED),
    Case("6749 4.4", "client credentials without a secret", open_robot, UNAUTHORIZED),
    Case("6749 4.4", "client credentials of an ordinary organization", ordinary, UNAUTHORIZED),
    Case("6749 4.4", "client credentials of a closed organization", closed, UNAUTHORIZED),
    Case("6749 4.4", "client credentials of a dismissed account", dismissed_robot, GRANT),
    Case("6749 4.4.2", "client credentials for more", lambda oauth: oauth.token(ROBOT, grant_type="client_credentials", scope=MESSAGES.id), SCOPE),
    # Refresh tokens
    Case("6749 6", "no refresh token", lambda oauth: oauth.token(grant_type="refresh_token"), REQUEST),
    Case("6749 6", "unknown refresh token", lambda oauth: oauth.refresh("oauth2v2_abc"), GRANT),
    Case("6749 6", "altered refresh token", lambda oauth: oauth.refresh(altered(oauth.tokens()["refresh_token"])), GRANT),
    Case("6749 6", "an access token as refresh token", lambda oauth: oauth.refresh(oauth.tokens()["access_token"]), GRANT),
    Case("6749 6", "a code as refresh token", lambda oauth: oauth.refresh(oauth.code()), GRANT),
    Case("6749 6", "refresh token of another client", lambda oauth: oauth.refresh(oauth.tokens()["refresh_token"], RIVAL), GRANT),
    Case("6749 6", "more scopes", lambda oauth: oauth.refresh(oauth.tokens()["refresh_token"], scope=f"job-postings-read {MESSAGES.id}"), SCOPE),
    Case("6749 6", "a scope of the key that was not agreed to", lambda oauth: oauth.refresh(oauth.tokens(scope="common-entities-read")["refresh_token"], scope="job-postings-read"), SCOPE),
    Case("6749 6", "two weeks unused", exact_in_time, GRANT),
    Case("6749 6", "revoked", lambda oauth: oauth.refresh(revoked(oauth)), GRANT),
    Case("9700 4.14", "the scopes of the key have changed", lambda oauth: oauth.refresh(with_changed_key(oauth, oauth.tokens()["refresh_token"], generation=2)), GRANT),
    Case("6749 6", "the person has left the organization", lambda oauth: oauth.refresh(without_member(oauth, oauth.tokens()["refresh_token"])), GRANT),
    Case("6749 5.2", "the key may no longer refresh", lambda oauth: oauth.refresh(with_changed_key(oauth, oauth.tokens()["refresh_token"], grants=(GrantType.AUTHORIZATION_CODE,))), UNAUTHORIZED),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=named)
def test_token_error_codes(oauth: OAuthHarness, case: Case) -> None:
    answer = case.request(oauth)
    assert answer.error == case.error
    challenge = answer.headers.get("WWW-Authenticate", "")
    assert challenge.startswith("Basic realm=") == (answer.status == 401)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.error == GRANT and case.rule.startswith("7636")], ids=named
)
def test_failed_request_does_not_consume_code(oauth: OAuthHarness, case: Case) -> None:
    """Nor does it revoke anything: a client without the verifier does not own the code."""
    code = challenged(oauth)
    assert oauth.redeem(code, code_verifier="w" * 43).error == case.error
    tokens = oauth.redeem(code, code_verifier=VERIFIER).tokens
    CLOCK.wait(seconds=10)
    assert oauth.redeem(code, code_verifier="w" * 43).error == GRANT
    assert oauth.authenticate(tokens["access_token"])


@pytest.mark.parametrize(
    ("send", "hint"),
    [
        pytest.param(raw("{}", content_type="application/json"), "Content-Type", id="JSON"),
        pytest.param(raw("", content_type="application/json"), "Content-Type", id="empty JSON"),
        pytest.param(raw(b"grant_type=\xff"), "form", id="not UTF-8"),
        pytest.param(raw("a=" + "a" * 200_000), "too large", id="endless"),
        pytest.param(raw(CODE_BODY, query="client_secret=a"), "URL", id="secret in the URL"),
        pytest.param(raw("client_id=shop"), "grant_type", id="no grant_type"),
    ],
)
def test_error_description_says_what_to_do(
    oauth: OAuthHarness, send: Callable[[OAuthHarness], Answer], hint: str
) -> None:
    assert hint in send(oauth).json["error_description"]


def test_error_description_contains_no_input(oauth: OAuthHarness) -> None:
    assert "banana" not in str(oauth.token(grant_type="banana").json)
