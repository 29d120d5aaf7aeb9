"""Views of the machinery: shapes of the contract that are not stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from souk.domains.machinery.model import Rebuild
from souk.domains.machinery.providers import indexes
from souk.domains.machinery.store import REBUILDS
from souk.search import IndexState
from souk.storage import Table

DEAD_LETTER_TITLES: Final[Mapping[str, str]] = {
    "clock": "Runs of the clock, which starts scheduled work",
    "images": "Pictures to be processed",
    "live_sender": "Events for people who are online",
    "relay": "Changes of the table, for the event bus",
    "search_fanout": "Documents of the search indexes that show a changed item",
    "search_indexer": "Changes of the table, for the search indexes",
    "search_matcher": "Job postings, for saved searches",
    "webhook_delivery": "Deliveries of webhooks",
    "webhook_fanout": "Events, for webhook subscriptions",
}
"""What the dead letters of a function are."""


@dataclass(frozen=True, slots=True)
class SearchIndexState:
    """The state of a search index."""

    index: str
    documents: int
    lag_seconds: int
    rebuilding: bool
    built_date_time: str | None


def index_state(index: str, known: IndexState, rebuild: Rebuild | None, lag: int) -> SearchIndexState:
    """Return the state of an index."""
    rebuilding = known.rebuilding or bool(rebuild and rebuild.running)
    return SearchIndexState(index, known.documents, lag, rebuilding, rebuild.built if rebuild else None)


def index_states(table: Table, now: datetime) -> list[SearchIndexState]:
    """Return the states of all indexes. `now` is real time. Raises Unavailable. Only the function of operators may."""
    states, lag = indexes.states(), indexes.lag_seconds(now)
    items = table.batch_get([REBUILDS.key(name) for name in states])
    rebuilds = {name: REBUILDS.decode(items[key]) for name in states if (key := REBUILDS.key(name)) in items}
    return [index_state(name, known, rebuilds.get(name), lag) for name, known in states.items()]
