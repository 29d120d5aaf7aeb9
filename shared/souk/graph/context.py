"""What a resolver knows of the request it serves."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from souk.authentication.principal import Principal
from souk.authentication.rate_limits import Meter
from souk.graph.lists import Cursors
from souk.storage import Collection, Key, Table, Tally
from souk.storage.collection import E
from souk.values.errors import LimitExceeded
from souk.web.signing import Signer

MAX_CONNECTIONS = 100
"""Nested fields that read storage themselves, per request: each one is a round trip."""


@dataclass(eq=False)
class Context:
    """One request: who calls, the table as this function may use it, and what has been read so far."""

    principal: Principal
    table: Table
    signer: Signer
    now: datetime
    """When the request began, by the market's time, UTC. Rules take the time from here."""
    request_id: str
    base_url: str
    """Where this deployment is, without a slash at the end."""
    meter: Meter
    consistent: bool = False
    """Whether entities are read with every write that was made before: so it is in mutations."""
    entities: dict[Key, Any] = field(default_factory=dict)
    """What the links have fetched, by key; None for what there is not."""
    _connections: dict[Any, tuple[Any, Any]] = field(default_factory=dict)
    _connections_read: int = 0

    @property
    def cursors(self) -> Cursors:
        """What makes and reads the cursors of lists."""
        return Cursors(self.signer)

    def load(self, collection: Collection[E], *key: str, consistent: bool = False) -> E | None:
        """Return an entity, from what this request has read already or from the table.

        `consistent` reads what was written a moment ago, too, at twice the price.
        """
        at = collection.key(*key)
        if at not in self.entities:
            self.entities[at] = self.table.get(collection, *key, consistent=consistent or self.consistent)
        found: E | None = self.entities[at]
        return found

    def load_many(self, collection: Collection[E], ids: list[str], *, consistent: bool = False) -> list[E | None]:
        """Return entities in the order of their ids, in one round trip; None for those that there are not.

        `consistent` is as in `load`.
        """
        keys = [collection.key(one) for one in ids]
        self.fetch(dict.fromkeys(keys, collection), consistent=consistent)
        return [self.entities[key] for key in keys]

    def fetch(self, wanted: Mapping[Key, Collection[Any] | Tally[Any]], *, consistent: bool = False) -> None:
        """Read into `entities`, in one round trip, what this request has not read already."""
        missing = {key: source for key, source in wanted.items() if key not in self.entities}
        attributes = {name for source in missing.values() for name in source.attributes}
        items = self.table.batch_get(missing, consistent=consistent or self.consistent, attributes=sorted(attributes))
        for key, source in missing.items():
            self.entities[key] = source.decode(items[key]) if key in items else source.absent

    def forget(self) -> None:
        """Forget what was read: a mutation has changed some of it."""
        self.entities.clear()
        self._connections.clear()

    def connection(self, coordinate: str, source: Any, arguments: dict[str, Any], read: Callable[[], Any]) -> Any:
        """Read a connection once per source and arguments, and not too many of them in one request."""
        key = (coordinate, id(source), repr(arguments))
        if key not in self._connections:
            if self._connections_read >= MAX_CONNECTIONS:
                raise LimitExceeded(
                    f"A request may read {MAX_CONNECTIONS} nested lists; ask for fewer of {coordinate} at once."
                )
            self._connections_read += 1
            # The source is kept with the answer, so that its id() stays its own while the request lasts.
            self._connections[key] = (source, read())
        return self._connections[key][1]
