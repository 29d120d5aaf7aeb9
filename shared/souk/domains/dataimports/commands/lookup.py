"""What rows refer to: read for some rows in one round trip."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from souk.authentication.principal import LEADERS
from souk.authentication.records import MEMBERS, Membership
from souk.domains.dataimports.model import ImportKind
from souk.domains.dataimports.store import origin_name
from souk.domains.identity.store import ORGANIZATIONS, USERS
from souk.domains.jobs.store import JOBS
from souk.storage import Collection, Key, Table, View
from souk.storage.collection import E
from souk.values.ids import is_id

COLLECTIONS: Mapping[ImportKind, Collection[Any]] = {
    ImportKind.ORGANIZATIONS: ORGANIZATIONS,
    ImportKind.USERS: USERS,
    ImportKind.JOB_POSTINGS: JOBS,
}


class Lookup:
    """Reads items consistently, and keeps them until `clear`."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._items: dict[Key, Mapping[str, Any] | None] = {}
        self._leaders: dict[str, Membership | None] = {}

    def fetch(self, keys: Iterable[Key]) -> None:
        """Read items in one round trip, except those that it has."""
        missing = [key for key in dict.fromkeys(keys) if key not in self._items]
        found = self._table.batch_get(missing, consistent=True, attributes=("holder",))
        self._items |= {key: found.get(key) for key in missing}

    def fetch_named(self, named: Iterable[tuple[ImportKind, str]]) -> None:
        """Read the records with some external ids, in two round trips."""
        pairs = [(kind, external_id) for kind, external_id in named if external_id]
        keys = [_unique(origin_name(kind, external_id)) for kind, external_id in pairs]
        own = [COLLECTIONS[kind].key(external_id) for kind, external_id in pairs if is_id(external_id)]
        self.fetch([*keys, *own])
        ids = [(kind, self.holder(origin_name(kind, external_id))) for kind, external_id in pairs]
        self.fetch(COLLECTIONS[kind].key(id_) for kind, id_ in ids if id_)

    def holder(self, value: str) -> str | None:
        """Return the holder of a unique value."""
        key = _unique(value)
        self.fetch([key])
        item = self._items[key]
        return item["holder"]["S"] if item else None

    def get(self, collection: Collection[E], *parts: str) -> E | None:
        """Return an entity."""
        key = collection.key(*parts)
        self.fetch([key])
        item = self._items[key]
        return collection.decode(item) if item else None

    def named(self, kind: ImportKind, external_id: str) -> Any:
        """Return the record with an external id; None if there is none.

        An id of Souk's own names its record, so that what was exported here can be imported here.
        """
        collection = COLLECTIONS[kind]
        if holder := self.holder(origin_name(kind, external_id)):
            return self.get(collection, holder)
        return self.get(collection, external_id) if is_id(external_id) else None

    def leader(self, organization_id: str) -> Membership | None:
        """Return the oldest membership that may post jobs for an organization."""
        self.fetch_leaders([organization_id])
        return self._leaders[organization_id]

    def fetch_leaders(self, organization_ids: Iterable[str]) -> None:
        """Read the leaders of organizations at the same time, except those that it has."""
        missing = [one for one in dict.fromkeys(organization_ids) if one not in self._leaders]
        found = self._table.concurrently([partial(_leader, organization_id=one) for one in missing])
        self._leaders |= zip(missing, found, strict=True)

    def forget(self, *keys: Key) -> None:
        """Forget items that were written."""
        for key in keys:
            self._items.pop(key, None)

    def clear(self) -> None:
        """Forget everything but the leaders of organizations."""
        self._items.clear()


def _leader(table: Table, organization_id: str) -> Membership | None:
    view: View[Membership, Membership] = View([lambda one: one.active and one.role in LEADERS])
    return next((chunk[0] for chunk in MEMBERS.of(table, organization_id).chunks(view)), None)


def _unique(value: str) -> Key:
    return Key(value, "UNIQ")
