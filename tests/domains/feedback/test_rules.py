"""The table of feedback, row by row, and the mean of scores."""

from datetime import UTC, datetime
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souk.domains.agreements.model import Side
from souk.domains.feedback.model import Feedback, Review
from souk.domains.feedback.rules import states
from souk.domains.feedback.rules.requirements import SCORES
from souk.domains.feedback.rules.states import Action, State
from souk.values.errors import Conflict
from souk.values.times import stamp
from tests.support.worlds.milestones import PARTIES

END = datetime(2026, 7, 1, tzinfo=UTC)
SOON, LATE = stamp(END.replace(day=2)), stamp(END.replace(day=15))


def words(stars: int = 5, at: str = SOON) -> Review:
    return Review(scores={"skillsScore": stars}, by_id="1", created=at, modified=at)


def feedback(client: State, freelancer: State) -> Feedback:
    shown = stamp(END) if State.SHOWN in (client, freelancer) else None
    given = {name: None if state is State.NONE else words() for name, state in _both(client, freelancer)}
    return states.opened("1", PARTIES, stamp(END)).model_copy(update={**given, "shown": shown})


def _both(client: State, freelancer: State) -> tuple[tuple[str, State], tuple[str, State]]:
    return ("client", client), ("freelancer", freelancer)


def act(action: Action, before: Feedback, side: Side, now: str = SOON) -> Feedback:
    if action is Action.SUBMIT:
        return states.submitted(before, side, words(at=now))
    if action is Action.UPDATE:
        return states.updated(before, side, words(4, now))
    if action is Action.DELETE:
        return states.deleted(before, side, now)
    return states.revealed(before, now)


POSSIBLE = [
    (State.NONE, State.NONE),
    (State.HIDDEN, State.NONE),
    (State.NONE, State.HIDDEN),
    (State.SHOWN, State.SHOWN),
    (State.SHOWN, State.NONE),
    (State.NONE, State.SHOWN),
]
"""Where both sides can stand: never is one shown and the other hidden, nor are both hidden."""


@pytest.mark.parametrize(
    ("action", "sides"), [*product([Action.SUBMIT, Action.UPDATE, Action.DELETE], POSSIBLE)], ids=str
)
def test_every_row_of_state_table(action: Action, sides: tuple[State, State]) -> None:
    before = feedback(*sides)
    if sides[0] not in states.STEPS[action].since:
        with pytest.raises(Conflict):
            act(action, before, Side.CLIENT)
        return
    after = act(action, before, Side.CLIENT)
    now = tuple(states.state_of(after, side) for side in (Side.CLIENT, Side.FREELANCER))
    assert now in POSSIBLE
    if action is Action.SUBMIT:
        shown = sides[1] is not State.NONE or before.shown is not None
        assert now[0] is (State.SHOWN if shown else State.HIDDEN)
    elif action is Action.UPDATE:
        assert now == sides
    else:
        assert now == (State.NONE, sides[1])
    with pytest.raises(Conflict):
        act(action, before, Side.CLIENT, LATE)


def test_two_weeks_reveal_reviews() -> None:
    hidden = feedback(State.HIDDEN, State.NONE)
    assert states.revealed(hidden, SOON) is hidden
    assert states.revealed(hidden, LATE).shown == LATE
    shown = feedback(State.SHOWN, State.SHOWN)
    assert states.revealed(shown, LATE) is shown
    assert states.readable(hidden, Side.CLIENT, Side.FREELANCER, SOON) is None
    assert states.readable(hidden, Side.CLIENT, Side.FREELANCER, LATE) == hidden.client
    assert states.readable(hidden, Side.CLIENT, Side.CLIENT, SOON) == hidden.client
    assert states.readable(shown, Side.CLIENT, None, LATE) is None


@given(st.dictionaries(st.sampled_from(SCORES), st.integers(1, 5), min_size=1))
def test_mean_is_exact_in_hundredths(scores: dict[str, int]) -> None:
    said = Review(scores=scores, by_id="1", created=SOON, modified=SOON)
    exact = sum(scores.values()) * 100
    assert abs(said.hundredths * len(scores) - exact) * 2 <= len(scores)
    assert 100 <= said.hundredths <= 500
    assert said.score == said.hundredths / 100


STEPS = st.lists(
    st.tuples(st.sampled_from(Action), st.sampled_from(Side), st.integers(1, 5), st.integers(0, 3)), max_size=25
)


@given(STEPS)
def test_records_count_shown_reviews(steps: list[tuple[Action, Side, int, int]]) -> None:
    now, current, reveals = 1, states.opened("1", PARTIES, stamp(END)), 0
    counted = {side: [0, 0] for side in Side}
    for action, side, stars, days in steps:
        now = min(now + days, 20)
        at = stamp(END.replace(day=now))
        before = current
        try:
            if action is Action.SUBMIT:
                current = states.submitted(before, side, words(stars, at))
            elif action is Action.UPDATE:
                current = states.updated(before, side, words(stars, at))
            else:
                current = act(action, before, side, at)
        except Conflict:
            assert current is before
            continue
        reveals += before.shown is None and current.shown is not None
        for one in Side:
            change = states.count_changes(before, current, one)
            counted[one][0] += change["reviews"]
            counted[one][1] += change["stars"]
            said = current.of(one)
            expected = [1, said.hundredths] if said and current.shown else [0, 0]
            assert counted[one] == expected
        if before.shown:
            assert current.shown == before.shown, "what is shown once stays shown"
        if current.shown is None:
            assert not (current.client and current.freelancer)
    assert reveals <= 1
