"""The bids of a posting: their sum at once, the lowest and highest a minute later."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from souk.domains.market.store import ACTIVITY, activity_key
from souk.domains.proposals import store
from souk.domains.proposals.commands import bids
from souk.domains.proposals.model import ClientStatus, Proposal
from souk.domains.proposals.store import applications_to
from souk.values.errors import Conflict
from tests.support.clock import CLOCK
from tests.support.worlds.proposals import ProposalsWorld

SOON = timedelta(minutes=2)
STAT = """query ($id: ID!) { marketplaceJobPosting(id: $id) { activityStat { applicationsBidStats {
  avgRateBid { rawValue } minRateBid { rawValue } maxRateBid { rawValue } avgInterviewedRateBid { rawValue } } } } }"""


def shown(world: ProposalsWorld, job_id: str) -> tuple[str | None, ...]:
    """Return the lowest, the mean and the highest bid that the market sees after the scheduled update."""
    world.souk.run_due(CLOCK.market() + SOON)
    stat = world.noah.call(STAT, {"id": job_id}).data["marketplaceJobPosting"]["activityStat"]
    bid_stats = stat["applicationsBidStats"]
    return tuple(bid_stats[name] and bid_stats[name]["rawValue"] for name in ("minRateBid", "avgRateBid", "maxRateBid"))


def stored(world: ProposalsWorld, job_id: str) -> list[Proposal]:
    """Return the stored proposals to a posting."""
    return [one for chunk in applications_to(world.souk.table, job_id) for one in chunk]


def test_bid_range_follows_bids(world: ProposalsWorld) -> None:
    job = world.post_fixed_price()
    assert shown(world, job) == (None, None, None)
    of_sofia = world.apply(world.sofia, job, "100.00")
    assert shown(world, job) == ("100.00", "100.00", "100.00")
    of_noah = world.apply(world.noah, job, "40.00")
    world.apply(world.ivy, job, "70.00")
    assert shown(world, job) == ("40.00", "70.00", "100.00")
    world.update_proposal(world.sofia, of_sofia, chargedAmount={"amount": "55", "currency": "USD"})
    assert shown(world, job) == ("40.00", "55.00", "70.00")
    world.withdraw(world.noah, of_noah)
    assert shown(world, job) == ("55.00", "62.50", "70.00")
    world.act_on(world.olivia, "decline", job, of_sofia)  # a decision leaves the bid counted
    assert shown(world, job) == ("55.00", "62.50", "70.00")
    world.apply(world.noah, job, "10.00")
    assert shown(world, job)[0] == "10.00"


def test_bid_range_is_empty_without_bids(world: ProposalsWorld) -> None:
    job = world.post_fixed_price()
    world.withdraw(world.sofia, world.apply(world.sofia, job))
    assert shown(world, job) == (None, None, None)


def test_bids_of_one_minute_are_processed_once(world: ProposalsWorld) -> None:
    job = world.post_fixed_price()
    template = world.stored_proposal(world.apply(world.sofia, job))
    world.souk.run_due(CLOCK.market() + SOON)
    world.copy_proposal(template, 20)
    assert world.souk.run_due(CLOCK.market() + SOON) == 1


def test_bid_range_is_retried_when_bids_change(world: ProposalsWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    job = world.post_fixed_price()
    world.apply(world.sofia, job, "30.00")
    table, now = world.souk.table, CLOCK.market()

    def late(*_given: object) -> object:
        found = [*applications_to(table, job)]
        monkeypatch.setattr(bids, "applications_to", applications_to)
        world.apply(world.noah, job, "20.00")
        return found

    monkeypatch.setattr(bids, "applications_to", late)
    with pytest.raises(Conflict):
        bids.update_bid_range(table, job, now)
    assert world.activity(job).lowest_bid == 0
    bids.update_bid_range(table, job, now)
    assert (world.activity(job).lowest_bid, world.activity(job).highest_bid) == (2_000, 3_000)


def test_bids_are_read_in_chunks_up_to_a_bound(world: ProposalsWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    job = world.post_fixed_price()
    world.copy_proposal(world.stored_proposal(world.apply(world.sofia, job, "40.00")), 20)
    world.apply(world.noah, job, "10.00")
    monkeypatch.setattr(store, "_CHUNK", 5)
    assert [len(chunk) for chunk in applications_to(world.souk.table, job)] == [5, 5, 5, 5, 2]
    bids.update_bid_range(world.souk.table, job, CLOCK.market())
    assert (world.activity(job).lowest_bid, world.activity(job).highest_bid) == (1_000, 4_000)
    monkeypatch.setattr(bids, "_MOST_CHUNKS", 2)
    before = world.souk.table.trips
    bids.update_bid_range(world.souk.table, job, CLOCK.market())
    assert world.souk.table.trips <= before + 6, "the activity, two chunks with their proposals, the range"


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    steps=st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["apply", "change", "withdraw"]), st.integers(1, 9)))
)
def test_random_steps_keep_bid_range_correct(world: ProposalsWorld, steps: list[tuple[int, str, int]]) -> None:
    job = world.post_fixed_price()
    for who, verb, amount in steps:
        person = (world.sofia, world.noah, world.ivy)[who]
        if verb == "apply":
            world.try_apply(person, job, str(amount))
        else:
            own = {one.parties.vendor_user_id: one.id for one in stored(world, job)}
            if id_ := own.get(person.user_id):
                price = {"amount": str(amount), "currency": "USD"}
                _ = (
                    world.withdraw(person, id_)
                    if verb == "withdraw"
                    else world.update_proposal(person, id_, chargedAmount=price)
                )
    bids.update_bid_range(world.souk.table, job, CLOCK.market())
    standing = [one.amount for one in stored(world, job) if one.client_status is not ClientStatus.WITHDRAWN]
    counted = world.activity(job)
    assert (counted.bids, counted.bid_total) == (len(standing), sum(standing))
    assert (counted.lowest_bid, counted.highest_bid) == (min(standing, default=0), max(standing, default=0))


def test_settle_conflicts_when_tally_changed(world: ProposalsWorld) -> None:
    table, key = world.souk.table, activity_key("1")
    seen = table.read_tally(ACTIVITY, "1")
    tx = table.transaction()
    tx.set_derived(ACTIVITY, key, seen, ("bids",), lowest_bid=5)
    tx.commit()
    assert table.read_tally(ACTIVITY, "1").lowest_bid == 5
    tx = table.transaction()
    tx.tally(ACTIVITY, key, bids=1)
    tx.commit()
    tx = table.transaction()
    tx.set_derived(ACTIVITY, key, seen, ("bids",), lowest_bid=4)
    with pytest.raises(Conflict):
        tx.commit()
    assert table.read_tally(ACTIVITY, "1").lowest_bid == 5
