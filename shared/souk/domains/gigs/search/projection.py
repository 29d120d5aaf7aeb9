"""The projection of gigs into the search index."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from souk.domains.gigs.search.index import INDEX, document
from souk.domains.gigs.store import GIGS, NUMBERS, gig_key, number_key
from souk.search import AnyOf, Document
from souk.search.indexer import Items, SearchIndexSpec
from souk.storage import Table


class GigsProjection:
    """The projection of gigs into the index, by their numbers (`souk.search.indexer.Projection`)."""

    schema = INDEX

    def __init__(self, table: Table) -> None:
        self._table = table

    def affected(self, record: Mapping[str, Any]) -> Iterable[str]:
        """See `Projection.affected`."""
        change = record["dynamodb"]
        pk, sk = change["Keys"]["PK"]["S"], change["Keys"]["SK"]["S"]
        image = change.get("NewImage") or change.get("OldImage")
        return [GIGS.decode(image).number] if pk.startswith("GIG#") and sk == "GIG" and image else []

    def shown_in(self, record: Mapping[str, Any]) -> Iterable[AnyOf]:  # noqa: ARG002 - a gig shows only its own item
        """See `Projection.shown_in`."""
        return ()

    def documents(self, ids: Collection[str]) -> Mapping[str, Document | None]:
        """See `Projection.documents`."""
        numbers = self._table.batch_get([number_key(id_) for id_ in ids], consistent=True)
        keys = [gig_key(NUMBERS.decode(item).gig_id) for item in numbers.values()]
        gigs = map(GIGS.decode, self._table.batch_get(keys, consistent=True).values())
        return dict.fromkeys(ids) | {gig.number: document(gig) for gig in gigs}


SEARCH_INDEXES: Final = (
    SearchIndexSpec(
        INDEX,
        GigsProjection,
        changes_with=(Items("GIG#", "GIG"),),
        documents_of=Items("GIG#NUMBER#", "NUMBER"),
    ),
)
