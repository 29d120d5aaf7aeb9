"""Any input gets a valid response."""

import base64
from urllib.parse import urlencode

from hypothesis import given, settings
from hypothesis import strategies as st

from souk.oauth.authorization import AuthorizationRequest, RejectedRequest
from souk.oauth.requests import FORM_PARAMETERS, REQUEST_PARAMETERS, STATE_PARAMETER, TARGET_PARAMETERS
from tests.oauth.harness import (
    BACK,
    CHALLENGE,
    FORM_TYPE,
    RIVAL,
    ROBOT,
    SECRETS,
    SHOP,
    OAuthHarness,
    basic,
    parse_redirect,
)

ERRORS = {
    "invalid_client",
    "invalid_grant",
    "invalid_request",
    "invalid_scope",
    "unauthorized_client",
    "unsupported_grant_type",
    "unsupported_response_type",
}
known = st.sampled_from(
    [
        *("", SHOP, RIVAL, ROBOT, *SECRETS.values(), BACK, CHALLENGE, "S256", "code", "token"),
        *("authorization_code", "refresh_token", "job-postings-read", "oauth2v2_", "a b", "https://evil.test"),
    ]
)
values = known | st.text(max_size=30) | st.text('\0\r\n\t "\\\\%&=#<>é\U0001f600', max_size=8)
pairs = st.tuples(
    st.sampled_from(sorted(FORM_PARAMETERS | STATE_PARAMETER | REQUEST_PARAMETERS | TARGET_PARAMETERS))
    | st.text(max_size=8),
    values,
)
headers = (
    st.none()
    | st.text(max_size=30)
    | st.binary(max_size=30).map(lambda raw: "Basic " + base64.b64encode(raw).decode())
    | st.sampled_from([basic(SHOP), basic(ROBOT), basic(SHOP, "wrong")])
)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(["token", "revoke", "introspect"]), st.lists(pairs, max_size=8) | st.binary(max_size=40), headers
)
def test_any_token_request_gets_valid_response(
    shared_oauth: OAuthHarness, path: str, body: list[tuple[str, str]] | bytes, authorization: str | None
) -> None:
    raw = body if isinstance(body, bytes) else urlencode(body)
    answer = shared_oauth.post(path, raw, authorization=authorization, content_type=FORM_TYPE)
    if answer.status != 200:
        assert answer.error in ERRORS


@settings(max_examples=300, deadline=None)
@given(st.lists(pairs, max_size=8), st.booleans())
def test_any_authorization_request_redirects_safely(
    shared_oauth: OAuthHarness, query: list[tuple[str, str]], in_order: bool
) -> None:
    begin = [("client_id", SHOP), ("response_type", "code")] if in_order else []
    asked = shared_oauth.authorize(urlencode([*begin, *query]))
    if isinstance(asked, RejectedRequest):
        assert asked.status == 400
    elif isinstance(asked, AuthorizationRequest):
        assert asked.redirect_uri == BACK
    else:
        back = parse_redirect(asked)
        assert back.target == BACK
        assert back.answer["error"] in ERRORS
