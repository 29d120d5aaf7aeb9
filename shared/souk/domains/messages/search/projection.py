"""The projection of stories into the search index."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from souk.domains.messages.search.index import INDEX, document
from souk.domains.rooms.store import LOCATIONS, ROOMS, STORIES, location_key, room_key, story_key
from souk.search import AnyOf, Document
from souk.search.indexer import Items, SearchIndexSpec
from souk.storage import Table


class StoriesProjection:
    """The projection of stories into the index, by their ids (`souk.search.indexer.Projection`)."""

    schema = INDEX

    def __init__(self, table: Table) -> None:
        self._table = table

    def affected(self, record: Mapping[str, Any]) -> Iterable[str]:
        """See `Projection.affected`."""
        pk, sk = _key(record)
        return [sk.removeprefix("STORY#")] if pk.startswith("STORIES#") and sk.startswith("STORY#") else []

    def shown_in(self, record: Mapping[str, Any]) -> Iterable[AnyOf]:
        """See `Projection.shown_in`. The stories of a room leave the index when the room is removed."""
        pk, sk = _key(record)
        if not pk.startswith("ROOM#") or sk != "ROOM":
            return []
        old, new = (record["dynamodb"].get(image) for image in ("OldImage", "NewImage"))
        leaves = _is_removed(new) and not _is_removed(old)
        return [AnyOf("room", (pk.removeprefix("ROOM#"),))] if leaves else []

    def documents(self, ids: Collection[str]) -> Mapping[str, Document | None]:
        """See `Projection.documents`."""
        found = self._table.batch_get([location_key(id_) for id_ in ids], consistent=True)
        locations = [LOCATIONS.decode(item) for item in found.values()]
        keys = [story_key(one.room_id, one.id) for one in locations]
        rooms = dict.fromkeys(room_key(one.room_id) for one in locations)
        items = self._table.batch_get([*keys, *rooms], consistent=True)
        present = {ROOMS.decode(items[key]).id for key in rooms if key in items and not _is_removed(items[key])}
        stories = (STORIES.decode(items[key]) for key in keys if key in items)
        return dict.fromkeys(ids) | {one.id: document(one) for one in stories if one.room_id in present}


def _key(record: Mapping[str, Any]) -> tuple[str, str]:
    key = record["dynamodb"]["Keys"]
    return key["PK"]["S"], key["SK"]["S"]


def _is_removed(item: Mapping[str, Any] | None) -> bool:
    return item is not None and ROOMS.decode(item).removed


SEARCH_INDEXES: Final = (
    SearchIndexSpec(
        INDEX,
        StoriesProjection,
        changes_with=(Items("ROOM#", "ROOM"), Items("STORIES#", "STORY#")),
        documents_of=Items("STORY#", "ROOM"),
        private=True,
    ),
)
