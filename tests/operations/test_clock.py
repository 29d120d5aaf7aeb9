"""`souk clock`: moving the market time of a deployment, and running what is due by then."""

import inspect
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest

from souk.app import FUNCTIONS
from souk.deadlines.model import DUE_PREFIX, schedule
from souk.deadlines.poller import DeadlinePoller
from souk.deadlines.runner import DeadlineRunner
from souk.graph.domain import Domain
from souk.operations import search
from souk.operations.clock import TestClock, duration, parse_duration
from souk.operations.deployment import Deployment
from souk.operations.problem import Problem
from souk.storage import Table, market_time
from souk.storage.market_time import OFFSET
from souk.values.clock import Clock
from souk.values.errors import Conflict
from souk.values.times import stamp

NOW = datetime(2126, 7, 1, 9, 30, tzinfo=UTC)


class Standing(Clock):
    """A clock whose real time stands still. A function and the command have one each: they are separate processes."""

    def __init__(self, real: datetime = NOW) -> None:
        super().__init__(movable=True)
        self.real_time = real

    def real(self) -> datetime:
        return self.real_time


class TimedDeployment:
    """A deployment with one function that bakes, and its clock function."""

    def __init__(self, table: Table) -> None:
        self.client = table.client
        self.name = table.name
        self.baked: list[tuple[str, str]] = []
        self.fails: set[str] = set()
        self.then: Callable[[Table, str, datetime], None] = lambda _table, _id, _now: None
        self.domain = Domain("bakery", function="bakery")
        self.domain.due("bakery.bread")(self._bake)
        outputs = {"TableName": table.name, "Prefix": "souk-test", "Production": "false"}
        services = {"dynamodb": table.client, "lambda": SimpleNamespace(invoke=self._invoke_clock)}
        self.deployment = Deployment(outputs, services.__getitem__, "https://souk.test", in_aws=True)

    def command(self) -> TestClock:
        return TestClock(self.deployment, lambda _seconds: None, Standing())

    def table(self, *writes: str) -> Table:
        return Table(self.client, self.name, Standing(), writes=writes)

    def order(self, loaf: str, at: datetime) -> None:
        tx = self.table(DUE_PREFIX).transaction()
        schedule(tx, "bakery.bread", loaf, at)
        tx.commit()

    def _bake(self, table: Table, loaf: str, now: datetime) -> None:
        if loaf in self.fails:
            raise Conflict("The oven is cold.")
        self.baked.append((loaf, stamp(now)))
        self.then(table, loaf, now)

    def _invoke_clock(self, *, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803 - as in boto3
        assert FunctionName == "souk-test-clock"
        assert json.loads(Payload) == {"detail": {}}
        own = self.table(DUE_PREFIX)
        offset = market_time.read(own)
        poller = DeadlinePoller(own, self._invoke_owner, {"bakery": "bakery"}, lambda: 0.0)
        poller.tick(own.clock.market(), offset.oldest_writer(own.clock))
        return {"Payload": io.BytesIO(b"null")}

    def _invoke_owner(self, _function: str, event: dict[str, Any]) -> dict[str, Any]:
        return DeadlineRunner(self.table(DUE_PREFIX, "BREAD#"), "bakery", lambda _name: self.domain)(event)


@pytest.fixture
def timed(table: Table) -> TimedDeployment:
    return TimedDeployment(table)


def test_clock_that_was_never_moved_shows_the_real_time(timed: TimedDeployment) -> None:
    assert str(timed.command().show()) == "2126-07-01T09:30:00.000Z\nthe real time"


def test_move_runs_what_is_due_in_the_order_of_its_times(timed: TimedDeployment) -> None:
    for loaf, days in (("c", 14), ("a", 2), ("b", 9), ("later", 16)):
        timed.order(loaf, NOW + timedelta(days=days))
    reading = timed.command().advance("15d")
    assert str(reading) == "2126-07-16T09:30:00.000Z\n15d ahead of the real time"
    new_time = "2126-07-16T09:30:00.000Z"
    assert timed.baked == [("a", new_time), ("b", new_time), ("c", new_time)]


def test_move_also_runs_what_that_work_makes_due(timed: TimedDeployment) -> None:
    def bake_again(table: Table, loaf: str, _now: datetime) -> None:
        if loaf == "first":
            tx = table.transaction()
            schedule(tx, "bakery.bread", "second", NOW + timedelta(days=5))
            tx.commit()

    timed.then = bake_again
    timed.order("first", NOW + timedelta(days=1))
    timed.command().advance("1w")
    assert [loaf for loaf, _ in timed.baked] == ["first", "second"]


def test_ids_and_times_of_due_work_are_of_the_new_time(timed: TimedDeployment) -> None:
    seen: list[tuple[str, str]] = []
    timed.then = lambda table, _loaf, _now: seen.append((stamp(table.clock.market()), stamp(table.clock.real())))
    timed.order("a", NOW + timedelta(days=1))
    timed.command().advance("1d12h")
    assert seen == [("2126-07-02T21:30:00.000Z", "2126-07-01T09:30:00.000Z")]


def test_moves_add_up_and_stay(timed: TimedDeployment) -> None:
    timed.command().advance("36h")
    timed.command().set("2126-07-03")
    assert str(timed.command().show()) == "2126-07-03T00:00:00.000Z\n1d14h30m ahead of the real time"


def test_clock_goes_only_forward(timed: TimedDeployment) -> None:
    timed.command().advance("1d")
    with pytest.raises(Problem, match=r"The clock is at 2126-07-02T09:30:00.000Z, and goes only forward.*clock reset"):
        timed.command().set("2126-07-02T09:29:59Z")
    with pytest.raises(Problem, match="at most ten years ahead"):
        timed.command().set("2137-01-01")
    with pytest.raises(Problem, match="at most ten years ahead"):
        timed.command().advance("999999999w")
    assert timed.command().show().ahead == timedelta(days=1)


def test_move_by_zero_is_none(timed: TimedDeployment) -> None:
    timed.command().advance("0s")
    assert timed.table().get(OFFSET) is None


@pytest.mark.parametrize("text", ["", "7", "d", "-1d", "1.5d", "7 d", "1y", "d7", "٣d"])
def test_duration_that_is_none(text: str) -> None:
    with pytest.raises(Problem, match="90s, 7d, 1d12h"):
        parse_duration(text)


def test_time_that_is_none(timed: TimedDeployment) -> None:
    with pytest.raises(Problem, match="point in time"):
        timed.command().set("tomorrow")


@pytest.mark.parametrize("text", ["90s", "1m30s", "1d12h", "2w", "1w1d1h1m1s"])
def test_duration_reads_what_it_writes(text: str) -> None:
    assert parse_duration(duration(parse_duration(text))) == parse_duration(text)


def test_one_of_two_moves_at_once_is_refused(timed: TimedDeployment, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = timed.command(), timed.command()
    read = market_time.read

    def read_then_other_moves(table: Table) -> Any:
        offset = read(table)
        monkeypatch.setattr(market_time, "read", read)
        other.advance("2d")
        return offset

    monkeypatch.setattr(market_time, "read", read_then_other_moves)
    with pytest.raises(Problem, match="Somebody else has moved the clock"):
        one.advance("1d")
    assert timed.command().show().ahead == timedelta(days=2)


def test_work_that_fails_is_reported(timed: TimedDeployment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("souk.operations.clock._PATIENCE_SECONDS", -1.0)
    timed.fails.add("a")
    timed.order("a", NOW + timedelta(days=1))
    with pytest.raises(Problem, match=r"2126-07-03T09:30:00.000Z\n2d ahead.*\nDeadlines that have not run yet: 1"):
        timed.command().advance("2d")


def test_deadline_of_an_older_request_is_not_passed(timed: TimedDeployment) -> None:
    before = timed.table(DUE_PREFIX)  # its clock shows the time before the move
    timed.command().advance("30d")
    tx = before.transaction()
    schedule(tx, "bakery.bread", "late", NOW + timedelta(days=3))
    tx.commit()
    timed.command().advance("1s")
    assert [loaf for loaf, _ in timed.baked] == ["late"]


def test_passed_hours_count_as_unfinished_for_minutes(timed: TimedDeployment) -> None:
    timed.command().advance("30d")
    offset = timed.table().get(OFFSET)
    assert offset is not None
    moved, later = Standing(), Standing(NOW + timedelta(minutes=4))
    moved.ahead = later.ahead = offset.ahead
    assert offset.oldest_writer(moved) == NOW
    assert offset.oldest_writer(later) == NOW + timedelta(days=30, minutes=4)


def test_no_command_works_in_production(timed: TimedDeployment) -> None:
    for outputs in ({"Production": "true"}, {}):
        production = Deployment({**timed.deployment.outputs, "Production": "", **outputs}, dict[str, Any]().get, "")
        with pytest.raises(Problem, match="is in production, so its clock cannot be moved"):
            TestClock(production)


def test_functions_without_api_requests_follow_the_market_time() -> None:
    # Documents, snapshots and what is sent over sockets have no market time.
    timeless = {"search_indexer", "search_fanout", "live", "live_sender"}
    for name in {name for name, spec in FUNCTIONS.items() if spec.kind != "api"} - timeless:
        source = inspect.getsource(import_module(f"souk.entry.{name}"))
        assert "on_market_time(" in source or "market_time.read(" in source, name


def test_clock_that_cannot_be_moved_reads_nothing(table: Table) -> None:
    fixed = Table(table.client, table.name, Clock())
    market_time.read(fixed)
    assert (fixed.trips, market_time.keys(fixed.clock)) == (0, ())


def test_reset_leaves_nothing(timed: TimedDeployment, monkeypatch: pytest.MonkeyPatch) -> None:
    timed.command().advance("7d")
    for number in range(30):
        timed.order(str(number), NOW + timedelta(days=99))
    deleted: list[str] = []
    pages = {
        "list_users": [{"Users": [{"Username": "olivia"}, {"Username": "omar"}]}],
        "list_objects_v2": [{"Contents": [{"Key": "attachments/1"}]}, {}],
    }
    other = SimpleNamespace(
        get_paginator=lambda name: SimpleNamespace(paginate=lambda **_: pages[name]),
        admin_delete_user=lambda UserPoolId, Username: deleted.append(Username),  # noqa: N803, ARG005 - as in boto3
        delete_objects=lambda Bucket, Delete: deleted.extend(one["Key"] for one in Delete["Objects"]),  # noqa: N803, ARG005
    )
    outputs = {**timed.deployment.outputs, "UserPool": "pool", "AttachmentsBucket": "files"}
    known = timed.deployment.client
    deployment = Deployment(outputs, lambda name: other if name in {"cognito-idp", "s3"} else known(name), "")
    monkeypatch.setattr(search, "rebuild", lambda _deployment: deleted.append("indexes"))
    reading = TestClock(deployment, lambda _seconds: None, Standing()).reset()
    assert reading.ahead == timedelta(0)
    assert deleted == ["olivia", "omar", "attachments/1", "indexes"]
    assert timed.client.scan(TableName=timed.name)["Count"] == 0
