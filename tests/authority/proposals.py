"""What Ivy wrote to Acme Design: proposals to its jobs, and an invitation that waits for her answer."""

from dataclasses import dataclass
from typing import Any, Final

from souk.domains.agreements.parties import Parties
from souk.domains.jobs.model import Attachment
from souk.domains.jobs.store import RELATIONS, Relation, RelationKind
from souk.domains.proposals.model import (
    Answer,
    ClientStatus,
    JobInvitation,
    Mark,
    Message,
    Note,
    PlannedMilestone,
    Proposal,
    VendorStatus,
)
from souk.domains.proposals.store import INVITATIONS, MESSAGES, PROPOSALS
from souk.storage import Table
from tests.authority.secrets import Circle, Secrets

SINCE: Final = "2026-01-09T08:00:00.000Z"
STANDING, REJECTED = "7910000000000000001", "7910000000000000002"
ASKED: Final = "7920000000000000001"


@dataclass(frozen=True)
class Letters:
    """Proposals, made with the secrets that they hold: what is proposed is for both, and words nobody is shown."""

    secrets: Secrets
    parties: Parties
    standing_at: str
    """The job that the client has not decided on."""
    rejected_at: str
    """The job that she was rejected for."""
    asked_to: str
    """The job that she is invited to."""

    def settle(self, table: Table) -> None:
        """Put all of it into the table."""
        plant = self.secrets.plant
        for secret in (STANDING, REJECTED, "3456.78"):
            self.secrets.keep(Circle.PARTIES, secret)
        plan = (PlannedMilestone(description=plant(Circle.PARTIES, "proposal-plan"), amount=345_678),)
        answers = (Answer(question_id="3", question="Why you?", answer=plant(Circle.PARTIES, "proposal-answer")),)
        file = Attachment(
            id=self.secrets.keep(Circle.PARTIES, "7210000000000000001"),
            file_name=plant(Circle.PARTIES, "proposal-file.pdf"),
            key="files/7210000000000000001",
            content_length=1,
            content_type="application/pdf",
            created_date_time=SINCE,
        )
        standing = self._proposal(
            STANDING,
            "standing",
            self.standing_at,
            plan=plan,
            attachments=(file,),
            answers=answers,
            marks=frozenset({Mark.SHORTLISTED}),
            hidden_because=Note(reason_id="1810", text=plant(Circle.NOBODY, "hide-reason")),
        )
        why = Note(
            reason_id="1810", text=plant(Circle.PARTIES, "reject-reason"), message=plant(Circle.NOBODY, "reject-word")
        )
        rejected = self._proposal(
            REJECTED,
            "rejected",
            self.rejected_at,
            plan=plan,
            attachments=(file,),
            answers=answers,
            vendor_status=VendorStatus.DECLINED,
            client_status=ClientStatus.DECLINED,
            note=why,
        )
        tx = table.transaction()
        for proposal in (standing, rejected):
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
                "cover_letter": self.secrets.plant(Circle.PARTIES, f"letter-{name}"),
                "vendor_status": VendorStatus.ACCEPTED,
                "client_status": ClientStatus.CREATED,
                "created": SINCE,
                "modified": SINCE,
                "created_by_id": self.parties.vendor_user_id,
                "modified_by_id": self.parties.client_user_id,
                **fields,
            }
        )

    def _message(self) -> Message:
        return Message(
            id="1",
            proposal_id=STANDING,
            user_id=self.parties.client_user_id,
            organization_id=self.parties.client_team_id,
            text=self.secrets.plant(Circle.NOBODY, "proposal-message"),
            created=SINCE,
        )

    def _invitation(self) -> JobInvitation:
        return JobInvitation(
            id=ASKED,
            job_id=self.asked_to,
            client_team_id=self.parties.client_team_id,
            client_company_id=self.parties.client_company_id,
            inviter_id=self.parties.client_user_id,
            user_id=self.parties.vendor_user_id,
            letter=self.secrets.plant(Circle.NOBODY, "invitation-letter"),
            created=SINCE,
            modified=SINCE,
        )
