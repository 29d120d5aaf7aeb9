"""The poller: what is due is done, once it is due and until it is done, whatever happens to the rest."""

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


class Town:
    """Two functions with a domain each, and a poller that calls them."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.worked: list[tuple[str, datetime]] = []
        self.fails: set[str] = set()
        self.takes: dict[str, float] = {}
        self.meanwhile: Callable[[str], object] = lambda entity_id: entity_id
        self.seconds = 0.0
        self.domains = {name: self._domain(name) for name in ("bakery", "library")}
        self.poller = self.another_poller()

    def another_poller(self) -> DeadlinePoller:
        own = Table(self.table.client, self.table.name, CLOCK, writes=(DUE_PREFIX,))
        return DeadlinePoller(
            own, self._invoke, dict.fromkeys(self.domains, "bakery") | {"library": "library"}, self._seconds
        )

    def remind(self, entity_id: str, at: datetime, kind: str = "bakery.bread") -> None:
        transaction = self.table.transaction()
        schedule(transaction, kind, entity_id, at)
        transaction.commit()

    @property
    def done(self) -> list[str]:
        return [entity_id for entity_id, _ in self.worked]

    def waiting(self) -> list[Deadline]:
        items: list[dict[str, Any]] = self.table.client.scan(TableName=self.table.name)["Items"]
        found = [DEADLINES.decode(item) for item in items if item["type"]["S"] == DEADLINES.name]
        return sorted(found, key=lambda deadline: deadline.at)

    def begins_at(self) -> str:
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
            self.worked.append((entity_id, now))

        return domain

    def _invoke(self, function: str, event: dict[str, Any]) -> dict[str, Any]:
        table = Table(self.table.client, self.table.name, CLOCK, writes=(f"{function.upper()}#",))
        return DeadlineRunner(table, function, self.domains.__getitem__)(event)

    def _seconds(self) -> float:
        return self.seconds


@pytest.fixture
def town(table: Table) -> Town:
    return Town(table)


def test_due_work_runs_in_order(town: Town) -> None:
    for entity_id, at in (("c", NOW), ("a", NOW - 2 * DAY), ("d", NOW + timedelta(milliseconds=1)), ("b", NOW - HOUR)):
        town.remind(entity_id, at)
    run = town.poller.tick(NOW)
    assert town.worked == [("a", NOW), ("b", NOW), ("c", NOW)]
    assert (run.done, run.failed, run.milliseconds_behind) == (3, 0, 0)
    assert [deadline.id for deadline in town.waiting()] == ["d"]
    town.poller.tick(NOW + MINUTE)
    assert town.done == ["a", "b", "c", "d"]
    assert not town.waiting()


def test_all_pages_of_an_hour_are_read(town: Town) -> None:
    for part in range(3):
        transaction = town.table.transaction()
        for number in range(50):
            schedule(transaction, "bakery.bread", f"{part}.{number}", NOW - HOUR)
        transaction.commit()
    assert town.poller.tick(NOW).done == 150
    assert not town.waiting()


def test_pause_of_the_poller_loses_nothing(town: Town) -> None:
    town.poller.tick(NOW)
    for days in range(1, 20):
        town.remind(str(days), NOW + days * DAY)
    assert town.poller.tick(NOW + 21 * DAY).done == 19
    assert town.done == [str(days) for days in range(1, 20)]


def test_first_run_looks_back_and_later_ones_start_at_cursor(town: Town) -> None:
    town.remind("old", NOW - FIRST_LOOK)
    town.poller.tick(NOW)
    assert town.done == ["old"]
    assert town.begins_at() == "2126-07-01T08"
    reads: list[str] = []
    query = town.poller._table.query  # noqa: SLF001 - it is counted here what is read

    def counted(collection: Any, pk: str, **arguments: Any) -> Any:
        reads.append(pk)
        return query(collection, pk, **arguments)

    town.poller._table.query = counted  # type: ignore[method-assign]  # noqa: SLF001
    town.poller.tick(NOW + MINUTE)
    assert reads == ["DUE#2126-07-01T08", "DUE#2126-07-01T09"]


def test_hour_is_finished_only_after_margin(town: Town) -> None:
    town.poller.tick(NOW)
    late = NOW.replace(minute=59)
    town.poller.tick(late + 30 * MINUTE)
    town.remind("late", late)
    town.poller.tick(late + 31 * MINUTE)
    assert town.done == ["late"]


def test_failed_work_is_retried_and_does_not_block(town: Town) -> None:
    town.fails = {"bad"}
    town.remind("bad", NOW - HOUR)
    town.remind("good", NOW)
    run = town.poller.tick(NOW)
    assert (run.done, run.failed) == (1, 1)
    assert run.milliseconds_behind == HOUR.total_seconds() * 1000
    waits = []
    now = NOW
    for attempt in range(1, 6):
        (deadline,) = town.waiting()
        assert (deadline.since, deadline.attempts) == (stamp(NOW - HOUR), attempt)
        again = datetime.fromisoformat(deadline.at)
        waits.append((again - now).total_seconds())
        assert town.poller.tick(again - timedelta(seconds=1)).failed == 0
        now = again
        assert town.poller.tick(now).failed == 1
    assert waits == [50, 110, 230, 230, 230]
    town.fails.clear()
    assert town.poller.tick(now + HOUR).done == 1
    assert town.done == ["good", "bad"]
    assert not town.waiting()


def test_failure_is_logged_with_deadline(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    town.fails = {"bad"}
    town.remind("bad", NOW)
    town.poller.tick(NOW)
    (record,) = [vars(record) for record in caplog.records if record.levelname == "ERROR"]
    assert (record["kind"], record["id"], record["attempts"]) == ("bakery.bread", "bad", 1)


@pytest.mark.parametrize("kind", ["bakery.cake", "butcher.meat", "nothing"])
def test_unknown_work_counts_as_failure(town: Town, kind: str) -> None:
    town.remind("1", NOW, kind)
    town.remind("2", NOW)
    run = town.poller.tick(NOW)
    assert (run.done, run.failed, town.done) == (1, 1, ["2"])
    assert [deadline.attempts for deadline in town.waiting()] == [1]


def test_hanging_function_does_not_delay_others(town: Town) -> None:
    for number in range(3):
        town.fails.add(f"slow{number}")
        town.takes[f"slow{number}"] = 26
        town.remind(f"slow{number}", NOW - DAY)
    town.remind("quick", NOW, "library.bread")
    run = town.poller.tick(NOW)
    assert (run.failed, town.done) == (1, ["quick"])
    assert run.milliseconds_behind == DAY.total_seconds() * 1000
    assert town.begins_at() == "2126-06-30T09", "two of that hour are still to be done"
    town.fails.clear()
    town.takes.clear()
    town.poller.tick(NOW + MINUTE)
    assert sorted(town.done) == ["quick", "slow0", "slow1", "slow2"]


def test_next_run_continues_after_time_limit(town: Town) -> None:
    for number in range(5):
        town.remind(str(number), NOW - DAY + number * HOUR)
        town.takes[str(number)] = 15
    run = town.poller.tick(NOW)
    assert town.done == ["0", "1", "2"]
    assert run.milliseconds_behind == 21.5 * HOUR.total_seconds() * 1000, "so late is the first hour not looked at"
    town.poller.tick(NOW + MINUTE)
    assert town.done == ["0", "1", "2", "3", "4"]


def test_concurrent_pollers_are_harmless(town: Town) -> None:
    other = town.another_poller()

    def meanwhile(entity_id: str) -> None:
        town.meanwhile = lambda again: again
        assert other.tick(NOW).done == 2, entity_id

    town.meanwhile = meanwhile
    town.remind("a", NOW)
    town.remind("b", NOW)
    town.poller.tick(NOW)
    assert set(town.done) == {"a", "b"}
    assert not town.waiting()
    town.poller.tick(NOW + MINUTE)
    assert not town.waiting()


def test_work_rescheduled_while_running_runs_again(town: Town) -> None:
    def meanwhile(entity_id: str) -> None:
        town.meanwhile = lambda again: again
        town.remind(entity_id, NOW)  # by somebody whose change the work may not have seen

    town.meanwhile = meanwhile
    town.remind("a", NOW)
    town.poller.tick(NOW)
    assert len(town.waiting()) == 1
    town.poller.tick(NOW + MINUTE)
    assert town.done == ["a", "a"]
    assert not town.waiting()


def key_of(deadline: Deadline) -> dict[str, str]:
    return {"hour": deadline.hour, "at": deadline.at, "kind": deadline.kind, "id": deadline.id}


def test_deadline_from_relay_runs_once(town: Town) -> None:
    town.remind("a", NOW)
    (deadline,) = town.waiting()
    assert town.poller.run_one(key_of(deadline), NOW - MINUTE).done == 0, "its time has not come by this clock"
    assert town.poller.run_one(key_of(deadline), NOW).done == 1
    assert town.poller.run_one(key_of(deadline), NOW).done == 0
    assert town.done == ["a"]


def test_failed_deadline_from_relay_is_postponed(town: Town) -> None:
    town.fails = {"a"}
    town.remind("a", NOW)
    (deadline,) = town.waiting()
    assert town.poller.run_one(key_of(deadline), NOW).failed == 1
    town.fails.clear()
    assert town.poller.tick(NOW + MINUTE).done == 1


def test_poller_writes_only_deadlines(town: Town) -> None:
    transaction = town.poller._table.transaction()  # noqa: SLF001 - the table as the poller has it
    with pytest.raises(Forbidden):
        transaction.emit("JP", "NEW", "1", to=())


@pytest.fixture
def handler(table: Table, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    monkeypatch.setenv("SOUK_OWNERS", "bakery=bakery library=library")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "clock")
    deployment.table.cache_clear()
    with settled(monkeypatch, table=TABLE, writes=DUE_PREFIX, function="clock", prefix="souk-test"):
        monkeypatch.setattr(clock, "DeadlinePoller", lambda *_: Town(table).poller)
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
