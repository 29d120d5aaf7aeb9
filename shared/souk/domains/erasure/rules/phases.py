"""The order of an erasure. Pure.

First the person's access ends, so that nothing new is made. Then all domains erase at the same time. The names go last,
because the others may need them.
"""

from collections.abc import Collection, Sequence
from typing import Final

_LEAVE: Final = "identity.leave"
_NAMES: Final = "identity.erase"


def phases(domains: Collection[str]) -> Sequence[tuple[str, ...]]:
    """Return the kinds of the deadlines of each phase. `domains` are those that erase something."""
    kinds = {f"{name}.erase" for name in domains}
    between = tuple(sorted(kinds - {_NAMES}))
    return [phase for phase in ((_LEAVE,), between, (_NAMES,)) if phase]


def phase_after(kind: str, domains: Collection[str]) -> tuple[str, ...]:
    """Return the phase that follows that of a kind; empty after the last one."""
    found = phases(domains)
    at = next((at for at, phase in enumerate(found) if kind in phase), len(found))
    return found[at + 1] if at + 1 < len(found) else ()
