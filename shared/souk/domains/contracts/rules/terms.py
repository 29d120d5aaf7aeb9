"""Changes of terms: scheduled raises, and the end. Pure."""

from datetime import datetime

from souk.domains.contracts.model import ChangedAs, Contract, ContractStatus, Term
from souk.domains.contracts.rules.dates import months_later
from souk.domains.contracts.rules.states import Action, move
from souk.values.errors import Conflict
from souk.values.times import stamp


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
    ended = last.model_copy(update={"ends": at, "modified": now, "changed_by_id": None, "changed_as": ChangedAs.SYSTEM})
    new = last.model_copy(
        update={
            "id": term_id,
            "rate": last.rate + agreed.by,
            "starts": at,
            "ends": None,
            "created": now,
            "modified": now,
            "created_by_id": None,
            "created_as": ChangedAs.SYSTEM,
            "changed_by_id": None,
            "changed_as": ChangedAs.SYSTEM,
        }
    )
    return contract.model_copy(
        update={
            "terms": (*contract.terms[:-1], ended, new),
            "next_raise": _raise_after(contract, at),
            "modified": now,
            "changed_by_id": None,
            "changed_as": ChangedAs.SYSTEM,
        }
    )


def ended(contract: Contract, now: str, by_id: str, by: ChangedAs) -> tuple[Term, ...]:
    """Return the terms of a contract that ends now. A term that has not started yet is never in force."""
    *before, last = contract.terms
    closing = {"ends": max(now, last.starts), "modified": now, "changed_by_id": by_id, "changed_as": by}
    return (*before, last.model_copy(update=closing))
