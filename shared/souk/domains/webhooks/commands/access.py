"""Access to subscriptions: only owners and admins of the organization."""

from souk.authentication.principal import Principal
from souk.domains.identity.store import ORGANIZATIONS
from souk.domains.webhooks.model import Subscription
from souk.domains.webhooks.store import SUBSCRIPTIONS
from souk.events.catalog import EventEntity, catalog
from souk.graph import Context
from souk.values.errors import Conflict, Forbidden, NotFound


def require_manager(principal: Principal) -> None:
    """Raise Forbidden unless the caller is an owner or admin of the organization in context."""
    if not principal.administers:
        raise Forbidden("Only owners and admins of an organization manage its webhooks.")


def entities_open_to(ctx: Context) -> dict[str, EventEntity]:
    """Return the entities whose events the organization in context may subscribe to."""
    organization = ctx.load(ORGANIZATIONS, ctx.principal.organization_id)
    client = organization is not None and organization.flag.client
    # Only memberships of the operators' organization have the operator flag.
    return {
        name: entity
        for name, entity in catalog().items()
        if entity.open_to(client=client, operators=ctx.principal.operator)
    }


def find_subscription(ctx: Context, subscription_id: str) -> Subscription | None:
    """Return a subscription of the organization in context, read consistently, or None.

    Raises Forbidden unless the caller may manage webhooks.
    """
    require_manager(ctx.principal)
    return ctx.load(SUBSCRIPTIONS, ctx.principal.organization_id, subscription_id, consistent=True)


def require_subscription(ctx: Context, subscription_id: str) -> Subscription:
    """Return a subscription like `find_subscription`, but raise NotFound if there is none."""
    subscription = find_subscription(ctx, subscription_id)
    if subscription is None:
        raise NotFound("This webhook subscription does not exist, or you cannot see it.")
    return subscription


def require_active(subscription: Subscription) -> Subscription:
    """Return the subscription. Raises Conflict unless it is active."""
    if not subscription.active:
        raise Conflict(f"This subscription is {subscription.state}; events are sent only to active subscriptions.")
    return subscription
