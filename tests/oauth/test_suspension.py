"""No tokens for suspended people, for suspended organizations, and by keys of suspended organizations."""

from typing import Any

import pytest

from souk.values.errors import Forbidden
from tests.oauth.harness import COMPANY, RIVAL, RIVAL_COMPANY, ROBOT, TEAM, USER, OAuthHarness
from tests.support.clock import CLOCK
from tests.support.standing import reactivate, suspend

PERSON = {"user_id": USER}


@pytest.mark.parametrize(
    ("companies", "user", "client"),
    [((), PERSON, "shop"), ((COMPANY,), {}, "shop"), ((RIVAL_COMPANY,), {}, RIVAL)],
    ids=["person", "organization", "owner of the key"],
)
def test_suspension_stops_tokens(
    oauth: OAuthHarness, companies: tuple[str, ...], user: dict[str, str], client: str
) -> None:
    back: dict[str, Any] = {"redirect_uri": "https://rival.test/back"} if client == RIVAL else {}

    def code(**query: str) -> str:
        return oauth.code(client_id=client, **back, **query)

    tokens = oauth.redeem(code(), client, **back).tokens
    waiting, in_team = code(), code(organization=TEAM)
    assert oauth.introspect(tokens["access_token"], client)["active"]
    suspend(oauth.table, *companies, **user)
    with pytest.raises(Forbidden):
        code()
    assert oauth.redeem(waiting, client, **back).error == "invalid_grant"
    assert oauth.redeem(in_team, client, **back).error == "invalid_grant"
    assert oauth.refresh(tokens["refresh_token"], client).error == "invalid_grant"
    assert oauth.introspect(tokens["access_token"], client) == {"active": False}
    assert oauth.introspect(tokens["refresh_token"], client) == {"active": False}
    reactivate(oauth.table, *companies, **user)
    assert oauth.introspect(tokens["access_token"], client)["active"]
    assert oauth.redeem(waiting, client, **back).tokens
    assert oauth.refresh(tokens["refresh_token"], client).tokens


def test_ended_access_stays_ended(oauth: OAuthHarness) -> None:
    tokens, waiting = oauth.tokens(), oauth.code()
    ended: dict[str, Any] = {"access_ended": int(CLOCK.real().timestamp())}
    suspend(oauth.table, user_id=USER, **ended)
    reactivate(oauth.table, user_id=USER)
    assert oauth.redeem(waiting).error == "invalid_grant"
    assert oauth.refresh(tokens["refresh_token"]).error == "invalid_grant"
    assert oauth.introspect(tokens["access_token"]) == {"active": False}
    CLOCK.wait(seconds=1)
    assert oauth.introspect(oauth.tokens()["access_token"])["active"]


def test_service_account_of_suspended_organization_gets_no_token(oauth: OAuthHarness) -> None:
    assert oauth.token(ROBOT, grant_type="client_credentials").tokens
    suspend(oauth.table, COMPANY)
    assert oauth.token(ROBOT, grant_type="client_credentials").error == "invalid_grant"
    reactivate(oauth.table, COMPANY)
    assert oauth.token(ROBOT, grant_type="client_credentials").tokens
