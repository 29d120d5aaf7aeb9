"""The table items of saved searches.

SAVEDSEARCH#SHARD#<shard>       SEARCH#<id>      a saved search    GSI1 SAVEDSEARCHES#<organization> / SEARCH#<id>
SAVEDSEARCH#SHARD#<shard>       CHANGES          the number of changes of a shard's searches
SAVEDSEARCH#OF#<organization>   COUNT            the number of an organization's searches
SAVEDMATCH#<search>             STATE            the numbers of its matches
SAVEDMATCH#<search>             MATCH#<number>   a match, kept for RETENTION
SAVEDMATCH#<search>             POSTING#<id>     the guard against a second match of a posting
UNIQ#savedsearch#<SHA-256>                       held by the search of an idempotency key

A search is in the shard of its id. The matcher keeps the searches of all shards in memory, and reads a shard again when
its number of changes has grown.
"""

from collections.abc import Iterable
from datetime import timedelta
from hashlib import sha256
from typing import Final

from souk.deadlines.model import DUE_PREFIX
from souk.domains.savedsearches.model import Match, MatchedPosting, MatchState, SavedSearch
from souk.storage import Collection, Key, StoredList, Table, Transaction, counter_value
from souk.storage.partition import Partition
from souk.storage.transaction import OUTBOX_PREFIX
from souk.values.clock import Clock
from souk.values.errors import Unprocessable

WRITES: Final = ("SAVEDSEARCH#", "SAVEDMATCH#", "UNIQ#savedsearch#")
"""The key prefixes that only this domain writes."""
MATCHER_WRITES: Final = (DUE_PREFIX, OUTBOX_PREFIX, "SAVEDMATCH#")
"""The key prefixes that the matcher writes: matches, their events, and deadlines for later events."""
MATCHER_CHECKS: Final = ("SAVEDSEARCH#",)
"""The key prefixes of items that the matcher's transactions check and do not write."""
MAX_SEARCHES: Final = 100
"""The limit for one organization. Its counter is part of the transaction that creates a search."""
MAX_MATCHES: Final = 1_000
"""The matches that are kept of one search. The oldest one leaves."""
RETENTION: Final = timedelta(days=30)
"""How long a match is kept. It is longer than any queue keeps a message, so no posting matches twice."""
SHARDS: Final = 32
TELL: Final = "savedsearches.tell"
"""The deadline kind of an event that had to wait for the next minute."""
_CHUNK: Final = 1_000


def shard_of(search_id: str) -> int:
    """Return the shard of a search. `search_id` is a number."""
    return int(search_id) % SHARDS


def search_key(search_id: str) -> Key:
    """Return the key of a saved search. `search_id` is a number."""
    return Key(f"SAVEDSEARCH#SHARD#{shard_of(search_id)}", f"SEARCH#{search_id}")


def count_key(organization_id: str) -> Key:
    """Return the key of the number of an organization's searches."""
    return Key(f"SAVEDSEARCH#OF#{organization_id}", "COUNT")


def changes_key(shard: int) -> Key:
    """Return the key of the number of changes of a shard."""
    return Key(f"SAVEDSEARCH#SHARD#{shard}", "CHANGES")


SEARCHES: Collection[SavedSearch] = Collection(
    name="SavedJobSearch",
    model=SavedSearch,
    key=search_key,
    key_of=lambda one: search_key(one.id),
    indexes={"GSI1": lambda one: Key(f"SAVEDSEARCHES#{one.organization_id}", f"SEARCH#{one.id}")},
    counters={"GSI1": lambda one: count_key(one.organization_id)},
)


def state_key(search_id: str) -> Key:
    """Return the key of the numbers of a search's matches."""
    return Key(f"SAVEDMATCH#{search_id}", "STATE")


def match_key(search_id: str, sequence: int) -> Key:
    """Return the key of a match."""
    return Key(f"SAVEDMATCH#{search_id}", f"MATCH#{sequence:012}")


def posting_key(search_id: str, posting_id: str) -> Key:
    """Return the key of the guard against a second match of a posting."""
    return Key(f"SAVEDMATCH#{search_id}", f"POSTING#{posting_id}")


STATES: Collection[MatchState] = Collection(
    name="SavedJobSearchState",
    model=MatchState,
    key=state_key,
    key_of=lambda one: state_key(one.search_id),
)
MATCHES: Collection[Match] = Collection(
    name="SavedJobSearchMatch",
    model=Match,
    key=lambda search_id, sequence: match_key(search_id, int(sequence)),
    key_of=lambda one: match_key(one.search_id, one.sequence),
    expires_at=lambda one: one.expires,
)
MATCHED_POSTINGS: Collection[MatchedPosting] = Collection(
    name="SavedJobSearchPosting",
    model=MatchedPosting,
    key=posting_key,
    key_of=lambda one: posting_key(one.search_id, one.posting_id),
    expires_at=lambda one: one.expires,
)

ORGANIZATION_SEARCHES: Final = StoredList(
    "savedJobSearches", SEARCHES, "SAVEDSEARCHES#{}".format, index="GSI1", prefix="SEARCH#", counter=count_key
)
"""The saved searches of an organization, newest first."""
SEARCH_MATCHES: Final = StoredList(
    "savedJobSearchMatches", MATCHES, "SAVEDMATCH#{}".format, prefix="MATCH#", newest_first=False
)
"""The matches of a search, oldest first."""
LISTS: Final = (ORGANIZATION_SEARCHES, SEARCH_MATCHES)


def create_search(tx: Transaction, search: SavedSearch) -> SavedSearch:
    """Add a new search to a transaction. Its commit raises Unprocessable above the limit."""
    too_many = Unprocessable(f"An organization can have {MAX_SEARCHES} saved searches at most. Delete one first.")
    tx.limit(count_key(search.organization_id), MAX_SEARCHES, too_many)
    tx.count(changes_key(shard_of(search.id)))
    tx.create(STATES, MatchState(search_id=search.id))
    return tx.create(SEARCHES, search)


def update_search(tx: Transaction, search: SavedSearch) -> SavedSearch:
    """Add a changed search to a transaction."""
    tx.count(changes_key(shard_of(search.id)))
    return tx.update(SEARCHES, search)


def delete_search(tx: Transaction, search: SavedSearch, state: MatchState) -> None:
    """Add the deletion of a search to a transaction. Its matches expire; nobody can read them from now on."""
    tx.count(changes_key(shard_of(search.id)))
    tx.delete(STATES, state)
    tx.delete(SEARCHES, search)
    if search.request_key:
        tx.release(search.request_key, search.id)


def idempotency_guard(organization_id: str, user_id: str, key: str) -> str:
    """Return the unique value for an idempotency key of a person in an organization."""
    return f"UNIQ#savedsearch#{sha256(f'{organization_id}#{user_id}#{key}'.encode()).hexdigest()}"


def search_and_state(table: Table, search_id: str) -> tuple[SavedSearch, MatchState] | None:
    """Return a search and the numbers of its matches, read consistently in one round trip; None if it is deleted."""
    keys = search_key(search_id), state_key(search_id)
    items = table.batch_get(keys, consistent=True)
    if any(key not in items for key in keys):
        return None
    return SEARCHES.decode(items[keys[0]]), STATES.decode(items[keys[1]])


def states_of(table: Table, search_ids: Iterable[str]) -> dict[str, MatchState]:
    """Return the numbers of some searches' matches, in one round trip."""
    return {
        state.search_id: state for state in map(STATES.decode, table.batch_get(map(state_key, search_ids)).values())
    }


def shard_changes(table: Table) -> list[int]:
    """Return the number of changes of each shard, read consistently in one round trip."""
    keys = [changes_key(shard) for shard in range(SHARDS)]
    items = table.batch_get(keys, consistent=True)
    return [counter_value(items.get(key)) for key in keys]


def searches_in(table: Table, shard: int) -> list[SavedSearch]:
    """Return the searches of a shard, read consistently, a thousand in a round trip."""
    pages = Partition(SEARCHES, f"SAVEDSEARCH#SHARD#{shard}", prefix="SEARCH#").chunks(table, _CHUNK)
    return [one for page in pages for one in page]


def expiry(clock: Clock) -> int:
    """Return when DynamoDB may delete what is stored now. Items expire in real time."""
    return int((clock.real() + RETENTION).timestamp())
