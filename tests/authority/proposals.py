"""Ivy's proposals to Acme Design's jobs, and a pending invitation."""

from dataclasses import dataclass
from typing import Any, Final

from souk.domains.agreements.model import Parties
from souk.domains.files.model import Attachment
from souk.domains.market.model import Relation, RelationKind
from souk.domains.market.store import RELATIONS
from souk.domains.proposals.model import (
    Answer,
    ClientStatus,
    JobInvitation,
    Mark,
    Note,
    PlannedMilestone,
    Proposal,
    VendorStatus,
)
from souk.domains.proposals.store import INVITATIONS, PROPOSALS
from souk.domains.rooms.model import EarlierMessage
from souk.domains.rooms.store import MESSAGES
from souk.storage import Table
from tests.authority.secrets import Audience, Secrets

SINCE: Final = "2026-01-09T08:00:00.000Z"
PENDING, REJECTED = "7910000000000000001", "7910000000000000002"
JOB_INVITE: Final = "7920000000000000001"


@dataclass(frozen=True)
class ProposalRecords:
    """The proposals, with planted secrets. Both parties see the proposal; some texts are never shown."""

    secrets: Secrets
    parties: Parties
    pending_job_id: str
    """The job of the pending proposal."""
    rejected_job_id: str
    """The job of the rejected proposal."""
    invited_job_id: str
    """The job of the invitation."""

    def store(self, table: Table) -> None:
        """Store the records."""
        plant = self.secrets.plant
        for secret in (PENDING, REJECTED, "3456.78"):
            self.secrets.keep(Audience.PARTIES, secret)
        plan = (PlannedMilestone(description=plant(Audience.PARTIES, "proposal-plan"), amount=345_678),)
        answers = (Answer(question_id="3", question="Why you?", answer=plant(Audience.PARTIES, "proposal-answer")),)
        file = Attachment(
            id=self.secrets.keep(Audience.PARTIES, "7210000000000000001"),
            file_name=plant(Audience.PARTIES, "proposal-file.pdf"),
            key="files/7210000000000000001",
            content_length=1,
            content_type="application/pdf",
            created_date_time=SINCE,
        )
        pending = self._proposal(
            PENDING,
            "pending",
            self.pending_job_id,
            plan=plan,
            attachments=(file,),
            answers=answers,
            marks=frozenset({Mark.SHORTLISTED}),
            messaged=True,
            hidden_because=Note(reason_id="1810", text=plant(Audience.NOBODY, "hide-reason")),
        )
        why = Note(
            reason_id="1810",
            text=plant(Audience.PARTIES, "reject-reason"),
            message=plant(Audience.PARTIES, "reject-word"),
        )
        rejected = self._proposal(
            REJECTED,
            "rejected",
            self.rejected_job_id,
            plan=plan,
            attachments=(file,),
            answers=answers,
            vendor_status=VendorStatus.DECLINED,
            client_status=ClientStatus.DECLINED,
            note=why,
        )
        tx = table.transaction()
        for proposal in (pending, rejected):
            tx.create(PROPOSALS, proposal)
            applied = Relation(
                kind=RelationKind.APPLICATION,
                user_id=proposal.parties.vendor_user_id,
                target_id=proposal.job_id,
                record_id=proposal.id,
            )
            tx.create(RELATIONS, applied)
        tx.create(MESSAGES, self._message())
        tx.create(INVITATIONS, self._invitation())
        tx.commit()

    def _proposal(self, id_: str, name: str, job_id: str, **fields: Any) -> Proposal:
        return Proposal(
            **{
                "id": id_,
                "job_id": job_id,
                "parties": self.parties,
                "hourly": False,
                "amount": 345_678,
                "currency": "USD",
                "cover_letter": self.secrets.plant(Audience.PARTIES, f"letter-{name}"),
                "vendor_status": VendorStatus.ACCEPTED,
                "client_status": ClientStatus.CREATED,
                "created": SINCE,
                "modified": SINCE,
                "created_by_id": self.parties.vendor_user_id,
                "modified_by_id": self.parties.client_user_id,
                **fields,
            }
        )

    def _message(self) -> EarlierMessage:
        return EarlierMessage(
            id="1",
            proposal_id=PENDING,
            user_id=self.parties.client_user_id,
            organization_id=self.parties.client_team_id,
            text=self.secrets.plant(Audience.PARTIES, "proposal-message"),
            created=SINCE,
        )

    def _invitation(self) -> JobInvitation:
        return JobInvitation(
            id=JOB_INVITE,
            job_id=self.invited_job_id,
            client_team_id=self.parties.client_team_id,
            client_company_id=self.parties.client_company_id,
            inviter_id=self.parties.client_user_id,
            user_id=self.parties.vendor_user_id,
            letter=self.secrets.plant(Audience.PARTIES, "invitation-letter"),
            created=SINCE,
            modified=SINCE,
        )
