"""What all pages share: who sees them, the frame, the organization, and how they call the API."""

import json

import pytest
from botocore.exceptions import ClientError

from souk.authentication.principal import Role
from souk.authentication.rate_limits import Meter
from souk.authentication.records import MEMBERSHIPS, Membership
from souk.console.account import access
from souk.console.application import application
from souk.domains.marketplace.model import Settings
from souk.domains.marketplace.store import SETTINGS
from souk.graph.execution import GATEWAY
from souk.graph.requests import FORWARDED
from souk.values.errors import TooManyRequests
from souk.web import Request
from tests.accounts.browser import BASE
from tests.console.test_keys import create, key_of
from tests.console.world import SECRET, Pages
from tests.domains.identity.people import OLIVIA, RIVAL, SINCE
from tests.support.api import proxy_event
from tests.support.clock import CLOCK, new_id
from tests.support.table import COUNTERS

JSON = {"content-type": "application/json"}


def test_stranger_is_sent_to_log_in_and_back(pages: Pages) -> None:
    answer = pages.browser().get("/developer/keys", follow=False)
    assert (answer.status, answer.location) == (303, f"{BASE}/account/login?next=%2Fdeveloper%2Fkeys")


def test_page_shows_the_person_and_their_organizations(pages: Pages) -> None:
    page = pages.browser(OLIVIA).get("/developer/keys")
    assert page.status == 200
    assert "Olivia Ortega" in page.text
    assert "No keys yet" in page.text
    today = CLOCK.real().date().isoformat()
    assert Meter(pages.table.client, COUNTERS).last_seen([OLIVIA]) == {OLIVIA: today}, "pages count as requests"


def test_pages_of_both_functions_have_the_same_frame(pages: Pages) -> None:
    create_membership_of_rival(pages)
    browser = pages.browser(OLIVIA)

    def frame(path: str) -> tuple[list[str], list[str]]:
        page = browser.get(path)
        links = [given["href"] for tag, given in page.tags if tag == "a" and given["href"].startswith(BASE)]
        return links[:19], page.form("organization").buttons

    security = frame("/account/security")
    assert security == frame("/account/sessions")
    assert f"{BASE}/account/data" in security[0]
    chosen = browser.submit(browser.get("/account"), organization=RIVAL)
    assert (chosen.url, "You now work for this organization" in chosen.text) == (
        f"{BASE}/account?said=organization-chosen",
        True,
    )
    assert "Rival" in browser.get("/account/security").text


def test_page_takes_at_most_six_round_trips(pages: Pages) -> None:
    browser = pages.browser(OLIVIA)
    browser.get("/developer/keys")
    assert pages.get_cheaply(browser, "/developer/keys").status == 200


def test_chosen_organization_stays(pages: Pages) -> None:
    create_membership_of_rival(pages)
    browser = pages.browser(OLIVIA)
    assert "for Acme" in browser.get("/developer/keys").text
    chosen = browser.submit(browser.get("/developer/keys"), organization=RIVAL)
    assert "You now work for this organization" in chosen.text
    assert "for Rival" in browser.get("/developer/keys").text
    assert "for Acme" in pages.browser(OLIVIA).get("/developer/keys").text, "another browser keeps its own"


def test_who_left_the_chosen_organization_works_for_another(pages: Pages) -> None:
    membership = create_membership_of_rival(pages)
    browser = pages.browser(OLIVIA)
    browser.submit(browser.get("/developer/keys"), organization=RIVAL)
    tx = pages.table.transaction()
    tx.update(MEMBERSHIPS, membership.model_copy(update={"active": False}))
    tx.commit()
    assert "for Acme" in browser.get("/developer/keys").text


def test_address_of_another_organization_switches_to_it(pages: Pages) -> None:
    key_id = key_of(create(pages.browser(OLIVIA)))
    create_membership_of_rival(pages)
    browser = pages.browser(OLIVIA)
    browser.submit(browser.get("/developer/keys"), organization=RIVAL)
    address = f"/developer/keys/{key_id}"
    page = browser.get(f"{address}?tab=1")
    assert (page.status, page.url) == (200, f"{BASE}{address}?tab=1&said=organization-switched")
    assert "This page is of another of your organizations" in page.text
    assert "for Acme" in browser.get("/developer/keys").text
    browser.submit(browser.get("/developer/keys"), organization=RIVAL)
    assert browser.post(address, {}).status == 403, "forms switch nothing"
    assert "for Rival" in browser.get("/developer/keys").text
    assert browser.get("/developer/keys/none").status == 404


def test_organization_of_others_cannot_be_chosen(pages: Pages) -> None:
    browser = pages.browser(OLIVIA)
    page = browser.get("/developer/keys")
    assert browser.submit(page, organization=RIVAL).status == 404


def test_marketplace_without_operators_says_how_to_become_one(pages: Pages) -> None:
    for user_id in (None, OLIVIA):
        page = pages.browser(user_id).get("/operator")
        assert page.status == 404
        wanted = (
            "Nobody runs this marketplace yet. Make yourself its operator: souk admin bootstrap --email you@example.com"
        )
        assert wanted in page.text


@pytest.mark.usefixtures("operator")
def test_unknown_page_is_not_found(pages: Pages) -> None:
    browser = pages.browser(OLIVIA)
    page = browser.get("/developer/nothing")
    assert (page.status, "There is no such page" in page.text) == (404, True)
    for_operators = browser.get("/operator")
    assert (for_operators.status, for_operators.text) == (404, page.text), "nothing tells that operators have a page"


def test_name_leads_home(pages: Pages) -> None:
    for user_id, path, home in (
        (None, "/account/login", "/"),
        (OLIVIA, "/account/security", "/account"),
        (OLIVIA, "/", "/account"),
    ):
        page = pages.browser(user_id).get(path)
        assert next(given["href"] for tag, given in page.tags if given.get("class") == "brand") == f"{BASE}{home}"


def test_errors_beside_the_pages_are_pages_for_browsers(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_request: Request) -> None:
        raise TooManyRequests("Slowly.", limit=300, reset=12)

    def fail(error: Exception) -> None:
        def raise_it(*_: object) -> None:
            raise error

        monkeypatch.setattr(access, "part_of", raise_it)

    browser, program = pages.browser(OLIVIA), pages.browser(OLIVIA)
    browser.headers["Accept"] = "text/html, */*;q=0.8"
    fail(ClientError({"Error": {"Code": "ThrottlingException", "Message": "slow down"}}, "GetItem"))
    busy = browser.get("/account/sessions")
    assert (busy.status, "The service is busy" in busy.text, "slow down" in busy.body) == (503, True, False)
    assert json.loads(program.get("/account/sessions").body)["error"] == "temporarily_unavailable"
    fail(ValueError("a bug"))
    broken = browser.get("/account/sessions")
    assert (broken.status, "Quote this id when you write to us: request" in broken.text) == (500, True)
    with pytest.raises(ValueError, match="a bug"):  # AWS answers and counts it
        program.get("/account/sessions")
    assert browser.get("/account/profile").status == 200, "still logged in"
    pages.console = application(pages.reader, pages.graph, SECRET, admit=refuse)
    slow = browser.get("/account/sessions")
    assert (slow.status, slow.headers["Retry-After"]) == (429, ["12"])
    assert "Try again in 12 seconds" in slow.text


def test_session_is_no_token_for_programs(pages: Pages) -> None:
    browser = pages.browser(OLIVIA)
    (cookie,) = browser.cookies.values()
    event = proxy_event('{"query": "{ __typename }"}', {"authorization": f"Session {cookie}", **JSON})
    assert pages.souk.invoke(GATEWAY, event)["statusCode"] == 401
    assert pages.souk.invoke("auth", event | {FORWARDED: ["__typename"]})["statusCode"] == 200


def create_membership_of_rival(pages: Pages) -> Membership:
    """Make Olivia a member of Rival."""
    tx = pages.table.transaction()
    new = Membership(id=new_id(), user_id=OLIVIA, organization_id=RIVAL, company_id=RIVAL, role=Role.ADMIN, since=SINCE)
    membership = tx.create(MEMBERSHIPS, new)
    tx.commit()
    return membership


def test_frame_has_the_brand_and_asks_for_the_terms_first(pages: Pages) -> None:
    settings = Settings(name="Bazaar", accent_color="#0044cc", privacy_url="https://bazaar.test/privacy")
    tx = pages.table.transaction()
    stored = tx.create(SETTINGS, settings)
    tx.commit()
    page = pages.browser(OLIVIA).get("/developer/keys")
    assert "Souk" not in page.body.replace("Powered by Souk", "")
    assert "· Bazaar</title>" in page.body
    assert 'href="https://bazaar.test/privacy"' in page.body
    terms = {"terms_url": "https://bazaar.test/terms", "terms_version": "2", "require_terms": True}
    tx = pages.table.transaction()
    tx.update(SETTINGS, stored.model_copy(update=terms))
    tx.commit()
    CLOCK.wait(seconds=61)
    answer = pages.browser(OLIVIA).get("/developer/keys", follow=False)
    assert (answer.status, answer.location) == (303, f"{BASE}/account/terms?next=%2Fdeveloper%2Fkeys")
