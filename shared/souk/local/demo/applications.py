"""The proposals of the demo data, all to jobs of Acme, and the invitations of freelancers.

The state of a proposal follows from its steps, by the state table of proposals. The steps also count in the job's
activity. No events are published.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from souk.domains.agreements.model import Parties
from souk.domains.jobs.model import Job, JobType
from souk.domains.market.model import Relation, RelationKind
from souk.domains.market.store import ACTIVITY, RELATIONS, activity_key
from souk.domains.proposals.commands.bids import count_bids
from souk.domains.proposals.model import (
    Answer,
    ClientStatus,
    JobInvitation,
    Mark,
    Note,
    PlannedMilestone,
    Proposal,
)
from souk.domains.proposals.rules import states
from souk.domains.proposals.rules.annotations import TALLIES
from souk.domains.proposals.rules.states import Action
from souk.domains.proposals.store import create_proposal
from souk.domains.reference.rules import reasons
from souk.local.demo.people import organization_id, user_id
from souk.local.demo.posts import job_id
from souk.storage import Table
from souk.values.times import stamp

_PROPOSALS, _INVITATIONS = 1_360_000_000_000_000_000, 1_365_000_000_000_000_000
_AGENCY: Final = 110
LOGO, CHATBOT, HUBSPOT, VOICE = job_id(139), job_id(199), job_id(182), job_id(65)
"""The jobs with proposals. They have no other activity."""
_AUTHORED: Final[tuple[dict[str, Any], ...]] = (
    {
        "job": LOGO,
        "by": 101,
        "days": 20,
        "amount": 3_200,
        "letter": "I draw with ink before I draw with curves, so the wobble goes and the hand stays.",
        "answer": "A baker's sign of 1931 that had been painted over four times. I redrew all of it.",
        "marks": (Mark.READ, Mark.SHORTLISTED),
    },
    {
        "job": LOGO,
        "by": _AGENCY,
        "days": 18,
        "amount": 4_000,
        "letter": "Three sketches in a week, one of them worked out in the next, with all files and the fonts named.",
        "answer": "The mark of a shipyard, from a photograph of a funnel. Two of us worked on it for a month.",
        "steps": (Action.MESSAGE,),
        "marks": (Mark.READ,),
    },
    {
        "job": CHATBOT,
        "by": 102,
        "days": 9,
        "amount": 5_800,
        "letter": "I would begin with the twenty questions that your people answer most often, and measure from there.",
        "marks": (Mark.READ, Mark.HIDDEN),
    },
    {
        "job": HUBSPOT,
        "by": 102,
        "days": 8,
        "amount": 115_000,
        "letter": "I have connected three shops to their accounting. The orders are the easy part; refunds are not.",
        "plan": (
            ("Orders and customers go over, with tests", 65_000),
            ("Refunds, and a page with errors", 50_000),
        ),
        "steps": (Action.DECLINE,),
        "reason": ("PROPOSAL_REJECT", "hired-someone-else", "You were our second choice, and a close one."),
        "marks": (Mark.READ,),
    },
    {
        "job": VOICE,
        "by": 101,
        "days": 6,
        "amount": 80_000,
        "letter": "A calm voice in Portuguese and in English with a little of Portugal in it.",
        "steps": (Action.WITHDRAW,),
        "reason": ("PROPOSAL_WITHDRAW", "scheduling-conflict", "My studio is being rebuilt until spring."),
    },
)
WRITTEN_TO = str(_PROPOSALS + 2)
"""The id of the proposal that the client has written about (`souk.local.demo.conversations`)."""
LAST = str(_PROPOSALS + len(_AUTHORED))
"""The id of the last proposal."""


@dataclass(frozen=True, slots=True)
class Application:
    """A proposal, and the counts of its steps in the job's activity, without its bid."""

    proposal: Proposal
    tallies: Mapping[str, int]

    def write(self, table: Table) -> None:
        """Write the proposal and its related records to a table."""
        proposal, tx = self.proposal, table.transaction()
        applied = Relation(
            kind=RelationKind.APPLICATION,
            user_id=proposal.parties.vendor_user_id,
            target_id=proposal.job_id,
            record_id=proposal.id,
        )
        tx.create(RELATIONS, applied)
        create_proposal(tx, proposal)
        tx.tally(ACTIVITY, activity_key(proposal.job_id), **self.tallies)
        count_bids(tx, None, proposal)
        tx.commit()


def applications(posted: Iterable[Job], now: datetime) -> Iterator[Application]:
    """Yield all proposals, with times relative to `now`."""
    jobs = {job.id: job for job in posted}
    for number, text in enumerate(_AUTHORED, 1):
        yield _application(number, text, jobs[text["job"]], now - timedelta(days=text["days"]))


def _application(number: int, text: dict[str, Any], job: Job, at: datetime) -> Application:
    steps, marks = text.get("steps", ()), frozenset(text.get("marks", ()))
    step = states.move(Action.APPLY, None)
    tallies = Counter(step.tallies)
    for action in steps:
        step = states.move(action, step.to)
        tallies.update(step.tallies)
    status = step.to
    tallies.update(TALLIES[mark] for mark in marks if mark in TALLIES)
    freelancer, client = user_id(text["by"]), job.owner_id
    modified_by = client if status in {ClientStatus.ACTIVATED, ClientStatus.DECLINED} else freelancer
    proposal = Proposal(
        id=str(_PROPOSALS + number),
        job_id=job.id,
        parties=_parties(job, text["by"]),
        hourly=job.info.type is JobType.HOURLY,
        amount=text["amount"],
        currency=job.currency,
        cover_letter=text["letter"],
        answers=tuple(
            Answer(question_id=each.id, question=each.question, answer=text["answer"]) for each in job.questions or ()
        ),
        plan=tuple(PlannedMilestone(description=what, amount=price) for what, price in text.get("plan", ())),
        vendor_status=states.VENDOR_STATUS[status],
        client_status=status,
        messaged=Action.MESSAGE in steps,
        interviewed=Action.MESSAGE in steps,
        marks=marks,
        note=_note(*text["reason"]) if "reason" in text else None,
        created=stamp(at),
        modified=stamp(at + timedelta(days=2)) if steps else stamp(at),
        created_by_id=freelancer,
        modified_by_id=modified_by,
    )
    return Application(proposal, tallies)


def invitations(private: Iterable[Job], now: datetime) -> Iterator[tuple[JobInvitation, Relation]]:
    """Yield Noah's unanswered invitations to some private jobs."""
    sent = stamp(now - timedelta(days=3))
    for number, job in enumerate(private, 1):
        invitation = JobInvitation(
            id=str(_INVITATIONS + number),
            job_id=job.id,
            client_team_id=job.organization_id,
            client_company_id=job.company_id,
            inviter_id=job.owner_id,
            user_id=user_id(102),
            letter="We have seen your work and would like you to apply.",
            created=sent,
            modified=sent,
        )
        yield (
            invitation,
            Relation(
                kind=RelationKind.INVITATION,
                user_id=invitation.user_id,
                target_id=job.id,
                record_id=invitation.id,
            ),
        )


def _parties(job: Job, by: int) -> Parties:
    return Parties(
        client_user_id=job.owner_id,
        client_team_id=job.organization_id,
        client_company_id=job.company_id,
        vendor_user_id=user_id(by),
        vendor_team_id=organization_id(by),
        vendor_company_id=organization_id(by),
        agency=by == _AGENCY,
    )


def _note(kind: str, alias: str, message: str) -> Note:
    reason = next(each for each in reasons(kind) if each.alias == alias)
    return Note(reason_id=reason.id, message=message)
