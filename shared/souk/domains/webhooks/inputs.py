"""The inputs of the contract, before the rules check their values."""

from souk.domains.webhooks.model import DeliveryState
from souk.storage import Input


class EventFilterInput(Input):
    """The contract's WebhookEventFilterInput."""

    entity: str
    actions: tuple[str, ...]


class NewSubscription(Input):
    """The contract's CreateWebhookSubscriptionInput."""

    url: str
    events: tuple[EventFilterInput, ...]


class SubscriptionChange(Input):
    """The contract's UpdateWebhookSubscriptionInput. Null leaves a field unchanged, because no field can be empty."""

    id: str
    url: str | None = None
    events: tuple[EventFilterInput, ...] | None = None
    enabled: bool | None = None


class DeliveriesFilter(Input):
    """The contract's WebhookDeliveryFilter."""

    subscription_id_eq: str
    state_eq: DeliveryState | None = None
