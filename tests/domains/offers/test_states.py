"""The life of an offer: every row of the table, everything that it does not allow, and its drawing in the docs."""

from pathlib import Path

import pytest

import souk
from souk.domains.offers.model import OfferState
from souk.domains.offers.rules.states import STEPS, Action, Actor, Step, move, state_at
from souk.values.errors import Conflict
from tests.support.worlds.milestones import LATER, SINCE, offer

PAGE = (Path(souk.__file__).parents[2] / "docs" / "offers.md").read_text()
NOW = "2026-06-01T00:00:00.000Z"


def drawn(action: Action, step: Step) -> str:
    cells = (action, step.actor, step.since or "(new)", step.to, step.needs, f"OFFER {step.event}", step.proposal)
    return f"| {' | '.join(cells)} |"


@pytest.mark.parametrize(("action", "state"), [(action, state) for action in Action for state in OfferState])
def test_only_steps_of_table_are_allowed(action: Action, state: OfferState) -> None:
    if state is STEPS[action].since:
        assert move(action, offer(state=state), NOW) is STEPS[action]
    else:
        with pytest.raises(Conflict):
            move(action, offer(state=state), NOW)


def test_only_marketplace_moves_expired_offer() -> None:
    old = offer(expires=SINCE)
    assert state_at(old, NOW) is OfferState.EXPIRED
    assert state_at(offer(expires=LATER), NOW) is OfferState.ACTIVE
    assert state_at(offer(expires=SINCE, state=OfferState.COMMITTED), NOW) is OfferState.COMMITTED
    for action, step in STEPS.items():
        if step.actor is Actor.MARKETPLACE:
            assert move(action, old, NOW) is step
        else:
            with pytest.raises(Conflict):
                move(action, old, NOW)


def test_page_shows_state_table() -> None:
    for action, step in STEPS.items():
        assert drawn(action, step) in PAGE
    assert sum("| OFFER " in line for line in PAGE.splitlines()) == len(STEPS)
    assert {step.to for step in STEPS.values()} == set(OfferState)
