"""The webhook resources of this deployment: the master secret, the queues and the address policy."""

from functools import cache

from souk.domains.webhooks.messages import DeliveryQueue, DeliveryQueues
from souk.runtime import aws
from souk.runtime.settings import webhook_settings


@cache
def master_secret() -> bytes:
    """Return the secret that the secrets of all subscriptions are derived from."""
    return aws.secret(webhook_settings().secret)


@cache
def delivery_queues() -> DeliveryQueues:
    """Return the queues of deliveries."""
    settings = webhook_settings()
    urls = {DeliveryQueue.STANDARD: settings.deliveries, DeliveryQueue.SLOW: settings.slow_deliveries}
    return DeliveryQueues(aws.sqs(), urls)


def private_addresses_allowed() -> bool:
    """Return whether webhooks may be sent to this machine and its network. Only a local run allows it."""
    return webhook_settings().private_addresses_allowed


def queue_by_arn(arn: str) -> DeliveryQueue:
    """Return the delivery queue with this ARN."""
    name = arn.rpartition(":")[2]
    return DeliveryQueue.SLOW if webhook_settings().slow_deliveries.endswith(f"/{name}") else DeliveryQueue.STANDARD
