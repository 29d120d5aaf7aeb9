"""The view of a freelancer with a contract from the posting: a JobPosting with the public data only.

The origin of the posting, the client's notes, other applicants and the client's spending are private to the client.
"""

from collections.abc import Callable
from typing import Any, Final

from souk.authentication.principal import Principal
from souk.domains.jobs.model import Job
from souk.domains.jobs.rules.visibility import may_manage
from souk.domains.jobs.views import common, owner
from souk.domains.jobs.views.common import Part

_PUBLIC: Final = frozenset(
    {
        "status",
        "auditTime",
        "publishDateTime",
        "filledDateTime",
        "premium",
        "hideBudget",
        "categoryId",
        "groupId",
        "notSureFreelancersToHire",
        "notSureExperienceLevel",
    }
)
_BUDGET: Final = frozenset({"hourlyBudgetType", "hourlyBudgetMin", "hourlyBudgetMax"})
"""Public unless the client hides the budget."""


def info(job: Job) -> Part:
    """Return JobPostingInfo."""
    public = _PUBLIC if job.info.hide_budget else _PUBLIC | _BUDGET
    return {name: value for name, value in owner.info(job).items() if name in public}


def attachments(job: Job) -> list[Part] | None:
    """Return the attachments as JobPostingAttachment, without download links."""
    shown = owner.attachments(job)
    return shown and [{**one, "file": None} for one in shown]


def contract_terms(job: Job) -> Part | None:
    """Return JobPostingContractTerms."""
    return common.contract_terms(job, budget_shown=not job.info.hide_budget)


def nothing(job: Job) -> None:
    """Return None for a part that is private to the client."""


def by_side(for_client: Callable[[Job], Any], for_freelancer: Callable[[Job], Any]) -> Callable[[Job, Principal], Any]:
    """Return a projection that depends on the side of the caller."""
    return lambda job, principal: (for_client if may_manage(job, principal) else for_freelancer)(job)
