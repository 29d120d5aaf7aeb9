"""Work that is due later, as it lies in the table: one item for each thing to look at, in partitions of an hour.

`DUE#<hour>` / `<when>#<kind>#<id>`, all in UTC. The item says when to look at what; whether there is anything to do
then is for the entity to say. What is due already lies in the hour in which it was noted, which the clock has yet to
finish, and comes first there.
"""

from datetime import UTC, datetime, timedelta

from souk.storage.collection import Collection
from souk.storage.ids import random_id
from souk.storage.model import Entity, Key
from souk.storage.transaction import Transaction
from souk.values.times import stamp

DUE_PREFIX = "DUE#"


class Deadline(Entity):
    """That something is to be looked at.

    Each time it is noted it has another version, so that nobody removes it who has not seen the last.
    """

    kind: str
    """Names the work, and before its first dot the domain whose work it is."""
    id: str
    at: str
    """When, as `souk.values.times.stamp` writes it."""
    hour: str
    """The partition that it lies in."""
    since: str
    """When the work was due at first, before it failed and was put off."""
    attempts: int = 0
    """How often the work has failed."""

    @classmethod
    def new(cls, kind: str, entity_id: str, at: datetime, now: datetime) -> "Deadline":
        """Return a deadline that is noted at this moment. Raises ValueError for a time of no time zone."""
        if at.tzinfo is None:
            raise ValueError(f"{kind} is due at {at}, which has no time zone.")
        # A stamp cuts off what is smaller than a millisecond: without rounding up it would come before the time.
        due = stamp(at + timedelta(microseconds=-at.microsecond % 1000))
        hour = hour_of(max(at, now))
        return cls(kind=kind, id=entity_id, at=due, hour=hour, since=due, version=int(random_id()))

    def postponed(self, at: datetime, now: datetime) -> "Deadline":
        """Return it as it is to be tried again, after it has failed once more."""
        again = self.new(self.kind, self.id, at, now)
        return again.model_copy(update={"since": self.since, "attempts": self.attempts + 1})


def hour_of(moment: datetime) -> str:
    """Return the hour that a point in time is in: `2026-07-01T09`."""
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
    """Schedule work (`Domain.due`) on an entity in a transaction; work that is overdue runs soon.

    Scheduling the same work for the same time twice makes one deadline.
    """
    tx.replace(DEADLINES, Deadline.new(kind, entity_id, at, tx.clock.market()))


def reschedule(tx: Transaction, deadline: Deadline, at: datetime) -> None:
    """Schedule failed work again at another time, unless somebody has scheduled it anew since it was read."""
    tx.delete(DEADLINES, deadline)
    tx.replace(DEADLINES, deadline.postponed(at, tx.clock.market()))
