"""One generation of an index, which a writer searches and changes."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final

import orjson

from souk.runtime.log import logger
from souk.search import schema as schemas
from souk.search.opensearch.client import Client, Missing
from souk.search.opensearch.mapping import to_stored
from souk.search.opensearch.searching import Searcher
from souk.search.port import Page
from souk.search.query import Search
from souk.search.schema import Document, Field, IndexSchema
from souk.search.subset import Subset
from souk.values.errors import SoukError, Unavailable

_MAX_BODY: Final = 4_000_000
"""Bytes of a bulk request. The smallest instances of the managed service take 10 MiB."""
_GONE: Final = "index_not_found_exception"
_BUSY: Final = frozenset({429, 503})


class Gone(Exception):
    """There is no generation behind the alias any more."""


class Target:
    """A generation, by the alias that leads to it."""

    def __init__(self, client: Client, schema: IndexSchema, alias: str, fields: Iterable[Field]) -> None:
        """`fields` are those that it has."""
        self._client = client
        self._subset = Subset(schema, fields)
        self._searcher = Searcher(client, self._subset.schema, alias)
        self._bulk = f"/{alias}/_bulk"

    def search(self, search: Search) -> Page:
        """Return the requested slice and the number of all results."""
        return self._searcher.search(self._subset.restrict(search))

    def fingerprints(self, ids: Collection[str] | None) -> dict[str, int]:
        """Return the id and the fingerprint of every document, or of those with these ids."""
        return self._searcher.fingerprints(ids)

    def put(self, documents: Mapping[str, Document | None]) -> None:
        """Replace the normalised documents with these ids, and remove those that are None. Searches find the result.

        Documents that are the same are not written. Raises Gone, and SoukError if some could not be written.
        """
        before = self._searcher.fingerprints(documents.keys()) if documents else {}
        new = {id_: None if document is None else self._subset.reduce(document) for id_, document in documents.items()}
        changed = {
            id_: document
            for id_, document in new.items()
            if before.get(id_) != (None if document is None else schemas.fingerprint(document))
        }
        for lines in _bodies(self._lines(changed)):
            try:
                # Without `require_alias`, the cluster would make an index if the alias is gone.
                answer = self._client.bulk(self._bulk, lines, refresh="true", require_alias="true")
            except Missing:
                raise Gone from None
            if answer["errors"]:
                _raise(answer["items"])

    def _lines(self, documents: Mapping[str, Document | None]) -> Iterator[bytes]:
        """Yield the lines of each change, together."""
        for id_, document in documents.items():
            if document is None:
                yield orjson.dumps({"delete": {"_id": id_}}) + b"\n"
            else:
                stored = orjson.dumps(to_stored(self._subset.schema, document))
                yield orjson.dumps({"index": {"_id": id_}}) + b"\n" + stored + b"\n"


def _bodies(changes: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Yield the changes in groups that fit into a request."""
    group: list[bytes] = []
    size = 0
    for change in changes:
        if group and size + len(change) > _MAX_BODY:
            yield group
            group, size = [], 0
        group.append(change)
        size += len(change)
    if group:
        yield group


def _raise(items: Iterable[Mapping[str, Mapping[str, Any]]]) -> None:
    """Raise the error of the first change that failed."""
    for result in (result for item in items for result in item.values()):
        if "error" not in result:
            continue
        status, kind = result["status"], result["error"]["type"]
        if kind == _GONE:
            raise Gone
        logger.error("The search cluster refused a document", id=result["_id"], status=status, kind=kind)
        if status in _BUSY:
            raise Unavailable("The search cluster is busy. Please try again.")
        raise SoukError("The search cluster refused a document.")
