"""What becomes of proposals and invitations counts for their freelancer, once, on the day when they were made."""

from datetime import timedelta

from souk.domains.market.model import DayTally
from souk.domains.market.store import DAYS, FREELANCER_RECORDS, HIDDEN_REASONS
from souk.domains.reputation.commands.rebuilding import differences, history_of, replayed, stored
from souk.values.times import stamp
from tests.support.clock import CLOCK
from tests.support.worlds.jobs import SOFIA
from tests.support.worlds.proposals import ProposalsWorld

RATE_TOO_HIGH = "1803"


def today(world: ProposalsWorld) -> DayTally:
    return world.souk.table.read_tally(DAYS, SOFIA, stamp(CLOCK.market()), consistent=True)


def counts(world: ProposalsWorld) -> dict[str, int]:
    """Return the counts of the day that are not 0."""
    day = today(world)
    return {name: number for name in DAYS.names if (number := getattr(day, name))}


def hidden(world: ProposalsWorld) -> int:
    return world.souk.table.read_tally(HIDDEN_REASONS, SOFIA, RATE_TOO_HIGH, consistent=True).proposals


def test_proposal_counts_each_step_once(world: ProposalsWorld) -> None:
    job = world.post_fixed_price()
    proposal = world.apply(world.sofia, job)
    assert counts(world) == {"applied": 1}
    for _ in range(2):
        assert world.act_on(world.olivia, "read", job, proposal).data
        assert world.act_on(world.olivia, "message", job, proposal, message="Hello").data
    assert counts(world) == {"applied": 1, "viewed": 1, "interviewed": 1}
    record = world.souk.table.read_tally(FREELANCER_RECORDS, SOFIA, consistent=True)
    assert (record.interviews, record.last_applied) == (1, world.stored_proposal(proposal).created)
    world.act_on(world.olivia, "hide", job, proposal, hide=True, hideByClientReasonId=RATE_TOO_HIGH)
    assert (counts(world)["hidden_viewed"], hidden(world)) == (1, 1)
    world.act_on(world.olivia, "hide", job, proposal, hide=False)
    assert ("hidden_viewed" in counts(world), hidden(world)) == (False, 0)
    world.withdraw(world.sofia, proposal)
    world.apply(world.sofia, job)
    assert counts(world) == {"applied": 1, "viewed": 1, "interviewed": 1}, "sent again, it is the same proposal"
    assert world.souk.table.read_tally(FREELANCER_RECORDS, SOFIA, consistent=True).interviews == 0
    history = history_of(world.souk.table, SOFIA)
    rebuilt = replayed(world.souk.table, SOFIA, history).tallies()
    assert not list(differences(stored(world.souk.table, SOFIA, ()), rebuilt))


def test_answers_to_invitations_count_on_their_day(world: ProposalsWorld) -> None:
    quick, slow, silent = (world.post_fixed_price() for _ in range(3))
    world.invite(silent, world.sofia)
    late = world.invite(slow, world.sofia)
    assert world.accept_invitation(world.sofia, world.invite(quick, world.sofia)).data
    made = today(world)
    assert (made.invited, made.answered, made.answered_in_a_day, made.applied, made.interviewed) == (3, 1, 1, 1, 1)
    first_day = stamp(CLOCK.market())
    CLOCK.at(CLOCK.market() + timedelta(days=2))
    assert world.decline_invitation(world.sofia, late).data
    after = world.souk.table.read_tally(DAYS, SOFIA, first_day, consistent=True)
    assert (after.invited, after.answered, after.answered_in_a_day) == (3, 2, 1)
    assert counts(world) == {}
