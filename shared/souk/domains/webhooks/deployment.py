"""The webhook resources of this deployment: the master secret, the queues and the address policy."""

from functools import cache

from souk.domains.webhooks import hosts
from souk.domains.webhooks.hosts import Host
from souk.domains.webhooks.messages import DeliveryQueue, DeliveryQueues
from souk.runtime import aws
from souk.runtime.settings import settings, webhook_settings


@cache
def master_secret() -> bytes:
    """Return the secret that the secrets of all subscriptions are derived from."""
    return aws.secret(webhook_settings().secret)


@cache
def delivery_queues() -> DeliveryQueues:
    """Return the queues of deliveries."""
    own = webhook_settings()
    urls = {DeliveryQueue.STANDARD: own.deliveries, DeliveryQueue.SLOW: own.slow_deliveries}
    return DeliveryQueues(aws.sqs(), urls)


def private_addresses_allowed() -> bool:
    """Return whether URLs may be http and lead to this machine or its network. Only a local run allows it."""
    return settings().target == "local"


def resolve(name: str) -> Host:
    """Return what a host resolves to now, and what deliveries from here would refuse."""
    return hosts.resolve(name, allow_private=private_addresses_allowed())


def queue_by_arn(arn: str) -> DeliveryQueue:
    """Return the delivery queue with this ARN."""
    name = arn.rpartition(":")[2]
    return DeliveryQueue.SLOW if webhook_settings().slow_deliveries.endswith(f"/{name}") else DeliveryQueue.STANDARD
