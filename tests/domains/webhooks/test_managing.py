"""Subscriptions: asking for events, changing, reviewing and ending them, and who may do so."""

from datetime import timedelta
from typing import Any

import pytest

from souk.authentication.principal import Role
from souk.authentication.scopes import Scope
from souk.domains.webhooks.model import EventFilter
from souk.domains.webhooks.store import MOST_SUBSCRIPTIONS, SUBSCRIPTIONS
from souk.events.catalog import catalog
from tests.domains.webhooks.post import CREATE, DELETE, LIST, ONE, REVIEW, ROTATE, UPDATE, URL, PostOffice
from tests.support.api import Answer, Person, person
from tests.support.clock import CLOCK
from tests.support.worlds.jobs import ACME, DESIGN, LIAM, MAX, OLIVIA, STUDIO


def asked(who: Person, **given: Any) -> Answer:
    sound = {"url": URL, "events": [{"entity": "OFFER", "actions": ["CREATE"]}]}
    return who.call(CREATE, {"input": sound | given})


def problems(answer: Answer) -> dict[str, str]:
    assert answer.code == "UNPROCESSABLE_CONTENT", answer.json
    return {one["path"]: one["message"] for one in answer.error["extensions"]["fields"]}


def test_the_catalog_is_what_can_be_asked_for(post: PostOffice) -> None:
    told = post.olivia.call("{ webhookEventCatalog { entity name actions } }").data["webhookEventCatalog"]
    assert [one["entity"] for one in told] == list(catalog())
    assert {"entity": "MILESTONE", "name": "Milestone", "actions": ["REFRESH"]} in told
    everything = [{"entity": one["entity"], "actions": one["actions"]} for one in told]
    assert asked(post.olivia, events=everything).data


def test_a_subscription_begins_in_review_and_shows_its_secret_once(post: PostOffice) -> None:
    made = asked(post.olivia).data["createWebhookSubscription"]
    subscription = made["subscription"]
    assert (subscription["state"], subscription["stateReason"]) == ("REVIEW", None)
    assert (subscription["url"], subscription["organization"]) == (URL, {"id": ACME, "name": "Acme"})
    assert subscription["events"] == [{"entity": "OFFER", "actions": ["CREATE"]}]
    assert made["secret"].startswith("whsec_")
    assert post.olivia.call(LIST).data["webhookSubscriptions"] == [subscription]
    assert post.olivia.call(ONE, {"id": subscription["id"]}).data["webhookSubscription"] == subscription


def test_the_table_does_not_hold_the_secret(post: PostOffice) -> None:
    first = asked(post.olivia).data["createWebhookSubscription"]
    second = post.olivia.call(ROTATE, {"id": first["subscription"]["id"]}).data["rotateWebhookSecret"]
    assert first["secret"] != second["secret"]
    items = str(post.souk.table.client.scan(TableName=post.souk.table.name)["Items"])
    assert f"SUBSCRIPTION#{first['subscription']['id']}" in items
    for secret in (first["secret"], second["secret"]):
        assert secret.removeprefix("whsec_") not in items


def test_an_operator_approves_rejects_and_says_why(post: PostOffice) -> None:
    id_ = asked(post.olivia).data["createWebhookSubscription"]["subscription"]["id"]
    assert post.review(id_, approve=False, note=" Not yours? ")["state"] == "REJECTED"
    rejected = post.olivia.call(ONE, {"id": id_}).data["webhookSubscription"]
    assert (rejected["state"], rejected["stateReason"]) == ("REJECTED", "Not yours?")
    approved = post.review(id_)
    assert (approved["state"], approved["stateReason"]) == ("ACTIVE", None)
    again = post.oda.call(REVIEW, {"id": id_, "approve": True})
    assert (again.code, again.error["message"]) == ("CONFLICT", "This subscription is approved already.")
    assert post.review(id_, approve=False)["state"] == "REJECTED"


def test_an_operator_sees_what_waits_and_anybodys_by_its_id(post: PostOffice) -> None:
    waiting = asked(post.olivia).data["createWebhookSubscription"]["subscription"]
    theirs = asked(post.omar).data["createWebhookSubscription"]["subscription"]
    served, _ = post.subscribe(post.olivia)
    listed = post.oda.call(LIST).data["webhookSubscriptions"]
    assert [one["id"] for one in listed] == [waiting["id"], theirs["id"]]
    assert post.oda.call(ONE, {"id": served}).data["webhookSubscription"]["state"] == "ACTIVE"
    assert post.oda.call(ONE, {"id": "1"}).data["webhookSubscription"] is None
    assert post.oda.call(REVIEW, {"id": "1", "approve": True}).code == "NOT_FOUND"


def test_nobody_but_an_operator_reviews(post: PostOffice) -> None:
    id_ = asked(post.olivia).data["createWebhookSubscription"]["subscription"]["id"]
    for who in (post.olivia, post.omar, post.sofia):
        assert who.call(REVIEW, {"id": id_, "approve": True}).code == "FORBIDDEN"
    assert post.subscription(id_, ACME).state == "REVIEW"


def test_who_is_no_client_can_ask_for_gigs_alone(post: PostOffice) -> None:
    gigs, offers = {"entity": "GIG", "actions": ["ORDER"]}, {"entity": "OFFER", "actions": []}
    for events in ([offers], [gigs, offers]):
        refused = asked(post.sofia, events=events)
        assert (refused.code, refused.error["message"]) == (
            "FORBIDDEN",
            "OFFER: for client organizations; others may ask for GIG.",
        )
    id_ = asked(post.sofia, events=[gigs]).data["createWebhookSubscription"]["subscription"]["id"]
    assert post.sofia.call(UPDATE, {"input": {"id": id_, "events": [gigs, offers]}}).code == "FORBIDDEN"
    assert post.subscription(id_, STUDIO).events == (EventFilter(entity="GIG", actions=("ORDER",)),)


@pytest.mark.parametrize("role", [Role.HIRING_MANAGER, Role.MEMBER, Role.NONE])
def test_only_owners_and_admins_manage_webhooks(post: PostOffice, role: Role) -> None:
    id_, _ = post.subscribe(post.olivia)
    member = person(post.souk, LIAM, ACME, role=role)
    for document, variables in (
        (LIST, None),
        (ONE, {"id": id_}),
        (DELETE, {"id": id_}),
        (ROTATE, {"id": id_}),
        (UPDATE, {"input": {"id": id_, "enabled": False}}),
        (CREATE, {"input": {"url": URL, "events": []}}),
    ):
        assert member.call(document, variables).code == "FORBIDDEN"
    assert person(post.souk, MAX, ACME, role=Role.ADMIN).call(LIST).data["webhookSubscriptions"]


def test_others_find_nothing(post: PostOffice) -> None:
    id_, _ = post.subscribe(post.olivia)
    assert post.omar.call(LIST).data["webhookSubscriptions"] == []
    assert post.omar.call(ONE, {"id": id_}).data["webhookSubscription"] is None
    for document, variables in (
        (DELETE, {"id": id_}),
        (ROTATE, {"id": id_}),
        (UPDATE, {"input": {"id": id_, "enabled": False}}),
    ):
        assert post.omar.call(document, variables).code == "NOT_FOUND"
    for odd in ("", "#", f"{id_}#", "\x00", "9" * 5_000):
        assert post.olivia.call(ONE, {"id": odd}).data["webhookSubscription"] is None


def test_a_team_has_subscriptions_of_its_own(post: PostOffice) -> None:
    lead = person(post.souk, MAX, DESIGN, company_id=ACME, role=Role.ADMIN)
    made = asked(lead).data["createWebhookSubscription"]["subscription"]
    assert made["organization"]["id"] == DESIGN
    assert lead.call(LIST).data["webhookSubscriptions"] == [made]
    assert post.olivia.call(LIST).data["webhookSubscriptions"] == []


def test_the_scope_is_needed(post: PostOffice) -> None:
    others = tuple(scope.value for scope in Scope if scope is not Scope.WEBHOOKS)
    without = person(post.souk, OLIVIA, ACME, scopes=others)
    refused = without.call(LIST)
    assert (refused.code, refused.error["extensions"]["requiredScopes"]) == ("FORBIDDEN", [Scope.WEBHOOKS.value])


def test_an_organization_has_only_so_many(post: PostOffice) -> None:
    made = [
        asked(post.olivia).data["createWebhookSubscription"]["subscription"]["id"] for _ in range(MOST_SUBSCRIPTIONS)
    ]
    refused = asked(post.olivia)
    assert (refused.code, "20" in refused.error["message"]) == ("UNPROCESSABLE_CONTENT", True)
    assert len(post.olivia.call(LIST).data["webhookSubscriptions"]) == MOST_SUBSCRIPTIONS
    assert post.olivia.call(DELETE, {"id": made[0]}).data["deleteWebhookSubscription"] is True
    assert asked(post.olivia).data


def test_an_ended_subscription_is_gone(post: PostOffice) -> None:
    id_, _ = post.subscribe(post.olivia)
    assert post.olivia.call(DELETE, {"id": id_}).data["deleteWebhookSubscription"] is True
    assert post.olivia.call(DELETE, {"id": id_}).code == "NOT_FOUND"
    assert post.olivia.call(LIST).data["webhookSubscriptions"] == []
    assert post.oda.call(ONE, {"id": id_}).data["webhookSubscription"] is None


def test_a_subscription_is_stopped_and_started(post: PostOffice) -> None:
    id_, _ = post.subscribe(post.olivia)
    change = {"id": id_, "enabled": False}
    stopped = post.olivia.call(UPDATE, {"input": change}).data["updateWebhookSubscription"]
    assert (stopped["state"], stopped["stateReason"]) == ("DISABLED", "Stopped by its organization.")
    assert post.olivia.call(UPDATE, {"input": change}).data["updateWebhookSubscription"] == stopped
    started = post.olivia.call(UPDATE, {"input": {"id": id_, "enabled": True}}).data["updateWebhookSubscription"]
    assert (started["state"], started["stateReason"]) == ("ACTIVE", None)


def test_another_address_is_reviewed_anew_and_other_events_are_not(post: PostOffice) -> None:
    id_, _ = post.subscribe(post.olivia)
    events = [{"entity": "CFB", "actions": []}]
    changed = post.olivia.call(UPDATE, {"input": {"id": id_, "events": events}}).data["updateWebhookSubscription"]
    assert (changed["state"], changed["events"]) == ("ACTIVE", events)
    same = post.olivia.call(UPDATE, {"input": {"id": id_, "url": URL}}).data["updateWebhookSubscription"]
    assert same["state"] == "ACTIVE"
    moved = post.olivia.call(UPDATE, {"input": {"id": id_, "url": f"{URL}2", "enabled": True}}).data
    assert moved["updateWebhookSubscription"]["state"] == "REVIEW"
    assert moved["updateWebhookSubscription"]["stateReason"] == "The address was changed."
    assert [one["id"] for one in post.oda.call(LIST).data["webhookSubscriptions"]] == [id_]


def test_what_is_not_approved_cannot_be_started_or_stopped(post: PostOffice) -> None:
    id_ = asked(post.olivia).data["createWebhookSubscription"]["subscription"]["id"]
    assert post.olivia.call(UPDATE, {"input": {"id": id_, "enabled": False}}).code == "CONFLICT"
    post.review(id_, approve=False)
    for enabled in (True, False):
        assert post.olivia.call(UPDATE, {"input": {"id": id_, "enabled": enabled}}).code == "CONFLICT"


def test_of_two_who_change_it_one_wins(post: PostOffice) -> None:
    id_, _ = post.subscribe(post.olivia)
    before = post.subscription(id_, ACME)
    post.olivia.call(ROTATE, {"id": id_})
    tx = post.souk.table.transaction()
    tx.update(SUBSCRIPTIONS, before.model_copy(update={"url": "https://elsewhere.test/"}))
    assert not tx.try_commit()


def test_a_secret_is_replaced_five_times_a_day(post: PostOffice) -> None:
    id_, first = post.subscribe(post.olivia)
    secrets = {first}
    for _ in range(5):
        secrets.add(post.olivia.call(ROTATE, {"id": id_}).data["rotateWebhookSecret"]["secret"])
    assert len(secrets) == 6
    assert post.olivia.call(ROTATE, {"id": id_}).code == "CONFLICT"
    stored = post.subscription(id_, ACME)
    assert len(stored.salts(CLOCK.real())) == 6
    assert stored.salts(CLOCK.real() + timedelta(hours=25)) == [stored.salt]


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "https"),
        ("hooks.acme.test", "https"),
        ("http://hooks.acme.test/", "https"),
        ("ftp://hooks.acme.test/", "https"),
        ("https://localhost/", "public host"),
        ("https://127.0.0.1/", "public host"),
        ("https://169.254.169.254/latest/meta-data/", "public host"),
        ("https://[::1]/", "public host"),
        ("https://2130706433/", "public host"),
        ("https://hooks.internal/", "public host"),
        ("https://acme:secret@hooks.acme.test/", "user name"),
        ("https://hooks.acme.test/#part", "fragment"),
        ("https://hooks.acme.test/\r\nHost: other.test", "%XX"),
        ("https://hooks.acme.test:99999/", "public host"),
        (f"https://hooks.acme.test/{'a' * 1_000}", "1000 characters"),
    ],
)
def test_addresses_that_cannot_be_used_are_refused(post: PostOffice, url: str, says: str) -> None:
    assert says in problems(asked(post.olivia, url=url))["input.url"]
    id_, _ = post.subscribe(post.olivia)
    assert says in problems(post.olivia.call(UPDATE, {"input": {"id": id_, "url": url}}))["input.url"]


def test_addresses_with_a_query_and_a_port_can_be_used(post: PostOffice) -> None:
    for url in (
        "https://hooks.acme.test:8443/souk?key=1&b=%20",
        "https://xn--bcher-kva.test/",
        "https://Hooks.Acme.test",
    ):
        assert asked(post.olivia, url=url).data["createWebhookSubscription"]["subscription"]["url"] == url


@pytest.mark.parametrize(
    ("events", "path"),
    [
        ([], "input.events"),
        ([{"entity": "TALENT", "actions": []}], "input.events.0.entity"),
        ([{"entity": "offer", "actions": []}], "input.events.0.entity"),
        ([{"entity": "WEBHOOK", "actions": []}], "input.events.0.entity"),
        ([{"entity": "OFFER", "actions": ["NEW"]}], "input.events.0.actions"),
        ([{"entity": "JP", "actions": []}, {"entity": "JP", "actions": ["NEW"]}], "input.events.1.entity"),
        ([{"entity": "JP", "actions": []}] * 50, "input.events"),
        ([{"entity": "x" * 10_000, "actions": []}], "input.events.0.entity"),
    ],
)
def test_events_that_are_none_are_refused(post: PostOffice, events: list[Any], path: str) -> None:
    assert path in problems(asked(post.olivia, events=events))
    id_, _ = post.subscribe(post.olivia)
    assert path in problems(post.olivia.call(UPDATE, {"input": {"id": id_, "events": events}}))


def test_actions_are_kept_once_and_in_the_catalogs_order(post: PostOffice) -> None:
    events = [{"entity": "OFFER", "actions": ["EXPIRED", "CREATE", "EXPIRED"]}]
    made = asked(post.olivia, events=events).data["createWebhookSubscription"]["subscription"]
    assert made["events"] == [{"entity": "OFFER", "actions": ["CREATE", "EXPIRED"]}]


def test_notes_of_a_review_are_texts(post: PostOffice) -> None:
    id_ = asked(post.olivia).data["createWebhookSubscription"]["subscription"]["id"]
    for note in ("x" * 1_001, "a\x00b"):
        assert "note" in problems(post.oda.call(REVIEW, {"id": id_, "approve": True, "note": note}))
    assert post.subscription(id_, ACME).state == "REVIEW"
