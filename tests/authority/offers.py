"""Offers from Acme Design to Ivy: hourly, fixed-price, and an accepted one."""

from dataclasses import dataclass
from typing import Any, Final

from souk.domains.agreements.model import Parties, PayType
from souk.domains.milestones.model import Milestone, MilestoneState
from souk.domains.milestones.store import create_milestone
from souk.domains.offers.model import (
    CustomAnswer,
    HourlyPay,
    LastEvent,
    Offer,
    OfferKind,
    OfferState,
    Place,
    SourceType,
    StipendPay,
)
from souk.domains.offers.store import OFFERS, mark_open
from souk.storage import Table
from tests.authority.milestones import ACTIVE, PAID, PAID_BY_OFFER, PLANNED, SENT
from tests.authority.secrets import Audience, Secrets

SINCE: Final = "2026-01-08T08:00:00.000Z"
NEVER: Final = "2099-01-01T00:00:00.000Z"
BY_THE_HOUR, AT_A_PRICE = "7960000000000000001", "7960000000000000002"
PART: Final = "7970000000000000001"


@dataclass(frozen=True)
class OfferRecords:
    """The offers, with planted secrets. Both parties see the terms; only the client sees its notes."""

    secrets: Secrets
    parties: Parties
    job_id: str

    def store(self, table: Table) -> None:
        """Store the records."""
        plant, keep = self.secrets.plant, self.secrets.keep
        for secret in (BY_THE_HOUR, AT_A_PRICE, PART, "7654.32", "876.54", "23456.78"):
            keep(Audience.PARTIES, secret)
        hourly = self._offer(
            BY_THE_HOUR,
            "hourly",
            kind=OfferKind.ENTERPRISE,
            source_type=SourceType.JOB_POSTING,
            source_id=self.job_id,
            job_id=self.job_id,
            pay=PayType.HOURLY,
            hourly=HourlyPay(rate=765_432, weekly_limit=13),
            stipend=StipendPay(amount=87_654),
            place=Place(work_type="PERMANENT", country="DE", description=plant(Audience.PARTIES, "offer-place")),
            last_event=LastEvent(time=SINCE, message=plant(Audience.PARTIES, "offer-message")),
        )
        fixed = self._offer(AT_A_PRICE, "fixed", pay=PayType.FIXED, budget=2_345_678, milestone_ids=(PART,))
        accepted = self._offer(
            PAID_BY_OFFER,
            "accepted",
            pay=PayType.FIXED,
            budget=7_654_321,
            state=OfferState.COMMITTED,
            contract_id=PAID,
            milestone_ids=(PLANNED, ACTIVE, SENT),
        )
        part = Milestone(
            id=PART,
            offer_id=AT_A_PRICE,
            currency="USD",
            state=MilestoneState.IN_OFFER,
            sequence=1,
            description=plant(Audience.PARTIES, "offer-milestone"),
            deposit=2_345_678,
            created_by_id=self.parties.client_user_id,
            created=SINCE,
            modified=SINCE,
        )
        tx = table.transaction()
        for offer in (hourly, fixed, accepted):
            tx.create(OFFERS, offer)
        mark_open(tx, hourly)
        create_milestone(tx, part, self.parties)
        tx.commit()

    def _offer(self, id_: str, name: str, **fields: Any) -> Offer:
        plant = self.secrets.plant
        return Offer(
            **{
                "id": id_,
                "kind": OfferKind.VANILLA,
                "parties": self.parties,
                "source_type": SourceType.DIRECT,
                "title": plant(Audience.PARTIES, f"offer-title-{name}"),
                "description": plant(Audience.PARTIES, f"offer-description-{name}"),
                "data": plant(Audience.PARTIES, f"offer-data-{name}"),
                "currency": "USD",
                "expires": NEVER,
                "custom_fields": (
                    CustomAnswer(
                        key=plant(Audience.TEAM, f"offer-field-{name}"),
                        value=plant(Audience.TEAM, f"offer-answer-{name}"),
                    ),
                ),
                "created": SINCE,
                "modified": SINCE,
                **fields,
            }
        )
