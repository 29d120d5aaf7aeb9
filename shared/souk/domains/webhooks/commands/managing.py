"""Managing subscriptions: asking for them, changing, reviewing and ending them, and new secrets."""

from datetime import timedelta
from typing import Final, NamedTuple

from souk.domains.identity.store import ORGANIZATIONS
from souk.domains.webhooks import deployed, signing
from souk.domains.webhooks.access import managed, require_manager
from souk.domains.webhooks.inputs import NewSubscription, SubscriptionChange
from souk.domains.webhooks.model import EventFilter, FormerSalt, Subscription
from souk.domains.webhooks.rules import requirements
from souk.domains.webhooks.rules.states import Action, step
from souk.domains.webhooks.store import SUBSCRIPTIONS, create_subscription, delete_subscription, subscription_by_id
from souk.events.catalog import actions
from souk.graph import Context
from souk.values import texts
from souk.values.errors import Conflict, Forbidden, NotFound
from souk.values.problems import Problems
from souk.values.times import stamp

BESIDE: Final = timedelta(hours=24)
"""How long a secret signs beside the one that replaced it."""
_MOST_FORMER: Final = 5
_MAX_NOTE: Final = 1_000


class WithSecret(NamedTuple):
    """The contract's WebhookSubscriptionSecretResponse."""

    subscription: Subscription
    secret: str


def create(ctx: Context, new: NewSubscription) -> WithSecret:
    """Ask for events to be sent to an address, for the organization in context. Raises Forbidden as `check_side`."""
    require_manager(ctx.principal)
    problems = Problems("input")
    url = requirements.url(problems, "url", new.url, anywhere=deployed.anywhere())
    events = requirements.events(problems, "events", new.events, actions())
    problems.raise_if_any()
    requirements.check_side(events, client=_is_client(ctx))
    subscription = Subscription(
        id=ctx.table.new_id(),
        organization_id=ctx.principal.organization_id,
        url=url,
        events=events,
        state=step(None, Action.CREATE),
        salt=signing.new_salt(),
        created_by_id=ctx.principal.user_id,
        created_date_time=stamp(ctx.now),
        modified_date_time=stamp(ctx.now),
    )
    tx = ctx.table.transaction()
    stored = create_subscription(tx, subscription)
    tx.commit()
    return _with_secret(stored)


def update(ctx: Context, change: SubscriptionChange) -> Subscription:
    """Change a subscription; what is null stays. With another address it is reviewed anew."""
    subscription = managed(ctx, change.id)
    problems = Problems("input")
    url: str | None = None
    events: tuple[EventFilter, ...] | None = None
    if change.url is not None:
        url = requirements.url(problems, "url", change.url, anywhere=deployed.anywhere())
    if change.events is not None:
        events = requirements.events(problems, "events", change.events, actions())
    problems.raise_if_any()
    if events is not None:
        requirements.check_side(events, client=_is_client(ctx))
    changed = subscription
    if url is not None and url != subscription.url:
        changed = _stepped(changed, Action.MOVE, "The address was changed.", url=url)
    if events is not None:
        changed = changed.model_copy(update={"events": events})
    if change.enabled is True:
        changed = _stepped(changed, Action.ENABLE, None)
    elif change.enabled is False:
        changed = _stepped(changed, Action.DISABLE, "Stopped by its organization.")
    return _store(ctx, changed) if changed != subscription else subscription


def delete(ctx: Context, subscription_id: str) -> None:
    """End a subscription for good."""
    subscription = managed(ctx, subscription_id)
    tx = ctx.table.transaction()
    delete_subscription(tx, subscription)
    tx.commit()


def rotate(ctx: Context, subscription_id: str) -> WithSecret:
    """Give a subscription a new secret. The one that it had signs beside it for a day."""
    subscription, now = managed(ctx, subscription_id), ctx.table.clock.real()
    former = [one for one in subscription.former_salts if one.until > stamp(now)]
    if len(former) >= _MOST_FORMER:
        raise Conflict(
            f"This secret was replaced {_MOST_FORMER} times within a day; wait until the first of them ends."
        )
    former.append(FormerSalt(salt=subscription.salt, until=stamp(now + BESIDE)))
    changed = subscription.model_copy(update={"salt": signing.new_salt(), "former_salts": tuple(former)})
    return _with_secret(_store(ctx, changed))


def review(ctx: Context, subscription_id: str, note: str | None, *, approve: bool) -> Subscription:
    """Approve or reject a subscription of anybody's: for operators of the deployment."""
    if not ctx.principal.operator:
        raise Forbidden("Only operators of this deployment review webhook subscriptions.")
    problems = Problems("note")
    reason = texts.optional_text(problems, "", note, _MAX_NOTE)
    problems.raise_if_any()
    subscription = subscription_by_id(ctx.table, subscription_id)
    if subscription is None:
        raise NotFound("There is no such webhook subscription.")
    return _store(ctx, _stepped(subscription, Action.APPROVE if approve else Action.REJECT, reason))


def _is_client(ctx: Context) -> bool:
    organization = ctx.load(ORGANIZATIONS, ctx.principal.organization_id)
    return organization is not None and organization.flag.client


def _stepped(subscription: Subscription, action: Action, reason: str | None, **changes: str) -> Subscription:
    state = step(subscription.state, action)
    if state is subscription.state and not changes:
        return subscription
    return subscription.model_copy(update={**changes, "state": state, "state_reason": reason})


def _store(ctx: Context, changed: Subscription) -> Subscription:
    tx = ctx.table.transaction()
    stored = tx.update(SUBSCRIPTIONS, changed.model_copy(update={"modified_date_time": stamp(ctx.now)}))
    tx.commit()
    return stored


def _with_secret(subscription: Subscription) -> WithSecret:
    return WithSecret(subscription, signing.secret_of(deployed.master_secret(), subscription.id, subscription.salt))
