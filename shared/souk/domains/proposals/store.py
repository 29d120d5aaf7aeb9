"""The table's items of proposals and invitations.

PROPOSAL#<id>     PROPOSAL          GSI1 APPLICANT#<user> / PROPOSAL#<id>: of a freelancer, oldest first
                                    GSI2 APPLIED#<job> / PROPOSAL#<id>: to a posting, oldest first
                                    GSI3 AGENCY#<company> / PROPOSAL#<id>: of an agency or a freelancer's company
INVITATION#<id>   INVITATION        GSI1 INVITEE#<user> / INVITATION#<id>: of a freelancer, oldest first
                                    GSI2 INVITED#<job> / INVITATION#<id>: to a posting, oldest first
APPLIED#<job>     ACTIVITY          the tally of the activity around a posting
APPLIED#<job>     APPLICANT#<user>  an application (`souk.domains.market.store`): one per person and job
APPLIED#<job>     INVITED#<user>    an invitation (`souk.domains.market.store`): one per person and job

Invitations of earlier releases get their entry in GSI2 from `souk lists rewrite`. Before it, the posting's list lacks
them.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from souk.domains.market.store import (
    ACTIVITY,
    DAYS,
    FREELANCER_RECORDS,
    HIDDEN_REASONS,
    RELATIONS,
    activity_key,
    day_key,
    freelancer_record_key,
    hidden_key,
    record_contact,
)
from souk.domains.proposals.model import ClientStatus, JobInvitation, Proposal
from souk.domains.proposals.rules import states, tallies
from souk.storage import Collection, Key, StoredList, Table, Transaction, among, first_id
from souk.storage.partition import Partition
from souk.values.times import stamp

WRITES: Final = ("APPLIED#", "INVITATION#", "PROPOSAL#")
"""The key prefixes that only this domain writes."""


def proposal_key(proposal_id: str) -> Key:
    """Return the key of a proposal."""
    return Key(f"PROPOSAL#{proposal_id}", "PROPOSAL")


def invitation_key(invitation_id: str) -> Key:
    """Return the key of an invitation."""
    return Key(f"INVITATION#{invitation_id}", "INVITATION")


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
    filters={
        "client_status": lambda one: one.client_status,
        "vendor_status": lambda one: one.vendor_status,
        "freelancer": lambda one: one.parties.vendor_user_id,
        "job": lambda one: one.job_id,
    },
)
INVITATIONS: Collection[JobInvitation] = Collection(
    name="JobInvitation",
    model=JobInvitation,
    key=invitation_key,
    key_of=lambda one: invitation_key(one.id),
    indexes={
        "GSI1": lambda one: Key(f"INVITEE#{one.user_id}", f"INVITATION#{one.id}"),
        "GSI2": lambda one: Key(f"INVITED#{one.job_id}", f"INVITATION#{one.id}"),
    },
    filters={"state": lambda one: one.state, "client_company": lambda one: one.client_company_id},
)

JOB_PROPOSALS: Final = StoredList("clientProposals", PROPOSALS, "APPLIED#{}".format, index="GSI2", prefix="PROPOSAL#")
"""The proposals to a posting."""
PERSON_PROPOSALS: Final = StoredList(
    "vendorProposals", PROPOSALS, "APPLICANT#{}".format, index="GSI1", prefix="PROPOSAL#"
)
"""The proposals of a freelancer."""
AGENCY_PROPOSALS: Final = StoredList("agencyProposals", PROPOSALS, "AGENCY#{}".format, index="GSI3", prefix="PROPOSAL#")
"""The proposals of an agency or of a freelancer's own organization."""
PERSON_INVITATIONS: Final = StoredList(
    "vendorJobInvitations", INVITATIONS, "INVITEE#{}".format, index="GSI1", prefix="INVITATION#"
)
"""The invitations of a freelancer."""
JOB_INVITATIONS: Final = StoredList(
    "clientJobInvitations", INVITATIONS, "INVITED#{}".format, index="GSI2", prefix="INVITATION#"
)
"""The invitations to a posting."""
LISTS: Final = (JOB_PROPOSALS, PERSON_PROPOSALS, AGENCY_PROPOSALS, PERSON_INVITATIONS, JOB_INVITATIONS)
_MOST_RECENT: Final = 1_000
_CHUNK: Final = 500


def recent_invitations(table: Table, user_id: str, company_id: str, since: datetime) -> list[JobInvitation]:
    """Return a company's invitations of a freelancer since a point in time, newest first.

    They are found among the freelancer's latest 1,000 invitations, in one round trip.
    """
    page = table.query(
        INVITATIONS,
        f"INVITEE#{user_id}",
        index="GSI1",
        between=(f"INVITATION#{first_id(since)}", "INVITATION#~"),
        limit=_MOST_RECENT,
        newest_first=True,
        among=among(client_company=[company_id]),
    )
    return [one for one in page.items if one.client_company_id == company_id]


def applications_to(table: Table, job_id: str) -> Iterator[list[Proposal]]:
    """Yield all proposals to a posting in chunks of at most 500, so that no more are in memory at once.

    The reads are strongly consistent, unlike those of `JOB_PROPOSALS`. A chunk takes two round trips.
    """
    applications = Partition(RELATIONS, f"APPLIED#{job_id}", prefix="APPLICANT#", newest_first=False)
    for chunk in applications.chunks(table, _CHUNK):
        items = table.batch_get([proposal_key(one.record_id) for one in chunk], consistent=True)
        yield [PROPOSALS.decode(item) for item in items.values()]


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
    stored = change_proposal(tx, proposal, moved)
    record_move(tx, stored, result)
    return stored


def create_proposal(tx: Transaction, proposal: Proposal) -> Proposal:
    """Add a new proposal to a transaction, with the counts of its freelancer."""
    tx.latest(freelancer_record_key(proposal.parties.vendor_user_id), last_applied=proposal.created)
    count_proposal(tx, None, proposal)
    return tx.create(PROPOSALS, proposal)


def change_proposal(tx: Transaction, before: Proposal, after: Proposal) -> Proposal:
    """Add a changed proposal to a transaction, with the counts of its freelancer."""
    count_proposal(tx, before, after)
    return tx.update(PROPOSALS, after)


def count_proposal(tx: Transaction, before: Proposal | None, after: Proposal) -> None:
    """Add the difference of two versions of a proposal to the tallies of its freelancer."""
    user_id = after.parties.vendor_user_id
    counts = tallies.difference(tallies.of_proposal(before) if before else {}, tallies.of_proposal(after))
    tx.tally(DAYS, day_key(user_id, after.created), **counts)
    changed = tallies.interviews(after) - (tallies.interviews(before) if before else 0)
    tx.tally(FREELANCER_RECORDS, freelancer_record_key(user_id), interviews=changed)
    reasons = (tallies.hidden_reason(before) if before else None, -1), (tallies.hidden_reason(after), 1)
    if reasons[0][0] != reasons[1][0]:
        for reason, by in reasons:
            if reason:
                tx.tally(HIDDEN_REASONS, hidden_key(user_id, reason), proposals=by)


def create_invitation(tx: Transaction, invitation: JobInvitation) -> JobInvitation:
    """Add a new invitation to a transaction, with the counts of its freelancer."""
    count_invitation(tx, None, invitation)
    return tx.create(INVITATIONS, invitation)


def answer_invitation(tx: Transaction, before: JobInvitation, after: JobInvitation) -> JobInvitation:
    """Add an answered invitation to a transaction, with the counts of its freelancer."""
    count_invitation(tx, before, after)
    return tx.update(INVITATIONS, after)


def count_invitation(tx: Transaction, before: JobInvitation | None, after: JobInvitation) -> None:
    """Add the difference of two versions of an invitation to the tallies of its freelancer."""
    counts = tallies.difference(tallies.of_invitation(before) if before else {}, tallies.of_invitation(after))
    tx.tally(DAYS, day_key(after.user_id, after.created), **counts)


def count_without_proposal(tx: Transaction, job_id: str, action: states.Action) -> None:
    """Add the counts of an action to a transaction, for an action without a proposal."""
    tx.tally(ACTIVITY, activity_key(job_id), **states.STEPS[action].tallies)


def record_move(tx: Transaction, proposal: Proposal, result: states.Move) -> None:
    """Add the counts and events of an action to a transaction, and that the sides are in contact if it activates."""
    tx.tally(ACTIVITY, activity_key(proposal.job_id), **result.tallies)
    if result.to is ClientStatus.ACTIVATED:
        record_contact(tx, proposal.parties)
    for event in result.vendor_events:
        tx.emit(states.VENDOR_JA, event, proposal.id, to=proposal.parties.both)
    for event in result.client_events:
        tx.emit(states.CLIENT_JA, event, proposal.id, to=proposal.parties.client)
