"""Weeks of the contracts between Acme Design and Ivy: billed, disputed and written off ones."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from souk.domains.agreements.model import Fees, Parties
from souk.domains.contracts.store import contract_by_id, deal_of
from souk.domains.ledger.model import LedgerTransaction
from souk.domains.ledger.rules import entries
from souk.domains.ledger.store import post
from souk.domains.reviews.model import Review, ReviewKind
from souk.domains.reviews.store import open_review
from souk.domains.time.model import (
    Bill,
    BilledTerm,
    Decline,
    Dispute,
    DisputeReason,
    DisputeState,
    Stage,
    Timesheet,
    WeekRun,
)
from souk.domains.time.rules import amounts
from souk.domains.time.store import save_timesheet, week_id
from souk.storage import Table
from tests.authority.contracts import NEVER, RESTING, SINCE, WORKING, term_of
from tests.authority.secrets import Audience, Secrets

BILLED, DISPUTED, WRITTEN_OFF, ESCALATED = (date(2026, 1, day).isoformat() for day in (5, 12, 19, 26))
"""Weeks: the billed one of the active contract, and the others of the paused one."""


@dataclass(frozen=True)
class TimesheetRecords:
    """The records, with planted secrets."""

    secrets: Secrets
    parties: Parties

    def store(self, table: Table) -> None:
        """Store the records, with what they have in escrow."""
        reason = self.secrets.plant(Audience.TEAM, "decline-reason")
        declined = Decline(since=SINCE, reason=reason, next_retry=NEVER, write_off=NEVER)
        self._save(table, WORKING, BILLED, stage=Stage.BILLED)
        self._save(table, RESTING, DISPUTED, stage=Stage.DISPUTED, dispute=self._dispute(DisputeState.OPEN))
        self._save(table, RESTING, WRITTEN_OFF, stage=Stage.WRITTEN_OFF, decline=declined)
        escalated = self._dispute(DisputeState.ESCALATED)
        self._save(table, RESTING, ESCALATED, stage=Stage.DISPUTED, dispute=escalated, review_opened=SINCE)
        tx = table.transaction()
        subject = week_id(RESTING, ESCALATED)
        open_review(tx, table, Review(kind=ReviewKind.TIMESHEET_DISPUTE, subject_id=subject, opened=SINCE))
        tx.commit()

    def _save(self, table: Table, contract_id: str, week: str, **fields: Any) -> None:
        contract = contract_by_id(table, contract_id)
        assert contract is not None
        bill = Bill(limit=17, terms=(BilledTerm(term_id=term_of(contract_id), rate=432_198, minutes=60),), fees=Fees())
        sheet = Timesheet(
            **{
                "contract_id": contract_id,
                "week": week,
                "parties": self.parties,
                "terms": (term_of(contract_id),),
                "runs": (WeekRun(day=0, term=0, cells=6),),
                "bill": bill,
                "billed": SINCE,
                "review_ends": NEVER,
                "created": SINCE,
                "modified": SINCE,
                **fields,
            }
        )
        tx = table.transaction()
        if sheet.stage is not Stage.WRITTEN_OFF:
            deal, amount = deal_of(table, contract), amounts.kept(bill, 0)
            bookings: list[LedgerTransaction] = [
                entries.payment(deal, amount, entries.Entry(f"{week_id(contract_id, week)}-paid", stamp_of(week))),
                entries.hourly(
                    deal,
                    amount,
                    entries.Entry(entries.hourly_id(contract_id, week), stamp_of(week), week=week, review_ends=NEVER),
                ),
            ]
            post(tx, *bookings)
        save_timesheet(tx, sheet)
        tx.commit()

    def _dispute(self, state: DisputeState) -> Dispute:
        return Dispute(
            id="1",
            state=state,
            minutes=60,
            amount=432_198,
            reason=DisputeReason.OTHER,
            message=self.secrets.plant(Audience.PARTIES, f"dispute-{state.lower()}"),
            opened=SINCE,
            due=NEVER,
        )


def stamp_of(week: str) -> str:
    """Return the time of the bookings of a week."""
    return f"{week}T12:00:00.000Z"
