"""Ids that sort by creation time: 64-bit integers as decimal strings of 19 digits.

An id has 42 bits of milliseconds since 2015 and 22 random bits. From 2022 until 2084 it has 19 digits, so ids sort as
strings. Two ids of the same millisecond are unlikely to collide. If they do, nothing is overwritten, because every
creation requires that its key is free.
"""

import secrets
import threading
from datetime import UTC, datetime, timedelta

from souk.values.clock import Clock

_EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
_RANDOM_BITS = 22
_DIGITS = 19
_LEAST, _END = 10 ** (_DIGITS - 1), 2**63


class Ids:
    """Creates ids in market time, so that lists sort by it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._last = 0

    def new(self) -> str:
        """Return a new id, greater than all earlier ones of this process, even if the clock goes back."""
        since_epoch = _milliseconds(self._clock.market())
        candidate = (since_epoch << _RANDOM_BITS) | secrets.randbits(_RANDOM_BITS)
        with self._lock:
            self._last = max(candidate, self._last + 1)
            return str(self._last)


def random_id() -> str:
    """Return a new id that does not depend on the time, for records that are not listed by id."""
    return str(_LEAST + secrets.randbelow(_END - _LEAST))


def id_at(moment: datetime, within: int | None = None) -> str:
    """Return an id of a point in time, from 2022 on. Ids of different milliseconds sort by their times.

    `within` orders ids of the same millisecond, from 0 to 4,194,303. Default: random.
    """
    tail = secrets.randbits(_RANDOM_BITS) if within is None else within
    return str(_milliseconds(moment) << _RANDOM_BITS | tail).zfill(_DIGITS)


def first_id(moment: datetime) -> str:
    """Return the smallest id of a point in time, from 2022 on."""
    return str(max(_milliseconds(moment), 0) << _RANDOM_BITS).zfill(_DIGITS)


def _milliseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(milliseconds=1)
