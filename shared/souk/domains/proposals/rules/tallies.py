"""The counts of proposals and invitations in the tallies of their freelancer. Pure.

They depend on the record alone, so they can be rebuilt from it. Commands add the difference that a change makes.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from souk.domains.proposals.model import ClientStatus, InvitationState, JobInvitation, Mark, Proposal

_A_DAY: Final = timedelta(days=1)


def of_proposal(proposal: Proposal) -> dict[str, int]:
    """Return the counts of a proposal on the day when it was made."""
    viewed = Mark.READ in proposal.marks
    return {
        "applied": 1,
        "viewed": int(viewed),
        "hidden_viewed": int(viewed and Mark.HIDDEN in proposal.marks),
        "interviewed": int(proposal.interviewed),
        "won": int(proposal.client_status is ClientStatus.HIRED),
    }


def interviews(proposal: Proposal) -> int:
    """Return the conversations in progress: 1 for an activated proposal."""
    return int(proposal.client_status is ClientStatus.ACTIVATED)


def hidden_reason(proposal: Proposal) -> str | None:
    """Return the id of the reason why the client has hidden a proposal; None if there is none."""
    return proposal.hidden_because.reason_id if proposal.hidden_because else None


def of_invitation(invitation: JobInvitation) -> dict[str, int]:
    """Return the counts of an invitation on the day when it was made."""
    answered = invitation.state is not InvitationState.SENT
    took = datetime.fromisoformat(invitation.modified) - datetime.fromisoformat(invitation.created)
    return {"invited": 1, "answered": int(answered), "answered_in_a_day": int(answered and took <= _A_DAY)}


def difference(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, int]:
    """Return what must be added to one set of counts to get another."""
    changed = Counter(after)
    changed.subtract(before)
    return dict(changed)
