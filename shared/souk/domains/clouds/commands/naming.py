"""Which clouds a posting and an offer may name. Clouds that do not exist and clouds of others get the same answer."""

from collections.abc import Sequence

from souk.domains.agreements.model import Parties
from souk.domains.clouds.model import Cloud
from souk.domains.clouds.rules.access import usable_by
from souk.domains.clouds.store import CLOUDS, closed_clouds, clouds_by_id
from souk.domains.market.model import Relation, RelationKind, Relations
from souk.domains.market.store import RELATIONS
from souk.graph import Context
from souk.storage import Table


def unusable(ctx: Context, ids: Sequence[str], organization_id: str, company_id: str) -> list[str]:
    """Return those ids that a posting of an organization cannot name: all but those of active clouds of its company.

    Takes one round trip, and none without ids.
    """
    clouds = clouds_by_id(ctx.table, ids, consistent=True)
    usable = {id_ for id_, one in clouds.items() if one.active and usable_by(one, organization_id, company_id)}
    return [id_ for id_ in ids if id_ not in usable]


def for_offer(ctx: Context, cloud_id: str, parties: Parties) -> tuple[Cloud, Relation] | None:
    """Return the cloud that an offer names, and the freelancer's membership; None if the offer cannot name it.

    Both are read consistently, for checks in the offer's transaction. Takes one round trip.
    """
    at_cloud, at_member = CLOUDS.key(cloud_id), RELATIONS.key(RelationKind.CLOUD, cloud_id, parties.vendor_user_id)
    items = ctx.table.batch_get([at_cloud, at_member], consistent=True)
    cloud = CLOUDS.decode(items[at_cloud]) if at_cloud in items else None
    member = RELATIONS.decode(items[at_member]) if at_member in items else None
    if cloud is None or member is None:
        return None
    usable = cloud.selectable and usable_by(cloud, parties.client_team_id, parties.client_company_id)
    return (cloud, member) if usable else None


def open_relations(table: Table, relations: Relations) -> Relations:
    """Return a person's relations without archived clouds, which open no postings.

    Takes one round trip, and none for a person without clouds.
    """
    closed = closed_clouds(table, relations.clouds)
    return relations.without_clouds(closed) if closed else relations


def is_closed(cloud: Cloud | None) -> bool:
    """Return whether a cloud is archived. One of an earlier release, of which only members are stored, is not."""
    return cloud is not None and not cloud.active
