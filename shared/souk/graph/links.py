"""Following links: what a query selects is fetched a level at a time, before it is executed.

When a root field or a connection has its answer, the layer looks at the selection below it, collects the targets of
every link on the first level, fetches them in one batch, and goes on from them to the next level. The executor then
finds everything in memory. So the number of round trips is the number of levels of links in the query.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLUnionType,
    SelectionSetNode,
    get_named_type,
)
from graphql.execution.values import get_argument_values

from souk.graph.context import Context
from souk.graph.domain import Link
from souk.graph.selection import Selection
from souk.storage import Key
from souk.values.errors import SoukError


class LinkedSchema(Protocol):
    """What following links needs of the schema (`souk.graph.binder.Graph`)."""

    @property
    def links(self) -> Mapping[str, Link]:
        """The links, by coordinate."""

    def object_type(self, name: str) -> GraphQLObjectType:
        """Return an object type by its name."""

    def projection(self, coordinate: str) -> Callable[..., Any]:
        """Return the function that reads a field from its source: `(source, ctx, **arguments)`."""

    def leads_to_links(self, coordinate: str) -> bool:
        """Return whether there are links below a field, in the parts of its value that need no storage."""


class _Level(NamedTuple):
    """Sources of one concrete type, and what is selected of them."""

    type: GraphQLObjectType
    sources: Sequence[Any]
    selections: Sequence[SelectionSetNode]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Links of one field, from all of its sources, and what is selected of their targets."""

    link: Link
    targets: Sequence[tuple[Any, Key]]
    """Keys with their sources: with one of them where what is shown depends on the target alone."""
    selections: Sequence[SelectionSetNode]
    stand_ins: Sequence[Any]
    """What stands in the place of targets."""


def keys_of(link: Link, source: Any) -> list[Key]:
    """Return the keys of what a link leads to from a source."""
    reference = getattr(source, link.by) if isinstance(link.by, str) else link.by(source)
    if reference is None:
        return []
    references = reference if isinstance(reference, list) else [reference]
    return [link.to.key(*(one if isinstance(one, tuple) else (one,))) for one in references]


def target(link: Link, source: Any, key: Key, ctx: Context) -> Any:
    """Return what a link leads to from a source, if there is such a thing and the caller may see it."""
    if key not in ctx.entities:
        ctx.fetch({key: link.to})
    entity = ctx.entities[key]
    if entity is None:
        return None
    found = link.shown(source, entity) if link.shown else entity
    return None if link.visible and not link.visible(found, ctx) else found


class Follower:
    """Follows the links below one field of a running query."""

    def __init__(self, schema: LinkedSchema, info: GraphQLResolveInfo[Any]) -> None:
        self._schema = schema
        self._info = info
        self._ctx: Context = info.context
        self._selection = Selection(info.schema, info.fragments, info.variable_values)

    def follow(self, value: Any) -> None:
        """Fetch whatever the query reaches by links from a field's value."""
        selections = [node.selection_set for node in self._info.field_nodes if node.selection_set]
        levels = self._levels(get_named_type(self._info.return_type), _flatten(value), selections)
        while levels:
            wanted = [found for level in levels for found in self._links(level)]
            self._ctx.fetch({key: found.link.to for found in wanted for _, key in found.targets})
            levels = [level for found in wanted for level in self._beyond(found)]

    def _beyond(self, found: _Wanted) -> list[_Level]:
        targets = [*(target(found.link, source, key, self._ctx) for source, key in found.targets), *found.stand_ins]
        type_name, field_name = found.link.coordinate.split(".")
        field = self._schema.object_type(type_name).fields[field_name]
        return self._levels(get_named_type(field.type), _flatten(targets), found.selections)

    def _links(self, level: _Level) -> Iterator[_Wanted]:
        """Find the links on a level, in its own fields and in the parts of its sources."""
        for node in self._selection.fields(level.type, level.selections):
            name = node.name.value
            coordinate = f"{level.type.name}.{name}"
            below = [node.selection_set] if node.selection_set else []
            if link := self._schema.links.get(coordinate):
                found = [(source, keys_of(link, source)) for source in level.sources]
                targets = [(source, key) for source, to in found for key in to]
                if not link.shown:
                    targets = list({key: (source, key) for source, key in targets}.values())
                instead = link.otherwise
                stand_ins = [instead(source) for source, to in found if not to] if instead else []
                yield _Wanted(link, targets, below, stand_ins)
            elif below and name in level.type.fields and self._schema.leads_to_links(coordinate):
                parts = list(self._parts(level, name, node))
                for part in self._levels(get_named_type(level.type.fields[name].type), parts, below):
                    yield from self._links(part)

    def _parts(self, level: _Level, name: str, node: FieldNode) -> Iterator[Any]:
        """Return the values of a projection, which are parts of their sources and need no storage."""
        try:
            arguments = get_argument_values(level.type.fields[name], node, self._info.variable_values)
        except GraphQLError:
            return  # the executor will meet the same error and report it in its place
        read = self._schema.projection(f"{level.type.name}.{name}")
        for source in level.sources:
            try:
                yield from _flatten(read(source, self._ctx, **arguments))
            except SoukError:
                continue  # likewise

    def _levels(self, named: Any, values: Iterable[Any], selections: Sequence[SelectionSetNode]) -> list[_Level]:
        """Sort values by their concrete type."""
        if not selections:
            return []
        sources = list(values)
        if isinstance(named, GraphQLObjectType):
            return [_Level(named, sources, selections)] if sources else []
        if not isinstance(named, GraphQLInterfaceType | GraphQLUnionType):
            return []
        by_type: dict[str, list[Any]] = {}
        for source in sources:
            by_type.setdefault(source.graphql_type, []).append(source)
        return [_Level(self._schema.object_type(name), group, selections) for name, group in by_type.items()]


def _flatten(value: Any) -> Iterator[Any]:
    if isinstance(value, list | tuple):
        for one in value:
            yield from _flatten(one)
    elif value is not None:
        yield value
