"""The page about the schema and its files, and the latest requests of a key."""

import tomllib

import orjson
from graphql import build_client_schema, print_schema

import souk
from infra.layer import ROOT
from souk.app import schema
from souk.authentication.records import API_KEYS
from souk.domains.marketplace.model import Settings
from souk.domains.marketplace.store import SETTINGS
from tests.accounts.browser import Browser
from tests.console.test_keys import create, key_of, stored
from tests.console.world import Pages
from tests.domains.identity.people import ACME, LIAM, OLIVIA, OMAR
from tests.domains.machinery.log import Log
from tests.support.api import KEY_ID, person


def test_releases_have_the_name_of_the_marketplace(pages: Pages) -> None:
    tx = pages.table.transaction()
    tx.create(SETTINGS, Settings(name="Bazaar & Co."))
    tx.commit()
    assert "Rooms of Bazaar & Co., with createRoom" in Browser(pages).get("/developer/schema").text


def test_schema_is_public_and_equal_to_the_command(pages: Pages) -> None:
    browser = Browser(pages)
    page = browser.get("/developer/schema")
    assert (page.status, f"version {souk.VERSION} of the API" in page.text) == (200, True)
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == souk.VERSION
    assert "In the next release Added 1 Rooms of Souk, with createRoom <and> messages." in page.text
    assert "0.1.0 2026-01-31 Fixed 2 The first fault. The second one." in page.text
    assert "Nothing." not in page.text, "two releases are enough"
    file = Browser(pages).get("/schema.graphql")
    assert file.headers["Content-Type"] == ["text/plain; charset=utf-8"]
    assert file.headers["Access-Control-Allow-Origin"] == ["*"]
    assert "Set-Cookie" not in file.headers
    assert file.body == print_schema(schema()) + "\n"
    browser.headers["If-None-Match"] = file.headers["ETag"][0]
    again = browser.get("/schema.graphql")
    assert (again.status, again.body) == (304, "")
    described = browser.get("/schema.json")
    assert described.status == 200, "another tag"
    assert print_schema(build_client_schema(orjson.loads(described.body)["data"])) == print_schema(schema())


def test_requests_of_the_key_used_last_are_shown(pages: Pages, log: Log) -> None:
    olivia = pages.browser(OLIVIA)
    assert "No keys yet" in olivia.get("/developer/requests").text
    used = person(pages.souk, OLIVIA, ACME)
    other = key_of(create(olivia))
    tx = pages.table.transaction()
    program = pages.table.get(API_KEYS, KEY_ID, consistent=True)
    assert program
    tx.update(
        API_KEYS,
        program.model_copy(
            update={"organization_id": ACME, "company_id": None, "secrets": stored(pages, other).secrets}
        ),
    )
    tx.commit()
    used.call("query Mine { user { id } }")
    used.call("{ nonsense }")
    assert log.lines
    page = pages.get_cheaply(olivia, "/developer/requests")
    assert "Mine" in page.text
    assert "200 · GRAPHQL_VALIDATION_FAILED" in page.text or "400 · GRAPHQL_VALIDATION_FAILED" in page.text
    assert "Failed in the last hour: 1" in olivia.get(f"/developer/keys/{KEY_ID}").text
    failed = olivia.get("/developer/requests?failed=yes")
    assert "Mine" not in failed.text
    assert "No requests in 24 hours match." in olivia.get("/developer/requests?operation=other").text
    assert "No requests in 24 hours." in olivia.get(f"/developer/requests?key={other}").text
    assert stored(pages, other).name in page.text
    assert "Ask an owner or admin of Web" in pages.browser(LIAM).get("/developer/requests").text
    assert pages.browser(OMAR).get(f"/developer/requests?key={other}").status == 404
