"""Finding a cloud for its client. Unknown and foreign clouds get the same words."""

from souk.domains.clouds.model import Cloud
from souk.domains.clouds.rules.access import knows, require_administrator, require_lead
from souk.domains.clouds.store import CLOUDS
from souk.domains.market.model import RelationKind
from souk.domains.market.store import RELATIONS
from souk.graph import Context
from souk.values.errors import Forbidden, NotFound

NO_CLOUD = "This talent cloud does not exist, or you cannot see it."


def known(ctx: Context, cloud_id: str) -> Cloud:
    """Return the current version of a cloud that the caller knows as the client.

    Raises Forbidden for a member of the cloud, and NotFound for others.
    """
    cloud = ctx.table.get(CLOUDS, cloud_id, consistent=True)
    if cloud is not None and knows(cloud, ctx.principal):
        return cloud
    if cloud is not None and is_member(ctx, cloud_id):
        raise Forbidden("Only the client of this talent cloud may do this.")
    raise NotFound(NO_CLOUD)


def administered(ctx: Context, cloud_id: str) -> Cloud:
    """Return a cloud that the caller may edit. Raises as `known` does, and Forbidden."""
    cloud = known(ctx, cloud_id)
    require_administrator(cloud, ctx.principal)
    return cloud


def led(ctx: Context, cloud_id: str) -> Cloud:
    """Return a cloud whose members the caller may add and remove. Raises as `known` does, and Forbidden."""
    cloud = known(ctx, cloud_id)
    require_lead(cloud, ctx.principal)
    return cloud


def is_member(ctx: Context, cloud_id: str) -> bool:
    """Return whether the caller is a member of a cloud, read consistently: a membership counts at once."""
    user_id = ctx.principal.user_id
    return ctx.table.get(RELATIONS, RelationKind.CLOUD, cloud_id, user_id, consistent=True) is not None
