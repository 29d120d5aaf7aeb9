"""Ids that sort by the time they were made, as 64-bit decimal strings of 19 digits.

42 bits of milliseconds since 2015 (so that they have 19 digits from 2022 until 2084, and sort as strings do) and 22
random bits, with which two functions that make ids in the same millisecond are unlikely to meet; every creation is
conditional on the key being free, so if they do meet, one of them is refused and nothing is overwritten.
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
    """Makes ids by the market's time, which lists show them in."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._last = 0

    def new(self) -> str:
        """Return a new id, greater than all that were made here before, even if the clock goes back."""
        since_epoch = _milliseconds(self._clock.market())
        candidate = (since_epoch << _RANDOM_BITS) | secrets.randbits(_RANDOM_BITS)
        with self._lock:
            self._last = max(candidate, self._last + 1)
            return str(self._last)


def random_id() -> str:
    """Return a new id that says nothing of the time, for what no list sorts by its id."""
    return str(_LEAST + secrets.randbelow(_END - _LEAST))


def first_id(moment: datetime) -> str:
    """Return the least id that can be made at a point in time, from 2022 on."""
    return str(max(_milliseconds(moment), 0) << _RANDOM_BITS).zfill(_DIGITS)


def _milliseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(milliseconds=1)
