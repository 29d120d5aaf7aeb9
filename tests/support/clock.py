"""The one clock of all tests: it stands still unless a test moves it, so nothing depends on how fast the machine is."""

from datetime import datetime, timedelta
from threading import Lock

from souk.storage.ids import Ids
from souk.values.clock import Clock

_TICK = timedelta(milliseconds=1)


class FakeClock(Clock):
    """A clock that goes on by a millisecond each time somebody looks, so that what comes later has a later time."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = Lock()
        self.reset()

    def reset(self) -> None:
        """Begin anew at the machine's time, with the market's time the same."""
        self.ahead = timedelta(0)
        self._now = super().real()

    def real(self) -> datetime:
        """Return the next millisecond."""
        with self._lock:
            self._now += _TICK
            return self._now

    def at(self, moment: datetime) -> datetime:
        """Move the market's time to a moment, which is what the API, events, deadlines and ids see; return it."""
        self.ahead = moment - self._now
        return moment

    def advance(self, by: timedelta) -> datetime:
        """Move the market's time on, and return it."""
        return self.at(self._now + self.ahead + by)

    def wait(self, by: timedelta) -> None:
        """Let time pass for everybody: the real time moves, and the market's with it."""
        with self._lock:
            self._now += by


CLOCK = FakeClock()
"""Every table of the tests has it. It is reset before each test."""


def new_id() -> str:
    """Return an id as the API makes them, later than all that were made before."""
    return Ids(CLOCK).new()
