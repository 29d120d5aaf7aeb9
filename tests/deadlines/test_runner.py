"""Work that is due, at the function that owns it, and who can have it done."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from souk import domains
from souk.app import DOMAINS, OWNERS
from souk.deadlines.model import schedule
from souk.deadlines.runner import DeadlineRunner, due_event, is_due
from souk.domains.jobs.resolvers import domain as jobs
from souk.entry import api, auth
from souk.graph.domain import Domain
from souk.storage import Key, Table
from souk.values.errors import Forbidden, NotFound
from tests.support.api import Souk, proxy_event
from tests.support.clock import CLOCK

NOW = datetime(2126, 7, 1, 9, 30, tzinfo=UTC)
KIND = "jobs.test"
SOURCE = Path(domains.__file__).parent
Worked = list[tuple[Table, str, datetime]]


@pytest.fixture
def worked(monkeypatch: pytest.MonkeyPatch) -> Worked:
    """Give postings a kind of work, and what has been done of it."""
    done: Worked = []
    monkeypatch.setattr(jobs, "deadlines", dict(jobs.deadlines))
    monkeypatch.setitem(OWNERS, "jobs", "jobs")

    @jobs.due(KIND)
    def work(table: Table, entity_id: str, now: datetime) -> None:
        done.append((table, entity_id, now))
        if entity_id == "bad":
            raise NotFound("It is gone.")
        if entity_id == "endless":
            remind(table, entity_id, now)
        if entity_id.startswith("chain") and entity_id != "chain0":
            remind(table, f"chain{int(entity_id[5:]) - 1}", now)
        if entity_id == "thief":
            transaction = table.transaction()
            transaction.count(Key("ORG#1", "COUNT"))

    return done


def remind(table: Table, entity_id: str, at: datetime) -> None:
    transaction = table.transaction()
    schedule(transaction, KIND, entity_id, at)
    transaction.commit()


def test_the_work_gets_the_table_the_id_and_the_time_of_the_clock(table: Table, worked: Worked, souk: Souk) -> None:
    assert DeadlineRunner(table, "jobs", domains.load)(due_event(KIND, "1", NOW)) == {"done": True}
    assert worked == [(table, "1", NOW)]
    assert souk.invoke("jobs", due_event(KIND, "2", NOW)) == {"done": True}
    assert worked[1] == (souk.tables["jobs"], "2", NOW)


def test_without_the_time_of_a_clock_it_is_now(table: Table, worked: Worked) -> None:
    before = CLOCK.market()
    DeadlineRunner(table, "jobs", domains.load)({"due": {"kind": KIND, "id": "1"}})
    assert before <= worked[0][2] <= CLOCK.market()


def test_what_goes_wrong_is_raised(table: Table, worked: Worked) -> None:
    runner = DeadlineRunner(table, "jobs", domains.load)
    with pytest.raises(NotFound, match="gone"):
        runner(due_event(KIND, "bad", NOW))
    with pytest.raises(NotFound, match=r"kind of work jobs\.nothing"):
        runner(due_event("jobs.nothing", "1", NOW))
    assert len(worked) == 1


def test_a_function_does_its_own_work_only(table: Table, worked: Worked) -> None:
    with pytest.raises(Forbidden, match="belongs to the function jobs"):
        DeadlineRunner(table, "auth", domains.load)(due_event(KIND, "1", NOW))
    assert not worked


@pytest.mark.parametrize("headers", [{}, {"Content-Type": "application/json"}])
@pytest.mark.parametrize("function", ["graphql", "jobs"])
def test_a_client_cannot_cause_it(souk: Souk, worked: Worked, headers: dict[str, str], function: str) -> None:
    body = orjson.dumps(due_event(KIND, "1", NOW)).decode()
    for event in (proxy_event(body, headers), {**proxy_event(body, headers), **due_event(KIND, "1", NOW)}):
        assert not is_due(event)
        assert souk.invoke(function, event)["statusCode"] in {401, 415}
    assert not worked


def test_the_function_of_people_does_its_work_too(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def fake_api() -> Any:
        return lambda event, context: asked.append((event, context))

    monkeypatch.setattr(api, "make_handler", fake_api)
    event = due_event("identity.test", "1", NOW)
    auth.make_handler()(event, "context")
    assert asked == [(event, "context")]


def test_everything_due_is_run_with_what_it_makes_due(souk: Souk, worked: Worked) -> None:
    remind(souk.table, "chain2", NOW - timedelta(days=400))
    remind(souk.table, "later", NOW + timedelta(days=1))
    assert souk.run_due(NOW) == 3
    assert [(table.writes, entity_id) for table, entity_id, _ in worked] == [
        (souk.tables["jobs"].writes, f"chain{number}") for number in (2, 1, 0)
    ]
    assert souk.run_due(NOW) == 0
    assert souk.run_due(NOW - timedelta(days=1)) == 0
    assert souk.run_due(NOW + timedelta(days=1)) == 1


def test_what_is_due_now_is_run_by_default(souk: Souk, worked: Worked) -> None:
    remind(souk.table, "now", CLOCK.market())
    remind(souk.table, "past", datetime(2020, 1, 1, tzinfo=UTC))
    remind(souk.table, "future", NOW)
    assert souk.run_due() == 2
    assert sorted(entity_id for _, entity_id, _ in worked) == ["now", "past"]


def test_a_test_hears_of_what_goes_wrong(souk: Souk, worked: Worked) -> None:
    for entity_id in ("bad", "good"):
        remind(souk.table, entity_id, NOW)
    with pytest.raises(NotFound, match="gone"):
        souk.run_due(NOW)
    assert sorted(entity_id for _, entity_id, _ in worked) == ["bad", "good"]
    remind(souk.table, "endless", NOW)
    with pytest.raises(AssertionError, match="at once"):
        souk.run_due(NOW)


@pytest.mark.usefixtures("worked")
def test_work_writes_what_its_function_owns(souk: Souk) -> None:
    remind(souk.table, "thief", NOW)
    with pytest.raises(Forbidden, match="begin with ORG#"):
        souk.run_due(NOW)


def test_every_owner_is_known_by_its_domain() -> None:
    for name, function in OWNERS.items():
        found: Domain = domains.load(name)
        assert found.function == function
        assert {(due.domain, due.function) for due in found.deadlines.values()} == {(name, function)}


def test_scheduled_work_is_declared() -> None:
    declared = {kind for domain in DOMAINS for kind in domain.deadlines}
    trees = [ast.parse(file.read_text()) for file in SOURCE.rglob("*.py")]
    constants = dict(constant for tree in trees for constant in _constants(tree))
    scheduled = {kind for tree in trees for kind in _scheduled(tree, constants)}
    assert {"offers.expiry", "payments.reconcile"} <= scheduled
    assert not scheduled - declared, "no domain declares this work with `@domain.due`"


def _constants(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield the names of constants that may be kinds of work, with their values."""
    for node in ast.walk(tree):
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(text)))
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant(value=str(text)))
            ) if re.fullmatch(r"[a-z]+\.[a-z_]+", text):
                yield name, text


def _scheduled(tree: ast.AST, constants: dict[str, str]) -> Iterator[str]:
    """Yield the kinds of work that a module schedules; the names of its variables are not followed."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="schedule"), args=[_, ast.Constant(value=str(kind)), *_]):
                yield kind
            case ast.Call(func=ast.Name(id="schedule"), args=[_, ast.Name(id=name), *_]) if name in constants:
                yield constants[name]
            case ast.Call(func=ast.Name(id="schedule"), args=[_, ast.Attribute(attr=name), *_]):
                yield constants[name]
