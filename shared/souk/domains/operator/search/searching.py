"""Searching people and organizations: one query to the index, and one batch read of the results.

An operator's words have no syntax: each has to begin a word of the record. Addresses and ids have signs that mean
something in the search language of other lists.
"""

from collections.abc import Iterable

from souk.domains.identity.store import ORGANIZATIONS, USERS
from souk.domains.operator.inputs import OrganizationFilter, UserFilter
from souk.domains.operator.search import organizations, people
from souk.domains.operator.search.items import milliseconds
from souk.domains.operator.views import ListedPerson
from souk.graph import Context
from souk.graph.lists import Connection, DateTimeRange, Pagination
from souk.graph.searches import FoundPage, find_page
from souk.search import RELEVANCE, And, AnyOf, Not, Or, Phrase, Prefix, Query, Range, Search, SearchReader, Sort
from souk.search import text as words


def find_people(ctx: Context, criteria: UserFilter, page: Pagination | None) -> Connection:
    """Return an OperatorUserConnection: by relevance for a search with words, otherwise newest first."""
    found = _find(ctx, people.reader(), criteria, [*conditions_of_people(criteria)], page)
    users = [user for user in ctx.load_many(USERS, list(found.ids)) if user]
    return found.connection({one.id: one for one in ListedPerson.all(ctx, users)})


def find_organizations(ctx: Context, criteria: OrganizationFilter, page: Pagination | None) -> Connection:
    """Return an OperatorOrganizationConnection, in the same order."""
    found = _find(ctx, organizations.reader(), criteria, [*conditions_of_organizations(criteria)], page)
    loaded = ctx.load_many(ORGANIZATIONS, list(found.ids))
    return found.connection({one.id: one for one in loaded if one})


def conditions_of_people(criteria: UserFilter) -> Iterable[Query]:
    """Yield the conditions of a search for people."""
    yield from _words(people.WORDS, criteria.search_expression_eq)
    if criteria.state_eq is not None:
        yield AnyOf("state", (criteria.state_eq,))
    if criteria.organization_id_eq is not None:
        yield AnyOf("organizations", (criteria.organization_id_eq,))
    yield from _flag(people.OPERATOR, criteria.operator_eq)
    yield from _period(criteria.created_date_time_bt)


def conditions_of_organizations(criteria: OrganizationFilter) -> Iterable[Query]:
    """Yield the conditions of a search for organizations."""
    yield from _words(organizations.WORDS, criteria.search_expression_eq)
    if criteria.state_eq is not None:
        yield AnyOf("state", (criteria.state_eq,))
    if criteria.side_eq is not None:
        yield AnyOf("side", (criteria.side_eq,))
    yield from _flag(organizations.ENTERPRISE, criteria.enterprise_eq)
    yield from _flag(organizations.PAYMENT_VERIFIED, criteria.payment_verified_eq)
    yield from _period(criteria.created_date_time_bt)


def _find(
    ctx: Context,
    reader: SearchReader,
    criteria: UserFilter | OrganizationFilter,
    conditions: list[Query],
    page: Pagination | None,
) -> FoundPage:
    by_words = bool(criteria.search_expression_eq and criteria.search_expression_eq.strip())
    order = (Sort(RELEVANCE), Sort("created")) if by_words else (Sort("created"),)
    given = criteria.model_dump(mode="json", by_alias=True, exclude_none=True)
    bound_to = [reader.schema.name, given, ctx.principal.organization_id]
    return find_page(ctx.cursors, bound_to, reader, Search(And(tuple(conditions)), order), page)


def _words(fields: tuple[str, ...], expression: str | None) -> Iterable[Query]:
    """Yield the conditions of an expression: each piece of it, whole or as the beginning of a word.

    Records with the whole piece match twice, so they come first. The words of a piece such as an address follow each
    other, but for the last one, which may be the beginning of any word.
    """
    if expression is None or not expression.strip():
        return
    pieces = words.units(expression)
    if not pieces:
        yield Or(())  # signs alone find nothing
    for piece in pieces:
        *first, last = piece
        beginning: Query = Prefix(fields, last)
        if first:
            beginning = And((Phrase(fields, " ".join(first)), beginning))
        yield Or((Phrase(fields, " ".join(piece)), beginning))


def _flag(name: str, wanted: bool | None) -> Iterable[Query]:
    if wanted is not None:
        has = AnyOf("flags", (name,))
        yield has if wanted else Not(has)


def _period(given: DateTimeRange | None) -> Iterable[Query]:
    if given is None:
        return
    period = given.period("filter.createdDateTime_bt")
    first, last = (milliseconds(end) if end else None for end in (period.first, period.last))
    if first is not None or last is not None:
        yield Range("created", first, last)
