"""What this deployment has for webhooks: the secret that others are made of, and the queues."""

from functools import cache

from souk.domains.webhooks.messages import Lane, Parcels
from souk.runtime import aws
from souk.runtime.settings import webhook_settings


@cache
def master_secret() -> bytes:
    """Return what the secrets of all subscriptions are made of."""
    return aws.secret(webhook_settings().secret)


@cache
def parcels() -> Parcels:
    """Return the queues that deliveries wait in."""
    chosen = webhook_settings()
    return Parcels(aws.sqs(), {Lane.COMMON: chosen.deliveries, Lane.SLOW: chosen.slow_deliveries})


def anywhere() -> bool:
    """Say whether an address may be on this machine: on a laptop it may."""
    return webhook_settings().anywhere


def lane_of(queue_arn: str) -> Lane:
    """Return which of the queues one is."""
    name = queue_arn.rpartition(":")[2]
    return Lane.SLOW if webhook_settings().slow_deliveries.endswith(f"/{name}") else Lane.COMMON
