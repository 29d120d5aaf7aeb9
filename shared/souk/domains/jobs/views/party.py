"""A posting as the freelancer sees it who has a contract from it: a JobPosting with what the market knows.

How a posting came about, what its client notes on it, whom else the client has heard from and what they have spent is
the client's own.
"""

from collections.abc import Callable
from typing import Any, Final

from souk.authentication.principal import Principal
from souk.domains.jobs.model import Job
from souk.domains.jobs.rules.visibility import may_manage
from souk.domains.jobs.views import common, owner
from souk.domains.jobs.views.common import Part

_TOLD: Final = frozenset(
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
"""What is told where the client does not hide it."""


def info(job: Job) -> Part:
    """Return JobPostingInfo."""
    told = _TOLD if job.info.hide_budget else _TOLD | _BUDGET
    return {name: value for name, value in owner.info(job).items() if name in told}


def attachments(job: Job) -> list[Part] | None:
    """Return what the market may know of the files of a posting, as JobPostingAttachment: not where they are."""
    shown = owner.attachments(job)
    return shown and [{**one, "file": None} for one in shown]


def contract_terms(job: Job) -> Part | None:
    """Return JobPostingContractTerms."""
    return common.contract_terms(job, budget_shown=not job.info.hide_budget)


def nothing(job: Job) -> None:
    """Return what the freelancer is told of a part that is the client's own."""


def for_both(clients: Callable[[Job], Any], freelancers: Callable[[Job], Any]) -> Callable[[Job, Principal], Any]:
    """Return what shows a part to each side as it may know it."""
    return lambda job, principal: (clients if may_manage(job, principal) else freelancers)(job)
