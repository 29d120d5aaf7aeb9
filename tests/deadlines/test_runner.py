"""The runner of deadlines in the owning functions."""

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
from souk.deadlines import runner
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
_KIND = re.compile(r"[a-z]+\.[a-z_]+")
_LITERAL = re.compile(rf'"{_KIND.pattern}"')
Calls = list[tuple[Table, str, datetime]]


@pytest.fixture
def worked(monkeypatch: pytest.MonkeyPatch) -> Calls:
    """Declare a kind of work for job postings, and return its calls."""
    calls: Calls = []
    monkeypatch.setattr(jobs, "deadlines", dict(jobs.deadlines))
    monkeypatch.setitem(OWNERS, "jobs", "jobs")

    @jobs.due(KIND)
    def work(table: Table, entity_id: str, now: datetime) -> None:
        calls.append((table, entity_id, now))
        if entity_id == "bad":
            raise NotFound("It is gone.")
        if entity_id == "endless":
            schedule_work(table, entity_id, now)
        if entity_id.startswith("chain") and entity_id != "chain0":
            schedule_work(table, f"chain{int(entity_id[5:]) - 1}", now)
        if entity_id == "thief":
            transaction = table.transaction()
            transaction.count(Key("ORG#1", "COUNT"))

    return calls


def schedule_work(table: Table, entity_id: str, at: datetime) -> None:
    transaction = table.transaction()
    schedule(transaction, KIND, entity_id, at)
    transaction.commit()


def test_work_gets_table_id_and_time_of_event(table: Table, worked: Calls, souk: Souk) -> None:
    assert DeadlineRunner(table, "jobs", domains.load)(due_event(KIND, "1", NOW)) == {"done": True}
    assert worked == [(table, "1", NOW)]
    assert souk.invoke("jobs", due_event(KIND, "2", NOW)) == {"done": True}
    assert worked[1] == (souk.tables["jobs"], "2", NOW)


def test_work_without_time_in_event_gets_now(table: Table, worked: Calls) -> None:
    before = CLOCK.market()
    DeadlineRunner(table, "jobs", domains.load)({"due": {"kind": KIND, "id": "1"}})
    assert before <= worked[0][2] <= CLOCK.market()


def test_errors_are_raised(table: Table, worked: Calls) -> None:
    runner = DeadlineRunner(table, "jobs", domains.load)
    with pytest.raises(NotFound, match="gone"):
        runner(due_event(KIND, "bad", NOW))
    with pytest.raises(NotFound, match=r"kind of work jobs\.nothing"):
        runner(due_event("jobs.nothing", "1", NOW))
    assert len(worked) == 1


def test_function_runs_only_its_own_work(table: Table, worked: Calls) -> None:
    with pytest.raises(Forbidden, match="belongs to the function jobs"):
        DeadlineRunner(table, "auth", domains.load)(due_event(KIND, "1", NOW))
    assert not worked


@pytest.mark.parametrize("headers", [{}, {"Content-Type": "application/json"}])
@pytest.mark.parametrize("function", ["graphql", "jobs"])
def test_client_cannot_run_deadlines(souk: Souk, worked: Calls, headers: dict[str, str], function: str) -> None:
    body = orjson.dumps(due_event(KIND, "1", NOW)).decode()
    for event in (proxy_event(body, headers), {**proxy_event(body, headers), **due_event(KIND, "1", NOW)}):
        assert not is_due(event)
        assert souk.invoke(function, event)["statusCode"] in {401, 415}
    assert not worked


def test_auth_function_runs_deadlines(monkeypatch: pytest.MonkeyPatch) -> None:
    received: list[Any] = []

    def fake_api() -> Any:
        return lambda event, context: received.append((event, context))

    monkeypatch.setattr(api, "make_handler", fake_api)
    event = due_event("identity.test", "1", NOW)
    auth.make_handler()(event, "context")
    assert received == [(event, "context")]


def test_run_due_includes_deadlines_of_the_work(souk: Souk, worked: Calls) -> None:
    schedule_work(souk.table, "chain2", NOW - timedelta(days=400))
    schedule_work(souk.table, "later", NOW + timedelta(days=1))
    assert souk.run_due(NOW) == 3
    assert [(table.writes, entity_id) for table, entity_id, _ in worked] == [
        (souk.tables["jobs"].writes, f"chain{number}") for number in (2, 1, 0)
    ]
    assert souk.run_due(NOW) == 0
    assert souk.run_due(NOW - timedelta(days=1)) == 0
    assert souk.run_due(NOW + timedelta(days=1)) == 1


def test_run_due_runs_current_deadlines_by_default(souk: Souk, worked: Calls) -> None:
    schedule_work(souk.table, "now", CLOCK.market())
    schedule_work(souk.table, "past", datetime(2020, 1, 1, tzinfo=UTC))
    schedule_work(souk.table, "future", NOW)
    assert souk.run_due() == 2
    assert sorted(entity_id for _, entity_id, _ in worked) == ["now", "past"]


def test_run_due_raises_errors(souk: Souk, worked: Calls) -> None:
    for entity_id in ("bad", "good"):
        schedule_work(souk.table, entity_id, NOW)
    with pytest.raises(NotFound, match="gone"):
        souk.run_due(NOW)
    assert sorted(entity_id for _, entity_id, _ in worked) == ["bad", "good"]
    schedule_work(souk.table, "endless", NOW)
    with pytest.raises(AssertionError, match="at once"):
        souk.run_due(NOW)


@pytest.mark.usefixtures("worked")
def test_work_can_write_only_keys_of_its_function(souk: Souk) -> None:
    schedule_work(souk.table, "thief", NOW)
    with pytest.raises(Forbidden, match="begin with ORG#"):
        souk.run_due(NOW)


def test_owners_have_every_domain_with_deadlines() -> None:
    for name, function in OWNERS.items():
        domain: Domain = domains.load(name)
        assert domain.function == function
        assert {(due.domain, due.function) for due in domain.deadlines.values()} == {(name, function)}


def test_scheduled_kinds_are_declared() -> None:
    declared = {kind for domain in DOMAINS for kind in (*domain.deadlines, *domain.uploads)}
    sources = [file.read_text() for file in SOURCE.rglob("*.py")]
    # To parse all of them takes seconds.
    trees = [ast.parse(source) for source in sources if "schedule(" in source or _LITERAL.search(source)]
    constants = dict(constant for tree in trees for constant in _constants(tree))
    scheduled = {kind for tree in trees for kind in _scheduled(tree, constants)}
    assert {"offers.expiry", "payments.reconcile"} <= scheduled
    assert not scheduled - declared, "no domain declares this work with `@domain.due` or `@domain.upload`"


def _constants(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield the constants that may be kinds of work, with their values."""
    for node in ast.walk(tree):
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(text)))
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant(value=str(text)))
            ) if _KIND.fullmatch(text):
                yield name, text


def _scheduled(tree: ast.AST, constants: dict[str, str]) -> Iterator[str]:
    """Yield the kinds of work that a module schedules. Variables are not resolved."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="schedule"), args=[_, ast.Constant(value=str(kind)), *_]):
                yield kind
            case ast.Call(func=ast.Name(id="schedule"), args=[_, ast.Name(id=name), *_]) if name in constants:
                yield constants[name]
            case ast.Call(func=ast.Name(id="schedule"), args=[_, ast.Attribute(attr=name), *_]):
                yield constants[name]


def test_long_work_is_stopped_between_pieces_and_goes_on(
    table: Table, worked: Calls, souk: Souk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`worked` lets `jobs` declare work."""
    done: list[int] = []

    @jobs.due("jobs.long", then=KIND)
    def work(_table: Table, _entity_id: str, _now: datetime) -> Iterator[None]:
        for piece in range(len(done), 3):
            done.append(piece)
            yield

    monkeypatch.setattr(runner, "LONGEST", -1)  # the time is always over
    tx = table.transaction()
    schedule(tx, "jobs.long", "7", NOW)
    tx.commit()
    assert souk.run_due(NOW) == 5
    assert done == [0, 1, 2]
    assert [entity_id for _, entity_id, _ in worked] == ["7/jobs.long"]
