"""The stored records of webhooks: subscriptions, deliveries and slow addresses."""

from datetime import datetime
from enum import StrEnum

from souk.storage import Entity, Model
from souk.values.times import stamp


class SubscriptionState(StrEnum):
    """The contract's WebhookSubscriptionState."""

    REVIEW = "REVIEW"
    ACTIVE = "ACTIVE"
    REJECTED = "REJECTED"
    DISABLED = "DISABLED"


class DeliveryState(StrEnum):
    """The contract's WebhookDeliveryState."""

    PENDING = "PENDING"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"


class EventFilter(Model):
    """The events of one entity: those with the listed actions, or all if the list is empty."""

    entity: str
    actions: tuple[str, ...] = ()

    def matches(self, entity: str, action: str) -> bool:
        """Return whether an event passes the filter."""
        return entity == self.entity and (not self.actions or action in self.actions)


class FormerSalt(Model):
    """The salt of a replaced secret, and the time until which that secret still signs."""

    salt: str
    until: str


class Subscription(Entity):
    """A request of an organization to send events to an address. Times are ISO 8601, UTC.

    The secret is not stored. It is derived from the deployment's master secret and the salt (`rules.signing`).
    """

    id: str
    organization_id: str
    url: str
    events: tuple[EventFilter, ...]
    state: SubscriptionState = SubscriptionState.REVIEW
    state_reason: str | None = None
    review_opened: str | None = None
    """When its open review began (`souk.domains.reviews`); None if there is none."""
    salt: str
    former_salts: tuple[FormerSalt, ...] = ()
    created_by_id: str
    created_date_time: str
    modified_date_time: str

    @property
    def active(self) -> bool:
        """Whether events are sent."""
        return self.state is SubscriptionState.ACTIVE

    def matches(self, entity: str, action: str) -> bool:
        """Return whether the subscription includes an event."""
        return any(one.matches(entity, action) for one in self.events)

    def salts(self, now: datetime) -> list[str]:
        """Return the salts of the secrets that sign at a time, newest first."""
        return [self.salt, *(one.salt for one in self.former_salts if one.until > stamp(now))]


class WebhookEvent(Model):
    """An event from the bus."""

    event_id: str
    entity: str
    action: str
    id: str
    """The id of the entity."""


class Attempt(Model):
    """The contract's WebhookAttempt."""

    attempted_date_time: str
    status_code: int | None = None
    error: str | None = None
    duration_ms: int


class Delivery(Entity):
    """The delivery of an event to one subscription. Times are ISO 8601, UTC."""

    subscription_id: str
    organization_id: str
    """The organization of the subscription."""
    event_id: str
    entity: str
    action: str
    entity_id: str
    state: DeliveryState
    attempts: tuple[Attempt, ...] = ()
    """All attempts, oldest first."""
    tried: int = 0
    """The number of attempts since the delivery was created or last redelivered."""
    turn: int = 0
    """Changes with each planned attempt, so that only the newest message triggers it."""
    next_attempt_date_time: str | None = None
    created_date_time: str
    expires: int
    """When the record is deleted, in seconds since 1970."""

    @property
    def id(self) -> str:
        """The id in the API. It contains the key of the record."""
        return f"{self.subscription_id}-{self.event_id}"

    @property
    def last_tried(self) -> str:
        """When it was last attempted; when it was created, if it never was."""
        return self.attempts[-1].attempted_date_time if self.attempts else self.created_date_time

    @property
    def pending(self) -> bool:
        """Whether it has attempts left."""
        return self.state is DeliveryState.PENDING


class SlowAddress(Entity):
    """Marks the address of a subscription as slow. Its deliveries go through the slow queue."""

    subscription_id: str
    until: str
    """ISO 8601, UTC."""
