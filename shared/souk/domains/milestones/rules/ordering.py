"""The order of milestones. Pure."""

from collections.abc import Sequence

from souk.domains.milestones.model import Milestone
from souk.domains.milestones.rules.states import PENDING
from souk.values.errors import Unprocessable


def next_position(milestones: Sequence[Milestone]) -> int:
    """Return the position after all milestones."""
    return max((one.sequence for one in milestones), default=0) + 1


def moved(milestones: Sequence[Milestone], milestone_id: str, position: int) -> dict[str, int]:
    """Return the new positions, by id, when a milestone moves to a position. Only changed positions are included.

    Only unfunded milestones change positions, among each other. Raises Unprocessable for any other position.
    """
    waiting = [one for one in milestones if one.state in PENDING]
    positions = [one.sequence for one in waiting]
    ids = [one.id for one in waiting]
    if position not in positions or milestone_id not in ids:
        raise Unprocessable(
            "input.sequenceId: only milestones that are not funded can change positions, among each other; "
            f"these positions are: {', '.join(map(str, positions)) or 'none'}."
        )
    ids.remove(milestone_id)
    ids.insert(positions.index(position), milestone_id)
    before = {one.id: one.sequence for one in waiting}
    return {id_: at for id_, at in zip(ids, positions, strict=True) if before[id_] != at}
