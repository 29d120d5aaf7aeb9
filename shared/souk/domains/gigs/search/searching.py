"""A search from its arguments to its page: one question to the index, and two batches of what it found."""

from collections.abc import Iterable
from typing import Any, Final

from souk.domains.gigs.inputs import GigsFilter
from souk.domains.gigs.model import Gig, Status
from souk.domains.gigs.search import index
from souk.domains.gigs.store import GIGS, NUMBERS
from souk.graph import Context
from souk.graph.lists import Pagination, page_size
from souk.search import RELEVANCE, And, AnyOf, Or, Query, Range, Search, Sort
from souk.search.lucene import parse
from souk.values.errors import Unprocessable
from souk.values.money import of_major

DEFAULT_PAGE: Final = 20
_MAX_VALUES: Final = 200
_MAX_VALUE: Final = 200
"""Characters."""


def search(ctx: Context, wanted: GigsFilter, page: Pagination | None) -> dict[str, Any]:
    """Return a GigConnection: by relevance where words are sought, else the newest first."""
    query = And(tuple(_clauses(wanted)))
    by_words = bool(wanted.search_expression_eq and wanted.search_expression_eq.strip())
    order = (Sort(RELEVANCE), Sort("published")) if by_words else (Sort("published"),)
    first = page_size(page.first) if page else DEFAULT_PAGE
    bound_to = ["gigs", wanted.model_dump(by_alias=True, exclude_none=True), ctx.principal.organization_id]
    offset = ctx.cursors.decode(bound_to, page.after if page else None) or 0
    found = index.reader().search(Search(query, order, offset=offset, limit=first))
    gigs = _load(ctx, found.ids)
    end = offset + len(found.hits)
    return {
        "totalCount": found.total,
        "edges": [
            {"cursor": ctx.cursors.encode(bound_to, position), "node": gigs[number]}
            for position, number in enumerate(found.ids, offset + 1)
            if number in gigs  # otherwise it was hidden since it was indexed
        ],
        "pageInfo": {
            "endCursor": ctx.cursors.encode(bound_to, end) if found.hits else None,
            "hasNextPage": end < found.total,
        },
    }


def _clauses(wanted: GigsFilter) -> Iterable[Query]:
    """Yield the conditions of a filter; an empty list, a range without ends and a blank text ask for nothing."""
    if wanted.search_expression_eq is not None:
        yield parse(wanted.search_expression_eq, index.INDEX)
    if categories := wanted.category_ids_any:
        if len(categories) > _MAX_VALUES or any(len(one) > _MAX_VALUE for one in categories):
            raise Unprocessable(f"filter.categoryIds_any: at most {_MAX_VALUES} ids of {_MAX_VALUE} characters.")
        yield AnyOf("categories", categories)
    if (asked := wanted.price_range_eq) and (asked.range_start, asked.range_end) != (None, None):
        lower, upper = (None if end is None else of_major(end) for end in (asked.range_start, asked.range_end))
        yield Or(tuple(Range(price, lower, upper) for price in index.PRICES))
    if wanted.max_delivery_time_eq is not None:
        yield Range("delivery", upper=wanted.max_delivery_time_eq)
    if wanted.owner_id_eq is not None:
        yield AnyOf("owner", (wanted.owner_id_eq,))


def _load(ctx: Context, numbers: list[str]) -> dict[str, Gig]:
    """Return the gigs of these numbers, those that are still published: two round trips for any page."""
    known = [one for one in ctx.load_many(NUMBERS, numbers) if one]
    gigs = ctx.load_many(GIGS, [one.gig_id for one in known])
    return {gig.number: gig for gig in gigs if gig and gig.status is Status.PUBLISHED}
