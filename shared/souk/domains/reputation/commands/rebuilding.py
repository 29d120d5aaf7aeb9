"""Rebuilding the tallies of a freelancer from their contracts, bookings, reviews, proposals and invitations.

The records are replayed through the functions that count them in their commands, so both agree.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from souk.domains.agreements.model import PayType, Side
from souk.domains.contracts.model import Contract, ContractStatus
from souk.domains.contracts.store import PERSON_CONTRACTS
from souk.domains.feedback.model import Feedback
from souk.domains.feedback.rules.states import freelancer_counts
from souk.domains.ledger.model import LedgerTransaction
from souk.domains.ledger.rules.payments import payments_of
from souk.domains.ledger.store import HISTORY, history_partition, month_of
from souk.domains.market.store import (
    CONTRACT_TOTALS,
    DAYS,
    FREELANCER_RECORDS,
    HIDDEN_REASONS,
    freelancer_record_key,
    record_end,
    record_hire,
    record_payment,
    record_review,
)
from souk.domains.proposals.model import JobInvitation, Proposal
from souk.domains.proposals.store import PERSON_INVITATIONS, PERSON_PROPOSALS, count_invitation, count_proposal
from souk.domains.reputation.store import work_of
from souk.storage import Entity, Key, Table, Tally, Transaction, View
from souk.storage.lists import OwnedList
from souk.storage.partition import Partition

_CHUNK: Final = 500
_UNCOUNTED: Final = frozenset({"version"})


@dataclass(frozen=True, slots=True)
class History:
    """All records that count in the tallies of a freelancer."""

    contracts: list[Contract]
    bookings: list[LedgerTransaction]
    feedback: list[Feedback]
    proposals: list[Proposal]
    invitations: list[JobInvitation]


class Replay(Transaction):
    """A transaction that collects tallies in memory. It is never committed."""

    def __init__(self, table: Table) -> None:
        super().__init__(table)
        self._sums: dict[Key, dict[str, Any]] = {}

    def tally(self, tally: Tally[Any], key: Key, **by: int) -> None:  # noqa: ARG002 - the key tells it
        """Add to the counters of a tally."""
        sums = self._sums.setdefault(key, {})
        for name, number in by.items():
            sums[name] = sums.get(name, 0) + number

    def mark(self, key: Key, name: str, element: str, *, most: int) -> None:  # noqa: ARG002 - the caller has checked it
        """Add an element to a set of a tally."""
        sums = self._sums.setdefault(key, {})
        sums[name] = sums.get(name, frozenset()) | {element}

    def latest(self, key: Key, **at: str) -> None:
        """Set times of a tally, unless they are later already."""
        sums = self._sums.setdefault(key, {})
        for name, time in at.items():
            sums[name] = max(sums.get(name, ""), time)

    def depend(self, key: Key, **seen: int) -> None:
        """Nobody else changes what is in memory."""

    def derive(self, derivation: Any) -> None:
        """Call a derivation at once."""
        derivation()

    def read_tallies(self, wanted: Mapping[Key, Tally[Any]]) -> dict[Key, Any]:
        """Return tallies as they are in memory."""
        return {key: self.value(tally, key) for key, tally in wanted.items()}

    def value(self, tally: Tally[Any], key: Key) -> Any:
        """Return a tally."""
        return tally.absent.model_copy(update=self._sums.get(key, {}))

    def tallies(self) -> dict[Key, tuple[Tally[Any], Entity]]:
        """Return all tallies, by their keys."""
        return {key: (tally, self.value(tally, key)) for key in self._sums if (tally := _tally_at(key))}


def contracts_of(table: Table, user_id: str) -> list[Contract]:
    """Return all contracts of a freelancer."""
    return _all(PERSON_CONTRACTS.of(table, user_id))


def history_of(table: Table, user_id: str) -> History:
    """Read all records that count in the tallies of a freelancer."""
    contracts = contracts_of(table, user_id)
    feedback = [one.feedback for one in work_of(table, contracts, consistent=True) if one.feedback]
    return History(
        contracts=contracts,
        bookings=list(_bookings(table, user_id, contracts)),
        feedback=feedback,
        proposals=_all(PERSON_PROPOSALS.of(table, user_id)),
        invitations=_all(PERSON_INVITATIONS.of(table, user_id)),
    )


def replayed(table: Table, user_id: str, history: History) -> Replay:
    """Return the tallies of a freelancer with a history."""
    tx = Replay(table)
    at_record = freelancer_record_key(user_id)
    for contract in history.contracts:
        record_hire(tx, user_id, contract.created)
        if contract.status is ContractStatus.CLOSED:
            record_end(tx, user_id)
    hourly = {one.id: one.pay is PayType.HOURLY for one in history.contracts}
    for payment in payments_of_each(history.bookings):
        record_payment(tx, replace(payment, hourly=hourly.get(payment.contract_id, payment.hourly)))
    for feedback in history.feedback:
        if feedback.shown and feedback.of(Side.CLIENT):
            record_review(tx, user_id, feedback.shown, freelancer_counts(feedback))
    for proposal in history.proposals:
        tx.latest(at_record, last_applied=proposal.created)
        count_proposal(tx, None, proposal)
    for invitation in history.invitations:
        count_invitation(tx, None, invitation)
    return tx


def stored(table: Table, user_id: str, contracts: Iterable[Contract]) -> dict[Key, tuple[Tally[Any], Entity]]:
    """Return the stored tallies of a freelancer, by their keys. The reads are strongly consistent."""
    found: dict[Key, tuple[Tally[Any], Entity]] = {}
    for pk, sk, tally in (
        (f"FREELANCER#{user_id}", "D#", DAYS),
        (f"FREELANCER#{user_id}#HIDDEN", "", HIDDEN_REASONS),
    ):
        for one in _whole(table, tally, pk, sk):
            found[Key(pk, getattr(one, tally.sort_key or ""))] = (tally, one)
    keys: dict[Key, Tally[Any]] = {CONTRACT_TOTALS.key(one.id): CONTRACT_TOTALS for one in contracts}
    keys[freelancer_record_key(user_id)] = FREELANCER_RECORDS
    attributes = sorted({name for tally in keys.values() for name in tally.attributes})
    items = table.batch_get(keys, consistent=True, attributes=attributes)
    return found | {key: (keys[key], keys[key].decode(item)) for key, item in items.items()}


def differences(
    before: Mapping[Key, tuple[Tally[Any], Entity]], after: Mapping[Key, tuple[Tally[Any], Entity]]
) -> Iterator[tuple[Key, Tally[Any], Entity, dict[str, Any]]]:
    """Yield the tallies to change, with their values before and the fields to set.

    Times only become later, because a freelancer who applies again leaves no other trace.
    """
    for key in {**before, **after}:
        tally = (after.get(key) or before[key])[0]
        old, new = (one[key][1] if key in one else tally.absent for one in (before, after))
        fields = {name: getattr(new, name) for name in (*tally.names, *tally.sets) if name not in _UNCOUNTED}
        fields |= {name: max(getattr(old, name), getattr(new, name)) for name in tally.times}
        changed = {name: value for name, value in fields.items() if value != getattr(old, name)}
        if changed:
            yield key, tally, old, changed


def payments_of_each(bookings: Iterable[LedgerTransaction]) -> Iterator[Any]:
    """Yield what each booking pays a freelancer, the oldest first."""
    for booking in sorted(bookings, key=lambda one: (one.at, one.id)):
        yield from payments_of([booking])


def _bookings(table: Table, user_id: str, contracts: list[Contract]) -> Iterator[LedgerTransaction]:
    """Yield the bookings that paid a freelancer, from the histories of the companies that they worked for."""
    companies: dict[str, str] = {}
    for one in contracts:
        company = one.parties.vendor_company_id
        companies[company] = min(companies.get(company, one.created), one.created)
    for company, since in companies.items():
        for month in _months(month_of(since), month_of(table.clock.market().isoformat())):
            for chunk in Partition(HISTORY, history_partition(company, month)).chunks(table, _CHUNK):
                for row in chunk:
                    if row.side is Side.FREELANCER and row.booking.deal.vendor_user_id == user_id:
                        yield row.booking


def _months(first: str, last: str) -> Iterator[str]:
    """Yield the months of a period: `2026-07`."""
    at, end = date.fromisoformat(f"{first}-01"), date.fromisoformat(f"{last}-01")
    while at <= end:
        yield at.isoformat()[:7]
        at = at.replace(year=at.year + at.month // 12, month=at.month % 12 + 1)


def _all(listed: OwnedList[Any]) -> list[Any]:
    everything: View[Any, Any] = View()
    return [one for chunk in listed.chunks(everything) for one in chunk]


def _whole(table: Table, tally: Tally[Any], pk: str, prefix: str) -> Iterator[Any]:
    start = None
    while True:
        page = table.query(tally, pk, prefix=prefix, limit=None, start=start, consistent=True)
        yield from page.items
        start = page.next_key
        if start is None:
            return


def _tally_at(key: Key) -> Tally[Any] | None:
    if key.sk == "TOTALS":
        return CONTRACT_TOTALS
    if key.sk == "RECORD":
        return FREELANCER_RECORDS
    if key.pk.endswith("#HIDDEN"):
        return HIDDEN_REASONS
    return DAYS if key.sk.startswith("D#") else None
