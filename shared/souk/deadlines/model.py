"""Deadlines in the table: one item each, in partitions of an hour.

The key is `DUE#<hour>` / `<time>#<kind>#<id>`, in UTC. A deadline only names an entity and a time; when it runs, its
work decides by the entity's state. A deadline in the past is stored in the current hour, which the poller has not
finished, and comes first there.
"""

from datetime import UTC, datetime, timedelta

from souk.storage.collection import Collection
from souk.storage.ids import random_id
from souk.storage.model import Entity, Key
from souk.storage.transaction import Transaction
from souk.values.times import stamp

DUE_PREFIX = "DUE#"


class Deadline(Entity):
    """Scheduled work on an entity.

    Each scheduling has a new random version, so that a poller cannot delete a deadline that was scheduled again.
    """

    kind: str
    """The kind of work: the domain's name, a dot, and a name within the domain."""
    id: str
    at: str
    """The time (`souk.values.times.stamp`)."""
    hour: str
    """The hour of its partition."""
    since: str
    """The original time, before failed attempts postponed it."""
    attempts: int = 0
    """The number of failed attempts."""
    error: str | None = None
    """Why the last attempt failed."""

    @property
    def public_id(self) -> str:
        """The id by which operators name it: all parts of its key."""
        return f"{self.hour}/{self.at}/{self.kind}/{self.id}"

    @classmethod
    def new(cls, kind: str, entity_id: str, at: datetime, now: datetime) -> "Deadline":
        """Return a new deadline. Raises ValueError for a time without a time zone."""
        if at.tzinfo is None:
            raise ValueError(f"{kind} is due at {at}, which has no time zone.")
        # A stamp drops microseconds. Round up, or the deadline would run before its time.
        due = stamp(at + timedelta(microseconds=-at.microsecond % 1000))
        hour = hour_of(max(at, now))
        return cls(kind=kind, id=entity_id, at=due, hour=hour, since=due, version=int(random_id()))

    def postponed(self, at: datetime, now: datetime, error: str | None = None) -> "Deadline":
        """Return the deadline of the next attempt, after one more has failed."""
        retry = self.new(self.kind, self.id, at, now)
        return retry.model_copy(update={"since": self.since, "attempts": self.attempts + 1, "error": error})

    def hastened(self, now: datetime) -> "Deadline":
        """Return the deadline of the same work, due now."""
        soon = self.new(self.kind, self.id, now, now)
        return soon.model_copy(update={"since": self.since, "attempts": self.attempts, "error": self.error})


def hour_of(moment: datetime) -> str:
    """Return the hour of a point in time: `2026-07-01T09`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H")


def deadline_key(hour: str, at: str, kind: str, entity_id: str) -> Key:
    """Return the key of a deadline."""
    return Key(f"{DUE_PREFIX}{hour}", f"{at}#{kind}#{entity_id}")


DEADLINES: Collection[Deadline] = Collection(
    name="Deadline",
    model=Deadline,
    key=deadline_key,
    key_of=lambda deadline: deadline_key(deadline.hour, deadline.at, deadline.kind, deadline.id),
)


def schedule(tx: Transaction, kind: str, entity_id: str, at: datetime) -> None:
    """Add a deadline for work (`Domain.due`) on an entity to the transaction. Overdue work runs soon.

    Scheduling the same work twice for the same time creates one deadline.
    """
    tx.replace(DEADLINES, Deadline.new(kind, entity_id, at, tx.clock.market()))


def reschedule(tx: Transaction, deadline: Deadline, at: datetime, error: str | None = None) -> None:
    """Schedule failed work again, unless it has been scheduled anew since the deadline was read."""
    tx.delete(DEADLINES, deadline)
    tx.replace(DEADLINES, deadline.postponed(at, tx.clock.market(), error))


def hasten(tx: Transaction, deadline: Deadline) -> Deadline:
    """Make work due now, unless it has run or was scheduled anew since the deadline was read."""
    soon = deadline.hastened(tx.clock.market())
    tx.delete(DEADLINES, deadline)
    tx.replace(DEADLINES, soon)
    return soon
