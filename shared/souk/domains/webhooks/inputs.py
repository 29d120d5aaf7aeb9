"""The inputs of the contract, before the rules check their values."""

from souk.domains.webhooks.model import DeliveryState
from souk.storage import Model


class EventFilterInput(Model):
    """The contract's WebhookEventFilterInput."""

    entity: str
    actions: tuple[str, ...]


class NewSubscription(Model):
    """The contract's CreateWebhookSubscriptionInput."""

    url: str
    events: tuple[EventFilterInput, ...]


class SubscriptionChange(Model):
    """The contract's UpdateWebhookSubscriptionInput. Null leaves a field unchanged, because no field can be empty."""

    id: str
    url: str | None = None
    events: tuple[EventFilterInput, ...] | None = None
    enabled: bool | None = None


class DeliveriesFilter(Model):
    """The contract's WebhookDeliveryFilter."""

    subscription_id_eq: str
    state_eq: DeliveryState | None = None
