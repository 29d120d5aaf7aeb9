"""Ids that sort by the time they were made, as 64-bit decimal strings of 19 digits.

42 bits of milliseconds since 2015 (so that they have 19 digits from 2022 until 2084, and sort as strings do) and 22
random bits, with which two functions that make ids in the same millisecond are unlikely to meet; every creation is
conditional on the key being free, so if they do meet, one of them is refused and nothing is overwritten.
"""

import secrets
import threading
import time
from datetime import datetime

_EPOCH_MS = 1_420_070_400_000  # 2015-01-01T00:00:00Z
_RANDOM_BITS = 22
_DIGITS = 19

_lock = threading.Lock()
_last = 0


def new_id() -> str:
    """Return a new id, greater than every id that this process made before."""
    global _last  # noqa: PLW0603 - the last id is this process's state by nature
    since_epoch = time.time_ns() // 1_000_000 - _EPOCH_MS
    candidate = (since_epoch << _RANDOM_BITS) | secrets.randbits(_RANDOM_BITS)
    with _lock:
        _last = max(candidate, _last + 1)
        return str(_last)


def first_id(moment: datetime) -> str:
    """Return the least id that can be made at a point in time, from 2022 on."""
    since_epoch = int(moment.timestamp() * 1_000) - _EPOCH_MS
    return str(max(since_epoch, 0) << _RANDOM_BITS).zfill(_DIGITS)
