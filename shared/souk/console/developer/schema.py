"""The schema: the page `/developer/schema`, and the files `/schema.graphql` and `/schema.json`. All are public."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Final

import orjson
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLSchema,
    introspection_from_schema,
    print_schema,
)

import souk
from souk.authentication.tokens import digest
from souk.console.developer.releases import latest
from souk.console.site import Site, Visit
from souk.web import Request, Response, Route
from souk.web.translations import Text

_HEADERS: Final = (("Cache-Control", "public, max-age=300"), ("Access-Control-Allow-Origin", "*"))


@dataclass(frozen=True)
class Served:
    """The served schema in its forms. They are made when they are first asked for, which takes a second."""

    schema: GraphQLSchema

    @cached_property
    def sdl(self) -> str:
        """The schema as SDL, with descriptions: what `souk schema` prints."""
        return print_schema(self.schema) + "\n"

    @cached_property
    def introspection(self) -> str:
        """The result of the introspection query, as JSON."""
        return orjson.dumps({"data": introspection_from_schema(self.schema)}).decode()

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many queries, mutations, types, inputs and enums there are."""
        types = [one for name, one in self.schema.type_map.items() if not name.startswith("__")]
        query, mutation = self.schema.query_type, self.schema.mutation_type
        return {
            Text("queries"): len(query.fields) if query else 0,
            Text("mutations"): len(mutation.fields) if mutation else 0,
            Text("object types"): sum(isinstance(one, GraphQLObjectType) for one in types) - 2,
            Text("inputs"): sum(isinstance(one, GraphQLInputObjectType) for one in types),
            Text("enums"): sum(isinstance(one, GraphQLEnumType) for one in types),
        }


@cache
def _served(schema: GraphQLSchema) -> Served:
    return Served(schema)


def show_schema(visit: Visit) -> Response:
    """GET: show what the schema has, and where to get it."""
    releases = latest(visit.site.files)
    return visit.render(
        "developer/schema.html",
        version=souk.VERSION,
        date=next((one.date for one in releases if one.version == souk.VERSION), None),
        counts=_served(visit.site.graph.schema).counts,
        releases=releases,
    )


def _file(content: Callable[[Served], str], media_type: str) -> Callable[[Site], Callable[[Request], Response]]:
    """Return a route's handler, which sends a form of the schema to scripts of any origin (RFC 9110, section 8.8.3)."""

    def handler_of(site: Site) -> Callable[[Request], Response]:
        def handler(http: Request) -> Response:
            text = content(_served(site.graph.schema))
            tag = f'"{digest(text)[:32]}"'
            headers = (("Content-Type", media_type), ("ETag", tag), *_HEADERS)
            known = {one.strip().removeprefix("W/") for one in http.headers.get("if-none-match", "").split(",")}
            return Response(304, "", headers) if known & {tag, "*"} else Response(200, text, headers)

        return handler

    return handler_of


FILES: Final[tuple[Route[Site], ...]] = (
    Route("GET", "/schema.graphql", _file(lambda one: one.sdl, "text/plain; charset=utf-8"), any_origin=True),
    Route("GET", "/schema.json", _file(lambda one: one.introspection, "application/json"), any_origin=True),
)
