"""A page of 50 search results with some 100 fields each, in Souk and in graphql-js on the same schema and data.

The results are those of a real search, on moto. Only the execution is measured: the page is read, its links are in
memory, and its answer becomes JSON.
"""

import json
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, cast

import boto3
import orjson
import pytest
from graphql import ExecutionResult, GraphQLSchema, build_schema, execute, parse, print_ast
from moto import mock_aws

from souk.app import graph
from souk.domains.identity.store import create_user
from souk.domains.jobs.search import execution, index
from souk.domains.talent.search import execution as people
from souk.domains.talent.search import index as people_index
from souk.graph.assembly import assemble
from souk.graph.context import Context
from souk.graph.executor import PageExecutor
from souk.graph.resolvers import default_resolver
from souk.runtime.log import logger
from souk.storage import Table
from tests.bench.measure import call_seconds
from tests.bench.overhead import graphql_js
from tests.domains.identity.people import user
from tests.domains.talent.search_world import PROFILES_OF, SearchWorld
from tests.domains.talent.world import AGENCY, MIA
from tests.support import table as table_shape
from tests.support.api import Souk
from tests.support.clock import CLOCK
from tests.support.fast_moto import answer_directly, make_moto_fast
from tests.support.selections import everything
from tests.support.worlds.jobs import JobsWorld, hourly, skill_id

RESULTS = 50
ROOT, FREELANCERS = "marketplaceJobPostingsSearch", "freelancerProfileSearchRecords"
SKILLS = ("django", "flask", "fastapi")
_RECORD = """{ id title description shortName ciphertext portrait lastActiveDateTime totalHourlyJobs totalHours
  totalFixedPriceJobs skills { id prettyName preferredLabel } hourlyRate { rawValue currency displayValue }
  topRatedStatus avgFeedbackScore hideEarnings location { country city state } jobSuccessScore
  availability { id name capacity } freelancerProfile { firstName lastName fullName countryDetails { name }
    personalData { title description chargeRate { rawValue } profileState } certificates { name }
    skills { edges { node { id prettyName } } } languages { edges { node { id } } }
    employmentRecords { companyName jobTitle startDate } educationRecords { institutionName } } }"""
OCCUPATIONS = "{ category { id prefLabel } subCategories { id prefLabel } occupationService { id prefLabel } }"


class Page(NamedTuple):
    """A query with its data: `execute` runs it here, and `answer` is the response."""

    name: str
    sdl: str
    query: str
    execute: Callable[[], ExecutionResult]
    answer: dict[str, Any]

    @property
    def fields(self) -> int:
        """The number of fields in the answer."""
        return _count(self.answer)


def ratios() -> dict[str, float]:
    """Return the ratio of our CPU time to the execution of graphql-js, by page, with the number of fields."""
    found = {}
    for page in (flat(), search_results(), found_freelancers()):
        [ours] = call_seconds(lambda page=page: orjson.dumps(page.execute().data), times=10)  # type: ignore[misc]
        theirs = graphql_js(page.sdl, {page.name: {"query": page.query, "data": page.answer}}, times=100)
        found[f"{page.name}, {page.fields:,} fields / graphql-js execute only"] = (
            ours / theirs[page.name]["execute only"]
        )
    return found


def flat() -> Page:
    """Return a page of 50 objects of 100 strings."""
    names = [f"field{number}" for number in range(100)]
    sdl = f"type Query {{ items: [Item!]! }} type Item {{ {' '.join(f'{name}: String' for name in names)} }}"
    query = f"{{ items {{ {' '.join(names)} }} }}"
    data = {"items": [{name: f"{name} of {row}" for name in names} for row in range(RESULTS)]}
    return _page("a flat page of 50 x 100 strings", sdl, build_schema(sdl), query, root=data, context=None)


def search_results() -> Page:
    """Return a page of 50 search results."""
    schema = graph().schema
    node = everything(schema, "MarketplaceJobPostingSearchResult", 1)
    node = node.replace("occupations { __typename }", f"occupations {OCCUPATIONS}")
    node = node.replace(" client {", " client { location { city country timezone state offsetToUTC } ")
    page = f"(marketPlaceJobFilter: {{pagination_eq: {{first: {RESULTS}}}}})"
    query = f"{{ {ROOT}{page} {{ totalCount edges {{ cursor node {node} }} pageInfo {{ hasNextPage }} }} }}"
    context, found = _search(query)
    schema.query_type.fields[ROOT].resolve = lambda _source, _info, **_: found  # type: ignore[union-attr]
    sdl = print_ast(assemble().document)
    return _page("a page of 50 search results", sdl, schema, query, root=None, context=context)


def found_freelancers() -> Page:
    """Return a page of 50 freelancers who were found, with their profiles nested in the records."""
    schema = graph().schema
    page = f"(searchFilter: {{userType: Freelancer}}, pagination: {{first: {RESULTS}}})"
    node = f"{{ __typename ... on FreelancerProfilesSearchRecord {_RECORD} }}"  # by which graphql-js finds the type
    query = f"{{ {FREELANCERS}{page} {{ totalCount edges {{ cursor node {node} }} pageInfo {{ hasNextPage }} }} }}"
    context, found = _search_people(query)
    schema.query_type.fields[FREELANCERS].resolve = lambda _source, _info, **_: found  # type: ignore[union-attr]
    sdl = print_ast(assemble().document)
    return _page("a page of 50 freelancers with profiles", sdl, schema, query, root=None, context=context)


def _page(name: str, sdl: str, schema: GraphQLSchema, query: str, *, root: Any, context: Any) -> Page:
    document = parse(query)

    def run() -> ExecutionResult:
        result = execute(
            schema,
            document,
            root_value=root,
            context_value=context,
            executor_class=PageExecutor,
            field_resolver=default_resolver,
            type_resolver=lambda value, *_: cast("str", value.graphql_type),
            is_awaitable=lambda _: False,  # type: ignore[arg-type] # as in souk.graph.execution
        )
        return cast("ExecutionResult", result)

    answer = run()
    if answer.errors or answer.data is None:
        raise LookupError(answer.errors)
    return Page(name, sdl, query, run, json.loads(orjson.dumps(answer.data)))


def _search(query: str) -> tuple[Context, Any]:
    """Post jobs and search them. Returns the context of the request, with all that it read, and the page found."""
    kept: list[Any] = []

    def keep(ctx: Context, *given: Any) -> Any:
        kept[:] = [ctx, search(ctx, *given)]
        return kept[1]

    parent = skill_id("back-end-frameworks")
    skills = [{"parentSkillId": parent, "skillId": skill_id(slug)} for slug in SKILLS]
    with _marketplace() as (souk, patch):
        world = JobsWorld(souk)
        for number in range(RESULTS):
            info: dict[str, Any] = {"jobPostingInfo": hourly(title=f"Work {number}")} if number % 2 else {}
            world.post(world.omar if number % 3 else world.olivia, sandsJobPost={"skills": skills}, **info)
        world.refresh()
        search = execution.search
        patch.setattr(index, "reader", lambda: world.index)
        patch.setattr(execution, "search", keep)
        answer = world.sofia.call(query)
        if "errors" in answer.json or len(answer.data[ROOT]["edges"]) != RESULTS:
            raise LookupError(answer.json)
    return kept[0], kept[1]


def _search_people(query: str) -> tuple[Context, Any]:
    """Write profiles and search them. Returns the same as `_search`."""
    kept: list[Any] = []

    def keep(ctx: Context, *given: Any) -> Any:
        kept[:] = [ctx, search(ctx, *given)]
        return kept[1]

    with _marketplace() as (souk, patch):
        world = SearchWorld(souk)
        written = dict(PROFILES_OF[MIA][1])
        for number in range(1_000, 1_000 + RESULTS - 4):  # four others are there
            tx = world.table.transaction()
            create_user(
                tx, user(str(number), "Ann", f"Lee{number}", AGENCY, email=f"{number}@x.test", nickname=str(number))
            )
            tx.commit()
            world.write(str(number), **written)
        world.rebuild()
        search = people.search
        patch.setattr(people_index, "reader", lambda: world.index)
        patch.setattr(people, "search", keep)
        answer = world.omar.call(query)
        if "errors" in answer.json or len(answer.data[FREELANCERS]["edges"]) != RESULTS:
            raise LookupError(answer.json)
    return kept[0], kept[1]


@contextmanager
def _marketplace() -> Iterator[tuple[Souk, pytest.MonkeyPatch]]:
    """Yield the API on moto, without the log of the requests that fill it: they are not what is measured."""
    logger.setLevel(logging.WARNING)
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setitem(os.environ, name, "bench")
        client = boto3.client("dynamodb", region_name="us-east-1")
        answer_directly(client)
        make_moto_fast(patch)
        table_shape.create(client, "bench")
        yield Souk.whole(Table(client, "bench", CLOCK, writes=("",))), patch


def _count(value: Any) -> int:
    if isinstance(value, dict):
        return len(value) + sum(_count(each) for each in value.values())
    return sum(_count(each) for each in value) if isinstance(value, list) else 0
