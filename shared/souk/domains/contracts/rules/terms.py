"""Changes of terms: scheduled raises, and the end. Pure."""

from datetime import datetime
from typing import Final, NamedTuple

from souk.domains.contracts.model import ChangedAs, Contract, ContractStatus, Term
from souk.domains.contracts.rules.dates import months_later
from souk.domains.contracts.rules.states import Action, move
from souk.values.errors import Conflict
from souk.values.times import stamp

MAX_TERMS: Final = 300
"""The terms of a contract beyond which clients begin no more. Raises still do."""


class _ChangedBy(NamedTuple):
    """The time and the author of a change."""

    now: str
    by_id: str | None
    by: ChangedAs


def first_raise(contract: Contract) -> str | None:
    """Return the time of the first raise; None without an agreed raise, or for one without a cadence."""
    return _raise_after(contract, contract.starts)


def _raise_after(contract: Contract, moment: str) -> str | None:
    """Return the first time after a moment that is a multiple of the cadence after the start of a contract."""
    agreed = contract.rate_increase
    if agreed is None or agreed.cadence_months <= 0 or contract.term.rate is None:
        return None
    start = datetime.fromisoformat(contract.starts)
    months = agreed.cadence_months
    while True:
        try:
            at = stamp(months_later(start, months))
        except (ValueError, OverflowError):  # beyond the calendar
            return None
        if at > moment:
            return at
        months += agreed.cadence_months


def raise_is_due(contract: Contract, now: str) -> bool:
    """Return whether a raise is due. Raises wait while a contract is paused."""
    at = contract.next_raise
    return contract.status is ContractStatus.ACTIVE and at is not None and at <= now


def raised(contract: Contract, term_id: str, now: str) -> Contract:
    """Return the contract with the raised rate, from the agreed time.

    Raises Conflict unless the contract is active and a raise was agreed.
    """
    move(Action.RAISE, contract.status)
    last, agreed, at = contract.term, contract.rate_increase, contract.next_raise
    if agreed is None or at is None or last.rate is None:
        raise Conflict("No raise was agreed for this contract.")
    by = _ChangedBy(now, None, ChangedAs.SYSTEM)
    new_terms = _followed(contract, at, term_id, by, rate=last.rate + agreed.by)
    return contract.model_copy(
        update={
            "terms": new_terms,
            "next_raise": _raise_after(contract, at),
            "modified": now,
            "changed_by_id": None,
            "changed_as": ChangedAs.SYSTEM,
        }
    )


def manual_time_allowed(contract: Contract, term: Term) -> bool:
    """Return whether the freelancer may add time by hand during a term. Contracts of enterprises always allow it."""
    return contract.enterprise or term.manual_time_allowed


def with_manual_time(contract: Contract, term_id: str, now: str, by_id: str, *, allowed: bool) -> tuple[Term, ...]:
    """Return the terms with one at the same rate from now on, that the client has set.

    Raises Conflict if there are too many.
    """
    if len(contract.terms) >= MAX_TERMS:
        raise Conflict(f"This contract has {MAX_TERMS} terms already, which is the most.")
    by = _ChangedBy(now, by_id, ChangedAs.CLIENT)
    return _followed(contract, now, term_id, by, manual_time_allowed=allowed)


def _followed(contract: Contract, at: str, term_id: str, by: _ChangedBy, **values: object) -> tuple[Term, ...]:
    """Return the terms with a new one from a time on, with other values.

    If the last one starts no earlier, it is changed instead: it was never in force.
    """
    *before, last = contract.terms
    changed = {"modified": by.now, "changed_by_id": by.by_id, "changed_as": by.by}
    if last.starts >= at:
        return (*before, last.model_copy(update=changed | values))
    created = {"created": by.now, "created_by_id": by.by_id, "created_as": by.by}
    new = last.model_copy(update={"id": term_id, "starts": at, "ends": None, **created, **changed, **values})
    return (*before, last.model_copy(update=changed | {"ends": at}), new)


def ended(contract: Contract, now: str, by_id: str, by: ChangedAs) -> tuple[Term, ...]:
    """Return the terms of a contract that ends now. A term that has not started yet is never in force."""
    *before, last = contract.terms
    closing = {"ends": max(now, last.starts), "modified": now, "changed_by_id": by_id, "changed_as": by}
    return (*before, last.model_copy(update=closing))
