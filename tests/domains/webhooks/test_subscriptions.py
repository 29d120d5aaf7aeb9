"""Subscriptions: creating, changing, reviewing and deleting them, and access to them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from souk.authentication.principal import Role
from souk.authentication.scopes import Scope
from souk.domains.audit.store import ACTIONS
from souk.domains.reviews.store import REVIEWS
from souk.domains.webhooks import store
from souk.domains.webhooks.model import EventFilter
from souk.domains.webhooks.store import MAX_SUBSCRIPTIONS, SUBSCRIPTIONS
from souk.events.catalog import Subscribers, catalog
from tests.support.api import Answer, Person, person
from tests.support.clock import CLOCK
from tests.support.racing import meanwhile
from tests.support.worlds.jobs import ACME, DESIGN, LIAM, MAX, OLIVIA, STUDIO
from tests.support.worlds.webhooks import (
    CREATE,
    DELETE,
    LIST,
    ONE,
    OPERATOR,
    REVIEW,
    ROTATE,
    UPDATE,
    URL,
    WebhookWorld,
)


def create(caller: Person, **changes: Any) -> Answer:
    valid = {"url": URL, "events": [{"entity": "OFFER", "actions": ["CREATE"]}]}
    return caller.call(CREATE, {"input": valid | changes})


def problems(answer: Answer) -> dict[str, str]:
    assert answer.code == "UNPROCESSABLE_CONTENT", answer.json
    return {one["path"]: one["message"] for one in answer.error["extensions"]["fields"]}


def test_all_events_of_the_catalog_can_be_subscribed(world: WebhookWorld) -> None:
    entities = world.olivia.call("{ webhookEventCatalog { entity name actions } }").data["webhookEventCatalog"]
    operators = [name for name, one in catalog().items() if one.subscribers is Subscribers.OPERATORS]
    assert operators == ["USER", "REVIEW"]
    assert [one["entity"] for one in entities] == [name for name in catalog() if name not in operators]
    assert {"entity": "MILESTONE", "name": "Milestone", "actions": ["REFRESH"]} in entities
    everything = [{"entity": one["entity"], "actions": one["actions"]} for one in entities]
    assert create(world.olivia, events=everything).data


def test_new_subscription_is_in_review_with_a_secret(world: WebhookWorld) -> None:
    created = create(world.olivia).data["createWebhookSubscription"]
    subscription = created["subscription"]
    assert (subscription["state"], subscription["stateReason"]) == ("REVIEW", None)
    assert (subscription["url"], subscription["organization"]) == (URL, {"id": ACME, "name": "Acme"})
    assert subscription["events"] == [{"entity": "OFFER", "actions": ["CREATE"]}]
    assert created["secret"].startswith("whsec_")
    assert world.olivia.call(LIST).data["webhookSubscriptions"] == [subscription]
    assert world.olivia.call(ONE, {"id": subscription["id"]}).data["webhookSubscription"] == subscription


def test_secret_is_not_stored(world: WebhookWorld) -> None:
    first = create(world.olivia).data["createWebhookSubscription"]
    second = world.olivia.call(ROTATE, {"id": first["subscription"]["id"]}).data["rotateWebhookSecret"]
    assert first["secret"] != second["secret"]
    items = str(world.souk.table.client.scan(TableName=world.souk.table.name)["Items"])
    assert f"SUBSCRIPTION#{first['subscription']['id']}" in items
    for secret in (first["secret"], second["secret"]):
        assert secret.removeprefix("whsec_") not in items


def test_catalog_shows_what_the_organization_can_subscribe_to(world: WebhookWorld) -> None:
    sofia = world.sofia.call("{ webhookEventCatalog { entity } }").data["webhookEventCatalog"]
    assert [one["entity"] for one in sofia] == [
        "JOB_INVITATION",
        "GIG",
        "PROFILE",
        "SAVED_SEARCH",
        "CONTENT",
        "ORG",
        "ROOM",
        "TIMESHEET",
        "TALENT_CLOUD",
        "WORKFLOW",
    ]
    operator = world.operator.call("{ webhookEventCatalog { entity } }").data["webhookEventCatalog"]
    assert {"entity": "REVIEW"} in operator


def reviews(world: WebhookWorld) -> list[tuple[str, str, str | None]]:
    """Return the state of each review, its partition without the shard, and its operator, oldest first."""
    items = world.souk.table.client.scan(TableName=world.souk.table.name)["Items"]
    stored = [(item["PK"]["S"], REVIEWS.decode(item)) for item in items if item["PK"]["S"].startswith("REVIEW#")]
    found = sorted(stored, key=lambda pair: pair[1].opened)
    return [(one.state.value, pk.rpartition("#")[2], one.decided_by_id) for pk, one in found]


def test_reviews_are_opened_and_closed_with_the_subscription(world: WebhookWorld) -> None:
    CLOCK.at(datetime(2026, 7, 1, 9, tzinfo=UTC))
    id_ = create(world.olivia).data["createWebhookSubscription"]["subscription"]["id"]
    ((state, shard, _),) = reviews(world)
    assert (state, shard in "01234567") == ("OPEN", True)
    for url in ("https://other.acme.test/", "https://third.acme.test/"):
        CLOCK.wait(seconds=60)
        assert world.olivia.call(UPDATE, {"input": {"id": id_, "url": url}}).data
    CLOCK.at(datetime(2026, 8, 1, 9, tzinfo=UTC))
    world.review(id_)
    assert reviews(world) == [
        ("WITHDRAWN", "2026-07", None),
        ("WITHDRAWN", "2026-07", None),
        ("APPROVED", "2026-08", OPERATOR),
    ]
    CLOCK.wait(seconds=60)
    world.olivia.call(UPDATE, {"input": {"id": id_, "url": URL}})
    assert [state for state, _, _ in reviews(world)][3:] == ["OPEN"]
    world.olivia.call(DELETE, {"id": id_})
    assert [state for state, _, _ in reviews(world)][3:] == ["WITHDRAWN"]


def test_operator_lists_what_waits_in_one_round_trip_of_shards(world: WebhookWorld) -> None:
    ids = [create(world.olivia, url=f"https://hook-{n}.acme.test/").data for n in range(3)]
    waiting = {one["createWebhookSubscription"]["subscription"]["id"] for one in ids}
    world.subscribe(world.olivia)
    answer = world.operator.call(LIST)
    assert {one["id"] for one in answer.data["webhookSubscriptions"]} == waiting
    assert answer.trips <= 6


def test_review_of_earlier_release_is_listed_and_decided(world: WebhookWorld) -> None:
    id_ = create(world.olivia).data["createWebhookSubscription"]["subscription"]["id"]
    table = world.souk.table
    stored = world.subscription(id_, ACME)
    item = SUBSCRIPTIONS.encode(stored.model_copy(update={"review_opened": None}))
    item |= {"GSI2PK": {"S": "WEBHOOKS#REVIEW"}, "GSI2SK": {"S": id_}}
    table.client.put_item(TableName=table.name, Item=item)
    for one in table.client.scan(TableName=table.name)["Items"]:
        if one["PK"]["S"].startswith("REVIEW#"):
            table.client.delete_item(TableName=table.name, Key={"PK": one["PK"], "SK": one["SK"]})
    assert [one["id"] for one in world.operator.call(LIST).data["webhookSubscriptions"]] == [id_]
    assert world.review(id_)["state"] == "ACTIVE"
    assert world.operator.call(LIST).data["webhookSubscriptions"] == []


def test_audit_trail_leaves_out_path_of_address(world: WebhookWorld) -> None:
    id_ = create(world.olivia, url="https://hooks.acme.test/secret-path").data["createWebhookSubscription"][
        "subscription"
    ]["id"]
    world.review(id_, approve=False, note="Not yours?")
    items = world.souk.table.client.scan(TableName=world.souk.table.name)["Items"]
    (action,) = [ACTIONS.decode(item) for item in items if item["PK"]["S"].startswith("AUDIT#")]
    assert (action.action, action.operator_id, action.reason) == ("reviewWebhookSubscription", OPERATOR, "Not yours?")
    assert (action.subject_id, action.subject_title) == (id_, "hooks.acme.test")
    assert [(one.before, one.after) for one in action.changes] == [("REVIEW", "REJECTED")]
    assert "secret-path" not in str(action)


def test_operator_approves_and_rejects_with_a_note(world: WebhookWorld) -> None:
    id_ = create(world.olivia).data["createWebhookSubscription"]["subscription"]["id"]
    assert world.review(id_, approve=False, note=" Not yours? ")["state"] == "REJECTED"
    rejected = world.olivia.call(ONE, {"id": id_}).data["webhookSubscription"]
    assert (rejected["state"], rejected["stateReason"]) == ("REJECTED", "Not yours?")
    approved = world.review(id_)
    assert (approved["state"], approved["stateReason"]) == ("ACTIVE", None)
    again = world.operator.call(REVIEW, {"id": id_, "approve": True})
    assert (again.code, again.error["message"]) == ("CONFLICT", "This subscription is already approved.")
    assert world.review(id_, approve=False)["state"] == "REJECTED"


def test_slower_operator_learns_of_the_decision(world: WebhookWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    id_ = create(world.olivia).data["createWebhookSubscription"]["subscription"]["id"]
    operator = world.operator  # who is stored with the first use
    meanwhile(monkeypatch, lambda: world.review(id_))
    late = operator.call(REVIEW, {"id": id_, "approve": False})
    assert (late.code, " approved this at 20" in late.error["message"]) == ("CONFLICT", True)
    assert world.olivia.call(ONE, {"id": id_}).data["webhookSubscription"]["state"] == "ACTIVE"


def test_operator_reads_subscriptions_of_others(world: WebhookWorld) -> None:
    in_review = create(world.olivia).data["createWebhookSubscription"]["subscription"]
    theirs = create(world.omar).data["createWebhookSubscription"]["subscription"]
    active, _ = world.subscribe(world.olivia)
    listed = world.operator.call(LIST).data["webhookSubscriptions"]
    assert [one["id"] for one in listed] == [in_review["id"], theirs["id"]]
    assert world.operator.call(ONE, {"id": active}).data["webhookSubscription"]["state"] == "ACTIVE"
    assert world.operator.call(ONE, {"id": "1"}).data["webhookSubscription"] is None
    assert world.operator.call(REVIEW, {"id": "1", "approve": True}).code == "NOT_FOUND"


def test_only_operators_review(world: WebhookWorld) -> None:
    id_ = create(world.olivia).data["createWebhookSubscription"]["subscription"]["id"]
    for caller in (world.olivia, world.omar, world.sofia):
        assert caller.call(REVIEW, {"id": id_, "approve": True}).code == "FORBIDDEN"
    assert world.subscription(id_, ACME).state == "REVIEW"


def test_vendor_can_subscribe_only_to_its_entities(world: WebhookWorld) -> None:
    gigs, offers = {"entity": "GIG", "actions": ["ORDER"]}, {"entity": "OFFER", "actions": []}
    for events in ([offers], [gigs, offers]):
        refused = create(world.sofia, events=events)
        assert (refused.code, refused.error["message"]) == (
            "FORBIDDEN",
            (
                "This organization cannot subscribe to OFFER. It can subscribe to JOB_INVITATION, GIG, PROFILE, "
                "SAVED_SEARCH, CONTENT, ORG, ROOM, TIMESHEET, TALENT_CLOUD, WORKFLOW: see webhookEventCatalog."
            ),
        )
    id_ = create(world.sofia, events=[gigs]).data["createWebhookSubscription"]["subscription"]["id"]
    assert world.sofia.call(UPDATE, {"input": {"id": id_, "events": [gigs, offers]}}).code == "FORBIDDEN"
    assert world.subscription(id_, STUDIO).events == (EventFilter(entity="GIG", actions=("ORDER",)),)


@pytest.mark.parametrize("role", [Role.HIRING_MANAGER, Role.MEMBER, Role.NONE])
def test_only_owners_and_admins_manage_webhooks(world: WebhookWorld, role: Role) -> None:
    id_, _ = world.subscribe(world.olivia)
    member = person(world.souk, LIAM, ACME, role=role)
    for document, variables in (
        (LIST, None),
        (ONE, {"id": id_}),
        (DELETE, {"id": id_}),
        (ROTATE, {"id": id_}),
        (UPDATE, {"input": {"id": id_, "enabled": False}}),
        (CREATE, {"input": {"url": URL, "events": []}}),
    ):
        assert member.call(document, variables).code == "FORBIDDEN"
    assert person(world.souk, MAX, ACME, role=Role.ADMIN).call(LIST).data["webhookSubscriptions"]


def test_other_organizations_find_nothing(world: WebhookWorld) -> None:
    id_, _ = world.subscribe(world.olivia)
    assert world.omar.call(LIST).data["webhookSubscriptions"] == []
    assert world.omar.call(ONE, {"id": id_}).data["webhookSubscription"] is None
    for document, variables in (
        (DELETE, {"id": id_}),
        (ROTATE, {"id": id_}),
        (UPDATE, {"input": {"id": id_, "enabled": False}}),
    ):
        assert world.omar.call(document, variables).code == "NOT_FOUND"
    for invalid in ("", "#", f"{id_}#", "\x00", "9" * 5_000):
        assert world.olivia.call(ONE, {"id": invalid}).data["webhookSubscription"] is None


def test_team_has_its_own_subscriptions(world: WebhookWorld) -> None:
    lead = person(world.souk, MAX, DESIGN, company_id=ACME, role=Role.ADMIN)
    created = create(lead).data["createWebhookSubscription"]["subscription"]
    assert created["organization"]["id"] == DESIGN
    assert lead.call(LIST).data["webhookSubscriptions"] == [created]
    assert world.olivia.call(LIST).data["webhookSubscriptions"] == []


def test_webhooks_scope_is_required(world: WebhookWorld) -> None:
    others = tuple(scope.value for scope in Scope if scope is not Scope.WEBHOOKS)
    without = person(world.souk, OLIVIA, ACME, scopes=others)
    refused = without.call(LIST)
    assert (refused.code, refused.error["extensions"]["requiredScopes"]) == ("FORBIDDEN", [Scope.WEBHOOKS.value])


def test_subscriptions_per_organization_are_limited(world: WebhookWorld) -> None:
    ids = [
        create(world.olivia).data["createWebhookSubscription"]["subscription"]["id"] for _ in range(MAX_SUBSCRIPTIONS)
    ]
    refused = create(world.olivia)
    assert (refused.code, "20" in refused.error["message"]) == ("UNPROCESSABLE_CONTENT", True)
    assert len(world.olivia.call(LIST).data["webhookSubscriptions"]) == MAX_SUBSCRIPTIONS
    assert world.olivia.call(DELETE, {"id": ids[0]}).data["deleteWebhookSubscription"] is True
    assert create(world.olivia).data


def test_deleted_subscription_is_gone(world: WebhookWorld) -> None:
    id_, _ = world.subscribe(world.olivia)
    assert world.olivia.call(DELETE, {"id": id_}).data["deleteWebhookSubscription"] is True
    assert world.olivia.call(DELETE, {"id": id_}).code == "NOT_FOUND"
    assert world.olivia.call(LIST).data["webhookSubscriptions"] == []
    assert world.operator.call(ONE, {"id": id_}).data["webhookSubscription"] is None


def test_subscription_can_be_stopped_and_started(world: WebhookWorld) -> None:
    id_, _ = world.subscribe(world.olivia)
    change = {"id": id_, "enabled": False}
    stopped = world.olivia.call(UPDATE, {"input": change}).data["updateWebhookSubscription"]
    assert (stopped["state"], stopped["stateReason"]) == ("DISABLED", "Stopped by its organization.")
    assert world.olivia.call(UPDATE, {"input": change}).data["updateWebhookSubscription"] == stopped
    started = world.olivia.call(UPDATE, {"input": {"id": id_, "enabled": True}}).data["updateWebhookSubscription"]
    assert (started["state"], started["stateReason"]) == ("ACTIVE", None)


def test_new_address_needs_review_and_new_events_do_not(world: WebhookWorld) -> None:
    id_, _ = world.subscribe(world.olivia)
    events = [{"entity": "CFB", "actions": []}]
    changed = world.olivia.call(UPDATE, {"input": {"id": id_, "events": events}}).data["updateWebhookSubscription"]
    assert (changed["state"], changed["events"]) == ("ACTIVE", events)
    same = world.olivia.call(UPDATE, {"input": {"id": id_, "url": URL}}).data["updateWebhookSubscription"]
    assert same["state"] == "ACTIVE"
    moved = world.olivia.call(UPDATE, {"input": {"id": id_, "url": f"{URL}2", "enabled": True}}).data
    assert moved["updateWebhookSubscription"]["state"] == "REVIEW"
    assert moved["updateWebhookSubscription"]["stateReason"] == "The address was changed."
    assert [one["id"] for one in world.operator.call(LIST).data["webhookSubscriptions"]] == [id_]


def test_unapproved_subscription_cannot_start_or_stop(world: WebhookWorld) -> None:
    id_ = create(world.olivia).data["createWebhookSubscription"]["subscription"]["id"]
    assert world.olivia.call(UPDATE, {"input": {"id": id_, "enabled": False}}).code == "CONFLICT"
    world.review(id_, approve=False)
    for enabled in (True, False):
        assert world.olivia.call(UPDATE, {"input": {"id": id_, "enabled": enabled}}).code == "CONFLICT"


def test_concurrent_change_conflicts(world: WebhookWorld) -> None:
    id_, _ = world.subscribe(world.olivia)
    before = world.subscription(id_, ACME)
    world.olivia.call(ROTATE, {"id": id_})
    tx = world.souk.table.transaction()
    tx.update(SUBSCRIPTIONS, before.model_copy(update={"url": "https://elsewhere.test/"}))
    assert not tx.try_commit()


def test_secret_can_be_rotated_five_times_a_day(world: WebhookWorld) -> None:
    id_, first = world.subscribe(world.olivia)
    secrets = {first}
    for _ in range(5):
        secrets.add(world.olivia.call(ROTATE, {"id": id_}).data["rotateWebhookSecret"]["secret"])
    assert len(secrets) == 6
    assert world.olivia.call(ROTATE, {"id": id_}).code == "CONFLICT"
    stored = world.subscription(id_, ACME)
    assert len(stored.salts(CLOCK.real())) == 6
    assert stored.salts(CLOCK.real() + timedelta(hours=25)) == [stored.salt]


@pytest.mark.parametrize(
    ("url", "problem"),
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
        ("https://①②⑦.0.0.1/", "public host"),
        ("https://ⓛocalhost/", "public host"),
        ("https://a..ü.test/", "internationalized"),
        ("https://hooks.internal/", "public host"),
        ("https://acme:secret@hooks.acme.test/", "user name"),
        ("https://hooks.acme.test/#part", "fragment"),
        ("https://hooks.acme.test/\r\nHost: other.test", "%XX"),
        ("https://hooks.acme.test:99999/", "public host"),
        (f"https://hooks.acme.test/{'a' * 1_000}", "1000 characters"),
    ],
)
def test_invalid_addresses_are_refused(world: WebhookWorld, url: str, problem: str) -> None:
    assert problem in problems(create(world.olivia, url=url))["input.url"]
    id_, _ = world.subscribe(world.olivia)
    assert problem in problems(world.olivia.call(UPDATE, {"input": {"id": id_, "url": url}}))["input.url"]


def test_addresses_with_query_and_port_are_accepted(world: WebhookWorld) -> None:
    for url in (
        "https://hooks.acme.test:8443/souk?key=1&b=%20",
        "https://xn--bcher-kva.test/",
    ):
        assert create(world.olivia, url=url).data["createWebhookSubscription"]["subscription"]["url"] == url


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("HTTPS://Hooks.Acme.test", "https://hooks.acme.test/"),
        ("https://hooks.acme.test:443/a/../%7eb?c=%2f", "https://hooks.acme.test/~b?c=%2F"),
        ("https://Bücher.test/", "https://xn--bcher-kva.test/"),
    ],
)
def test_address_is_stored_and_shown_in_normal_form(world: WebhookWorld, url: str, normal: str) -> None:
    id_ = create(world.olivia, url=url).data["createWebhookSubscription"]["subscription"]["id"]
    world.review(id_)
    assert world.subscription(id_, ACME).url == normal
    for same in (url, normal):
        changed = world.olivia.call(UPDATE, {"input": {"id": id_, "url": same}}).data["updateWebhookSubscription"]
        assert (changed["url"], changed["state"]) == (normal, "ACTIVE")


def test_address_stored_before_in_other_form_is_the_same(world: WebhookWorld) -> None:
    id_, _ = world.subscribe(world.olivia)
    tx = world.souk.table.transaction()
    tx.update(SUBSCRIPTIONS, world.subscription(id_, ACME).model_copy(update={"url": URL.replace("acme", "ACME")}))
    tx.commit()
    same = world.olivia.call(UPDATE, {"input": {"id": id_, "url": URL}}).data["updateWebhookSubscription"]
    assert same["state"] == "ACTIVE"


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
def test_invalid_events_are_refused(world: WebhookWorld, events: list[Any], path: str) -> None:
    assert path in problems(create(world.olivia, events=events))
    id_, _ = world.subscribe(world.olivia)
    assert path in problems(world.olivia.call(UPDATE, {"input": {"id": id_, "events": events}}))


def test_actions_are_deduplicated_in_catalog_order(world: WebhookWorld) -> None:
    events = [{"entity": "OFFER", "actions": ["EXPIRED", "CREATE", "EXPIRED"]}]
    created = create(world.olivia, events=events).data["createWebhookSubscription"]["subscription"]
    assert created["events"] == [{"entity": "OFFER", "actions": ["CREATE", "EXPIRED"]}]


def test_invalid_review_notes_are_refused(world: WebhookWorld) -> None:
    id_ = create(world.olivia).data["createWebhookSubscription"]["subscription"]["id"]
    for note in ("x" * 1_001, "a\x00b"):
        assert "note" in problems(world.operator.call(REVIEW, {"id": id_, "approve": True, "note": note}))
    assert world.subscription(id_, ACME).state == "REVIEW"


def test_operator_sees_the_longest_waiting_subscriptions(world: WebhookWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    def create(number: int) -> str:
        made = world.create(world.olivia, f"https://hooks.acme.test/{number}", JP=[])
        id_: str = made.data["createWebhookSubscription"]["subscription"]["id"]
        return id_

    def waiting() -> Answer:
        return world.operator.call("{ webhookSubscriptions { id } }")

    first = create(0)
    few = waiting()
    second, third = create(1), create(2)
    many = waiting()
    assert [one["id"] for one in many.data["webhookSubscriptions"]] == [first, second, third]
    assert many.trips == few.trips
    monkeypatch.setattr(store, "MAX_IN_REVIEW", 2)
    assert [one["id"] for one in waiting().data["webhookSubscriptions"]] == [first, second]
