"""The inputs of the contract, as they come: their values are checked by the rules."""

from souk.domains.webhooks.model import DeliveryState
from souk.storage import Model


class EventsInput(Model):
    """The contract's WebhookEventFilterInput."""

    entity: str
    actions: tuple[str, ...]


class NewSubscription(Model):
    """The contract's CreateWebhookSubscriptionInput."""

    url: str
    events: tuple[EventsInput, ...]


class SubscriptionChange(Model):
    """The contract's UpdateWebhookSubscriptionInput. What is null stays as it is: nothing of it can be empty."""

    id: str
    url: str | None = None
    events: tuple[EventsInput, ...] | None = None
    enabled: bool | None = None


class DeliveriesFilter(Model):
    """The contract's WebhookDeliveryFilter."""

    subscription_id_eq: str
    state_eq: DeliveryState | None = None
