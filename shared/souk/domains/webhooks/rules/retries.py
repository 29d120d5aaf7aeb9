"""When a delivery is tried, and for how long: ten times over three days, later and later."""

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
"""The longest that is waited after each attempt but the last; with what the attempts take, it is three days."""
MOST_TRIES: Final = len(WAITS) + 1
GONE: Final = 410
"""The HTTP status of an address that wants no more."""
_JITTER: Final = 0.2
"""The part of a wait that chance may take away: what failed together shall not come back together."""
_OK: Final = range(200, 300)

Chance = Callable[[], float]
"""From 0 up to 1."""


def wait(tried: int, chance: Chance = random.random) -> timedelta | None:
    """Return how long to wait after so many tries; None where there is no other."""
    return WAITS[tried - 1] * (1 - _JITTER * chance()) if tried < MOST_TRIES else None


def queued(delivery: Delivery, now: datetime) -> Delivery:
    """Return a delivery as it is when it is to be sent once more."""
    return delivery.model_copy(
        update={
            "state": DeliveryState.PENDING,
            "tried": 0,
            "turn": delivery.turn + 1,
            "next_attempt_date_time": stamp(now),
        }
    )


def after(delivery: Delivery, attempt: Attempt, now: datetime, chance: Chance = random.random) -> Delivery:
    """Return a delivery as it is after a try that ended now."""
    tried = delivery.tried + 1
    status = attempt.status_code
    state, again = DeliveryState.DELIVERED, None
    if status is None or status not in _OK:
        again = None if status == GONE else wait(tried, chance)
        state = DeliveryState.PENDING if again else DeliveryState.FAILED
    return delivery.model_copy(
        update={
            "state": state,
            "attempts": (*delivery.attempts, attempt),
            "tried": tried,
            "turn": delivery.turn + 1,
            "next_attempt_date_time": stamp(now + again) if again else None,
        }
    )
