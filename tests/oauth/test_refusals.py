"""What programs send and are refused, at the token endpoint. Each case names the rule that says so."""

# ruff: noqa: E501 - a case is a line

import base64
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest

from souk.authentication.records import GrantType
from souk.oauth.server import CODE_LIFETIME
from tests.oauth.shop import (
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
    Shop,
    basic,
)
from tests.support.clock import CLOCK


class Case(NamedTuple):
    """A request that is refused."""

    rule: str
    """RFC and section."""
    name: str
    request: Callable[[Shop], Answer]
    error: str


def named(case: Case) -> str:
    return f"{case.rule} {case.name}"


def code_form(shop: Shop, **more: str) -> dict[str, str]:
    return {
        "client_id": SHOP,
        "client_secret": SECRETS[SHOP],
        "grant_type": "authorization_code",
        "code": shop.code(),
    } | more


def challenged(shop: Shop) -> str:
    return shop.code(code_challenge=CHALLENGE, code_challenge_method="S256")


def public_code(shop: Shop) -> str:
    return shop.code(client_id=APP, code_challenge=CHALLENGE, code_challenge_method="S256")


def desk_code(shop: Shop) -> str:
    return shop.code(client_id=DESK, code_challenge=CHALLENGE, code_challenge_method="S256")


def later(_shop: Shop, code: str) -> str:
    CLOCK.wait(seconds=CODE_LIFETIME.total_seconds())
    return code


def with_changed_key(shop: Shop, value: str, client: str = SHOP, **changes: object) -> str:
    shop.change_key(client, **changes)
    return value


def without_member(shop: Shop, value: str) -> str:
    shop.dismiss()
    return value


def altered(token: str) -> str:
    return token[:-6] + ("A" if token[-6] != "A" else "B") + token[-5:]


def revoked(shop: Shop) -> str:
    token: str = shop.tokens()["refresh_token"]
    assert shop.revoke(token).status == 200
    return token


def raw(body: str | bytes, **more: Any) -> Callable[[Shop], Answer]:
    return lambda shop: shop.post("token", body, **more)


def robot(shop: Shop) -> Answer:
    return shop.token(ROBOT, grant_type="client_credentials")


def ordinary(shop: Shop) -> Answer:
    shop.change_organization(COMPANY, enterprise=False)
    return robot(shop)


def closed(shop: Shop) -> Answer:
    shop.change_organization(COMPANY, active=False)
    return robot(shop)


def orphaned(shop: Shop) -> Answer:
    shop.change_key(ROBOT, service_account_id=None)
    return robot(shop)


def dismissed_robot(shop: Shop) -> Answer:
    shop.dismiss(ROBOT_USER)
    return robot(shop)


def open_robot(shop: Shop) -> Answer:
    shop.change_key(ROBOT, native=True)
    return shop.post("token", f"grant_type=client_credentials&client_id={ROBOT}")


def exact_in_time(shop: Shop) -> Answer:
    token = shop.tokens()["refresh_token"]
    CLOCK.wait(days=14)
    return shop.refresh(token)


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
    # What a code is bound to.
    Case("6749 4.1.3", "code of another client", lambda shop: shop.redeem(shop.code(), RIVAL), GRANT),
    Case("6749 4.1.3", "code of a client with a secret, by one without", lambda shop: shop.redeem(shop.code(), APP, code_verifier=VERIFIER), GRANT),
    Case("6749 4.1.2", "unknown code", lambda shop: shop.redeem("a" * 43), GRANT),
    Case("6749 4.1.2", "altered code", lambda shop: shop.redeem(altered(shop.code())), GRANT),
    Case("6749 4.1.3", "no code", lambda shop: shop.token(grant_type="authorization_code"), REQUEST),
    Case("6749 4.1.3", "empty code", lambda shop: shop.redeem(""), REQUEST),
    Case("6749 4.1.2", "expired code", lambda shop: shop.redeem(later(shop, shop.code())), GRANT),
    Case("6749 4.1.2", "an access token as code", lambda shop: shop.redeem(shop.tokens()["access_token"]), GRANT),
    Case("6749 4.1.2", "a refresh token as code", lambda shop: shop.redeem(shop.tokens()["refresh_token"]), GRANT),
    Case("6749 4.1.3", "redirect left out that was given", lambda shop: shop.redeem(shop.code(redirect_uri=BACK)), GRANT),
    Case("6749 4.1.3", "another redirect", lambda shop: shop.redeem(shop.code(redirect_uri=BACK), redirect_uri=f"{BACK}/"), GRANT),
    Case("6749 4.1.3", "another redirect though none was given", lambda shop: shop.redeem(shop.code(), redirect_uri="https://evil.test/"), GRANT),
    Case("8252 7.3", "another port", lambda shop: shop.redeem(public_code(shop), APP, code_verifier=VERIFIER, redirect_uri="http://127.0.0.1:81/back"), GRANT),
    Case("9700 4.12", "the scopes of the key have changed", lambda shop: shop.redeem(with_changed_key(shop, shop.code(), generation=2)), GRANT),
    Case("6749 4.1.3", "the person has left the organization", lambda shop: shop.redeem(without_member(shop, shop.code())), GRANT),
    # The proof key.
    Case("7636 4.6", "wrong verifier", lambda shop: shop.redeem(challenged(shop), code_verifier="w" * 43), GRANT),
    Case("7636 4.5", "no verifier", lambda shop: shop.redeem(challenged(shop)), REQUEST),
    Case("7636 4.5", "empty verifier", lambda shop: shop.redeem(challenged(shop), code_verifier=""), REQUEST),
    Case("7636 4.1", "short verifier", lambda shop: shop.redeem(challenged(shop), code_verifier="short"), REQUEST),
    Case("7636 4.6", "the challenge as verifier", lambda shop: shop.redeem(challenged(shop), code_verifier=CHALLENGE), GRANT),
    Case("9700 4.8.2", "verifier without a challenge", lambda shop: shop.redeem(shop.code(), code_verifier=VERIFIER), REQUEST),
    Case("7636 4.5", "no secret and no verifier", lambda shop: shop.redeem(public_code(shop), APP), REQUEST),
    Case("7636 4.5", "secret left out, and the verifier", lambda shop: shop.post("token", urlencode({"client_id": DESK, "grant_type": "authorization_code", "code": desk_code(shop)})), REQUEST),
    Case("9700 4.8.2", "secret left out where there was no challenge", lambda shop: shop.post("token", urlencode({"client_id": DESK, "grant_type": "authorization_code", "code": shop.code(client_id=DESK)})), REQUEST),
    Case("9700 4.8.2", "secret left out, with a verifier for no challenge", lambda shop: shop.post("token", urlencode({"client_id": DESK, "grant_type": "authorization_code", "code": shop.code(client_id=DESK), "code_verifier": VERIFIER})), REQUEST),
    # Who asks.
    Case("6749 3.2.1", "wrong secret where it may be left out", lambda shop: shop.post("token", urlencode({"client_id": DESK, "client_secret": "wrong", "grant_type": "authorization_code", "code": desk_code(shop), "code_verifier": VERIFIER})), CLIENT),
    Case("6749 3.2.1", "no client", raw("grant_type=authorization_code&code=a"), CLIENT),
    Case("6749 3.2.1", "unknown client", raw("grant_type=authorization_code&code=a&client_id=nobody&client_secret=a"), CLIENT),
    Case("6749 3.2.1", "no secret", lambda shop: shop.post("token", f"grant_type=authorization_code&code={shop.code()}&client_id={SHOP}"), CLIENT),
    Case("6749 3.2.1", "empty secret", lambda shop: shop.post("token", urlencode(code_form(shop, client_secret=""))), CLIENT),
    Case("6749 3.2.1", "wrong secret", lambda shop: shop.post("token", urlencode(code_form(shop, client_secret="wrong"))), CLIENT),
    Case("6749 3.2.1", "secret of another client", lambda shop: shop.post("token", urlencode(code_form(shop, client_secret=SECRETS[RIVAL]))), CLIENT),
    Case("6749 3.2.1", "a secret where there is none", lambda shop: shop.post("token", f"grant_type=authorization_code&code=a&client_id={APP}&client_secret=a"), CLIENT),
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
    Case("6749 2.3.1", "expired secret", lambda shop: shop.redeem(with_changed_key(shop, shop.code(), secrets=(shop.key(SHOP).secrets[0].model_copy(update={"expires": 1}),))), CLIENT),
    # How it is sent.
    Case("6749 2.3.1", "secret in the address", lambda shop: shop.post("token", f"grant_type=authorization_code&code={shop.code()}&client_id={SHOP}", query=urlencode({"client_secret": SECRETS[SHOP]})), REQUEST),
    Case("6749 3.2", "all of it in the address", lambda shop: shop.post("token", "", query=urlencode(code_form(shop))), REQUEST),
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
    # Which grant.
    Case("6749 5.2", "no grant_type", raw("client_id=shop"), REQUEST),
    Case("6749 5.2", "unknown grant_type", lambda shop: shop.token(grant_type="banana"), NO_GRANT),
    Case("6749 5.2", "grant_type that breaks out", lambda shop: shop.token(grant_type='"}<b>\\'), NO_GRANT),
    Case("9700 2.4", "a password", lambda shop: shop.token(grant_type="password", username="a", password="b"), NO_GRANT),
    Case("6749 4.2", "implicit at the token endpoint", lambda shop: shop.token(PAGE, grant_type="implicit"), NO_GRANT),
    Case("6749 5.2", "codes for a service account", lambda shop: shop.redeem("a", ROBOT), UNAUTHORIZED),
    Case("6749 5.2", "codes for a key without them", lambda shop: shop.redeem("a", PAGE), UNAUTHORIZED),
    Case("6749 5.2", "refreshing for a key that may not", lambda shop: shop.refresh("a", TILL), UNAUTHORIZED),
    Case("6749 4.4", "client credentials for a key without them", lambda shop: shop.token(grant_type="client_credentials"), UNAUTHORIZED),
    Case("6749 4.4", "client credentials without a service account", lambda shop: shop.token(TILL, grant_type="client_credentials"), UNAUTHORIZED),
    Case("6749 4.4", "client credentials after the account is gone", orphaned, UNAUTHORIZED),
    Case("6749 4.4", "client credentials without a secret", open_robot, UNAUTHORIZED),
    Case("6749 4.4", "client credentials of an ordinary organization", ordinary, UNAUTHORIZED),
    Case("6749 4.4", "client credentials of a closed organization", closed, UNAUTHORIZED),
    Case("6749 4.4", "client credentials of a dismissed account", dismissed_robot, GRANT),
    Case("6749 4.4.2", "client credentials for more", lambda shop: shop.token(ROBOT, grant_type="client_credentials", scope=MESSAGES.id), SCOPE),
    # Refreshing.
    Case("6749 6", "no refresh token", lambda shop: shop.token(grant_type="refresh_token"), REQUEST),
    Case("6749 6", "unknown refresh token", lambda shop: shop.refresh("oauth2v2_abc"), GRANT),
    Case("6749 6", "altered refresh token", lambda shop: shop.refresh(altered(shop.tokens()["refresh_token"])), GRANT),
    Case("6749 6", "an access token as refresh token", lambda shop: shop.refresh(shop.tokens()["access_token"]), GRANT),
    Case("6749 6", "a code as refresh token", lambda shop: shop.refresh(shop.code()), GRANT),
    Case("6749 6", "refresh token of another client", lambda shop: shop.refresh(shop.tokens()["refresh_token"], RIVAL), GRANT),
    Case("6749 6", "more scopes", lambda shop: shop.refresh(shop.tokens()["refresh_token"], scope=f"job-postings-read {MESSAGES.id}"), SCOPE),
    Case("6749 6", "a scope of the key that was not agreed to", lambda shop: shop.refresh(shop.tokens(scope="common-entities-read")["refresh_token"], scope="job-postings-read"), SCOPE),
    Case("6749 6", "two weeks unused", exact_in_time, GRANT),
    Case("6749 6", "revoked", lambda shop: shop.refresh(revoked(shop)), GRANT),
    Case("9700 4.14", "the scopes of the key have changed", lambda shop: shop.refresh(with_changed_key(shop, shop.tokens()["refresh_token"], generation=2)), GRANT),
    Case("6749 6", "the person has left the organization", lambda shop: shop.refresh(without_member(shop, shop.tokens()["refresh_token"])), GRANT),
    Case("6749 5.2", "the key may no longer refresh", lambda shop: shop.refresh(with_changed_key(shop, shop.tokens()["refresh_token"], grants=(GrantType.AUTHORIZATION_CODE,))), UNAUTHORIZED),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_program_is_told_what_is_wrong(shop: Shop, case: Case) -> None:
    answer = case.request(shop)
    assert answer.error == case.error
    challenge = answer.headers.get("WWW-Authenticate", "")
    assert challenge.startswith("Basic realm=") == (answer.status == 401)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.error == GRANT and case.rule.startswith("7636")], ids=named
)
def test_a_wrong_try_does_not_use_a_code_up(shop: Shop, case: Case) -> None:
    """Nor does it end anything: who holds a code without its verifier is not its owner."""
    code = challenged(shop)
    assert shop.redeem(code, code_verifier="w" * 43).error == case.error
    tokens = shop.redeem(code, code_verifier=VERIFIER).tokens
    CLOCK.wait(seconds=10)
    assert shop.redeem(code, code_verifier="w" * 43).error == GRANT
    assert shop.calls(tokens["access_token"])


@pytest.mark.parametrize(
    ("send", "hint"),
    [
        pytest.param(raw("{}", content_type="application/json"), "Content-Type", id="JSON"),
        pytest.param(raw("", content_type="application/json"), "Content-Type", id="nothing, as JSON"),
        pytest.param(raw(b"grant_type=\xff"), "form", id="no UTF-8"),
        pytest.param(raw("a=" + "a" * 200_000), "too large", id="endless"),
        pytest.param(raw(CODE_BODY, query="client_secret=a"), "address", id="secret in the address"),
        pytest.param(raw("client_id=shop"), "grant_type", id="no grant_type"),
    ],
)
def test_the_description_says_what_to_do(shop: Shop, send: Callable[[Shop], Answer], hint: str) -> None:
    assert hint in send(shop).json["error_description"]


def test_the_description_holds_nothing_that_was_sent(shop: Shop) -> None:
    assert "banana" not in str(shop.token(grant_type="banana").json)
