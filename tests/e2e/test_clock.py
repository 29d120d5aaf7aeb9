"""The test clock on the deployed stack. It moves the time of the shared run, so it is one of the last."""

from tests.support.actor import hourly
from tests.support.running import Run
from tests.support.scenarios import Cast

STATE = "query ($id: ID!) { offer(id: $id) { state } }"


def test_offer_expires_when_the_clock_is_moved(souk: Run, cast: Cast) -> None:
    job = cast.client.post_job("An offer that nobody answers", hourly=True)
    proposal = cast.freelancer.propose(job, "45.00")
    offer = cast.client.offer(job, proposal, cast.freelancer, **hourly("4500"))["id"]
    moved = souk.souk("clock", "advance", "15d")
    assert (moved.returncode, moved.stderr) == (0, "")
    assert moved.stdout.splitlines()[1] == "15d ahead of the real time"
    assert cast.client.answer(STATE, id=offer)["state"] == "EXPIRED", "tokens from before the move are valid"
    # A second offer is possible, because the deadline of the first has run.
    again = cast.client.offer(job, proposal, cast.freelancer, **hourly("4500"))["id"]
    assert cast.client.answer(STATE, id=again)["state"] == "PENDING_VENDOR_ACCEPTANCE"
    assert int(again) - int(offer) > 0, "ids hold the time of the marketplace"
