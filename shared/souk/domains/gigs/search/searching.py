"""Searching gigs: one query to the index, and batch reads of the results and of their owners."""

from collections.abc import Iterable
from typing import Final

from souk.domains.gigs.inputs import GigsFilter
from souk.domains.gigs.model import Gig
from souk.domains.gigs.search import index
from souk.domains.gigs.store import GIGS, NUMBERS
from souk.domains.identity.commands.absence import absent
from souk.graph import Context
from souk.graph.lists import Connection, Pagination
from souk.graph.searches import find_page
from souk.search import RELEVANCE, And, AnyOf, Or, Query, Range, Search, Sort
from souk.search.lucene import parse
from souk.values.errors import Unprocessable
from souk.values.money import of_major

_MAX_VALUES: Final = 200
_MAX_VALUE: Final = 200
"""The limit of a value, in characters."""


def search(ctx: Context, criteria: GigsFilter, page: Pagination | None) -> Connection:
    """Return a GigConnection, by relevance for a search with words, otherwise newest first."""
    query = And(tuple(_clauses(criteria)))
    by_words = bool(criteria.search_expression_eq and criteria.search_expression_eq.strip())
    order = (Sort(RELEVANCE), Sort("published")) if by_words else (Sort("published"),)
    bound_to = ["gigs", criteria.model_dump(by_alias=True, exclude_none=True), ctx.principal.organization_id]
    found = find_page(ctx.cursors, bound_to, index.reader(), Search(query, order), page)
    return found.connection(_load(ctx, list(found.ids)))


def _clauses(criteria: GigsFilter) -> Iterable[Query]:
    """Yield the conditions of a filter. An empty list, a range without ends and a blank text add no condition."""
    if criteria.search_expression_eq is not None:
        yield parse(criteria.search_expression_eq, index.INDEX)
    if categories := criteria.category_ids_any:
        if len(categories) > _MAX_VALUES or any(len(one) > _MAX_VALUE for one in categories):
            raise Unprocessable(
                f"filter.categoryIds_any: at most {_MAX_VALUES} ids, each of at most {_MAX_VALUE} characters."
            )
        yield AnyOf("categories", categories)
    if (prices := criteria.price_range_eq) and (prices.range_start, prices.range_end) != (None, None):
        lower, upper = (None if end is None else of_major(end) for end in (prices.range_start, prices.range_end))
        yield Or(tuple(Range(price, lower, upper) for price in index.PRICES))
    if criteria.max_delivery_time_eq is not None:
        yield Range("delivery", upper=criteria.max_delivery_time_eq)
    if criteria.owner_id_eq is not None:
        yield AnyOf("owner", (criteria.owner_id_eq,))


def _load(ctx: Context, numbers: list[str]) -> dict[str, Gig]:
    """Return the published gigs with these numbers, by number, without those of suspended people."""
    entries = [one for one in ctx.load_many(NUMBERS, numbers) if one]
    gigs = ctx.load_many(GIGS, [one.gig_id for one in entries])
    public = [gig for gig in gigs if gig and gig.public]
    gone = absent(ctx, [gig.owner_id for gig in public])
    return {gig.number: gig for gig in public if gig.owner_id not in gone}
