"""The table items that operators watch the machinery by. This domain owns the state of rebuilds alone.

DUE#<hour>        <time>#<kind>#<id>   a deadline (`souk.deadlines.model`)
OUTBOX#<id>       EVENT                an event of the last week   GSI3 OUTBOX#<yyyy-mm-dd>#<shard 0-7> / <time>#<id>
REBUILD#<index>   REBUILD              the rebuild of a search index that an operator has started
REPLAY#<id>       REPLAY               events that an operator sends again, until that is done
UNIQ#replay#<user>#<SHA-256>           the replay of an operator's idempotency key: `<id>#<fingerprint>#<number>`
"""

from hashlib import sha256
from typing import Final

from souk.deadlines.model import DEADLINES, DUE_PREFIX
from souk.domains.machinery.model import Rebuild, Replay
from souk.domains.machinery.rules import days_of
from souk.storage import Collection, Key, StoredList, Table, View
from souk.storage.merged import Group, MergedList
from souk.storage.transaction import OUTBOX, OUTBOX_SHARDS, Event, outbox_partition
from souk.values.moments import Period

WRITES: Final = ("REBUILD#", "REPLAY#", "UNIQ#replay#")
"""The prefixes of the partition keys that this domain owns."""
AFTER: Final = "~"
"""Sorts after what follows the time in a key."""
EVENTS: Final = StoredList("domainEvents", OUTBOX, outbox_partition, index="GSI3")
"""A shard of the events of a day, newest first."""
DUE: Final = StoredList("deadlines", DEADLINES, f"{DUE_PREFIX}{{}}".format, newest_first=False)
"""The deadlines of an hour, what is due first before the rest."""
LISTS: Final = (EVENTS, DUE)


def rebuild_key(index: str) -> Key:
    """Return the key of the rebuild of an index."""
    return Key(f"REBUILD#{index}", "REBUILD")


REBUILDS: Collection[Rebuild] = Collection(
    name="Rebuild", model=Rebuild, key=rebuild_key, key_of=lambda one: rebuild_key(one.index)
)


def replay_key(replay_id: str) -> Key:
    """Return the key of a replay."""
    return Key(f"REPLAY#{replay_id}", "REPLAY")


REPLAYS: Collection[Replay] = Collection(
    name="Replay", model=Replay, key=replay_key, key_of=lambda one: replay_key(one.id)
)


def replay_guard(user_id: str, key: str) -> str:
    """Return the unique value of the idempotency key of a replay."""
    return f"UNIQ#replay#{user_id}#{sha256(key.encode()).hexdigest()}"


def events_of(table: Table, period: Period) -> MergedList[Event]:
    """Return the events of a period with both ends, newest first."""
    days, groups = list(days_of(period)), list[Group]()
    for together in filter(None, (days[:1], days[1:])):  # a quiet week takes two round trips, and a busy day reads one
        owners = [(day, str(shard)) for day in together for shard in range(OUTBOX_SHARDS)]
        groups.append(Group(owners, together[-1], f"{together[0]}{AFTER}"))
    return MergedList(EVENTS, table, groups)


def events_within(table: Table, period: Period, entity: str | None, most: int) -> list[Event]:
    """Return the events of a period with both ends, newest first: at most `most`, of one entity or of all."""
    conditions = [lambda one: one.entity == entity] if entity else []
    view: View[Event, Event] = View(conditions, within=(period.first or "", f"{period.last}{AFTER}"))
    found: list[Event] = []
    after = None
    while len(found) < most:
        page = events_of(table, period).page(view, most - len(found), after=after)
        found += page.rows
        if not page.more:
            break
        after = page.end
    return found
