"""The retries of a delivery: ten attempts over three days, with growing waits."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from souk.domains.webhooks.model import Attempt, Delivery, DeliveryState
from souk.values.times import stamp

WAITS: Final = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=18),
    timedelta(hours=22),
)
"""The longest wait after each attempt but the last. Together with the attempts, they add up to three days."""
MAX_ATTEMPTS: Final = len(WAITS) + 1
MAX_STORED_ATTEMPTS: Final = 200
"""Attempts of a delivery, with those after it was sent again by hand."""
GONE: Final = 410
"""The HTTP status that disables a subscription."""
_JITTER: Final = 0.2
"""The random part of a wait. It spreads the retries of deliveries that failed together."""
_OK: Final = range(200, 300)

Chance = Callable[[], float]
"""Returns a number from 0 up to 1."""


def wait(tried: int, chance: Chance = random.random) -> timedelta | None:
    """Return the wait after a number of attempts, or None after the last one."""
    return WAITS[tried - 1] * (1 - _JITTER * chance()) if tried < MAX_ATTEMPTS else None


def accepted(status: int | None) -> bool:
    """Return whether an address accepted a webhook. `status` is None if it did not answer."""
    return status is not None and status in _OK


def requeued(delivery: Delivery, now: datetime) -> Delivery:
    """Return a delivery that is pending again, with all its attempts ahead."""
    return delivery.model_copy(
        update={
            "state": DeliveryState.PENDING,
            "tried": 0,
            "turn": delivery.turn + 1,
            "next_attempt_date_time": stamp(now),
        }
    )


def after_attempt(delivery: Delivery, attempt: Attempt, now: datetime, chance: Chance = random.random) -> Delivery:
    """Return a delivery after an attempt that ended now."""
    tried = delivery.tried + 1
    status = attempt.status_code
    state, wait_time = DeliveryState.DELIVERED, None
    if not accepted(status):
        wait_time = None if status == GONE else wait(tried, chance)
        state = DeliveryState.PENDING if wait_time else DeliveryState.FAILED
    return delivery.model_copy(
        update={
            "state": state,
            "attempts": (*delivery.attempts, attempt),
            "tried": tried,
            "turn": delivery.turn + 1,
            "next_attempt_date_time": stamp(now + wait_time) if wait_time else None,
        }
    )
