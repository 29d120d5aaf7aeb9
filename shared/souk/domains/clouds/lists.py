"""Lists of clouds, members and requests."""

from collections.abc import Callable, Sequence

from souk.domains.clouds.commands.access import NO_CLOUD, known
from souk.domains.clouds.commands.members import standing
from souk.domains.clouds.commands.people import freelancers
from souk.domains.clouds.inputs import RequestFilter
from souk.domains.clouds.model import Cloud, CloudTasks, JoinRequest
from souk.domains.clouds.rules.access import knows
from souk.domains.clouds.store import CLOUD_REQUESTS, CLOUDS, COMPANY_CLOUDS, OWN_REQUESTS, TASKS, clouds_by_id
from souk.domains.clouds.views import CloudView, JoinInfo, RequestView, TasksView
from souk.domains.market.model import Relation, RelationKind
from souk.domains.market.store import CLOUD_MEMBERS, PERSON_CLOUDS, RELATIONS
from souk.graph import Context
from souk.graph.lists import Connection, Pagination, connection, connection_in_memory
from souk.storage import View, among
from souk.values.errors import NotFound, Unprocessable

MAX_NAMED = 50
"""The clouds whose tasks one request can ask for."""
_SHOWN_OF_PERSON = 100
"""The clouds of a person that their profile shows: the field has no pages."""


def visible(ctx: Context, ids: Sequence[str]) -> list[CloudView]:
    """Return those clouds that the caller sees, as the client or as a member, in the order of the ids.

    A membership counts at once. Takes one round trip.
    """
    wanted = list(dict.fromkeys(ids))
    keys = {id_: RELATIONS.key(RelationKind.CLOUD, id_, ctx.principal.user_id) for id_ in wanted}
    clouds = {id_: CLOUDS.key(id_) for id_ in wanted}
    ctx.fetch(dict.fromkeys(clouds.values(), CLOUDS) | dict.fromkeys(keys.values(), RELATIONS), consistent=True)
    found = []
    for id_ in wanted:
        cloud: Cloud | None = ctx.entities[clouds[id_]]
        if cloud and (knows(cloud, ctx.principal) or ctx.entities[keys[id_]]):
            found.append(CloudView.of(cloud, ctx.principal))
    return found


def tasks(ctx: Context, ids: Sequence[str]) -> list[TasksView]:
    """Return the tasks of those clouds that the caller sees. Takes two round trips."""
    if len(ids) > MAX_NAMED:
        raise Unprocessable(f"filter.talentCloudIds_any: at most {MAX_NAMED} clouds are allowed; got {len(ids)}.")
    views = visible(ctx, ids)
    stored = ctx.load_many(TASKS, [one.id for one in views]) if views else []
    return [TasksView(view, one or CloudTasks(cloud_id=view.id)) for view, one in zip(views, stored, strict=True)]


def of_client(ctx: Context, company_id: str) -> list[CloudView]:
    """Return the clouds of a company that the caller knows, the newest first, with archived ones."""
    view: View[Cloud, Cloud] = View(conditions=[lambda one: knows(one, ctx.principal)])
    return [CloudView.of(one, ctx.principal) for one in COMPANY_CLOUDS.of(ctx.table, company_id).all(view)]


def of_person(ctx: Context, user_id: str) -> Connection:
    """Return the clouds of a person that the caller sees: all for the person, and for a client its own."""
    own, principal = user_id == ctx.principal.user_id, ctx.principal

    def with_clouds(members: list[Relation]) -> list[Cloud | None]:
        clouds = clouds_by_id(ctx.table, [one.target_id for one in members])
        return [clouds.get(one.target_id) for one in members]

    view: View[Relation, Cloud | None] = View(
        conditions=[lambda one: own or (principal.member and one.company_id == principal.company_id)],
        rows=with_clouds,
        row_conditions=[lambda cloud: cloud is not None and (own or knows(cloud, principal))],
    )
    return connection(
        ctx.cursors,
        PERSON_CLOUDS.of(ctx.table, user_id),
        view,
        Pagination(first=_SHOWN_OF_PERSON),
        bound_to=[principal.user_id, principal.organization_id],
        nodes=lambda found: [CloudView.of(one, principal) for one in found if one],
    )


def members(ctx: Context, cloud_id: str, pagination: Pagination | None) -> Connection:
    """Return a page of the members of a cloud, to its client. Raises NotFound and Forbidden for others."""
    cloud = known(ctx, cloud_id)
    view: View[Relation, Relation] = View()
    return connection(
        ctx.cursors, CLOUD_MEMBERS.of(ctx.table, cloud.id), view, pagination, bound_to=[ctx.principal.organization_id]
    )


def requests(ctx: Context, given: RequestFilter | None, pagination: Pagination | None) -> Connection:
    """Return a page of the requests to join a cloud, or of the caller's own, the newest first."""
    wanted = given or RequestFilter()
    conditions: list[Callable[[JoinRequest], bool]] = []
    if wanted.state_eq:
        conditions.append(lambda one: one.state is wanted.state_eq)
    accepted = among(state=[wanted.state_eq] if wanted.state_eq else None)
    bound_to = [ctx.principal.user_id, ctx.principal.organization_id, wanted.state_eq]
    if wanted.talent_cloud_id_eq is None:
        return connection(
            ctx.cursors,
            OWN_REQUESTS.of(ctx.table, ctx.principal.user_id),
            View(conditions=conditions, among=accepted),
            pagination,
            bound_to=bound_to,
            nodes=lambda found: _own(ctx, found),
        )
    found = standing(ctx.table, wanted.talent_cloud_id_eq, ctx.principal.user_id)
    cloud = found.cloud
    if cloud is None or not (knows(cloud, ctx.principal) or found.request or found.member):
        raise NotFound(NO_CLOUD)
    if not knows(cloud, ctx.principal):
        own = [found.request] if found.request and all(holds(found.request) for holds in conditions) else []
        shown = [RequestView(request, cloud, client=False) for request in own]
        return connection_in_memory(ctx.cursors, ["ownTalentCloudRequest", cloud.id, *bound_to], shown, pagination)
    view: View[JoinRequest, JoinRequest] = View(conditions=conditions, among=accepted)
    return connection(
        ctx.cursors,
        CLOUD_REQUESTS.of(ctx.table, cloud.id),
        view,
        pagination,
        bound_to=bound_to,
        nodes=lambda page: [RequestView(one, cloud, client=True) for one in page],
    )


def _own(ctx: Context, found: list[JoinRequest]) -> list[RequestView | None]:
    clouds = clouds_by_id(ctx.table, [one.cloud_id for one in found])
    return [RequestView(one, clouds[one.cloud_id], client=False) if one.cloud_id in clouds else None for one in found]


def join_info(ctx: Context, cloud_id: str) -> JoinInfo | None:
    """Return what a freelancer sees of an active cloud; None for others."""
    user_id = ctx.principal.user_id
    found = standing(ctx.table, cloud_id, user_id)
    if found.cloud is None or not found.cloud.active or user_id not in freelancers(ctx.table, [user_id]):
        return None
    request = RequestView(found.request, found.cloud, client=False) if found.request else None
    return JoinInfo(found.cloud, request, found.member is not None)
