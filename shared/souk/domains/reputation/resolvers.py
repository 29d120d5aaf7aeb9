"""The resolvers of reputations."""

from typing import Any

from souk.domains.market.store import SCORE
from souk.domains.reputation.commands import scoring
from souk.domains.reputation.inputs import WorkHistoryFilter
from souk.domains.reputation.lists import WorkHistory, work_history
from souk.domains.reputation.search import contracts_of
from souk.domains.talent.search.views import FoundFreelancer
from souk.domains.talent.views.people import fetch, shown
from souk.graph import Context, Domain, ListSize, Scope
from souk.graph.lists import check_offset_page
from souk.values.errors import Unprocessable
from souk.values.ids import plain_id

domain = Domain("reputation", function="talent", joins=("talent",))
domain.due(SCORE)(scoring.compute)


@domain.query("talentWorkHistory", scopes=[Scope.WORK_HISTORY_READ], size=ListSize(default=20, greatest=100))
def talent_work_history(ctx: Context, filter: WorkHistoryFilter | None = None) -> WorkHistory | None:
    """Return contracts of a freelancer; None if they have no profile or the caller may not see it.

    Raises Unprocessable without a filter, because the person is in it, and for a page that is too large.
    """
    if filter is None:
        raise Unprocessable("filter.personId: give the id of the freelancer.")
    if page := filter.pagination:
        check_offset_page(page.limit, page.offset)
    user = fetch(ctx, plain_id(filter.person_id))
    return work_history(ctx, user, filter) if user and shown(user, ctx) else None


@domain.field("FreelancerProfilesSearchRecord.contracts")
def found_contracts(source: FoundFreelancer, ctx: Context) -> list[dict[str, Any]]:
    """Return the newest public contracts of a found freelancer."""
    return contracts_of(ctx, source)
