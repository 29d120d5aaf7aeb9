"""What proposals have of a person: their proposals to postings, and the invitations to them."""

from collections.abc import Iterator
from datetime import datetime

from souk.domains.market.store import ACTIVITY, activity_key
from souk.domains.proposals.commands.bids import count_bids
from souk.domains.proposals.model import InvitationState, JobInvitation, Proposal
from souk.domains.proposals.rules.states import UNDECIDED, Action
from souk.domains.proposals.store import PERSON_INVITATIONS, PERSON_PROPOSALS, PROPOSALS, answer_invitation, move
from souk.graph.personal import PersonalData, PersonalFile, in_batches, listed
from souk.storage import Table, Transaction, View
from souk.values.times import stamp


def erase(table: Table, user_id: str, now: datetime) -> Iterator[None]:
    """Withdraw the proposals that are not decided, and decline the open invitations."""
    undecided: View[Proposal, Proposal] = View([lambda one: one.client_status in UNDECIDED])
    unanswered: View[JobInvitation, JobInvitation] = View([lambda one: one.state is InvitationState.SENT])

    def decline(tx: Transaction, invitation: JobInvitation) -> None:
        declined = {"state": InvitationState.DECLINED, "modified": stamp(now)}
        answer_invitation(tx, invitation, invitation.model_copy(update=declined))
        tx.tally(ACTIVITY, activity_key(invitation.job_id), invites_unanswered=-1)
        tx.emit("JOB_INVITATION", "DECLINE", invitation.id, to=invitation.client)

    for proposals in PERSON_PROPOSALS.of(table, user_id).chunks(undecided):
        for proposal in proposals:
            withdraw(table, proposal.id, now)
            yield
    for invitations in PERSON_INVITATIONS.of(table, user_id).chunks(unanswered):
        yield from in_batches(table, invitations, decline, size=1)


def withdraw(table: Table, proposal_id: str, now: datetime) -> None:
    """Withdraw a proposal of a person who is erased, if it is undecided. One with an offer is withdrawn after that."""

    def attempt(tx: Transaction) -> None:
        proposal = table.get(PROPOSALS, proposal_id, consistent=True)
        if proposal and proposal.client_status in UNDECIDED:
            stored = move(tx, proposal, Action.WITHDRAW, proposal.parties.vendor_user_id, now)
            count_bids(tx, proposal, stored)

    table.retry_until_committed(attempt)


PERSONAL = PersonalData(
    stays="Proposals and invitations: the client's copy of what was sent. Undecided ones are withdrawn and declined.",
    files=(
        PersonalFile(
            "proposals", "Your proposals to job postings.", listed(PERSON_PROPOSALS, "marks", "hidden_because")
        ),
        PersonalFile("job-invitations", "The invitations to apply that you got.", listed(PERSON_INVITATIONS)),
    ),
    erase=erase,
)
