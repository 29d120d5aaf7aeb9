"""Members of clouds, requests to join, and their fields."""

from collections.abc import Callable
from typing import Any, Final

from souk.domains.clouds import lists
from souk.domains.clouds.inputs import RequestFilter
from souk.domains.clouds.resolvers.declared import CLOUDS, domain
from souk.domains.clouds.rules.requests import reply
from souk.domains.clouds.store import OWN_REQUESTS
from souk.domains.clouds.views import JoinInfo, RequestView
from souk.domains.identity.store import USERS
from souk.domains.market.model import Relation
from souk.domains.market.store import CLOUD_MEMBERS
from souk.graph import Context
from souk.graph.lists import Connection, Pagination

_OF_REQUEST: Final[dict[str, Callable[[RequestView], Any]]] = {
    "talentCloudId": lambda one: one.request.cloud_id,
    "message": lambda one: one.request.message,
    "state": lambda one: one.request.state,
    "reply": lambda one: reply(one.request, one.cloud),
    "createdDateTime": lambda one: one.request.created,
    "answeredDateTime": lambda one: one.request.answered,
}
_OF_JOIN_INFO: Final[dict[str, Callable[[JoinInfo], Any]]] = {
    "id": lambda one: one.cloud.id,
    "name": lambda one: one.cloud.outer_name,
    "joinInstructions": lambda one: one.cloud.join_instructions,
    "joinRequestAutoApproved": lambda one: one.cloud.auto_approved,
}


def _projection(read: Callable[[Any], Any]) -> Callable[[Any, Context], Any]:
    return lambda source, ctx: read(source)


for _name, _read in _OF_REQUEST.items():
    domain.field(f"TalentCloudRequest.{_name}")(_projection(_read))
for _name, _of_info in _OF_JOIN_INFO.items():
    domain.field(f"TalentCloudJoinInfo.{_name}")(_projection(_of_info))


def _answerer(source: RequestView) -> str | None:
    return source.request.answered_by_id if source.client else None


domain.link("TalentCloudRequest.user", to=USERS, by=lambda source: source.request.user_id)
domain.link("TalentCloudRequest.answeredBy", to=USERS, by=_answerer)
domain.link("TalentCloudMember.user", to=USERS, by="user_id")
domain.link("TalentCloudMember.addedBy", to=USERS, by=lambda source: source.added_by_id or None)


@domain.field("TalentCloudMember.joinedDateTime")
def joined(source: Relation, ctx: Context) -> str:
    """Return when the person became a member."""
    return source.joined


@domain.query("talentCloudJoinInfo", scopes=CLOUDS)
def talent_cloud_join_info(ctx: Context, id: str) -> JoinInfo | None:
    """Return what freelancers see of an active cloud before they join."""
    return lists.join_info(ctx, id)


@domain.query("talentCloudMembers", scopes=CLOUDS, size=CLOUD_MEMBERS)
def talent_cloud_members(ctx: Context, talent_cloud_id: str, pagination: Pagination | None = None) -> Connection:
    """Return a page of the members of a cloud."""
    return lists.members(ctx, talent_cloud_id, pagination)


@domain.query("talentCloudRequests", scopes=CLOUDS, size=OWN_REQUESTS)
def talent_cloud_requests(
    ctx: Context, filter: RequestFilter | None = None, pagination: Pagination | None = None
) -> Connection:
    """Return a page of requests to join a cloud, or of the caller's own."""
    return lists.requests(ctx, filter, pagination)
