"""The poller of deadlines: order, retries, limits and concurrency."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from souk.deadlines.model import DEADLINES, DUE_PREFIX, Deadline, schedule
from souk.deadlines.poller import CURSOR, FIRST_LOOK, DeadlinePoller
from souk.deadlines.runner import DeadlineRunner
from souk.entry import clock, deployment
from souk.graph.domain import Domain
from souk.storage import Table
from souk.values.errors import Conflict, Forbidden
from souk.values.times import stamp
from tests.conftest import TABLE
from tests.support.clock import CLOCK
from tests.support.environment import deployed as settled

NOW = datetime(2126, 7, 1, 9, 30, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class PollerSetup:
    """Two functions with a domain each, and a poller that invokes them."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.calls: list[tuple[str, datetime]] = []
        self.fails: set[str] = set()
        self.takes: dict[str, float] = {}
        self.meanwhile: Callable[[str], object] = lambda entity_id: entity_id
        self.seconds = 0.0
        self.domains = {name: self._domain(name) for name in ("bakery", "library")}
        self.poller = self.new_poller()

    def new_poller(self) -> DeadlinePoller:
        own = Table(self.table.client, self.table.name, CLOCK, writes=(DUE_PREFIX,))
        return DeadlinePoller(
            own, self._invoke, dict.fromkeys(self.domains, "bakery") | {"library": "library"}, self._seconds
        )

    def schedule_work(self, entity_id: str, at: datetime, kind: str = "bakery.bread") -> None:
        transaction = self.table.transaction()
        schedule(transaction, kind, entity_id, at)
        transaction.commit()

    @property
    def done(self) -> list[str]:
        return [entity_id for entity_id, _ in self.calls]

    def waiting(self) -> list[Deadline]:
        items: list[dict[str, Any]] = self.table.client.scan(TableName=self.table.name)["Items"]
        found = [DEADLINES.decode(item) for item in items if item["type"]["S"] == DEADLINES.name]
        return sorted(found, key=lambda deadline: deadline.at)

    def cursor_hour(self) -> str:
        cursor = self.table.get(CURSOR)
        assert cursor is not None
        return cursor.hour

    def _domain(self, name: str) -> Domain:
        domain = Domain(name, function=name)

        @domain.due(f"{name}.bread")
        def work(table: Table, entity_id: str, now: datetime) -> None:
            assert table.writes == (f"{name.upper()}#",)
            self.seconds += self.takes.get(entity_id, 0)
            self.meanwhile(entity_id)
            if entity_id in self.fails:
                raise Conflict(f"{entity_id} cannot be done.")
            self.calls.append((entity_id, now))

        return domain

    def _invoke(self, function: str, event: dict[str, Any]) -> dict[str, Any]:
        table = Table(self.table.client, self.table.name, CLOCK, writes=(f"{function.upper()}#",))
        return DeadlineRunner(table, function, self.domains.__getitem__)(event)

    def _seconds(self) -> float:
        return self.seconds


@pytest.fixture
def setup(table: Table) -> PollerSetup:
    return PollerSetup(table)


def test_due_work_runs_in_order(setup: PollerSetup) -> None:
    for entity_id, at in (("c", NOW), ("a", NOW - 2 * DAY), ("d", NOW + timedelta(milliseconds=1)), ("b", NOW - HOUR)):
        setup.schedule_work(entity_id, at)
    run = setup.poller.tick(NOW)
    assert setup.calls == [("a", NOW), ("b", NOW), ("c", NOW)]
    assert (run.done, run.failed, run.milliseconds_behind) == (3, 0, 0)
    assert [deadline.id for deadline in setup.waiting()] == ["d"]
    setup.poller.tick(NOW + MINUTE)
    assert setup.done == ["a", "b", "c", "d"]
    assert not setup.waiting()


def test_all_pages_of_an_hour_are_read(setup: PollerSetup) -> None:
    for part in range(3):
        transaction = setup.table.transaction()
        for number in range(50):
            schedule(transaction, "bakery.bread", f"{part}.{number}", NOW - HOUR)
        transaction.commit()
    assert setup.poller.tick(NOW).done == 150
    assert not setup.waiting()


def test_pause_of_the_poller_loses_nothing(setup: PollerSetup) -> None:
    setup.poller.tick(NOW)
    for days in range(1, 20):
        setup.schedule_work(str(days), NOW + days * DAY)
    assert setup.poller.tick(NOW + 21 * DAY).done == 19
    assert setup.done == [str(days) for days in range(1, 20)]


def test_first_run_looks_back_and_later_ones_start_at_cursor(setup: PollerSetup) -> None:
    setup.schedule_work("old", NOW - FIRST_LOOK)
    setup.poller.tick(NOW)
    assert setup.done == ["old"]
    assert setup.cursor_hour() == "2126-07-01T08"
    reads: list[str] = []
    query = setup.poller._table.query  # noqa: SLF001 - to record its reads

    def recorded(collection: Any, pk: str, **arguments: Any) -> Any:
        reads.append(pk)
        return query(collection, pk, **arguments)

    setup.poller._table.query = recorded  # type: ignore[method-assign]  # noqa: SLF001
    setup.poller.tick(NOW + MINUTE)
    assert reads == ["DUE#2126-07-01T08", "DUE#2126-07-01T09"]


def test_hour_is_finished_only_after_margin(setup: PollerSetup) -> None:
    setup.poller.tick(NOW)
    late = NOW.replace(minute=59)
    setup.poller.tick(late + 30 * MINUTE)
    setup.schedule_work("late", late)
    setup.poller.tick(late + 31 * MINUTE)
    assert setup.done == ["late"]


def test_failed_work_is_retried_and_does_not_block(setup: PollerSetup) -> None:
    setup.fails = {"bad"}
    setup.schedule_work("bad", NOW - HOUR)
    setup.schedule_work("good", NOW)
    run = setup.poller.tick(NOW)
    assert (run.done, run.failed) == (1, 1)
    assert run.milliseconds_behind == HOUR.total_seconds() * 1000
    waits = []
    now = NOW
    for attempt in range(1, 6):
        (deadline,) = setup.waiting()
        assert (deadline.since, deadline.attempts) == (stamp(NOW - HOUR), attempt)
        again = datetime.fromisoformat(deadline.at)
        waits.append((again - now).total_seconds())
        assert setup.poller.tick(again - timedelta(seconds=1)).failed == 0
        now = again
        assert setup.poller.tick(now).failed == 1
    assert waits == [50, 110, 230, 230, 230]
    setup.fails.clear()
    assert setup.poller.tick(now + HOUR).done == 1
    assert setup.done == ["good", "bad"]
    assert not setup.waiting()


def test_failure_is_logged_with_deadline(setup: PollerSetup, caplog: pytest.LogCaptureFixture) -> None:
    setup.fails = {"bad"}
    setup.schedule_work("bad", NOW)
    setup.poller.tick(NOW)
    (record,) = [vars(record) for record in caplog.records if record.levelname == "ERROR"]
    assert (record["kind"], record["id"], record["attempts"]) == ("bakery.bread", "bad", 1)


@pytest.mark.parametrize("kind", ["bakery.cake", "butcher.meat", "nothing"])
def test_unknown_work_counts_as_failure(setup: PollerSetup, kind: str) -> None:
    setup.schedule_work("1", NOW, kind)
    setup.schedule_work("2", NOW)
    run = setup.poller.tick(NOW)
    assert (run.done, run.failed, setup.done) == (1, 1, ["2"])
    assert [deadline.attempts for deadline in setup.waiting()] == [1]


def test_hanging_function_does_not_delay_others(setup: PollerSetup) -> None:
    for number in range(3):
        setup.fails.add(f"slow{number}")
        setup.takes[f"slow{number}"] = 26
        setup.schedule_work(f"slow{number}", NOW - DAY)
    setup.schedule_work("quick", NOW, "library.bread")
    run = setup.poller.tick(NOW)
    assert (run.failed, setup.done) == (1, ["quick"])
    assert run.milliseconds_behind == DAY.total_seconds() * 1000
    assert setup.cursor_hour() == "2126-06-30T09", "two deadlines of that hour remain"
    setup.fails.clear()
    setup.takes.clear()
    setup.poller.tick(NOW + MINUTE)
    assert sorted(setup.done) == ["quick", "slow0", "slow1", "slow2"]


def test_next_run_continues_after_time_limit(setup: PollerSetup) -> None:
    for number in range(5):
        setup.schedule_work(str(number), NOW - DAY + number * HOUR)
        setup.takes[str(number)] = 15
    run = setup.poller.tick(NOW)
    assert setup.done == ["0", "1", "2"]
    assert run.milliseconds_behind == 21.5 * HOUR.total_seconds() * 1000, "the age of the first hour that was not read"
    setup.poller.tick(NOW + MINUTE)
    assert setup.done == ["0", "1", "2", "3", "4"]


def test_concurrent_pollers_are_harmless(setup: PollerSetup) -> None:
    other = setup.new_poller()

    def meanwhile(entity_id: str) -> None:
        setup.meanwhile = lambda entity_id: entity_id
        assert other.tick(NOW).done == 2, entity_id

    setup.meanwhile = meanwhile
    setup.schedule_work("a", NOW)
    setup.schedule_work("b", NOW)
    setup.poller.tick(NOW)
    assert set(setup.done) == {"a", "b"}
    assert not setup.waiting()
    setup.poller.tick(NOW + MINUTE)
    assert not setup.waiting()


def test_work_rescheduled_while_running_runs_again(setup: PollerSetup) -> None:
    def meanwhile(entity_id: str) -> None:
        setup.meanwhile = lambda entity_id: entity_id
        setup.schedule_work(entity_id, NOW)  # for a change that the running work may not have seen

    setup.meanwhile = meanwhile
    setup.schedule_work("a", NOW)
    setup.poller.tick(NOW)
    assert len(setup.waiting()) == 1
    setup.poller.tick(NOW + MINUTE)
    assert setup.done == ["a", "a"]
    assert not setup.waiting()


def key_of(deadline: Deadline) -> dict[str, str]:
    return {"hour": deadline.hour, "at": deadline.at, "kind": deadline.kind, "id": deadline.id}


def test_deadline_from_relay_runs_once(setup: PollerSetup) -> None:
    setup.schedule_work("a", NOW)
    (deadline,) = setup.waiting()
    assert setup.poller.run_one(key_of(deadline), NOW - MINUTE).done == 0, "it is not due yet by this clock"
    assert setup.poller.run_one(key_of(deadline), NOW).done == 1
    assert setup.poller.run_one(key_of(deadline), NOW).done == 0
    assert setup.done == ["a"]


def test_failed_deadline_from_relay_is_postponed(setup: PollerSetup) -> None:
    setup.fails = {"a"}
    setup.schedule_work("a", NOW)
    (deadline,) = setup.waiting()
    assert setup.poller.run_one(key_of(deadline), NOW).failed == 1
    setup.fails.clear()
    assert setup.poller.tick(NOW + MINUTE).done == 1


def test_poller_writes_only_deadlines(setup: PollerSetup) -> None:
    transaction = setup.poller._table.transaction()  # noqa: SLF001 - the poller's own table
    with pytest.raises(Forbidden):
        transaction.emit("JP", "NEW", "1", to=())


@pytest.fixture
def handler(table: Table, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    monkeypatch.setenv("SOUK_OWNERS", "bakery=bakery library=library")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "clock")
    deployment.table.cache_clear()
    with settled(monkeypatch, table=TABLE, writes=DUE_PREFIX, function="clock", prefix="souk-test"):
        monkeypatch.setattr(clock, "DeadlinePoller", lambda *_: PollerSetup(table).poller)
        yield clock.make_handler()
    deployment.table.cache_clear()


def test_metric_is_written_only_every_minute(handler: Callable[..., None], capsys: pytest.CaptureFixture[str]) -> None:
    handler(
        {"source": "souk.deadlines", "detail": {"deadline": {"hour": "h", "at": "a", "kind": "k", "id": "1"}}}, None
    )
    assert "Behind" not in capsys.readouterr().out
    handler({"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}}, None)
    (line,) = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "CloudWatchMetrics" in line]
    (metric,) = line["_aws"]["CloudWatchMetrics"]
    assert (metric["Namespace"], sorted(metric["Dimensions"][0])) == ("Souk", ["deployment", "service"])
    assert (line["deployment"], line["service"], line["Behind"]) == ("souk-test", "clock", [0.0])
