"""`souk talent rebuild`: tallies are rebuilt from the records, also while others write, and after an interruption."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from souk.deadlines.model import DEADLINES
from souk.domains.contracts.model import Contract
from souk.domains.contracts.store import begin_contract, deal_of
from souk.domains.ledger.model import BookingKind
from souk.domains.ledger.rules import entries
from souk.domains.ledger.store import post
from souk.domains.market.model import FreelancerRecord
from souk.domains.market.store import (
    CONTRACT_TOTALS,
    DAYS,
    FREELANCER_RECORDS,
    HIDDEN_REASONS,
    SCORE,
    day_key,
    freelancer_record_key,
    hidden_key,
)
from souk.operations import talent
from souk.operations.deployment import Deployment
from souk.operations.problem import Problem
from souk.storage import Table
from souk.storage.market_time import OFFSET, Offset
from souk.values.times import stamp
from tests.domains.reputation.work import parties
from tests.support.clock import CLOCK, new_id
from tests.support.worlds.milestones import contract


@pytest.fixture
def deployment(table: Table) -> Deployment:
    """Return a deployment with the test's table."""
    return Deployment({"TableName": table.name}, lambda _service: table.client, "https://souk.test")


def hire(table: Table, freelancer: str, *payments: int) -> Contract:
    """Begin a contract and pay for it."""
    now = stamp(CLOCK.market())
    sides = parties(client=f"9{freelancer}").model_copy(update={"vendor_user_id": freelancer})
    tx = table.transaction()
    begun = begin_contract(tx, table, contract(parties=sides, created=now, modified=now), "Acme")
    tx.commit()
    for amount in payments:
        pay(table, begun, amount)
    return begun


def pay(table: Table, one: Contract, amount: int) -> None:
    """Pay a bonus."""
    tx = table.transaction()
    entry = entries.Entry(new_id(), stamp(CLOCK.market()), "A bonus")
    post(tx, entries.direct(BookingKind.BONUS, deal_of(table, one), amount, entry))
    tx.commit()


def record(table: Table, freelancer: str) -> FreelancerRecord:
    return table.read_tally(FREELANCER_RECORDS, freelancer, consistent=True)


def spoil(table: Table, freelancer: str, one: Contract) -> None:
    """Change tallies beside their causes."""
    tx = table.transaction()
    tx.tally(FREELANCER_RECORDS, freelancer_record_key(freelancer), earned=7, contracts=-1, minutes=90)
    tx.tally(DAYS, day_key(freelancer, "2025-01-01"), reviews=3)
    tx.mark(day_key(freelancer, "2025-01-01"), "contracts", "9#F", most=100)
    tx.tally(HIDDEN_REASONS, hidden_key(freelancer, "1"), proposals=2)
    tx.tally(CONTRACT_TOTALS, CONTRACT_TOTALS.key(one.id), earned=-1)
    tx.commit()


def quiet(_line: str) -> None:
    """Say nothing."""


def during(action: Callable[[], None]) -> Callable[[float], None]:
    """Return a wait in which something happens once."""
    pending = [action]
    return lambda _seconds: pending.pop()() if pending else None


def test_rebuild_restores_tallies(table: Table, deployment: Deployment) -> None:
    one = hire(table, "71", 50, 1_000)
    before, totals = record(table, "71"), table.read_tally(CONTRACT_TOTALS, one.id, consistent=True)
    day = table.read_tally(DAYS, "71", stamp(CLOCK.market()), consistent=True)
    spoil(table, "71", one)
    said: list[str] = []
    assert talent.rebuild(deployment, said.append, lambda _: None) == 1
    assert said == ["Rebuilt the tallies of 1 of 1 freelancers"]
    assert record(table, "71") == before
    assert table.read_tally(CONTRACT_TOTALS, one.id, consistent=True) == totals
    assert table.read_tally(DAYS, "71", stamp(CLOCK.market()), consistent=True) == day
    spoilt = table.read_tally(DAYS, "71", "2025-01-01", consistent=True)
    assert (spoilt.reviews, spoilt.contracts) == (0, frozenset())
    assert table.read_tally(HIDDEN_REASONS, "71", "1", consistent=True).proposals == 0


def test_payment_during_a_rebuild_counts_once(table: Table, deployment: Deployment) -> None:
    one = hire(table, "71", 1_000)
    spoil(table, "71", one)
    talent.rebuild(deployment, quiet, during(lambda: pay(table, one, 500)))
    assert (record(table, "71").earned, record(table, "71").fixed_jobs) == (1_500, 1)
    assert table.read_tally(CONTRACT_TOTALS, one.id, consistent=True).earned == 1_500


def test_tally_that_always_changes_is_a_problem(table: Table, deployment: Deployment) -> None:
    one = hire(table, "71", 1_000)
    spoil(table, "71", one)
    with pytest.raises(Problem, match="change all the time"):
        talent.rebuild(deployment, quiet, lambda _seconds: pay(table, one, 500))


def test_rebuild_goes_on_after_an_interruption(
    table: Table, deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(talent, "_TOGETHER", 1)
    for freelancer in ("71", "72", "73"):
        spoil(table, freelancer, hire(table, freelancer, 1_000))
    calls: list[Any] = []

    def stop(_seconds: float) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        talent.rebuild(deployment, quiet, stop)
    assert (record(table, "71").earned, record(table, "72").earned) == (1_000, 1_007)
    said: list[str] = []
    assert talent.rebuild(deployment, said.append, lambda _: None) == 3
    assert said[0] == "Going on after 1 of 3 freelancers"
    assert {record(table, one).earned for one in ("71", "72", "73")} == {1_000}
    assert talent.rebuild(deployment, said.append, lambda _: None) == 3
    assert "Going on" not in said[-1]


def test_scores_are_scheduled_in_the_moved_time(table: Table, deployment: Deployment) -> None:
    hire(table, "101", 500)
    moved = Deployment({**deployment.outputs, "Production": "false"}, deployment.client, deployment.url)
    tx = Table(table.client, table.name, CLOCK, writes=("",)).transaction()
    tx.create(OFFSET, Offset(milliseconds=400 * 86_400_000))
    tx.commit()
    talent.rebuild(moved, quiet, lambda _seconds: None)
    items = table.client.scan(TableName=table.name)["Items"]
    due = [DEADLINES.decode(item) for item in items if item.get("type", {}).get("S") == DEADLINES.name]
    assert max(one.at for one in due if one.kind == SCORE) > stamp(CLOCK.real() + timedelta(days=400))
