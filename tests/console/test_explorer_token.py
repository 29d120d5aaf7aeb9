"""Tokens of the API explorer: who gets one, what it may, and what ends it."""

from datetime import timedelta
from typing import Any

import orjson
import pytest

from souk.accounts.sessions import Sessions
from souk.authentication import sessions
from souk.authentication.records import API_KEYS, SESSIONS, KeyState
from souk.authentication.scopes import Scope
from souk.authentication.sessions import Cookie
from souk.graph.requests import FORWARDED
from tests.console.test_keys import create, key_of, stored
from tests.console.world import SECRET, Pages
from tests.domains.identity.people import ACME, LIAM, OLIVIA, OMAR, RIVAL, WEB
from tests.support.api import person, proxy_event
from tests.support.clock import CLOCK

CREATE = """mutation Start($id: ID!) { createExplorerToken(apiKeyId: $id) {
  id accessToken apiKey { id } organization { id } expiresDateTime } }"""
END = "mutation End($id: ID!) { endExplorerToken(id: $id) }"
ME = "{ user { id } organization { id } }"


def ask(pages: Pages, cookie: Cookie, id_: str, document: str = CREATE) -> dict[str, Any]:
    """Run a mutation with the session of a browser, as the function of the pages does: ask for a token by default."""
    headers = {"authorization": sessions.header(cookie), "content-type": "application/json"}
    event = proxy_event(orjson.dumps({"query": document, "variables": {"id": id_}}).decode(), headers)
    name = "createExplorerToken" if document == CREATE else "endExplorerToken"
    body = pages.souk.invoke("auth", event | {FORWARDED: [name]})["body"]
    answer: dict[str, Any] = orjson.loads(body)
    return answer


def call(pages: Pages, token: str) -> int:
    """Return the status of a request with a token."""
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    return pages.souk.post(orjson.dumps({"query": ME}).decode(), headers).status


def code(answer: dict[str, Any]) -> str:
    found: str = answer["errors"][0]["extensions"]["code"]
    return found


@pytest.fixture
def key_id(pages: Pages) -> str:
    """Return a key of Acme, with all scopes, also that of operators."""
    id_ = key_of(create(pages.browser(OLIVIA)))
    tx = pages.table.transaction()
    tx.update(API_KEYS, stored(pages, id_).model_copy(update={"scopes": tuple(scope.value for scope in Scope)}))
    tx.commit()
    return id_


def test_token_acts_as_the_person_and_ends_with_their_session(pages: Pages, key_id: str) -> None:
    book = Sessions(pages.table, SECRET)
    cookie = book.create(OLIVIA, ACME, CLOCK.real())
    made = ask(pages, cookie, key_id)["data"]["createExplorerToken"]
    assert (made["apiKey"]["id"], made["organization"]["id"]) == (key_id, ACME)
    token = made["accessToken"]
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    answer = pages.souk.post(orjson.dumps({"query": ME}).decode(), headers)
    assert answer.data == {"user": {"id": OLIVIA}, "organization": {"id": ACME}}
    refused = pages.souk.post(orjson.dumps({"query": "{ deadLetterQueues { __typename } }"}).decode(), headers)
    assert refused.code == "FORBIDDEN", "never the scope of operators"
    assert "API key Opening importer" in pages.browser(OLIVIA).get("/account/programs").text

    session = pages.table.get(SESSIONS, cookie.hash, consistent=True)
    assert session
    book.end(session, CLOCK.real())
    CLOCK.wait(seconds=1)
    assert call(pages, token) == 401


def test_token_ends_with_the_key_and_after_an_hour(pages: Pages, key_id: str) -> None:
    cookie = Sessions(pages.table, SECRET).create(OLIVIA, ACME, CLOCK.real())
    first, second = (ask(pages, cookie, key_id)["data"]["createExplorerToken"]["accessToken"] for _ in range(2))
    assert (call(pages, first), call(pages, second)) == (200, 200)
    Sessions(pages.table, SECRET).end_all(OLIVIA, CLOCK.real() - timedelta(hours=1))
    assert call(pages, first) == 200, "this session began later"
    CLOCK.wait(seconds=3_601)
    assert call(pages, first) == 401
    third = ask(pages, cookie, key_id)["data"]["createExplorerToken"]["accessToken"]
    Sessions(pages.table, SECRET).end_all(OLIVIA, CLOCK.real())
    assert call(pages, third) == 401, "logged out everywhere"
    cookie = Sessions(pages.table, SECRET).create(OLIVIA, ACME, CLOCK.real() + timedelta(seconds=1))
    fourth = ask(pages, cookie, key_id)["data"]["createExplorerToken"]["accessToken"]
    tx = pages.table.transaction()
    tx.update(API_KEYS, stored(pages, key_id).model_copy(update={"state": KeyState.REVOKED}))
    tx.commit()
    assert call(pages, fourth) == 401
    assert code(ask(pages, cookie, key_id)) == "CONFLICT"


def test_only_browsers_of_people_who_manage_keys_get_one(pages: Pages, key_id: str) -> None:
    book = Sessions(pages.table, SECRET)
    assert code(ask(pages, book.create(LIAM, WEB, CLOCK.real()), key_id)) == "FORBIDDEN"
    assert code(ask(pages, book.create(OMAR, RIVAL, CLOCK.real()), key_id)) == "NOT_FOUND"
    program = person(pages.souk, OLIVIA, ACME)
    assert program.call(CREATE, {"id": key_id}).code == "FORBIDDEN"
    assert program.call(END, {"id": "1"}).code == "FORBIDDEN"


def test_only_the_browser_of_a_token_ends_it(pages: Pages, key_id: str) -> None:
    book = Sessions(pages.table, SECRET)
    own, other = (book.create(OLIVIA, ACME, CLOCK.real()) for _ in range(2))
    first, second = (ask(pages, own, key_id)["data"]["createExplorerToken"] for _ in range(2))
    assert ask(pages, other, first["id"], END)["data"] == {"endExplorerToken": True}
    assert call(pages, first["accessToken"]) == 200
    for _ in range(2):
        assert ask(pages, own, first["id"], END)["data"] == {"endExplorerToken": True}
    assert (call(pages, first["accessToken"]), call(pages, second["accessToken"])) == (401, 200)
