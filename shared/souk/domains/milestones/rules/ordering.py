"""The order of milestones. Pure."""

from collections.abc import Sequence

from souk.domains.milestones.model import Milestone
from souk.domains.milestones.rules.states import PENDING
from souk.values.errors import Unprocessable


def next_place(milestones: Sequence[Milestone]) -> int:
    """Return the place after all others."""
    return max((one.sequence for one in milestones), default=0) + 1


def moved(milestones: Sequence[Milestone], milestone_id: str, place: int) -> dict[str, int]:
    """Return who gets which place when one is moved: those between make room for it. Only who gets another is named.

    Only those that nothing was paid for yet change places, among each other. Raises Unprocessable for any other place.
    """
    waiting = [one for one in milestones if one.state in PENDING]
    places = [one.sequence for one in waiting]
    ids = [one.id for one in waiting]
    if place not in places or milestone_id not in ids:
        raise Unprocessable(
            "input.sequenceId: milestones that are not funded yet change places among each other; "
            f"those places are {', '.join(map(str, places)) or 'none'}."
        )
    ids.remove(milestone_id)
    ids.insert(places.index(place), milestone_id)
    before = {one.id: one.sequence for one in waiting}
    return {id_: at for id_, at in zip(ids, places, strict=True) if before[id_] != at}
