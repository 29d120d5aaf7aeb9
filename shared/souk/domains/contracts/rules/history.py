"""When a contract was active, from its history. Pure."""

from collections.abc import Iterable

from souk.domains.contracts.model import Contract, ContractChange, ContractStatus
from souk.domains.contracts.rules.states import STEPS

_MOVES = {action.name: step.to for action, step in STEPS.items() if step.to is not None}
"""The states that actions lead to, by the names that the history has."""


def moves(change: ContractChange) -> bool:
    """Return whether an entry of the history is a change of the contract's state."""
    return change.what in _MOVES


def unchanged_since(contract: Contract, at: str) -> bool:
    """Return whether the state at a time is the present one, as nothing has changed since then."""
    return contract.modified <= at


def active_at(contract: Contract, history: Iterable[ContractChange], at: str) -> bool:
    """Return whether a contract was active at a time.

    `history` reaches back to the last change of the state before that time, in any order. It is not needed if nothing
    has changed since (`unchanged_since`). A contract without a history has been active since its start.
    """
    if at < contract.starts:
        return False
    if unchanged_since(contract, at):
        return contract.status is ContractStatus.ACTIVE
    before = [one for one in history if one.at <= at and moves(one)]
    return not before or _MOVES[max(before, key=lambda one: (one.at, one.id)).what] is ContractStatus.ACTIVE
