"""The flows as programs go through them, with nothing in their way."""

from urllib.parse import urlencode, urlsplit

import pytest

from souk.authentication.scopes import Scope
from souk.authentication.tokens import PREFIX
from souk.oauth import Pending
from souk.values.errors import Forbidden
from souk.web import Response
from tests.oauth.shop import (
    APP,
    BACK,
    CHALLENGE,
    COMPANY,
    DESK,
    HERE,
    PAGE,
    RIVAL,
    RIVAL_COMPANY,
    ROBOT,
    ROBOT_USER,
    SCOPES,
    SECRETS,
    SHOP,
    TEAM,
    USER,
    VERIFIER,
    Shop,
    basic,
    sent,
)
from tests.support.clock import CLOCK


def test_a_code_comes_back_with_the_state_and_the_issuer(shop: Shop) -> None:
    state = "x y+&=/?#%27'\"<e>"
    back = sent(shop.oauth.grant(shop.pending(state=state), USER, COMPANY))
    assert (back.target, back.in_fragment) == (BACK, False)
    assert set(back.answer) == {"code", "state", "iss"}
    assert (back.answer["state"], back.answer["iss"]) == (state, HERE)


def test_a_code_is_exchanged_for_tokens_as_the_reference_shows_them(shop: Shop) -> None:
    answer = shop.redeem(shop.code(), redirect_uri=BACK)
    tokens = answer.tokens
    assert list(tokens) == ["access_token", "refresh_token", "token_type", "expires_in"]
    assert tokens["access_token"].startswith(PREFIX)
    assert tokens["refresh_token"].startswith(PREFIX)
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 86_400)
    assert answer.headers["Pragma"] == "no-cache"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_a_token_is_good_for_what_the_person_agreed_to(shop: Shop) -> None:
    token = shop.tokens(scope="common-entities-read")["access_token"]
    caller = shop.calls(token)
    assert (caller.user_id, caller.key_id, caller.organization_id) == (USER, SHOP, COMPANY)
    assert caller.scopes == {Scope.COMMON_ENTITIES_READ}


def test_without_a_scope_all_of_the_key_are_asked_for(shop: Shop) -> None:
    assert shop.pending().scopes == SCOPES
    assert shop.pending(scope="").scopes == SCOPES
    assert shop.calls(shop.tokens()["access_token"]).scopes == set(SCOPES)


def test_the_person_chooses_the_organization(shop: Shop) -> None:
    tokens = shop.redeem(shop.code(organization=TEAM)).tokens
    assert shop.calls(tokens["access_token"]).organization_id == TEAM


def test_nobody_agrees_for_an_organization_that_is_not_theirs(shop: Shop) -> None:
    pending = shop.pending()
    with pytest.raises(Forbidden):
        shop.oauth.grant(pending, USER, RIVAL_COMPANY)
    shop.dismiss()
    with pytest.raises(Forbidden):
        shop.oauth.grant(pending, USER, COMPANY)


def test_the_answer_has_a_body_that_sends_on_as_well(shop: Shop) -> None:
    response = shop.oauth.grant(shop.pending(state="<script>'\""), USER, COMPANY)
    url = dict(response.headers)["Location"]
    assert f"0;url='{url.replace('&', '&amp;')}'" in response.body
    assert "<script>" not in response.body
    assert "default-src 'none'" in dict(response.headers)["Content-Security-Policy"]


def test_a_person_who_does_not_agree_is_sent_back_too(shop: Shop) -> None:
    back = sent(shop.oauth.deny(shop.pending(state="s")))
    assert back.target == BACK
    assert back.answer.pop("error_description")
    assert back.answer == {"error": "access_denied", "state": "s", "iss": HERE}


def test_redirect_url_is_taken_for_redirect_uri(shop: Shop) -> None:
    code = shop.code(redirect_url=BACK)
    assert shop.redeem(code, redirect_url=BACK).tokens


def test_a_redirect_uri_keeps_its_own_query(shop: Shop) -> None:
    uri = "https://rival.test/other?kept=1"
    pending = shop.asks({"response_type": "code", "client_id": RIVAL, "redirect_uri": uri, "state": "s"})
    assert isinstance(pending, Pending)
    assert sent(shop.oauth.deny(pending)).answer["kept"] == "1"


def test_where_a_key_has_one_redirect_uri_it_need_not_be_named(shop: Shop) -> None:
    assert shop.pending().redirect_uri == BACK
    assert shop.redeem(shop.code()).tokens
    assert shop.redeem(shop.code(), redirect_uri=BACK).tokens, "the reference has it in every token request"


def test_the_request_is_read_from_the_address_of_a_form_too(shop: Shop) -> None:
    """So that the answer to a consent page is examined like the question."""
    asked = shop.asks({"response_type": "code", "client_id": SHOP, "state": "s"}, method="POST")
    assert isinstance(asked, Pending)
    assert asked.state == "s"


def test_parameters_of_others_are_ignored(shop: Shop) -> None:
    """RFC 6749, section 3.1; the published Python client sends JSON along when it refreshes."""
    code = shop.code(prompt="consent", nonce="n", response_mode="query")
    tokens = shop.redeem(code, json="{}", audience="a").tokens
    assert shop.refresh(tokens["refresh_token"], json='{"query": "{ a }"}', token_type_hint="x").tokens


@pytest.mark.parametrize("grant", ["code", "refresh", "service"])
@pytest.mark.parametrize("way", ["header", "form", "both"])
def test_a_client_proves_who_it_is_in_the_header_or_the_form(shop: Shop, grant: str, way: str) -> None:
    client = ROBOT if grant == "service" else SHOP
    form = {"grant_type": "client_credentials"}
    if grant == "code":
        form = {"grant_type": "authorization_code", "code": shop.code()}
    elif grant == "refresh":
        form = {"grant_type": "refresh_token", "refresh_token": shop.tokens()["refresh_token"]}
    if way != "header":
        form |= {"client_id": client, "client_secret": SECRETS[client]}
    header = None if way == "form" else basic(client)
    assert shop.post("token", urlencode(form), authorization=header).tokens


def test_a_client_may_name_itself_in_the_form_beside_the_header(shop: Shop) -> None:
    form = {"grant_type": "authorization_code", "code": shop.code(), "client_id": SHOP}
    assert shop.post("token", urlencode(form), authorization=basic(SHOP)).tokens


def test_both_secrets_work_after_a_rotation_until_the_old_one_expires(shop: Shop) -> None:
    old = shop.key(SHOP).secrets[0]
    soon = old.model_copy(update={"expires": int(CLOCK.real().timestamp()) + 60})
    new = shop.key(RIVAL).secrets[0]
    shop.change_key(SHOP, secrets=(new, soon))
    assert shop.redeem(shop.code()).tokens
    CLOCK.wait(seconds=60)
    assert shop.redeem(shop.code()).error == "invalid_client"
    form = {"grant_type": "authorization_code", "code": shop.code(), "client_id": SHOP}
    assert shop.post("token", urlencode(form | {"client_secret": SECRETS[RIVAL]})).tokens


@pytest.mark.parametrize("uri", ["http://127.0.0.1/back", "http://127.0.0.1:49152/back"])
def test_a_program_without_a_secret_proves_the_code_with_its_verifier(shop: Shop, uri: str) -> None:
    """RFC 8252, sections 6 and 7.3: the port is whatever was free."""
    query = {"client_id": APP, "redirect_uri": uri, "code_challenge": CHALLENGE, "code_challenge_method": "S256"}
    pending = shop.pending(**query)
    back = sent(shop.oauth.grant(pending, USER, COMPANY))
    assert back.target == uri
    tokens = shop.redeem(back.answer["code"], APP, redirect_uri=uri, code_verifier=VERIFIER).tokens
    assert shop.refresh(tokens["refresh_token"], APP).tokens


def test_a_program_with_a_secret_may_use_a_verifier_too(shop: Shop) -> None:
    code = shop.code(code_challenge=CHALLENGE, code_challenge_method="S256")
    assert shop.redeem(code, code_verifier=VERIFIER).tokens


def test_a_program_that_cannot_keep_its_secret_may_leave_it_out(shop: Shop) -> None:
    """By the proof key alone (RFC 8252, section 8.1), and then by the refresh token that rotates."""
    code = shop.code(client_id=DESK, code_challenge=CHALLENGE, code_challenge_method="S256")
    form = {"client_id": DESK, "grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER}
    tokens = shop.post("token", urlencode(form)).tokens
    form = {"client_id": DESK, "grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    tokens = shop.post("token", urlencode(form)).tokens
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    tokens = shop.post("token", urlencode(form), authorization=basic(DESK, "")).tokens
    assert shop.refresh(tokens["refresh_token"], DESK).tokens, "or send it"
    assert shop.redeem(shop.code(client_id=DESK), DESK).tokens, "and then needs no proof key"


def test_there_is_no_refresh_token_for_a_key_that_may_not_refresh(shop: Shop) -> None:
    shop.change_key(SHOP, grants=shop.key(SHOP).grants[:1])
    assert "refresh_token" not in shop.tokens()


def test_a_service_account_acts_as_itself(shop: Shop) -> None:
    tokens = shop.token(ROBOT, grant_type="client_credentials", scope="common-entities-read").tokens
    assert list(tokens) == ["access_token", "token_type", "expires_in"]
    caller = shop.calls(tokens["access_token"])
    assert (caller.user_id, caller.organization_id, caller.service) == (ROBOT_USER, COMPANY, True)
    assert caller.scopes == {Scope.COMMON_ENTITIES_READ}


def test_a_service_account_of_a_team_is_one_of_its_company(shop: Shop) -> None:
    shop.change_key(ROBOT, organization_id=TEAM, company_id=COMPANY, service_account_id=USER)
    tokens = shop.token(ROBOT, grant_type="client_credentials").tokens
    assert shop.calls(tokens["access_token"]).organization_id == TEAM


def test_implicit_brings_a_token_in_the_fragment(lenient: Shop) -> None:
    asked = lenient.asks({"response_type": "token", "client_id": PAGE, "state": "s"})
    assert isinstance(asked, Pending)
    back = sent(lenient.oauth.grant(asked, USER, COMPANY))
    assert (back.target, back.in_fragment) == ("https://page.test/back", True)
    assert list(back.answer) == ["access_token", "token_type", "expires_in", "state", "iss"]
    assert lenient.calls(back.answer["access_token"]).user_id == USER
    denied = sent(lenient.oauth.deny(asked))
    assert (denied.answer["error"], denied.in_fragment) == ("access_denied", True)


def test_errors_of_implicit_are_in_the_fragment_too(lenient: Shop) -> None:
    answer = lenient.asks({"response_type": "token", "client_id": PAGE, "scope": "nothing"})
    assert isinstance(answer, Response)
    assert "error=invalid_scope" in urlsplit(dict(answer.headers)["Location"]).fragment
