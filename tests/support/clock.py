"""The one clock of all tests. It stands still unless a test moves it, so nothing depends on how fast the machine is."""

from datetime import datetime, timedelta
from threading import Lock

from souk.storage.ids import Ids
from souk.values.clock import Clock

_TICK = timedelta(milliseconds=1)


class FakeClock(Clock):
    """A clock that tests move. Each look at the market's time moves that by a millisecond: what is later is greater."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = Lock()
        self.reset()

    def reset(self) -> None:
        """Begin anew at the minute that it is, with the market's time the same."""
        self.ahead = timedelta(0)
        self._real = super().real().replace(second=0, microsecond=0)

    def market(self) -> datetime:
        with self._lock:
            self.ahead += _TICK
            return self._real + self.ahead

    def real(self) -> datetime:
        return self._real

    def at(self, moment: datetime) -> None:
        """Move the market's time to a moment, which is what the API, events, deadlines and ids see."""
        self.ahead = moment - self._real

    def wait(self, **by: float) -> None:
        """Let time pass for everybody, as much as `timedelta` takes: the real time moves, and the market's with it."""
        self._real += timedelta(**by)


CLOCK = FakeClock()
"""Every table of the tests has it. It is reset before each test."""


def new_id() -> str:
    """Return an id as the API makes them, greater than all that were made before."""
    return Ids(CLOCK).new()
