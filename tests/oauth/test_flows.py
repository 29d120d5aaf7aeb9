"""Successful flows of clients."""

from urllib.parse import urlencode, urlsplit

import pytest

from souk.authentication.scopes import Scope
from souk.authentication.tokens import PREFIX
from souk.oauth.authorization import AuthorizationRequest
from souk.values.errors import Forbidden
from souk.web import Response
from tests.oauth.harness import (
    APP,
    BACK,
    CHALLENGE,
    COMPANY,
    CONTRACT_AUTHORIZE,
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
    OAuthHarness,
    basic,
    parse_redirect,
)
from tests.support.clock import CLOCK


def test_grant_returns_code_state_and_issuer(oauth: OAuthHarness) -> None:
    state = "x y+&=/?#%27'\"<e>"
    back = parse_redirect(oauth.server.grant(oauth.pending(state=state), USER, COMPANY))
    assert (back.target, back.in_fragment) == (BACK, False)
    assert set(back.answer) == {"code", "state", "iss"}
    assert (back.answer["state"], back.answer["iss"]) == (state, HERE)


def test_contracts_path_answers_without_issuer(oauth: OAuthHarness) -> None:
    query = {"response_type": "code", "client_id": SHOP, "state": "s"}
    pending = oauth.authorize(query, path=CONTRACT_AUTHORIZE)
    assert isinstance(pending, AuthorizationRequest)
    assert set(parse_redirect(oauth.server.grant(pending, USER, COMPANY)).answer) == {"code", "state"}
    assert set(parse_redirect(oauth.server.deny(pending)).answer) == {"error", "error_description", "state"}
    refused = parse_redirect(oauth.authorize(query | {"scope": "unknown"}, path=CONTRACT_AUTHORIZE))
    assert set(refused.answer) == {"error", "error_description", "state"}


def test_code_exchange_response_matches_reference(oauth: OAuthHarness) -> None:
    answer = oauth.redeem(oauth.code(), redirect_uri=BACK)
    tokens = answer.tokens
    assert list(tokens) == ["access_token", "refresh_token", "token_type", "expires_in"]
    assert tokens["access_token"].startswith(PREFIX)
    assert tokens["refresh_token"].startswith(PREFIX)
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 86_400)
    assert answer.headers["Pragma"] == "no-cache"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_scheme_and_host_of_redirect_uri_compare_without_case(oauth: OAuthHarness) -> None:
    parts = urlsplit(BACK)
    written = f"{parts.scheme.upper()}://{parts.netloc.upper()}:443{parts.path}"
    pending = oauth.pending(redirect_uri=written)
    back = parse_redirect(oauth.server.grant(pending, USER, COMPANY))
    assert back.target == BACK
    assert oauth.redeem(back.answer["code"], redirect_uri=written).tokens
    assert oauth.redeem(oauth.code(redirect_uri=written), redirect_uri=BACK).tokens
    assert oauth.redeem(oauth.code(redirect_uri=BACK), redirect_uri=BACK.replace(parts.path, parts.path.upper())).error


def test_redirect_uri_with_international_host(oauth: OAuthHarness) -> None:
    oauth.change_key(SHOP, redirect_uris=("https://xn--bcher-kva.test/back",))
    pending = oauth.pending(redirect_uri="https://Bücher.test/back")
    assert pending.redirect_uri == "https://xn--bcher-kva.test/back"


def test_token_has_granted_scopes(oauth: OAuthHarness) -> None:
    token = oauth.tokens(scope="common-entities-read")["access_token"]
    caller = oauth.authenticate(token)
    assert (caller.user_id, caller.key_id, caller.organization_id) == (USER, SHOP, COMPANY)
    assert caller.scopes == {Scope.COMMON_ENTITIES_READ}


def test_default_scope_is_all_of_key(oauth: OAuthHarness) -> None:
    assert oauth.pending().scopes == SCOPES
    assert oauth.pending(scope="").scopes == SCOPES
    assert oauth.authenticate(oauth.tokens()["access_token"]).scopes == set(SCOPES)


def test_token_is_for_chosen_organization(oauth: OAuthHarness) -> None:
    tokens = oauth.redeem(oauth.code(organization=TEAM)).tokens
    assert oauth.authenticate(tokens["access_token"]).organization_id == TEAM


def test_grant_for_foreign_organization_is_forbidden(oauth: OAuthHarness) -> None:
    pending = oauth.pending()
    with pytest.raises(Forbidden):
        oauth.server.grant(pending, USER, RIVAL_COMPANY)
    oauth.end_membership()
    with pytest.raises(Forbidden):
        oauth.server.grant(pending, USER, COMPANY)


def test_redirect_has_html_body(oauth: OAuthHarness) -> None:
    response = oauth.server.grant(oauth.pending(state="<script>'\""), USER, COMPANY)
    url = dict(response.headers)["Location"]
    assert f"0;url='{url.replace('&', '&amp;')}'" in response.body
    assert "<script>" not in response.body
    assert "default-src 'none'" in dict(response.headers)["Content-Security-Policy"]


def test_deny_redirects_with_access_denied(oauth: OAuthHarness) -> None:
    back = parse_redirect(oauth.server.deny(oauth.pending(state="s")))
    assert back.target == BACK
    assert back.answer.pop("error_description")
    assert back.answer == {"error": "access_denied", "state": "s", "iss": HERE}


def test_redirect_url_is_alias(oauth: OAuthHarness) -> None:
    code = oauth.code(redirect_url=BACK)
    assert oauth.redeem(code, redirect_url=BACK).tokens


def test_redirect_uri_keeps_query(oauth: OAuthHarness) -> None:
    uri = "https://rival.test/other?kept=1"
    pending = oauth.authorize({"response_type": "code", "client_id": RIVAL, "redirect_uri": uri, "state": "s"})
    assert isinstance(pending, AuthorizationRequest)
    assert parse_redirect(oauth.server.deny(pending)).answer["kept"] == "1"


def test_only_redirect_uri_is_default(oauth: OAuthHarness) -> None:
    assert oauth.pending().redirect_uri == BACK
    assert oauth.redeem(oauth.code()).tokens
    assert oauth.redeem(oauth.code(), redirect_uri=BACK).tokens, "the reference has it in every token request"


def test_post_reads_request_from_url(oauth: OAuthHarness) -> None:
    """So that the consent form is validated like the request."""
    asked = oauth.authorize({"response_type": "code", "client_id": SHOP, "state": "s"}, method="POST")
    assert isinstance(asked, AuthorizationRequest)
    assert asked.state == "s"


def test_unknown_parameters_are_ignored(oauth: OAuthHarness) -> None:
    """RFC 6749, section 3.1. The published Python client adds JSON to its refresh requests."""
    code = oauth.code(prompt="consent", nonce="n", response_mode="query")
    tokens = oauth.redeem(code, json="{}", audience="a").tokens
    assert oauth.refresh(tokens["refresh_token"], json='{"query": "{ a }"}', token_type_hint="x").tokens


@pytest.mark.parametrize("grant", ["code", "refresh", "service"])
@pytest.mark.parametrize("way", ["header", "form", "both"])
def test_client_authenticates_in_header_or_form(oauth: OAuthHarness, grant: str, way: str) -> None:
    client = ROBOT if grant == "service" else SHOP
    form = {"grant_type": "client_credentials"}
    if grant == "code":
        form = {"grant_type": "authorization_code", "code": oauth.code()}
    elif grant == "refresh":
        form = {"grant_type": "refresh_token", "refresh_token": oauth.tokens()["refresh_token"]}
    if way != "header":
        form |= {"client_id": client, "client_secret": SECRETS[client]}
    header = None if way == "form" else basic(client)
    assert oauth.post("token", urlencode(form), authorization=header).tokens


def test_client_id_in_form_may_repeat_header(oauth: OAuthHarness) -> None:
    form = {"grant_type": "authorization_code", "code": oauth.code(), "client_id": SHOP}
    assert oauth.post("token", urlencode(form), authorization=basic(SHOP)).tokens


def test_rotated_secret_works_until_expiry(oauth: OAuthHarness) -> None:
    old = oauth.key(SHOP).secrets[0]
    soon = old.model_copy(update={"expires": int(CLOCK.real().timestamp()) + 60})
    new = oauth.key(RIVAL).secrets[0]
    oauth.change_key(SHOP, secrets=(new, soon))
    assert oauth.redeem(oauth.code()).tokens
    CLOCK.wait(seconds=60)
    assert oauth.redeem(oauth.code()).error == "invalid_client"
    form = {"grant_type": "authorization_code", "code": oauth.code(), "client_id": SHOP}
    assert oauth.post("token", urlencode(form | {"client_secret": SECRETS[RIVAL]})).tokens


@pytest.mark.parametrize("uri", ["http://127.0.0.1/back", "http://127.0.0.1:49152/back"])
def test_public_client_uses_pkce(oauth: OAuthHarness, uri: str) -> None:
    """RFC 8252, sections 6 and 7.3: any free port."""
    query = {"client_id": APP, "redirect_uri": uri, "code_challenge": CHALLENGE, "code_challenge_method": "S256"}
    pending = oauth.pending(**query)
    back = parse_redirect(oauth.server.grant(pending, USER, COMPANY))
    assert back.target == uri
    tokens = oauth.redeem(back.answer["code"], APP, redirect_uri=uri, code_verifier=VERIFIER).tokens
    assert oauth.refresh(tokens["refresh_token"], APP).tokens


def test_confidential_client_may_use_pkce(oauth: OAuthHarness) -> None:
    code = oauth.code(code_challenge=CHALLENGE, code_challenge_method="S256")
    assert oauth.redeem(code, code_verifier=VERIFIER).tokens


def test_native_client_may_omit_secret(oauth: OAuthHarness) -> None:
    """With PKCE alone (RFC 8252, section 8.1), and then with rotating refresh tokens."""
    code = oauth.code(client_id=DESK, code_challenge=CHALLENGE, code_challenge_method="S256")
    form = {"client_id": DESK, "grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER}
    tokens = oauth.post("token", urlencode(form)).tokens
    form = {"client_id": DESK, "grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    tokens = oauth.post("token", urlencode(form)).tokens
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    tokens = oauth.post("token", urlencode(form), authorization=basic(DESK, "")).tokens
    assert oauth.refresh(tokens["refresh_token"], DESK).tokens, "or send it"
    assert oauth.redeem(oauth.code(client_id=DESK), DESK).tokens, "and then needs no proof key"


def test_no_refresh_token_without_grant(oauth: OAuthHarness) -> None:
    oauth.change_key(SHOP, grants=oauth.key(SHOP).grants[:1])
    assert "refresh_token" not in oauth.tokens()


def test_client_credentials_for_service_account(oauth: OAuthHarness) -> None:
    tokens = oauth.token(ROBOT, grant_type="client_credentials", scope="common-entities-read").tokens
    assert list(tokens) == ["access_token", "token_type", "expires_in"]
    caller = oauth.authenticate(tokens["access_token"])
    assert (caller.user_id, caller.organization_id, caller.service) == (ROBOT_USER, COMPANY, True)
    assert caller.scopes == {Scope.COMMON_ENTITIES_READ}


def test_client_credentials_for_team_of_enterprise(oauth: OAuthHarness) -> None:
    oauth.change_key(ROBOT, organization_id=TEAM, company_id=COMPANY, service_account_id=USER)
    tokens = oauth.token(ROBOT, grant_type="client_credentials").tokens
    assert oauth.authenticate(tokens["access_token"]).organization_id == TEAM


def test_implicit_returns_token_in_fragment(implicit_oauth: OAuthHarness) -> None:
    asked = implicit_oauth.authorize({"response_type": "token", "client_id": PAGE, "state": "s"})
    assert isinstance(asked, AuthorizationRequest)
    back = parse_redirect(implicit_oauth.server.grant(asked, USER, COMPANY))
    assert (back.target, back.in_fragment) == ("https://page.test/back", True)
    assert list(back.answer) == ["access_token", "token_type", "expires_in", "state", "iss"]
    assert implicit_oauth.authenticate(back.answer["access_token"]).user_id == USER
    denied = parse_redirect(implicit_oauth.server.deny(asked))
    assert (denied.answer["error"], denied.in_fragment) == ("access_denied", True)


def test_implicit_errors_are_in_fragment(implicit_oauth: OAuthHarness) -> None:
    answer = implicit_oauth.authorize({"response_type": "token", "client_id": PAGE, "scope": "nothing"})
    assert isinstance(answer, Response)
    assert "error=invalid_scope" in urlsplit(dict(answer.headers)["Location"]).fragment
