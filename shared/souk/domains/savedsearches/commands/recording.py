"""Records matches, and tells the owners of searches: at most one event a minute for each search.

The first match of a minute is told at once, in its transaction. Matches that follow in the same minute are told by one
event of the next minute, which a deadline emits. So each match has an event after it.
"""

from datetime import datetime

from souk.deadlines.model import schedule
from souk.domains.savedsearches import rules
from souk.domains.savedsearches.model import Match, MatchedPosting, MatchState, SavedSearch
from souk.domains.savedsearches.store import (
    MATCHED_POSTINGS,
    MATCHES,
    MAX_MATCHES,
    SEARCHES,
    STATES,
    TELL,
    expiry,
    posting_key,
    search_and_state,
    search_key,
    state_key,
)
from souk.storage import Table, Transaction
from souk.values.times import stamp

_COMMITS = 30
"""Many postings can match one search at the same time."""


def record_match(table: Table, search: SavedSearch, posting_id: str) -> bool:
    """Record that a posting matches a search as it was read. Returns whether it is a new match.

    It does nothing if the posting has matched this search before, or if the search is deleted, inactive or has another
    filter by now.
    """

    def attempt(tx: Transaction) -> bool:
        keys = search_key(search.id), state_key(search.id), posting_key(search.id, posting_id)
        items = table.batch_get(keys, consistent=True)
        if keys[0] not in items or keys[1] not in items or keys[2] in items:
            return False
        current, state = SEARCHES.decode(items[keys[0]]), STATES.decode(items[keys[1]])
        if not current.active or current.filter != search.filter:
            return False
        tx.check(SEARCHES, current)
        _add_match(tx, table, current, state, posting_id)
        return True

    return table.retry_until_committed(attempt, commits=_COMMITS)


def _add_match(tx: Transaction, table: Table, search: SavedSearch, state: MatchState, posting_id: str) -> None:
    now, sequence, expires = table.clock.market(), state.sequence + 1, expiry(table.clock)
    matched = max(stamp(now), state.last or "")
    tx.create(MATCHED_POSTINGS, MatchedPosting(search_id=search.id, posting_id=posting_id, expires=expires))
    tx.create(
        MATCHES,
        Match(search_id=search.id, sequence=sequence, posting_id=posting_id, matched=matched, expires=expires),
    )
    if sequence > MAX_MATCHES:
        oldest = table.get(MATCHES, search.id, str(sequence - MAX_MATCHES), consistent=True)
        if oldest is not None:
            tx.delete(MATCHES, oldest)
    after = state.model_copy(update={"sequence": sequence, "last": matched})
    if rules.tells_now(state, now):
        after = _tell(tx, search, after, now)
    else:
        schedule(tx, TELL, search.id, rules.next_minute(now))
    tx.update(STATES, after)


def tell(table: Table, search_id: str, now: datetime) -> None:
    """Emit the event of matches that had to wait for the next minute, unless another one has told of them."""

    def attempt(tx: Transaction) -> None:
        found = search_and_state(table, search_id)
        if found is None:
            return
        search, state = found
        if state.told < state.sequence and rules.tells_now(state, now):
            tx.check(SEARCHES, search)
            tx.update(STATES, _tell(tx, search, state, now))

    table.retry_until_committed(attempt, commits=_COMMITS)


def _tell(tx: Transaction, search: SavedSearch, state: MatchState, now: datetime) -> MatchState:
    """Emit an event, and return the state that remembers it."""
    tx.emit("SAVED_SEARCH", "MATCH", search.id, to=(search.organization_id,))
    return state.model_copy(update={"told": state.sequence, "told_minute": rules.minute(now)})
