"""The life of a milestone: every row of the table, everything that it does not allow, and its drawing in the docs."""

from itertools import takewhile
from pathlib import Path

import pytest

import souk
from souk.domains.milestones.model import MilestoneState
from souk.domains.milestones.rules.states import FUNDED, OPEN, PENDING, STEPS, Action, Actor, Step, move
from souk.domains.payments.rules.orders import STEPS as PAYMENTS
from souk.values.errors import Conflict

PAGE = (Path(souk.__file__).parents[2] / "docs" / "payments.md").read_text()
STATES: tuple[MilestoneState | None, ...] = (None, *MilestoneState)


def drawn(action: Action, step: Step) -> str:
    since = ", ".join(sorted(one or "(new)" for one in step.since))
    to = "(gone)" if step.removes else step.to or "the same"
    return f"| {action} | {step.actor} | {since} | {to} | {step.needs} | {step.money or '-'} |"


@pytest.mark.parametrize(("action", "state"), [(action, state) for action in Action for state in STATES])
def test_only_steps_of_table_are_allowed(action: Action, state: MilestoneState | None) -> None:
    step = STEPS[action]
    if state in step.since:
        assert move(action, state) == (step.to or state)
    else:
        with pytest.raises(Conflict):
            move(action, state)


@pytest.mark.parametrize("action", Action)
def test_page_shows_state_table(action: Action) -> None:
    assert drawn(action, STEPS[action]) in PAGE


def test_page_shows_payment_table() -> None:
    for (state, outcome), to in PAYMENTS.items():
        assert f"| {state} | {outcome} | {to} |" in PAGE
    lines = PAGE.splitlines()
    begin = lines.index(drawn(next(iter(STEPS)), next(iter(STEPS.values()))))
    rows = list(takewhile(lambda line: line.startswith("|"), lines[begin:]))
    assert len(rows) == len(STEPS), "the page has rows that the table does not have"


def test_every_state_is_reachable_and_ends_are_final() -> None:
    reached = {step.to for step in STEPS.values() if step.to}
    assert reached == set(MilestoneState)
    for state in set(MilestoneState) - OPEN:
        assert not [action for action, step in STEPS.items() if state in step.since]
    assert OPEN == PENDING | FUNDED
    assert {step.actor for step in STEPS.values()} == set(Actor)
