"""Projections of a stored proposal to the parts of VendorProposal and ClientProposal. Pure."""

from typing import Any, Final

from souk.domains.proposals.model import ClientStatus, Mark, Note, Proposal
from souk.domains.reference.rules import engagement_duration, reason
from souk.values.money import Money

Part = dict[str, Any]

_WITH_REASON: Final = frozenset({ClientStatus.DECLINED, ClientStatus.WITHDRAWN})


def terms(proposal: Proposal) -> Part:
    """Return ProposalTerms. Souk has no upfront payments, so their share of a fixed price is 0."""
    duration_id = proposal.estimated_duration_id
    return {
        "chargeRate": proposal.charge,
        "estimatedDuration": engagement_duration(duration_id) if duration_id else None,
        "upfrontPaymentPercent": None if proposal.hourly else 0.0,
    }


def project_plan(proposal: Proposal) -> Part | None:
    """Return ProposalProjectPlan; None without milestones. A milestone without a due date has an empty one."""
    if not proposal.plan:
        return None
    return {
        "id": proposal.id,
        "milestones": [
            {
                "description": one.description,
                "dueDate": one.due_date or "",
                "amount": Money(one.amount, proposal.currency).raw_value,
            }
            for one in proposal.plan
        ],
    }


def vendor_status(proposal: Proposal) -> Part:
    """Return VendorProposalStatus."""
    return {"status": proposal.vendor_status, **_note(proposal)}


def client_status(proposal: Proposal) -> Part:
    """Return ClientProposalStatus."""
    return {"status": proposal.client_status, **_note(proposal)}


def client_annotations(proposal: Proposal) -> list[Mark]:
    """Return the client's marks in the order of the contract."""
    return [mark for mark in Mark if mark in proposal.marks]


def hidden_reason(proposal: Proposal) -> Part | None:
    """Return ProposalReason of hiding; None unless the client has hidden it and gave a reason."""
    return reason_of(proposal.hidden_because) if Mark.HIDDEN in proposal.marks else None


def _note(proposal: Proposal) -> Part:
    """Return the reason and the message of a decline or withdrawal."""
    note = proposal.note if proposal.client_status in _WITH_REASON else None
    return {"reason": reason_of(note), "message": note and note.message}


def reason_of(note: Note | None) -> Part | None:
    """Return ProposalReason; None for a note without a reason. A text of the person replaces its own description."""
    known = reason(note.reason_id) if note and note.reason_id else None
    return {"id": known.id, "reason": known.alias, "description": note.text or known.reason} if note and known else None
