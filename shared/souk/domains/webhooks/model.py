"""What is stored of webhooks: who wants to be told of what, and what was sent to them."""

from datetime import datetime
from enum import StrEnum

from souk.storage import Entity, Model
from souk.values.times import stamp


class SubscriptionState(StrEnum):
    """Whether a subscription is served: the contract's WebhookSubscriptionState."""

    REVIEW = "REVIEW"
    ACTIVE = "ACTIVE"
    REJECTED = "REJECTED"
    DISABLED = "DISABLED"


class DeliveryState(StrEnum):
    """How far a delivery has come: the contract's WebhookDeliveryState."""

    PENDING = "PENDING"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"


class EventFilter(Model):
    """Events of one kind of thing: those of the actions, or all where none is named."""

    entity: str
    actions: tuple[str, ...] = ()

    def takes(self, entity: str, action: str) -> bool:
        """Say whether it lets an event pass."""
        return entity == self.entity and (not self.actions or action in self.actions)


class FormerSalt(Model):
    """What a secret was made with that has been replaced, and until when it signs beside the new one."""

    salt: str
    until: str


class Subscription(Entity):
    """That an organization wants events to be sent to an address. Times are ISO 8601, UTC.

    Its secret is not stored: it is made of the deployment's own and a salt (`signing`).
    """

    id: str
    organization_id: str
    url: str
    events: tuple[EventFilter, ...]
    state: SubscriptionState = SubscriptionState.REVIEW
    state_reason: str | None = None
    salt: str
    former_salts: tuple[FormerSalt, ...] = ()
    created_by_id: str
    created_date_time: str
    modified_date_time: str

    @property
    def active(self) -> bool:
        """Whether anything is sent."""
        return self.state is SubscriptionState.ACTIVE

    def takes(self, entity: str, action: str) -> bool:
        """Say whether an event of these words is asked for."""
        return any(one.takes(entity, action) for one in self.events)

    def salts(self, now: datetime) -> list[str]:
        """Return what the secrets are made with that sign at a time, the newest first."""
        return [self.salt, *(one.salt for one in self.former_salts if one.until > stamp(now))]


class Happened(Model):
    """An event, as the bus tells it."""

    event_id: str
    entity: str
    action: str
    id: str
    """Id of the thing that it happened to."""


class Attempt(Model):
    """One try to deliver: the contract's WebhookAttempt."""

    attempted_date_time: str
    status_code: int | None = None
    error: str | None = None
    duration_ms: int


class Delivery(Entity):
    """An event on its way to the address of one subscription. Times are ISO 8601, UTC."""

    subscription_id: str
    organization_id: str
    """Whose subscription it is."""
    event_id: str
    entity: str
    action: str
    entity_id: str
    state: DeliveryState
    attempts: tuple[Attempt, ...] = ()
    """All of them, the oldest first."""
    tried: int = 0
    """How often it was tried since it was last asked for: at first, and each time that it is sent once more."""
    turn: int = 0
    """Another one for each try that is to be made: no message but the last has it made."""
    next_attempt_date_time: str | None = None
    created_date_time: str
    expires: int
    """Until when it is kept, in seconds since 1970."""

    @property
    def id(self) -> str:
        """What the API knows it by: it says where the delivery is."""
        return f"{self.subscription_id}-{self.event_id}"

    @property
    def pending(self) -> bool:
        """Whether it is still to be tried."""
        return self.state is DeliveryState.PENDING


class Slowness(Entity):
    """That the address of a subscription takes long to answer, so that it is served apart from the rest."""

    subscription_id: str
    until: str
    """ISO 8601, UTC."""
