"""The bids around a posting: their sum at once, the lowest and the highest of them a moment later."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from souk.domains.market.store import ACTIVITY, activity_key
from souk.domains.proposals.commands import bidding
from souk.domains.proposals.model import ClientStatus
from souk.domains.proposals.store import applications_to
from souk.values.errors import Conflict
from tests.domains.proposals.board import Board
from tests.support.clock import CLOCK

SOON = timedelta(minutes=2)
STAT = """query ($id: ID!) { marketplaceJobPosting(id: $id) { activityStat { applicationsBidStats {
  avgRateBid { rawValue } minRateBid { rawValue } maxRateBid { rawValue } avgInterviewedRateBid { rawValue } } } } }"""


def shown(board: Board, job_id: str) -> tuple[str | None, ...]:
    """Return the lowest, the mean and the highest bid that the market sees, when a moment has passed."""
    board.souk.run_due(CLOCK.market() + SOON)
    stat = board.noah.call(STAT, {"id": job_id}).data["marketplaceJobPosting"]["activityStat"]
    bids = stat["applicationsBidStats"]
    return tuple(bids[name] and bids[name]["rawValue"] for name in ("minRateBid", "avgRateBid", "maxRateBid"))


def test_bids_come_change_and_go(board: Board) -> None:
    job = board.fixed()
    assert shown(board, job) == (None, None, None)
    of_sofia = board.apply(board.sofia, job, "100.00")
    assert shown(board, job) == ("100.00", "100.00", "100.00")
    of_noah = board.apply(board.noah, job, "40.00")
    board.apply(board.ivy, job, "70.00")
    assert shown(board, job) == ("40.00", "70.00", "100.00")
    board.change_own(board.sofia, of_sofia, chargedAmount={"amount": "55", "currency": "USD"})
    assert shown(board, job) == ("40.00", "55.00", "70.00")
    board.withdraw(board.noah, of_noah)
    assert shown(board, job) == ("55.00", "62.50", "70.00")
    board.act(board.olivia, "decline", job, of_sofia)  # a decision leaves the bid counted
    assert shown(board, job) == ("55.00", "62.50", "70.00")
    board.apply(board.noah, job, "10.00")
    assert shown(board, job)[0] == "10.00"


def test_when_the_last_bid_goes_there_is_none(board: Board) -> None:
    job = board.fixed()
    board.withdraw(board.sofia, board.apply(board.sofia, job))
    assert shown(board, job) == (None, None, None)


def test_the_bids_of_one_minute_are_looked_through_once(board: Board) -> None:
    job = board.fixed()
    template = board.stored(board.apply(board.sofia, job))
    board.souk.run_due(CLOCK.market() + SOON)
    board.copies(template, 20)
    assert board.souk.run_due(CLOCK.market() + SOON) == 1


def test_bids_that_change_meanwhile_are_looked_through_again(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    job = board.fixed()
    board.apply(board.sofia, job, "30.00")
    table, now = board.souk.table, CLOCK.market()

    def late(*_given: object) -> object:
        found = applications_to(table, job)
        monkeypatch.setattr(bidding, "applications_to", applications_to)
        board.apply(board.noah, job, "20.00")
        return found

    monkeypatch.setattr(bidding, "applications_to", late)
    with pytest.raises(Conflict):
        bidding.look_through(table, job, now)
    assert board.activity(job).lowest_bid == 0
    bidding.look_through(table, job, now)
    assert (board.activity(job).lowest_bid, board.activity(job).highest_bid) == (2_000, 3_000)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["apply", "change", "withdraw"]), st.integers(1, 9)))
)
def test_whatever_happens_the_range_is_that_of_the_bids(board: Board, steps: list[tuple[int, str, int]]) -> None:
    job = board.fixed()
    for who, verb, amount in steps:
        person = (board.sofia, board.noah, board.ivy)[who]
        if verb == "apply":
            board.ask_apply(person, job, str(amount))
        else:
            own = {one.parties.vendor_user_id: one.id for one in applications_to(board.souk.table, job)}
            if id_ := own.get(person.user_id):
                price = {"amount": str(amount), "currency": "USD"}
                _ = (
                    board.withdraw(person, id_)
                    if verb == "withdraw"
                    else board.change_own(person, id_, chargedAmount=price)
                )
    bidding.look_through(board.souk.table, job, CLOCK.market())
    standing = [
        one.amount for one in applications_to(board.souk.table, job) if one.client_status is not ClientStatus.WITHDRAWN
    ]
    counted = board.activity(job)
    assert (counted.bids, counted.bid_total) == (len(standing), sum(standing))
    assert (counted.lowest_bid, counted.highest_bid) == (min(standing, default=0), max(standing, default=0))


def test_numbers_are_settled_only_as_they_were_seen(board: Board) -> None:
    table, key = board.souk.table, activity_key("1")
    seen = table.read_tally(ACTIVITY, "1")
    tx = table.transaction()
    tx.settle(ACTIVITY, key, seen, ("bids",), lowest_bid=5)
    tx.commit()
    assert table.read_tally(ACTIVITY, "1").lowest_bid == 5
    tx = table.transaction()
    tx.tally(ACTIVITY, key, bids=1)
    tx.commit()
    tx = table.transaction()
    tx.settle(ACTIVITY, key, seen, ("bids",), lowest_bid=4)
    with pytest.raises(Conflict):
        tx.commit()
    assert table.read_tally(ACTIVITY, "1").lowest_bid == 5
