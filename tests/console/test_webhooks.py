"""The pages of webhooks: creation, review, deliveries, tests, replays, secrets and deletion."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from souk.console.site import Site
from souk.domains.webhooks.model import DeliveryState
from souk.domains.webhooks.store import DELIVERIES
from tests.accounts.browser import Browser, Page
from tests.console.test_keys import shown
from tests.console.world import Pages
from tests.domains.identity.people import ACME, LIAM, OLIVIA, OMAR, SOFIA
from tests.support.clock import CLOCK
from tests.support.environment import deployed, with_webhooks
from tests.support.worlds.webhooks import WebhookWorld

NEW = "/developer/webhooks/new"
URL = "https://hooks.acme.example/souk"
EVENTS = {"event": ["JP", "OFFER:CREATE", "OFFER:ACCEPTED"]}


@pytest.fixture
def world(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> Iterator[WebhookWorld]:
    """Return the queues, the worker and the addresses that it posts to."""
    with deployed(monkeypatch, target="aws"), with_webhooks(monkeypatch) as (sqs, queues):
        yield WebhookWorld(pages.souk, sqs, queues)


def create(browser: Browser) -> Page:
    """Create a webhook by the form, and return the page that shows its secret."""
    return browser.submit(browser.get(NEW), url=URL, checked=EVENTS)


def id_of(page: Page) -> str:
    """Return the id of the webhook in the address of a page."""
    return page.url.split("/webhooks/")[1].split("?")[0].split("/")[0]


def test_created_webhook_shows_its_secret_once(pages: Pages, world: WebhookWorld) -> None:
    browser = pages.browser(OLIVIA)
    assert "No webhooks yet" in browser.get("/developer/webhooks").text
    page = create(browser)
    assert page.status == 200, page.text
    assert "It is in review" in page.text
    assert shown(page, "webhook_secret").startswith("whsec_")
    assert "from standardwebhooks import Webhook" in page.text
    assert 'import { Webhook } from "standardwebhooks"' in page.text
    assert "Nothing has happened yet" in page.text
    subscription = world.subscription(id_of(page), ACME)
    assert subscription.url == URL
    assert [(one.entity, one.actions) for one in subscription.events] == [("JP", ()), ("OFFER", ("CREATE", "ACCEPTED"))]
    again = browser.get(f"/developer/webhooks/{subscription.id}")
    assert "webhook_secret" not in again.body
    listed = browser.get("/developer/webhooks")
    assert f"{URL} Job postings, Offer (CREATE, ACCEPTED) In review 0" in listed.text


def test_local_run_tells_of_its_own_addresses(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = pages.browser(OLIVIA)
    assert "127.0.0.1" not in browser.get(NEW).text
    monkeypatch.setattr(Site, "local", True)
    assert "before anything is sent. On this local run http://127.0.0.1:PORT works, too." in browser.get(NEW).text


def test_form_with_faults_keeps_what_was_filled(pages: Pages, world: WebhookWorld) -> None:  # noqa: ARG001 - queues
    browser = pages.browser(OLIVIA)
    page = browser.submit(browser.get(NEW), url="http://hooks.acme.example", checked=EVENTS)
    assert (page.status, '<a href="#url">' in page.body) == (422, True)
    form = page.form("url")
    assert (form.fields["url"], form.checked["event"]) == ("http://hooks.acme.example", EVENTS["event"])
    none = browser.submit(page, url=URL, checked={"event": []})
    assert (none.status, '<a href="#event">' in none.body) == (422, True)
    every = [given["value"] for tag, given in none.tags if tag == "input" and given.get("name") == "event"]
    assert browser.submit(none, having="url", checked={"event": every}).status == 200


def test_another_address_goes_back_to_review(pages: Pages, world: WebhookWorld) -> None:
    browser = pages.browser(OLIVIA)
    id_ = id_of(create(browser))
    world.review(id_)
    edit = browser.get(f"/developer/webhooks/{id_}/edit")
    assert edit.form("url").checked["event"] == EVENTS["event"]
    same = browser.submit(edit, having="url", checked={"event": ["OFFER"]})
    assert "The webhook was changed." in same.text
    assert "Active" in same.text
    late = browser.submit(edit, url=f"{URL}/2")
    assert (late.status, "Now the webhook has: Address" in late.text, late.form("url").fields["url"]) == (
        409,
        True,
        f"{URL}/2",
    )
    moved = browser.submit(late, url=f"{URL}/2")
    assert "The address goes back to review" in moved.text
    assert "In review" in moved.text


def test_deliveries_are_shown_tested_and_replayed(pages: Pages, world: WebhookWorld) -> None:
    browser = pages.browser(OLIVIA)
    id_ = id_of(create(browser))
    world.review(id_, note="Fine")
    home = f"/developer/webhooks/{id_}"
    tested = browser.submit(browser.get(home), button="do=test")
    assert "A test was sent." in tested.text
    assert "Not answered yet" in tested.text
    world.wait(timedelta(seconds=1))
    answered = browser.get(tested.url)
    assert "Answered 200 in 20 ms." in answered.text
    assert f'"entity":"WEBHOOK","action":"TEST","id":"{id_}"' in answered.body.replace("&#34;", '"')
    assert "style=" not in answered.body

    world.addresses.statuses[URL] = 503
    world.publish(ACME)
    world.deliver()
    page = pages.get_cheaply(browser, f"{home}?state=PENDING")
    assert "JP NEW" in page.text
    assert "503" in page.text
    assert "WEBHOOK TEST" not in page.text
    (delivery,) = (one for one in world.deliveries(id_) if one.entity == "JP")
    tx = pages.table.transaction()
    tx.update(DELIVERIES, delivery.model_copy(update={"state": DeliveryState.FAILED, "next_attempt_date_time": None}))
    tx.commit()
    failed = browser.get(f"{home}?state=FAILED")
    assert "503 1 none" in failed.text
    assert "1 delivered in 30 days 0 being retried 1 failed" in failed.text
    listed = pages.get_cheaply(browser, "/developer/webhooks")
    assert f"{URL} Job postings, Offer (CREATE, ACCEPTED) Active Fine 1" in listed.text
    assert "Replay 1 event?" in browser.submit(failed, button="do=replay_failed").text

    world.addresses.statuses[URL] = 204
    again = browser.submit(failed, button="do=redeliver")
    assert "It is sent again." in again.text
    world.wait(timedelta(seconds=1))
    assert "There are no such deliveries" in browser.get(f"{home}?state=FAILED").text
    sent = len(world.addresses.requests)

    wrong = browser.submit(browser.get(home), {"from": "yesterday", "to": "2026-06-31T10:00"}, button="do=replay")
    assert (wrong.status, wrong.body.count("Enter a day and a time")) == (422, 4)
    span = {
        "from": f"{CLOCK.real() - timedelta(days=20):%Y-%m-%dT%H:%M}",
        "to": f"{CLOCK.real() + timedelta(hours=1):%Y-%m-%dT%H:%M}",
    }
    asked = browser.submit(wrong, span, button="do=replay")
    assert "Replay 1 event?" in asked.text
    world.wait(timedelta(seconds=1))
    assert len(world.addresses.requests) == sent, "only counted"
    replayed = browser.submit(asked, button="do=replay")
    assert "The events are sent again." in replayed.text
    world.wait(timedelta(seconds=1))
    assert len(world.addresses.requests) == sent + 1

    stopped = browser.submit(replayed, button="do=stop")
    assert "The webhook is stopped." in stopped.text
    assert "do=test" not in [button for form in stopped.forms for button in form.buttons]
    assert "The webhook is started." in browser.submit(stopped, button="do=start").text


def test_new_secret_and_deletion_are_confirmed(pages: Pages, world: WebhookWorld) -> None:
    browser = pages.browser(OLIVIA)
    page = create(browser)
    id_, first = id_of(page), shown(page, "webhook_secret")
    asked = browser.submit(page, button="do=rotate")
    assert "signed with both secrets" in asked.text
    assert not world.subscription(id_, ACME).former_salts
    rotated = browser.submit(asked, button="do=rotate")
    assert shown(rotated, "webhook_secret") != first
    deletion = browser.get(f"/developer/webhooks/{id_}/delete")
    assert browser.submit(deletion, confirm="acme").status == 422
    gone = browser.submit(deletion, confirm="hooks.acme.example")
    assert "The webhook was deleted." in gone.text
    assert "No webhooks yet" in gone.text


def test_only_owners_and_admins_see_webhooks(pages: Pages, world: WebhookWorld) -> None:  # noqa: ARG001 - queues
    id_ = id_of(create(pages.browser(OLIVIA)))
    liam = pages.browser(LIAM)
    assert "Ask an owner or admin of Web" in liam.get("/developer/webhooks").text
    assert liam.get(NEW).status == 403
    for path in ("", "/edit", "/delete"):
        assert pages.browser(OMAR).get(f"/developer/webhooks/{id_}{path}").status == 404
    freelancer = pages.browser(SOFIA).get(NEW)
    assert 'value="GIG"' in freelancer.body
    assert 'value="OFFER"' not in freelancer.body
