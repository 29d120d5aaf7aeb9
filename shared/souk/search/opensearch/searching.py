"""Searching one index of a cluster: pages of any depth, exact totals, and fingerprints."""

from collections.abc import Collection, Iterator
from typing import Any

from souk.search.opensearch.client import Client, Missing
from souk.search.opensearch.compiler import Compiler
from souk.search.opensearch.mapping import FINGERPRINT
from souk.search.port import Hit, Page
from souk.search.query import ID, RELEVANCE, All, AnyOf, Search, Sort
from souk.search.schema import IndexSchema

_WINDOW = 10_000
"""The results that one request can pass over and return (`index.max_result_window`)."""

_PARTS = "hits.total.value,hits.hits._id,hits.hits.sort,hits.hits.fields"
"""The parts of an answer that are used."""


class Searcher:
    """Searches an index, or an alias, that has exactly the fields of a schema. One that does not exist is empty."""

    def __init__(self, client: Client, schema: IndexSchema, target: str) -> None:
        self._client = client
        self._compiler = Compiler(schema)
        self._path = f"/{target}/_search"

    def search(self, search: Search) -> Page:
        """Return the requested slice and the number of all results."""
        first = search.order[0] if search.order else None
        by_score = isinstance(first, Sort) and first.field == RELEVANCE
        body = {
            "query": self._compiler.query(search.where, search.boosts if by_score else ()),
            "sort": self._compiler.order(search.order),
        }
        total, hits = self._slice(body, search.offset, search.limit)
        return Page(total, tuple(Hit(hit["_id"], hit["sort"][0] if by_score else None) for hit in hits))

    def fingerprints(self, ids: Collection[str] | None) -> dict[str, int]:
        """Return the id and the fingerprint of every document, or of those with these ids."""
        body = {
            "query": self._compiler.query(All() if ids is None else AnyOf(ID, tuple(ids))),
            "sort": self._compiler.order((Sort(ID, descending=False),)),
            "docvalue_fields": [FINGERPRINT],
        }
        return {hit["_id"]: hit["fields"][FINGERPRINT][0] for hits in self._walk(body) for hit in hits}

    def _slice(self, body: dict[str, Any], offset: int, limit: int) -> tuple[int, list[Any]]:
        if offset + limit <= _WINDOW:
            return self._post({**body, "from": offset, "size": limit, "track_total_hits": True})
        total, _ = self._post({**body, "size": 0, "track_total_hits": True})
        end = min(offset + limit, total)
        found: list[Any] = []
        if offset < end:
            for hits in self._walk(body):
                found += hits
                if len(found) >= end:
                    break
        return total, found[offset:end]

    def _walk(self, body: dict[str, Any]) -> Iterator[list[Any]]:
        """Yield all results, window after window. Each begins behind the last result of the one before."""
        behind: dict[str, Any] = {}
        while True:
            _, hits = self._post({**body, **behind, "size": _WINDOW, "track_total_hits": False})
            yield hits
            if len(hits) < _WINDOW:
                return
            behind = {"search_after": hits[-1]["sort"]}

    def _post(self, body: dict[str, Any]) -> tuple[int, list[Any]]:
        """Return the number of results, if it is asked for, and the results."""
        try:
            answer = self._client.call("POST", self._path, body, filter_path=_PARTS).get("hits", {})
        except Missing:
            return 0, []
        return answer.get("total", {}).get("value", 0), answer.get("hits", [])
