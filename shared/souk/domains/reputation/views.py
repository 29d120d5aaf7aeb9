"""Contracts under the names of the contract's types of work histories."""

from collections.abc import Mapping
from typing import Any, Final

from souk.domains.contracts.model import ContractStatus
from souk.domains.feedback.model import Review
from souk.domains.reputation.model import ShownWork
from souk.values.money import Money

_MINUTES: Final = 60
_LABELS: Final[Mapping[str, str]] = {
    "availabilityScore": "Availability",
    "communicationScore": "Communication",
    "cooperationScore": "Cooperation",
    "deadlinesScore": "Deadlines",
    "qualityScore": "Quality",
    "skillsScore": "Skills",
}


def work_history(work: ShownWork) -> dict[str, Any]:
    """Return the contract's TalentWorkHistory."""
    contract, job = work.contract, work.job
    minutes = work.minutes
    return {
        "contract": {
            "id": contract.id,
            "startDate": contract.starts,
            "endDate": contract.ends if contract.status is ContractStatus.CLOSED else None,
            "status": contract.status,
            "clientTeamId": contract.parties.client_team_id if work.client else None,
            "clientOrgId": contract.parties.client_company_id if work.client else None,
            "title": work.title,
            "createDate": contract.created,
            "terms": {
                "jobType": contract.pay,
                "hourlyRate": _amount(work, work.rate),
                "stipendAmount": _amount(work, work.stipend),
                "fixedAmount": _amount(work, work.price),
            },
        },
        "contractAggregate": {
            "totalCharge": _amount(work, work.earned),
            "hours": None if minutes is None else f"{minutes / _MINUTES:.2f}",
        },
        "feedback": {
            "feedbackToFreelancer": _feedback(work.of_freelancer, comments=work.comments),
            "feedbackToClient": _feedback(work.of_client, comments=work.comments),
        },
        "opening": job and {"id": job.id, "title": job.info.title, "visibility": work.access},
    }


def _amount(work: ShownWork, minor: int | None) -> str | None:
    """Return an amount as a decimal string."""
    return None if minor is None else Money(minor, work.contract.currency).raw_value


def _feedback(review: Review | None, *, comments: bool) -> dict[str, Any] | None:
    if review is None:
        return None
    return {
        "score": review.score,
        "comment": review.comment if comments else None,
        "scores": [
            {"label": _LABELS[name], "score": stars, "weight": 1 / len(review.scores)}
            for name, stars in review.scores.items()
        ],
        "feedbackSuppressed": False,
        "isPublic": True,
        "commentPublic": comments,
    }
