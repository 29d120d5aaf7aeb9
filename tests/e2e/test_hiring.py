"""Hiring on the deployed stack: whole scenarios, and concurrent acceptances."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support import scenarios
from tests.support.actor import ACCEPT_OFFER, Actor, hourly
from tests.support.scenarios import Cast

AT_ONCE = 8
"""The number of concurrent callers. Each needs a separate function process on this machine."""


@pytest.mark.parametrize("freelancer", ["sofia@studio.test", "mia@pixelagency.test"])
def test_hourly_scenario(cast: Cast, actor: Callable[[str], Actor], freelancer: str) -> None:
    scenarios.hourly_contract(Cast(cast.client, actor(freelancer), cast.stranger), "Survey of dragonflies")


@pytest.mark.parametrize("freelancer", ["sofia@studio.test", "mia@pixelagency.test"])
def test_fixed_price_scenario(cast: Cast, actor: Callable[[str], Actor], freelancer: str) -> None:
    scenarios.fixed_price_contract(Cast(cast.client, actor(freelancer), cast.stranger), "Survey of butterflies")


def test_concurrent_acceptances_have_one_winner(cast: Cast) -> None:
    job = cast.client.post_job("A race over HTTP", hourly=True)
    offer = cast.client.offer(job, cast.freelancer.propose(job, "45.00"), cast.freelancer, **hourly("4500"))["id"]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        accept = {"input": {"offerId": offer}}
        answers = list(pool.map(lambda _: cast.freelancer.ask(ACCEPT_OFFER, accept), range(AT_ONCE)))
    lost = Counter(one["errors"][0]["extensions"]["code"] for one in answers if "errors" in one)
    assert lost == {"CONFLICT": AT_ONCE - 1}, answers
