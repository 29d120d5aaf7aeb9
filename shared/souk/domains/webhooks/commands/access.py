"""Who may see and change subscriptions: those who administer the organization that has them."""

from souk.authentication.principal import Principal
from souk.domains.webhooks.model import Subscription
from souk.domains.webhooks.store import SUBSCRIPTIONS
from souk.graph import Context
from souk.values.errors import Conflict, Forbidden, NotFound


def require_manager(principal: Principal) -> None:
    """Raise Forbidden unless somebody administers the organization in context."""
    if not principal.administers:
        raise Forbidden("Only owners and admins of an organization manage its webhooks.")


def seen(ctx: Context, subscription_id: str) -> Subscription | None:
    """Return a subscription of the organization in context to who administers it, as it is now."""
    require_manager(ctx.principal)
    return ctx.load(SUBSCRIPTIONS, ctx.principal.organization_id, subscription_id, consistent=True)


def managed(ctx: Context, subscription_id: str) -> Subscription:
    """Return a subscription as `seen` does. Raises NotFound where there is none."""
    found = seen(ctx, subscription_id)
    if found is None:
        raise NotFound("There is no such webhook subscription, or it is not yours to see.")
    return found


def deliverable(subscription: Subscription) -> Subscription:
    """Return a subscription if anything can be sent to it. Raises Conflict where nothing is."""
    if not subscription.active:
        raise Conflict(f"This subscription is {subscription.state}: nothing is sent.")
    return subscription
