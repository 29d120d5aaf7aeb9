"""Searching people and organizations: two queries to the index at most, and one batch read of the results."""

from collections.abc import Iterable

from souk.authentication.standing import STANDINGS, company_key, person_key
from souk.domains.identity.store import ORGANIZATIONS, USERS
from souk.domains.operator.inputs import OrganizationFilter, UserFilter
from souk.domains.operator.search import organizations, people
from souk.domains.operator.search.items import milliseconds
from souk.domains.operator.search.words import Expression, WholeWordsFirst
from souk.domains.operator.views import ListedPerson
from souk.graph import Context
from souk.graph.lists import Connection, DateTimeRange, Pagination
from souk.graph.searches import FoundPage, find_page
from souk.search import And, AnyOf, Not, Query, Range, Search, SearchReader, Sort


def find_people(ctx: Context, criteria: UserFilter, page: Pagination | None) -> Connection:
    """Return an OperatorUserConnection, newest first; of a search for words, those with the whole words first."""
    found = _find(ctx, *search_for_people(people.reader(), criteria), criteria, page)
    keys = [USERS.key(id_) for id_ in found.ids]
    ctx.fetch(dict.fromkeys(keys, USERS) | dict.fromkeys(map(person_key, found.ids), STANDINGS))
    users = [user for key in keys if (user := ctx.entities[key])]
    return found.connection({one.id: one for one in ListedPerson.all(ctx, users)})


def find_organizations(ctx: Context, criteria: OrganizationFilter, page: Pagination | None) -> Connection:
    """Return an OperatorOrganizationConnection, in the same order."""
    found = _find(ctx, *search_for_organizations(organizations.reader(), criteria), criteria, page)
    keys = [ORGANIZATIONS.key(id_) for id_ in found.ids]
    ctx.fetch(dict.fromkeys(keys, ORGANIZATIONS) | dict.fromkeys(map(company_key, found.ids), STANDINGS))
    return found.connection({one.id: one for key in keys if (one := ctx.entities[key])})


def search_for_people(index: SearchReader, criteria: UserFilter) -> tuple[SearchReader, Search]:
    """Return a search for people, and the reader that runs it."""
    conditions = [
        *_value("state", criteria.state_eq),
        *_value("organizations", criteria.organization_id_eq),
        *_flag(people.OPERATOR, criteria.operator_eq),
        *_period(criteria.created_date_time_bt),
    ]
    return _search(index, people.WORDS, criteria.search_expression_eq, conditions)


def search_for_organizations(index: SearchReader, criteria: OrganizationFilter) -> tuple[SearchReader, Search]:
    """Return a search for organizations, and the reader that runs it."""
    conditions = [
        *_value("state", criteria.state_eq),
        *_value("side", criteria.side_eq),
        *_flag(organizations.ENTERPRISE, criteria.enterprise_eq),
        *_flag(organizations.PAYMENT_VERIFIED, criteria.payment_verified_eq),
        *_period(criteria.created_date_time_bt),
    ]
    return _search(index, organizations.WORDS, criteria.search_expression_eq, conditions)


def _find(
    ctx: Context,
    index: SearchReader,
    search: Search,
    criteria: UserFilter | OrganizationFilter,
    page: Pagination | None,
) -> FoundPage:
    given = criteria.model_dump(mode="json", by_alias=True, exclude_none=True)
    bound_to = [index.schema.name, given, ctx.principal.organization_id]
    return find_page(ctx.cursors, bound_to, index, search, page)


def _search(
    index: SearchReader, fields: tuple[str, ...], text: str | None, conditions: list[Query]
) -> tuple[SearchReader, Search]:
    order = (Sort("created"),)
    if text is None or not text.strip():
        return index, Search(And(tuple(conditions)), order)
    expression = Expression(fields, text)
    return WholeWordsFirst(index, expression.whole), Search(And((expression.begun, *conditions)), order)


def _value(field: str, wanted: str | None) -> Iterable[Query]:
    if wanted is not None:
        yield AnyOf(field, (wanted,))


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
