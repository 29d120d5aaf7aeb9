"""Who may see a posting.

Its own client sees it always. The market sees published ones: all of them where access and talent clouds say everybody,
those of a cloud if one is a member of it, and any other only if one is invited. Closed postings stay as visible as they
were, and are not searched. `souk.domains.jobs.search` asks the index the same questions.
"""

from souk.authentication.principal import Principal
from souk.domains.jobs.model import Access, CloudVisibility, Job
from souk.domains.jobs.rules.states import PUBLIC
from souk.domains.market.model import Relations


def may_manage(job: Job, principal: Principal) -> bool:
    """Say whether somebody acts for the client of a posting, and so sees all of it."""
    return principal.acts_in(job.organization_id, job.company_id)


def may_see(job: Job, principal: Principal, relations: Relations) -> bool:
    """Say whether somebody sees a posting on the market."""
    if job.status not in PUBLIC:
        return False
    return may_manage(job, principal) or job.id in relations.invitations or _is_open_to(job, relations)


def _is_open_to(job: Job, relations: Relations) -> bool:
    if job.access is Access.ACCESS_PRIVATE or job.cloud_visibility is CloudVisibility.ONLY_INVITED:
        return False
    if job.cloud_visibility is CloudVisibility.MEMBER_SELECTED_CLOUD:
        return not relations.clouds.isdisjoint(job.talent_cloud_ids)
    return True
