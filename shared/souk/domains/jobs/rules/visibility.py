"""Visibility of postings.

The client always sees its own postings. The market sees published ones: a public posting is visible to everyone, a
posting of a talent cloud to its members while the cloud is active, and a private one to invited people. Those of a
suspended client are visible to operators alone. Closing does not change visibility, but search skips closed postings.
`souk.domains.jobs.search` applies the same rules to the index.

A posting that was taken down is only for its client and operators. The other parties of its proposals, offers and
contracts see that there was one, without its words.
"""

from collections.abc import Mapping
from typing import Final

from souk.authentication.principal import Principal
from souk.domains.jobs.model import Access, CloudVisibility, Job, PostingInfo, Status
from souk.domains.jobs.rules.states import PUBLIC
from souk.domains.market.model import Relations

REMOVED_TITLE: Final = "Removed job posting"
"""The title of a posting that was taken down, to other people than its client."""
_WITHOUT_WORDS: Final[Mapping[str, None]] = dict.fromkeys(
    (
        "additional",
        "annotations",
        "attachments",
        "bill_rate",
        "custom_fields",
        "enterprise_custom_fields",
        "ptc_info",
        "qualifications",
        "questions",
        "sands_job_post",
        "segmentation_data",
    )
)


def may_manage(job: Job, principal: Principal) -> bool:
    """Return whether a caller acts for the client of a posting, and may see all of it."""
    return principal.acts_in(job.organization_id, job.company_id)


def may_see(job: Job, principal: Principal, relations: Relations) -> bool:
    """Return whether a caller sees a posting on the market."""
    gone = job.company_id in relations.suspended and not principal.operator
    if gone or is_hidden(job, principal) or job.status not in PUBLIC:
        return False
    if job.takedown is not None:
        return True
    return may_manage(job, principal) or job.id in relations.invitations or _is_open_to(job, relations)


def is_hidden(job: Job, principal: Principal) -> bool:
    """Return whether a posting was taken down for a caller. Its client and operators still see it."""
    return job.takedown is not None and not (may_manage(job, principal) or principal.operator)


def shown_to(job: Job, principal: Principal) -> Job:
    """Return a posting as a party of its proposals, offers and contracts sees it: without its words if it is hidden."""
    if not is_hidden(job, principal):
        return job
    return job.model_copy(update={**_WITHOUT_WORDS, "info": PostingInfo(title=REMOVED_TITLE, type=job.info.type)})


def room_name(job: Job) -> str | None:
    """Return the name of rooms about a posting: its title, unless it was taken down."""
    return REMOVED_TITLE if job.takedown else job.info.title


def _is_open_to(job: Job, relations: Relations) -> bool:
    if job.access is Access.ACCESS_PRIVATE or job.cloud_visibility is CloudVisibility.ONLY_INVITED:
        return False
    if job.cloud_visibility is CloudVisibility.MEMBER_SELECTED_CLOUD:
        return not relations.clouds.isdisjoint(job.talent_cloud_ids)
    return True


def opens(before: Job | None, after: Job) -> bool:
    """Return whether a change shows a posting to more people: it is published, or its audience is not a part of before.

    Invitations open a posting to single people and do not count.
    """
    if after.status is not Status.REQUESTED:
        return False
    if before is None or before.status is not Status.REQUESTED:
        return True
    earlier, clouds = _clouds_open_to(before), _clouds_open_to(after)
    return earlier is not None and (clouds is None or not clouds <= earlier)


def _clouds_open_to(job: Job) -> frozenset[str] | None:
    """Return the talent clouds that see a published posting; None if everybody does."""
    if job.access is Access.ACCESS_PRIVATE or job.cloud_visibility is CloudVisibility.ONLY_INVITED:
        return frozenset()
    return frozenset(job.talent_cloud_ids) if job.cloud_visibility is CloudVisibility.MEMBER_SELECTED_CLOUD else None
