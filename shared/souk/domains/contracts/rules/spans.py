"""The periods in which a contract was active, from its history. Pure."""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from souk.domains.contracts.model import Contract, ContractChange, ContractStatus
from souk.domains.contracts.rules.states import ENDINGS, Action

_BEGINNINGS: Final = frozenset({Action.BEGIN.name, Action.RESTART.name})
TELLING: Final = _BEGINNINGS | {one.name for one in (Action.PAUSE, Action.HOLD, *ENDINGS)}
"""The names of the actions that decide whether a contract is active."""


class Span(NamedTuple):
    """A period, ISO 8601, UTC."""

    starts: str
    ends: str | None
    """Excluded. None: it goes on."""


def unchanged_since(contract: Contract, at: str) -> bool:
    """Return whether the state at a time is the present one, as nothing has changed since then."""
    return contract.modified <= at


def active_at(contract: Contract, changes: Iterable[ContractChange], at: str) -> bool:
    """Return whether a contract was active at a time.

    `changes` are as in `active_spans`. They are not needed if nothing has changed since (`unchanged_since`).
    """
    if at < contract.starts:
        return False
    if unchanged_since(contract, at):
        return contract.status is ContractStatus.ACTIVE
    return any(one.starts <= at and (one.ends is None or at < one.ends) for one in active_spans(contract, changes))


def without(spans: Iterable[Span], gaps: Iterable[Span]) -> list[Span]:
    """Return periods without the parts of them that belong to others."""
    left = list(spans)
    for gap in gaps:
        left = [part for one in left for part in _around(one, gap)]
    return left


def _around(one: Span, gap: Span) -> Iterator[Span]:
    """Yield what a period has before and after another one."""
    if one.starts < gap.starts:
        yield Span(one.starts, gap.starts if one.ends is None else min(one.ends, gap.starts))
    if gap.ends is not None and (one.ends is None or gap.ends < one.ends):
        yield Span(max(one.starts, gap.ends), one.ends)


def active_spans(contract: Contract, changes: Iterable[ContractChange]) -> list[Span]:
    """Return the periods in which a contract was active, oldest first. It is not before its start.

    `changes` are its history, oldest first, or the end of it. A contract without any is active from its start.
    """
    found: list[Span] = []
    since: str | None = None
    told = False
    for one in changes:
        if one.what not in TELLING:
            continue
        told = True
        if one.what in _BEGINNINGS:
            since = since or max(one.at, contract.starts)
        elif since is not None:
            found.append(Span(since, one.at))
            since = None
    if not told:
        since = contract.starts
    if since is not None:
        found.append(Span(since, None))
    return [one for one in found if one.ends is None or one.starts < one.ends]
