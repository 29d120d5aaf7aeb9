"""The context of a request, as resolvers see it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from souk.authentication.principal import Principal
from souk.authentication.rate_limits import Meter
from souk.graph.lists import Cursors
from souk.graph.questions import Invoke, ask
from souk.storage import Collection, Key, Reading, Series, Table, Tally
from souk.storage.collection import E
from souk.values.errors import LimitExceeded, Unavailable
from souk.web.signing import Signer

Source = Collection[Any] | Tally[Any] | Series[Any] | Reading[Any]
MAX_CONNECTIONS = 100
"""Nested lists per request: each one is a round trip."""


@dataclass(eq=False)
class Context:
    """One request: its caller, the table, and a cache of the entities read so far."""

    principal: Principal
    table: Table
    signer: Signer
    now: datetime
    """When the request began, in market time, UTC. Rules take the time from here."""
    request_id: str
    base_url: str
    """The URL of this deployment, without a trailing slash."""
    meter: Meter
    invoke: Invoke | None = None
    """Invokes another function; None where no query needs it."""
    ip_address: str | None = None
    """The address that the request came from."""
    consistent: bool = False
    """Whether entities are read consistently by default, as in mutations."""
    entities: dict[Key, Any] = field(default_factory=dict)
    """The entities read so far, by key; None for one that does not exist."""
    _connections: dict[Any, tuple[Any, Any]] = field(default_factory=dict)
    _connections_read: int = 0

    @property
    def cursors(self) -> Cursors:
        """The encoder and decoder of page cursors."""
        return Cursors(self.signer)

    def ask(self, function: str, name: str, **arguments: Any) -> Any:
        """Return a function's answer to a question (`Domain.answer`). Raises Unavailable."""
        if self.invoke is None:
            raise Unavailable("No other function can be asked here.")
        return ask(self.invoke, function, name, arguments)

    def load(self, collection: Collection[E], *key: str, consistent: bool = False) -> E | None:
        """Return an entity from this request's cache or from the table; None if it does not exist.

        A consistent read sees all earlier writes, at twice the price.
        """
        item_key = collection.key(*key)
        if item_key not in self.entities:
            self.entities[item_key] = self.table.get(collection, *key, consistent=consistent or self.consistent)
        entity: E | None = self.entities[item_key]
        return entity

    def load_many(self, collection: Collection[E], ids: list[str], *, consistent: bool = False) -> list[E | None]:
        """Return entities in the order of their ids, in one round trip; None for those that do not exist.

        `consistent` is as in `load`.
        """
        keys = [collection.key(id_) for id_ in ids]
        self.fetch(dict.fromkeys(keys, collection), consistent=consistent)
        return [self.entities[key] for key in keys]

    def fetch(self, wanted: Mapping[Key, Source], *, consistent: bool = False) -> None:
        """Read entities into the cache, in one round trip, except those that it has already."""
        missing = {key: source for key, source in wanted.items() if key not in self.entities}
        consistent = consistent or self.consistent
        apart = {key: source for key, source in missing.items() if isinstance(source, Series | Reading)}
        single = {key: source for key, source in missing.items() if not isinstance(source, Series | Reading)}
        if not apart:
            self.entities |= _batch(self.table, single, consistent=consistent)
            return
        reads = [partial(_read_apart, source=source, key=key, consistent=consistent) for key, source in apart.items()]
        batch = partial(_batch, wanted=single, consistent=consistent)
        for found in self.table.concurrently([batch, *reads]):
            self.entities |= found

    def clear_cache(self) -> None:
        """Forget the entities and lists read so far, as a mutation may have changed them."""
        self.entities.clear()
        self._connections.clear()

    def connection(self, coordinate: str, source: Any, arguments: dict[str, Any], read: Callable[[], Any]) -> Any:
        """Return a nested list, read once per source and arguments.

        Raises LimitExceeded when a request reads too many of them.
        """
        key = (coordinate, id(source), repr(arguments))
        if key not in self._connections:
            if self._connections_read >= MAX_CONNECTIONS:
                raise LimitExceeded(
                    f"A request may read at most {MAX_CONNECTIONS} nested lists; request fewer of {coordinate}."
                )
            self._connections_read += 1
            # Keep the source alive, so that its id() is not reused during the request.
            self._connections[key] = (source, read())
        return self._connections[key][1]


def _batch(table: Table, wanted: Mapping[Key, Collection[Any] | Tally[Any]], *, consistent: bool) -> dict[Key, Any]:
    """Return entities by their keys, in one round trip."""
    attributes = {name for source in wanted.values() for name in source.attributes}
    items = table.batch_get(wanted, consistent=consistent, attributes=sorted(attributes))
    return {key: source.decode(items[key]) if key in items else source.absent for key, source in wanted.items()}


def _read_apart(table: Table, source: Series[Any] | Reading[Any], key: Key, *, consistent: bool) -> dict[Key, Any]:
    return {key: source.read(table, key, consistent=consistent)}
