"""Reads the whole table, and checks the invariants of hiring and money."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from souk.domains.agreements.model import PayType
from souk.domains.contracts.model import Contract, ContractStatus
from souk.domains.contracts.store import CONTRACTS
from souk.domains.customfields.model import Owner
from souk.domains.customfields.rules.answering import MAX_ANSWERS
from souk.domains.customfields.store import SHEETS
from souk.domains.jobs.model import Job
from souk.domains.jobs.store import JOBS
from souk.domains.ledger.model import Account, AccountKind, LedgerTransaction
from souk.domains.ledger.store import BOOKINGS, balance_key
from souk.domains.market.model import ClientRecord, FreelancerRecord
from souk.domains.market.store import (
    ACTIVITY,
    CLIENT_RECORDS,
    FREELANCER_RECORDS,
    activity_key,
    client_record_key,
    freelancer_record_key,
)
from souk.domains.milestones.model import Milestone, MilestoneState
from souk.domains.milestones.rules.states import FUNDED
from souk.domains.milestones.store import MILESTONES
from souk.domains.offers.model import Offer, OfferState
from souk.domains.offers.store import OFFERS
from souk.domains.proposals.model import ClientStatus, Proposal
from souk.domains.proposals.store import PROPOSALS
from souk.domains.reputation.commands.rebuilding import differences, history_of, replayed, stored
from souk.domains.time.model import Stage, Timesheet
from souk.domains.time.rules.amounts import kept
from souk.domains.time.store import TIMESHEETS
from souk.storage import Event, Key, Table, counter_value
from souk.storage.transaction import OUTBOX
from souk.values.audience import EVERYBODY

_COLLECTIONS = {one.name: one for one in (PROPOSALS, OFFERS, CONTRACTS, MILESTONES, BOOKINGS, JOBS)}
_WITH_BALANCE = (AccountKind.FUNDS, AccountKind.ESCROW, AccountKind.EARNINGS)


@dataclass
class Audit:
    """All records of the table. Each method checks one invariant."""

    items: Mapping[Key, Mapping[str, Any]]
    proposals: dict[str, Proposal] = field(default_factory=dict)
    offers: dict[str, Offer] = field(default_factory=dict)
    contracts: dict[str, Contract] = field(default_factory=dict)
    milestones: dict[str, Milestone] = field(default_factory=dict)
    bookings: dict[str, LedgerTransaction] = field(default_factory=dict)
    jobs: dict[str, Job] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    weeks: list[Timesheet] = field(default_factory=list)

    def balances(self) -> None:
        """Bookings sum to zero, and each balance is the sum of the lines on its account."""
        sums: Counter[Account] = Counter()
        for booking in self.bookings.values():
            assert sum(line.minor for line in booking.lines) == 0, booking
            assert len({line.account.currency for line in booking.lines}) == 1, booking
            for line in booking.lines:
                sums[line.account] += line.minor
        for account, total in sums.items():
            if account.kind in _WITH_BALANCE:
                assert counter_value(self.items.get(balance_key(account))) == total, account
                assert total >= 0 or account.kind is AccountKind.FUNDS, account

    def escrow(self) -> None:
        """The escrow of a contract is that of its milestones and of its weeks, and never negative."""
        held: Counter[str] = Counter()
        for milestone in self.milestones.values():
            assert 0 <= milestone.escrow <= milestone.funded, milestone
            assert milestone.escrow == 0 or milestone.state in FUNDED, milestone
            assert milestone.paid == 0 or milestone.state is MilestoneState.PAID, milestone
            if milestone.contract_id:
                held[milestone.contract_id] += milestone.escrow
        for week in self.weeks:
            if week.bill and week.stage in (Stage.BILLED, Stage.DISPUTED):
                held[week.contract_id] += kept(week.bill, week.refunded)
        for contract in self.contracts.values():
            account = Account(kind=AccountKind.ESCROW, owner=contract.id, currency=contract.currency)
            assert counter_value(self.items.get(balance_key(account))) == held[contract.id], contract.id
            closed = contract.status is ContractStatus.CLOSED and contract.pay is PayType.FIXED
            assert not closed or held[contract.id] == 0, contract.id

    def records(self) -> None:
        """The records of both sides match the ledger and the contracts."""
        spent: Counter[str] = Counter()
        earned: Counter[str] = Counter()
        for booking in self.bookings.values():
            if booking.deal.home_currency:
                spent[booking.deal.client_company_id] += booking.charge
            if booking.deal.currency == "USD":
                earned[booking.deal.vendor_user_id] += booking.earned
        hires = Counter(contract.parties.client_company_id for contract in self.contracts.values())
        works = Counter(contract.parties.vendor_user_id for contract in self.contracts.values())
        for company in {*spent, *hires}:
            item = self.items.get(client_record_key(company))
            client = CLIENT_RECORDS.decode(item) if item else ClientRecord()
            assert (client.spent, client.hires) == (spent[company], hires[company]), company
        for person in {*earned, *works}:
            item = self.items.get(freelancer_record_key(person))
            freelancer = FREELANCER_RECORDS.decode(item) if item else FreelancerRecord()
            assert (freelancer.earned, freelancer.contracts) == (earned[person], works[person]), person

    def agreements(self) -> None:
        """Exactly the accepted offers have a contract, and both match their proposal."""
        for offer in self.offers.values():
            contract = self.contracts.get(offer.contract_id or "")
            assert (offer.state is OfferState.COMMITTED) == (contract is not None), offer
            assert contract is None or contract.offer_id == offer.id, offer
        assert len(self.contracts) == sum(one.state is OfferState.COMMITTED for one in self.offers.values())
        for proposal in self.proposals.values():
            last = self.offers.get(proposal.offer_id or "")
            wanted = {ClientStatus.OFFERED: OfferState.ACTIVE, ClientStatus.HIRED: OfferState.COMMITTED}
            if proposal.client_status in wanted:
                assert last is not None, proposal
                assert last.state is wanted[proposal.client_status], proposal
        for milestone in self.milestones.values():
            offer = self.offers[milestone.offer_id]
            assert milestone.contract_id == offer.contract_id, milestone
            assert (milestone.state is MilestoneState.IN_OFFER) == (
                offer.state is OfferState.ACTIVE and milestone.contract_id is None
            ), milestone

    def answers(self) -> None:
        """The answers of an accepted offer name its contract, and answers of postings name none."""
        for item in self.items.values():
            if item.get("type", {}).get("S") == SHEETS.name:
                sheet = SHEETS.decode(item)
                offer = self.offers.get(sheet.owner_id)
                assert (offer is not None) == (sheet.owner is Owner.OFFER), sheet
                assert sheet.contract_id == (offer and offer.contract_id), sheet
                assert 0 < len(sheet.answers) <= MAX_ANSWERS, sheet

    def terms(self) -> None:
        """Terms follow each other without gaps or overlaps."""
        for contract in self.contracts.values():
            for before, after in zip(contract.terms, contract.terms[1:], strict=False):
                assert before.ends == after.starts, contract
            assert (contract.status is ContractStatus.CLOSED) == (contract.ended_by_id is not None), contract

    def activity(self) -> None:
        """The counts of a posting match its proposals."""
        by_job: dict[str, list[Proposal]] = defaultdict(list)
        for proposal in self.proposals.values():
            by_job[proposal.job_id].append(proposal)
        for job_id, proposals in by_job.items():
            statuses = Counter(one.client_status for one in proposals)
            tally = ACTIVITY.decode(self.items[activity_key(job_id)])
            assert tally.withdrawn == statuses[ClientStatus.WITHDRAWN], job_id
            assert tally.declined == statuses[ClientStatus.DECLINED], job_id
            assert tally.archived == statuses[ClientStatus.ARCHIVED], job_id
            assert tally.hired >= statuses[ClientStatus.HIRED], job_id
            assert tally.proposals == len(proposals) - statuses[ClientStatus.WITHDRAWN], job_id

    def audiences(self) -> None:
        """Each event has exactly its expected recipients."""
        orders = {frozenset(one.parties.both) for one in self.offers.values() if one.job_id is None}
        for event in self.events:
            audience = frozenset(event.audience)
            if event.entity == "GIG":
                assert audience in (orders if event.action == "ORDER" else {frozenset(), frozenset(EVERYBODY)}), event
            elif (expected := self._recipients(event)) is not None:
                assert audience == frozenset(expected), event

    def _recipients(self, event: Event) -> Iterable[str] | None:
        """Return the expected recipients of an event; None if its subject was deleted."""
        match event.entity:
            case "JP":
                job = self.jobs[event.id]
                return job.organization_id, job.company_id
            case "OFFER":
                return self.offers[event.id].parties.both
            case "MILESTONE":
                milestone = self.milestones.get(event.id)
                return self.offers[milestone.offer_id].parties.both if milestone else None
            case "CFB" | "TIMESHEET":
                return self.contracts[event.id].parties.both
        proposal = self.proposals.get(event.id)
        if proposal is None:
            return None
        return proposal.parties.client if event.entity == "Client JA" else proposal.parties.both


def audit_tallies(table: Table, found: Audit) -> None:
    """Check that the running tallies of every freelancer are those that would be rebuilt from the records.

    All records must have been made by commands.
    """
    parties = [one.parties for one in found.contracts.values()]
    parties += [one.parties for one in found.proposals.values()]
    for person in sorted({one.vendor_user_id for one in parties}):
        history = history_of(table, person)
        after = replayed(table, person, history).tallies()
        changes = list(differences(stored(table, person, history.contracts), after))
        assert not changes, changes


CHECKS = (
    Audit.audiences,
    Audit.balances,
    Audit.escrow,
    Audit.records,
    Audit.agreements,
    Audit.answers,
    Audit.terms,
    Audit.activity,
)


def audit(table: Table, *, only: Iterable[str] | None = None) -> Audit:
    """Read the table and run all checks. `only` limits the checks of proposals to these postings."""
    pages = table.client.get_paginator("scan").paginate(TableName=table.name, ConsistentRead=True)
    items = {Key(item["PK"]["S"], item["SK"]["S"]): item for page in pages for item in page["Items"]}
    found = Audit(items)
    of_type: dict[str, dict[str, Any]] = {
        PROPOSALS.name: found.proposals,
        OFFERS.name: found.offers,
        CONTRACTS.name: found.contracts,
        MILESTONES.name: found.milestones,
        BOOKINGS.name: found.bookings,
        JOBS.name: found.jobs,
    }
    for item in items.values():
        name = item.get("type", {}).get("S", "")
        if name in of_type:
            entity = _COLLECTIONS[name].decode(item)
            of_type[name][entity.id] = entity
        elif name == TIMESHEETS.name:
            found.weeks.append(TIMESHEETS.decode(item))
        elif name == OUTBOX.name:
            found.events.append(OUTBOX.decode(item))
    if only is not None:
        jobs = set(only)
        found.proposals = {id_: one for id_, one in found.proposals.items() if one.job_id in jobs}
    for check in CHECKS:
        check(found)
    return found
