"""Fifty concurrent callers with one winner: the API in threads of this process, on the deployed stack's table.

The table's transactions decide these races. Starting a function process for each of a hundred calls would take long.
"""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
from botocore.config import Config

from souk.local.emulator import REGION
from souk.local.home import Home
from souk.storage import Table
from souk.values.clock import Clock
from tests.support import table as table_shape
from tests.support.actor import ACCEPT_OFFER, CREATE_OFFER, CREATE_PROPOSAL, Actor, fixed, hourly
from tests.support.api import Person, Souk
from tests.support.audit import audit
from tests.support.running import Run
from tests.support.scenarios import Cast

AT_ONCE = 50
WHO_AM_I = "{ user { id } organization { id } }"
again = pytest.mark.usefixtures("turn")


@pytest.fixture(params=range(3))
def turn(request: pytest.FixtureRequest) -> int:
    """Repeat each race, because its outcome varies."""
    number: int = request.param
    return number


@pytest.fixture(scope="module")
def table(souk: Run) -> Table:
    key = Home(souk.home).root_key()
    client = boto3.client(
        "dynamodb",
        endpoint_url=souk.running.endpoint,
        region_name=REGION,
        aws_access_key_id=key.id,
        aws_secret_access_key=key.secret,
        config=Config(max_pool_connections=AT_ONCE * 2),
    )
    table_shape.create_counters(client)
    return Table(client, souk.running.outputs["TableName"], Clock(), writes=("",))


@pytest.fixture(scope="module")
def cast(souk: Run, table: Table) -> Cast:
    def actor(email: str) -> Actor:
        token = souk.token(email)
        user = souk.post(WHO_AM_I, token)["data"]
        user_id, organization_id = user["user"]["id"], user["organization"]["id"]

        def ask(query: str, variables: dict[str, Any]) -> dict[str, Any]:
            return Person(Souk.whole(table), user_id, organization_id, token).call(query, variables).json

        return Actor(user_id, organization_id, ask)

    return Cast(actor("olivia@acme.test"), actor("sofia@studio.test"), actor("omar@rival.test"))


def at_once(act: Callable[[int], dict[str, Any]]) -> tuple[list[Any], Counter[str]]:
    """Return the results of the successful calls, and the counts of the other calls' error codes."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(act, range(AT_ONCE)))
    values = [next(iter(one["data"].values())) for one in answers if "errors" not in one]
    return values, Counter(one["errors"][0]["extensions"]["code"] for one in answers if "errors" in one)


def _offered(cast: Cast, title: str, **terms: Any) -> str:
    job = cast.client.post_job(title, hourly="hourlyRateTerms" in terms)
    proposal = cast.freelancer.propose(job, "45.00" if "hourlyRateTerms" in terms else "1000.00")
    return str(cast.client.offer(job, proposal, cast.freelancer, **terms)["id"])


@again
def test_concurrent_acceptances_have_one_winner(cast: Cast) -> None:
    offer = _offered(cast, "A race to accept", **hourly("4500"))
    won, lost = at_once(lambda _: cast.freelancer.ask(ACCEPT_OFFER, {"input": {"offerId": offer}}))
    assert len(won) == 1, lost
    assert lost == {"CONFLICT": AT_ONCE - 1}


@again
def test_offer_is_accepted_or_withdrawn_never_both(cast: Cast) -> None:
    offer = _offered(cast, "A race to withdraw", **hourly("4500"))
    withdraw = "mutation ($input: WithdrawOfferInput!) { withdrawOffer(input: $input) }"

    def act(number: int) -> dict[str, Any]:
        if number % 2:
            return cast.client.ask(withdraw, {"input": {"offerId": offer}})
        return cast.freelancer.ask(ACCEPT_OFFER, {"input": {"offerId": offer}})

    won, lost = at_once(act)
    assert len(won) == 1, lost
    assert lost == {"CONFLICT": AT_ONCE - 1}
    state = cast.client.answer("query ($id: ID!) { offer(id: $id) { state } }", id=offer)["state"]
    assert state == ("WITHDRAWN" if won == [True] else "ACCEPTED")


@again
def test_concurrent_payments_have_one_winner(cast: Cast) -> None:
    contract = cast.freelancer.accept(_offered(cast, "A race to pay", **fixed(100_000)))["id"]
    (milestone,) = cast.client.contract(contract)["terms"]["fixedPriceTerms"][0]["milestones"]
    activate = (
        "mutation ($input: ActivateMilestoneInput) { activateMilestone(input: $input) { fundedAmount { rawValue } } }"
    )
    won, lost = at_once(lambda _: cast.client.ask(activate, {"input": {"id": milestone["id"]}}))
    assert won == [{"fundedAmount": {"rawValue": "1000.00"}}], lost
    assert lost == {"CONFLICT": AT_ONCE - 1}
    cast.freelancer.submit(milestone["id"], "Done.")
    approve = "mutation ($input: ApproveMilestoneInput!) { approveMilestone(input: $input) { paid { rawValue } } }"
    asked = {"input": {"id": milestone["id"], "paidAmount": "100000"}}
    won, lost = at_once(lambda _: cast.client.ask(approve, asked))
    assert won == [{"paid": {"rawValue": "1000.00"}}], lost
    assert lost == {"CONFLICT": AT_ONCE - 1}


@again
def test_concurrent_requests_with_one_key_create_one_offer(cast: Cast) -> None:
    job = cast.client.post_job("A race with one key", hourly=True)
    source = {"sourceType": "JobPosting", "sourceId": job}
    asked = cast.client.offer_input(cast.freelancer, source, **hourly("4500"), idempotencyKey=f"key of {job}")
    made, refused = at_once(lambda _: cast.client.ask(CREATE_OFFER, {"input": asked}))
    assert not refused
    assert len({one["offer"]["id"] for one in made}) == 1


@again
def test_concurrent_proposals_of_one_freelancer_have_one_winner(cast: Cast) -> None:
    job = cast.client.post_job("A race to apply", hourly=True)
    asked = cast.freelancer.proposal(job, "40.00")
    made, refused = at_once(lambda _: cast.freelancer.ask(CREATE_PROPOSAL, {"input": asked}))
    assert len(made) == 1, refused
    assert refused == {"CONFLICT": AT_ONCE - 1}
    assert cast.client.client_proposals(job)["totalCount"] == 1


@again
def test_concurrent_withdrawals_have_one_winner(cast: Cast) -> None:
    job = cast.client.post_job("A race to leave", hourly=True)
    proposal = cast.freelancer.propose(job, "40.00")
    withdraw = "mutation ($input: WithdrawJobProposalInput!) { withdrawJobProposal(input: $input) { id } }"
    won, lost = at_once(lambda _: cast.freelancer.ask(withdraw, {"input": {"id": proposal}}))
    assert len(won) == 1, lost
    assert lost == {"CONFLICT": AT_ONCE - 1}


def test_records_are_consistent_after_races(table: Table) -> None:
    """Check that ledger, records and counters contain only the winners' changes."""
    audit(table)
