"""Commands on subscriptions: create, change, delete and review them, and rotate their secrets."""

from datetime import timedelta
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from souk.domains.audit.model import Subject
from souk.domains.audit.store import actor_of, record
from souk.domains.identity.commands.deciding import already_decided
from souk.domains.webhooks import deployment
from souk.domains.webhooks.commands.access import entities_open_to, require_manager, require_subscription
from souk.domains.webhooks.commands.reviewing import REVIEW_KIND, begin_review, end_review, follow_change
from souk.domains.webhooks.inputs import NewSubscription, SubscriptionChange
from souk.domains.webhooks.model import EventFilter, FormerSalt, Subscription
from souk.domains.webhooks.rules import requirements, signing
from souk.domains.webhooks.rules.states import Action, step
from souk.domains.webhooks.store import SUBSCRIPTIONS, create_subscription, delete_subscription, subscription_by_id
from souk.events.catalog import actions_by_entity
from souk.graph import Context
from souk.storage import Transaction
from souk.values import addresses, texts
from souk.values.errors import Conflict, Forbidden, NotFound
from souk.values.problems import Problems
from souk.values.times import stamp

ROTATION_OVERLAP: Final = timedelta(hours=24)
"""How long a replaced secret still signs, beside the new one."""
_MAX_FORMER_SECRETS: Final = 5
_MAX_NOTE: Final = 1_000


class SubscriptionWithSecret(NamedTuple):
    """The contract's WebhookSubscriptionSecretResponse."""

    subscription: Subscription
    secret: str


def create(ctx: Context, new: NewSubscription) -> SubscriptionWithSecret:
    """Create a subscription for the organization in context. It is sent nothing until an operator approves it.

    Raises Forbidden for events that the organization cannot subscribe to.
    """
    require_manager(ctx.principal)
    problems = Problems("input")
    url = requirements.url(problems, "url", new.url, allow_local=deployment.private_addresses_allowed())
    events = requirements.events(problems, "events", new.events, actions_by_entity())
    problems.raise_if_any()
    requirements.check_entities_allowed(events, entities_open_to(ctx))
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
    stored = create_subscription(tx, begin_review(tx, ctx.table, subscription))
    tx.commit()
    return _with_secret(stored)


def update(ctx: Context, change: SubscriptionChange) -> Subscription:
    """Change a subscription. Fields that are null stay. A new address needs a new review."""
    subscription = require_subscription(ctx, change.id)
    problems = Problems("input")
    url: str | None = None
    events: tuple[EventFilter, ...] | None = None
    if change.url is not None:
        url = requirements.url(problems, "url", change.url, allow_local=deployment.private_addresses_allowed())
    if change.events is not None:
        events = requirements.events(problems, "events", change.events, actions_by_entity())
    problems.raise_if_any()
    if events is not None:
        requirements.check_entities_allowed(events, entities_open_to(ctx))
    changed = subscription
    if url is not None and url != addresses.normalized(subscription.url):
        changed = _transition(changed, Action.MOVE, "The address was changed.", url=url)
    if events is not None:
        changed = changed.model_copy(update={"events": events})
    if change.enabled is True:
        changed = _transition(changed, Action.ENABLE, None)
    elif change.enabled is False:
        changed = _transition(changed, Action.DISABLE, "Stopped by its organization.")
    if changed == subscription:
        return subscription
    tx = ctx.table.transaction()
    stored = _store(ctx, tx, follow_change(tx, ctx.table, subscription, changed))
    tx.commit()
    return stored


def delete(ctx: Context, subscription_id: str) -> None:
    """Delete a subscription. It cannot be restored."""
    subscription = require_subscription(ctx, subscription_id)
    tx = ctx.table.transaction()
    end_review(tx, ctx.table, subscription, None)
    delete_subscription(tx, subscription)
    tx.commit()


def rotate(ctx: Context, subscription_id: str) -> SubscriptionWithSecret:
    """Give a subscription a new secret. The previous secret still signs for ROTATION_OVERLAP."""
    subscription, now = require_subscription(ctx, subscription_id), ctx.table.clock.real()
    former = [one for one in subscription.former_salts if one.until > stamp(now)]
    if len(former) >= _MAX_FORMER_SECRETS:
        raise Conflict(
            f"This secret was replaced {_MAX_FORMER_SECRETS} times within 24 hours. Wait until the oldest one expires."
        )
    former.append(FormerSalt(salt=subscription.salt, until=stamp(now + ROTATION_OVERLAP)))
    changed = subscription.model_copy(update={"salt": signing.new_salt(), "former_salts": tuple(former)})
    tx = ctx.table.transaction()
    stored = _store(ctx, tx, changed)
    tx.commit()
    return _with_secret(stored)


def review(ctx: Context, subscription_id: str, note: str | None, *, approve: bool) -> Subscription:
    """Approve or reject a subscription of any organization. Only for operators of the deployment."""
    if not ctx.principal.operator:
        raise Forbidden("Only operators of this deployment review webhook subscriptions.")
    problems = Problems("note")
    reason = texts.optional_text(problems, "", note, _MAX_NOTE)
    problems.raise_if_any()
    subscription = subscription_by_id(ctx.table, subscription_id)
    if subscription is None:
        raise NotFound("This webhook subscription does not exist.")
    reviewed = _transition(subscription, Action.APPROVE if approve else Action.REJECT, reason)
    tx = ctx.table.transaction()
    end_review(tx, ctx.table, subscription, reviewed, ctx.principal.user_id)
    stored = _store(ctx, tx, reviewed.model_copy(update={"review_opened": None}))
    # The path and the query of an address can be secret.
    subject = Subject(type="WebhookSubscription", id=subscription.id, title=urlsplit(subscription.url).hostname)
    changes = {"state": (subscription.state.value, reviewed.state.value)}
    record(tx, actor_of(ctx), "reviewWebhookSubscription", subject, reason=reason, changes=changes)
    try:
        tx.commit()
    except Conflict as lost:
        opened = subscription.review_opened
        raise already_decided(ctx.table, REVIEW_KIND, subscription.id, lost.message, opened=opened) from None
    return stored


def _transition(subscription: Subscription, action: Action, reason: str | None, **changes: str) -> Subscription:
    state = step(subscription.state, action)
    if state is subscription.state and not changes:
        return subscription
    return subscription.model_copy(update={**changes, "state": state, "state_reason": reason})


def _store(ctx: Context, tx: Transaction, changed: Subscription) -> Subscription:
    return tx.update(SUBSCRIPTIONS, changed.model_copy(update={"modified_date_time": stamp(ctx.now)}))


def _with_secret(subscription: Subscription) -> SubscriptionWithSecret:
    secret = signing.derive_secret(deployment.master_secret(), subscription.id, subscription.salt)
    return SubscriptionWithSecret(subscription, secret)
