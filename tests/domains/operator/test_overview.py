"""The overview of operators: what needs them, and what is said of parts that cannot be read."""

from datetime import timedelta
from typing import Any
from unittest.mock import Mock

import pytest

from souk.accounts.users import Users
from souk.deadlines.model import schedule
from souk.domains.identity.store import SIGN_UPS
from souk.domains.machinery.providers import indexes, requests
from souk.domains.reviews.model import Review, ReviewKind
from souk.domains.reviews.store import open_review
from souk.domains.webhooks.model import Attempt, Delivery, DeliveryState
from souk.domains.webhooks.rules import retries
from souk.domains.webhooks.store import DELIVERIES
from souk.runtime import aws
from souk.search import IndexState
from souk.storage import Table
from souk.values.errors import Unavailable
from souk.values.times import stamp
from tests.accounts.test_users import person as registered
from tests.domains.machinery.conftest import Queues, queues  # noqa: F401 - a fixture
from tests.domains.operator.conftest import Market
from tests.support.clock import CLOCK

OVERVIEW = """{ operatorOverview { openReviews oldestReviewDateTime failedDeliveries deadLetters paymentsWaiting
  ledgerBalanced lateDeadlines oldestDeadlineDateTime searchIndexes { index documents lagSeconds }
  activity { days signUps jobPostings contracts apiRequests } warnings { code message url } checkedDateTime } }"""


def ask(market: Market) -> Any:
    return market.ada.call(OVERVIEW).data["operatorOverview"]


def fail_delivery(table: Table, event_id: str, ago: timedelta) -> None:
    """Store a delivery whose last attempt failed some time ago."""
    at = stamp(CLOCK.real() - ago)
    new = Delivery(
        subscription_id="7",
        organization_id="201",
        event_id=event_id,
        entity="JP",
        action="NEW",
        entity_id="1",
        state=DeliveryState.PENDING,
        tried=retries.MAX_ATTEMPTS - 1,
        created_date_time=at,
        expires=2_000_000_000,
    )
    attempt = Attempt(attempted_date_time=at, status_code=500, error=None, duration_ms=3)
    tx = table.transaction()
    tx.create(DELIVERIES, retries.after_attempt(new, attempt, CLOCK.real()))
    tx.commit()


def test_overview_shows_what_needs_operators(
    market: Market,
    queues: Queues,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    queues.waiting["dead-delivery"] = ["1", "2"]
    monkeypatch.setattr(indexes, "states", lambda: {"gigs": IndexState()})
    monkeypatch.setattr(indexes, "lag_seconds", lambda _now: 3)
    today, before = CLOCK.real().date(), CLOCK.real().date() - timedelta(days=9)
    monkeypatch.setattr(requests, "by_day", lambda _now, _days: {today.isoformat(): 40, before.isoformat(): 2})
    fail_delivery(market.table, "1", timedelta(hours=23))
    fail_delivery(market.table, "2", timedelta(hours=25))
    Users(market.table).get_or_create(registered(), CLOCK.market())
    opened, due = stamp(CLOCK.market() - timedelta(hours=2)), CLOCK.market() - timedelta(hours=1)
    tx = market.table.transaction()
    open_review(tx, market.table, Review(kind=ReviewKind.API_KEY, subject_id="5", opened=opened))
    schedule(tx, "contracts.rate_increase", "5", due)
    tx.commit()

    shown = ask(market)
    assert (shown["openReviews"], shown["oldestReviewDateTime"]) == (1, opened)
    assert shown["failedDeliveries"] == 1, "the other one failed before yesterday"
    assert shown["deadLetters"] == 2
    assert (shown["paymentsWaiting"], shown["ledgerBalanced"]) == (0, True)
    assert (shown["lateDeadlines"], shown["oldestDeadlineDateTime"]) == (1, stamp(due))
    assert shown["searchIndexes"] == [{"index": "gigs", "documents": 0, "lagSeconds": 3}]
    assert [(one["days"], one["signUps"], one["apiRequests"]) for one in shown["activity"]] == [
        (1, 1, 40),
        (7, 1, 40),
        (30, 1, 42),
    ]
    assert "PAYMENTS" in [one["code"] for one in shown["warnings"]]
    assert not [one for one in shown["warnings"] if one["code"].startswith("UNKNOWN")]


def test_parts_that_cannot_be_read_are_named(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> Any:
        raise Unavailable("The log is away.")

    def break_down(*_: object) -> Any:
        raise ValueError("canary-secret")

    monkeypatch.setattr(indexes, "states", refuse)
    monkeypatch.setattr(requests, "by_day", break_down)
    shown = ask(market)
    unknown = {one["code"]: one["message"] for one in shown["warnings"] if one["code"].startswith("UNKNOWN")}
    assert unknown["UNKNOWN_searchIndexes"] == "The log is away."
    assert "canary" not in str(unknown), "an error that nobody expected tells nothing"
    assert "UNKNOWN_apiRequests" in unknown
    assert {one["apiRequests"] for one in shown["activity"]} == {None}
    assert shown["ledgerBalanced"]


def test_requests_are_not_known_where_nothing_counts_them(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    points: list[dict[str, Any]] = []
    monkeypatch.setattr(aws, "cloudwatch", lambda: Mock(get_metric_statistics=lambda **_: {"Datapoints": points}))
    monkeypatch.setattr(requests, "settings", lambda: Mock(function_name=str))
    shown = ask(market)
    assert [one["apiRequests"] for one in shown["activity"]] == [None, None, None]
    (why,) = (one["message"] for one in shown["warnings"] if one["code"] == "UNKNOWN_apiRequests")
    assert "A local run counts none" in why
    points.append({"Timestamp": CLOCK.real() - timedelta(days=9), "Sum": 2.0})
    shown = ask(market)
    assert [one["apiRequests"] for one in shown["activity"]] == [0, 0, 2], "counted, and none today"
    assert "UNKNOWN_apiRequests" not in {one["code"] for one in shown["warnings"]}


def test_days_are_counted_across_shards(market: Market) -> None:
    table = market.table
    for number in range(20):
        tx = table.transaction()
        SIGN_UPS.add(tx, str(number))
        tx.commit()
    assert SIGN_UPS.by_day(table, CLOCK.market(), 30) == {CLOCK.market().date().isoformat(): 20}
    assert SIGN_UPS.by_day(table, CLOCK.market() + timedelta(days=30), 30) == {}
