"""The table's items of proposals and invitations.

PROPOSAL#<id>     PROPOSAL          GSI1 APPLICANT#<user> / PROPOSAL#<id>: of a freelancer, oldest first
                                    GSI2 APPLIED#<job> / PROPOSAL#<id>: to a posting, oldest first
                                    GSI3 AGENCY#<company> / PROPOSAL#<id>: of an agency or a freelancer's company
PROPOSAL#<id>     MESSAGE#<id>      a message of the client about the proposal, oldest first
INVITATION#<id>   INVITATION        GSI1 INVITEE#<user> / INVITATION#<id>: of a freelancer
APPLIED#<job>     ACTIVITY          the tally of the activity around a posting
APPLIED#<job>     APPLICANT#<user>  an application (`souk.domains.market.store`): one per person and job
APPLIED#<job>     INVITED#<user>    an invitation (`souk.domains.market.store`): one per person and job
"""

from datetime import datetime
from typing import Any, Final

from souk.domains.market.store import ACTIVITY, RELATIONS, activity_key
from souk.domains.proposals.model import JobInvitation, Message, Proposal
from souk.domains.proposals.rules import states
from souk.storage import Collection, Key, Table, Transaction
from souk.values.times import stamp

WRITES: Final = ("APPLIED#", "INVITATION#", "PROPOSAL#")
"""The key prefixes that only this domain writes."""


def proposal_key(proposal_id: str) -> Key:
    """Return the key of a proposal."""
    return Key(f"PROPOSAL#{proposal_id}", "PROPOSAL")


def invitation_key(invitation_id: str) -> Key:
    """Return the key of an invitation."""
    return Key(f"INVITATION#{invitation_id}", "INVITATION")


def message_key(proposal_id: str, message_id: str) -> Key:
    """Return the key of a message about a proposal."""
    return Key(f"PROPOSAL#{proposal_id}", f"MESSAGE#{message_id}")


PROPOSALS: Collection[Proposal] = Collection(
    name="Proposal",
    model=Proposal,
    key=proposal_key,
    key_of=lambda one: proposal_key(one.id),
    indexes={
        "GSI1": lambda one: Key(f"APPLICANT#{one.parties.vendor_user_id}", f"PROPOSAL#{one.id}"),
        "GSI2": lambda one: Key(f"APPLIED#{one.job_id}", f"PROPOSAL#{one.id}"),
        "GSI3": lambda one: Key(f"AGENCY#{one.parties.vendor_company_id}", f"PROPOSAL#{one.id}"),
    },
)
INVITATIONS: Collection[JobInvitation] = Collection(
    name="JobInvitation",
    model=JobInvitation,
    key=invitation_key,
    key_of=lambda one: invitation_key(one.id),
    indexes={"GSI1": lambda one: Key(f"INVITEE#{one.user_id}", f"INVITATION#{one.id}")},
)
MESSAGES: Collection[Message] = Collection(
    name="ProposalMessage",
    model=Message,
    key=message_key,
    key_of=lambda one: message_key(one.proposal_id, one.id),
)


def proposals_of_person(table: Table, user_id: str) -> list[Proposal]:
    """Return all proposals of a freelancer, oldest first."""
    return table.query_all(PROPOSALS, f"APPLICANT#{user_id}", index="GSI1", prefix="PROPOSAL#")


def proposals_of_company(table: Table, company_id: str) -> list[Proposal]:
    """Return all proposals of an agency or of a freelancer's own organization, oldest first."""
    return table.query_all(PROPOSALS, f"AGENCY#{company_id}", index="GSI3", prefix="PROPOSAL#")


def invitations_to(table: Table, user_id: str) -> list[JobInvitation]:
    """Return all invitations of a freelancer, oldest first."""
    return table.query_all(INVITATIONS, f"INVITEE#{user_id}", index="GSI1", prefix="INVITATION#")


def invitations_for(table: Table, job_id: str) -> list[JobInvitation]:
    """Return all invitations to a posting, oldest first. The read is strongly consistent."""
    invited = table.query_all(RELATIONS, f"APPLIED#{job_id}", prefix="INVITED#", consistent=True)
    items = table.batch_get([invitation_key(one.record_id) for one in invited], consistent=True)
    return sorted(map(INVITATIONS.decode, items.values()), key=lambda one: int(one.id))


def messages_about(table: Table, proposal_id: str) -> list[Message]:
    """Return the messages about a proposal, oldest first."""
    return table.query_all(MESSAGES, f"PROPOSAL#{proposal_id}", prefix="MESSAGE#")


def proposals_to(table: Table, job_id: str) -> list[Proposal]:
    """Return all proposals to a posting, oldest first."""
    return table.query_all(PROPOSALS, f"APPLIED#{job_id}", index="GSI2", prefix="PROPOSAL#")


def applications_to(table: Table, job_id: str) -> list[Proposal]:
    """Return all proposals to a posting. The read is strongly consistent."""
    applied = table.query_all(RELATIONS, f"APPLIED#{job_id}", prefix="APPLICANT#", consistent=True)
    items = table.batch_get([proposal_key(one.record_id) for one in applied], consistent=True)
    return [PROPOSALS.decode(item) for item in items.values()]


def move(
    tx: Transaction, proposal: Proposal, action: states.Action, by: str | None, now: datetime, **changes: Any
) -> Proposal:
    """Add an action on a proposal to a transaction: its new states, the counts and the events.

    `by` is the id of the actor, None for the marketplace. `changes` are further changes of the proposal. Commands of
    other domains call this too. Raises Conflict if the status does not allow the action.
    """
    result = states.move(action, proposal.client_status, proposal.resumes)
    if action is states.Action.OFFER:
        changes["resumes"] = proposal.client_status
    moved = proposal.model_copy(
        update={
            "client_status": result.to,
            "vendor_status": states.VENDOR_STATUS[result.to],
            "modified": stamp(now),
            "modified_by_id": by,
            **changes,
        }
    )
    stored = tx.update(PROPOSALS, moved)
    record_move(tx, stored, result)
    return stored


def count_without_proposal(tx: Transaction, job_id: str, action: states.Action) -> None:
    """Add the counts of an action to a transaction, for an action without a proposal."""
    tx.tally(ACTIVITY, activity_key(job_id), **states.STEPS[action].tallies)


def record_move(tx: Transaction, proposal: Proposal, result: states.Move) -> None:
    """Add the counts and events of an action to a transaction."""
    tx.tally(ACTIVITY, activity_key(proposal.job_id), **result.tallies)
    for event in result.vendor_events:
        tx.emit(states.VENDOR_JA, event, proposal.id, to=proposal.parties.both)
    for event in result.client_events:
        tx.emit(states.CLIENT_JA, event, proposal.id, to=proposal.parties.client)
