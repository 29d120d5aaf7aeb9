"""Searching one commit of a tantivy index: counting, ordering, slicing. Part of the tantivy adapter.

The engine sorts by one column or by score, and leaves equal results in the order of its files. The port promises a
total order, so this module sorts equal results. It fetches only the results that a slice needs.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, TypeAlias, cast

import tantivy
from tantivy import Order

from souk.search.port import Hit, Page
from souk.search.query import (
    ID,
    RELEVANCE,
    All,
    And,
    AnyOf,
    Boost,
    Exists,
    Near,
    Not,
    Query,
    Range,
    Search,
    Sort,
    has_words,
)
from souk.search.schema import IndexSchema
from souk.search.tantivy_groups import FEW_BOOSTS, by_boosts, by_distance
from souk.search.tantivy_plan import Planner
from souk.search.tantivy_query import Compiler

FINGERPRINT = "_fingerprint"
"""The column of the documents' fingerprints."""

_EXTRA_RESULTS = 64
"""Results to fetch beyond a slice, because they may be equal to its last one."""

_Hit: TypeAlias = tuple[float | None, tantivy.DocAddress]
"""The score or the value of the first sort key, and the address of the document."""


class View:
    """The index at one commit. A search uses the same view from beginning to end."""

    def __init__(self, schema: IndexSchema, native: tantivy.Schema, searcher: tantivy.Searcher) -> None:
        self._searcher = searcher
        self._planner = Planner(searcher)
        self._compiler = Compiler(schema, native, searcher)

    def search(self, search: Search) -> Page:
        """Return the requested slice and the number of all results."""
        window = min(search.offset + search.limit, self._searcher.num_docs)
        if search.limit == 0 or search.offset >= window:
            return Page(self._count(search.where), ())
        first, order = (search.order or (Sort(ID),))[0], _columns(search.order)
        by_score = isinstance(first, Sort) and first.field == RELEVANCE
        if by_score and (has_words(search.where) or len(search.boosts) > FEW_BOOSTS):
            return self._by_relevance(search, order, window)
        if isinstance(first, Near):
            distances = self._compiler.distances(first)
            groups = by_distance(search.where, first, distances, self._count)
            total, addresses = self._by_groups(search.where, groups, order, window)
        elif by_score and search.boosts:
            groups = by_boosts(search.where, search.boosts)
            total, addresses = self._by_groups(search.where, groups, order, window)
        else:
            total, addresses = self._by_columns(search.where, order, window)
        ids = self._column(ID, addresses[search.offset :])
        return Page(total, tuple(Hit(str(number)) for number in ids))

    def fingerprints(self, ids: Collection[str] | None) -> dict[str, int]:
        """Return the id and the fingerprint of every document, or of those with these ids."""
        if not self._searcher.num_docs:
            return {}
        _, hits = self._fetch(All() if ids is None else AnyOf(ID, tuple(ids)), self._searcher.num_docs)
        addresses = [address for _, address in hits]
        columns = zip(self._column(ID, addresses), self._column(FINGERPRINT, addresses), strict=True)
        return {str(id_): cast("int", fingerprint) for id_, fingerprint in columns}

    def _count(self, where: Query) -> int:
        return self._fetch(where, 1)[0]

    def _fetch(
        self, where: Query, limit: int, sort: Sort | None = None, boosts: Sequence[Boost] = ()
    ) -> tuple[int, list[_Hit]]:
        """Return the number of results and the first of them. Without a sort key, they are sorted by score."""
        query = self._compiler.compile(self._planner.plan(where), boosts)
        if sort is None:
            result = self._searcher.search(query, limit)
        else:
            order = Order.Desc if sort.descending else Order.Asc
            result = self._searcher.search(query, limit, order_by_field=sort.field, order=order)
        return cast("Any", result).count, result.hits

    def _by_columns(self, where: Query, order: Sequence[Sort], window: int) -> tuple[int, list[tantivy.DocAddress]]:
        """Return the number of results and the addresses of the first `window` of them, in order.

        If more results share the last value of the window than the engine returned, they are fetched again, in the
        order of the remaining keys.
        """
        first, rest = order[0], order[1:] or (Sort(ID),)
        if first.field == ID:
            total, hits = self._fetch(where, window, first)
            return total, [address for _, address in hits]
        limit = window + _EXTRA_RESULTS
        total, hits = self._fetch(where, limit, first)
        if total <= limit or hits[window - 1][0] != hits[-1][0]:
            return total, [address for _, address in self._ranked(hits, order)[:window]]
        shared = hits[-1][0]
        before = self._ranked([hit for hit in hits if hit[0] != shared], order)
        equal = Not(Exists(first.field)) if shared is None else Range(first.field, shared, shared)
        _, equals = self._by_columns(And((where, equal)), rest, window - len(before))
        return total, [address for _, address in before] + equals

    def _by_groups(
        self, where: Query, groups: Iterable[Query], order: Sequence[Sort], window: int
    ) -> tuple[int, list[tantivy.DocAddress]]:
        """Return the number of results and the addresses of the first `window` of them, group after group."""
        addresses: list[tantivy.DocAddress] = []
        total = self._count(where)
        for group in groups:
            addresses += self._by_columns(group, order, window - len(addresses))[1]
            if len(addresses) == min(window, total):
                break
        return total, addresses

    def _by_relevance(self, search: Search, order: Sequence[Sort], window: int) -> Page:
        """Return a slice of the results, best first. Fetches more as long as the slice may end among equal scores.

        The engine scores every result, because it counts them. So the scores do not depend on the limit.
        """
        limit = window + _EXTRA_RESULTS
        total, hits = self._fetch(search.where, limit, boosts=search.boosts)
        while total > limit and hits[window - 1][0] == hits[-1][0]:
            limit = min(limit * 4, total)
            total, hits = self._fetch(search.where, limit, boosts=search.boosts)
        ranked = self._ranked(hits, (Sort(RELEVANCE), *order))[search.offset : window]
        ids = self._column(ID, [address for _, address in ranked])
        return Page(total, tuple(Hit(str(id_), score) for id_, (score, _) in zip(ids, ranked, strict=True)))

    def _ranked(self, hits: list[_Hit], order: Sequence[Sort]) -> list[_Hit]:
        """Return the hits in order. The value of a hit is the value of the first sort key."""
        addresses = [address for _, address in hits]
        columns = [[value for value, _ in hits], *(self._column(sort.field, addresses) for sort in order[1:])]
        signs = [-1 if sort.descending or sort.field == RELEVANCE else 1 for sort in order]
        if ID not in {sort.field for sort in order}:
            columns.append(self._column(ID, addresses))
            signs.append(-1)

        def key(position: int) -> list[tuple[bool, float]]:
            values = (column[position] for column in columns)
            return [
                (True, 0) if value is None else (False, sign * value) for sign, value in zip(signs, values, strict=True)
            ]

        return [hits[position] for position in sorted(range(len(hits)), key=key)]

    def _column(self, field: str, addresses: list[tantivy.DocAddress]) -> list[float | None]:
        return self._searcher.fast_field_values(field, addresses)


def _columns(order: Sequence[Sort | Near]) -> tuple[Sort, ...]:
    """Return the keys of an order that are columns: all, but for relevance and distance."""
    return tuple(key for key in order if isinstance(key, Sort) and key.field != RELEVANCE) or (Sort(ID),)
