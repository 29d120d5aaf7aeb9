"""Visibility of postings.

The client always sees its own postings. The market sees published ones: a public posting is visible to everyone, a
posting of a talent cloud to its members while the cloud is active, and a private one to invited people. Closing does
not change visibility, but search skips closed postings. `souk.domains.jobs.search` applies the same rules to the index.
"""

from souk.authentication.principal import Principal
from souk.domains.jobs.model import Access, CloudVisibility, Job, Status
from souk.domains.jobs.rules.states import PUBLIC
from souk.domains.market.model import Relations


def may_manage(job: Job, principal: Principal) -> bool:
    """Return whether a caller acts for the client of a posting, and may see all of it."""
    return principal.acts_in(job.organization_id, job.company_id)


def may_see(job: Job, principal: Principal, relations: Relations) -> bool:
    """Return whether a caller sees a posting on the market."""
    if job.status not in PUBLIC:
        return False
    return may_manage(job, principal) or job.id in relations.invitations or _is_open_to(job, relations)


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
