"""Fetches the linked entities of a query one level at a time, before the executor resolves them.

After a root field or a connection is resolved, the selection below it is searched for links. The targets of all links
on the first level are fetched in one batch, then those of the next level, and so on. The executor finds every entity
in memory, so a query takes one round trip for each level of links.
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

from souk.graph.context import Context, Source
from souk.graph.domain import Link
from souk.graph.selection import Selection
from souk.storage import Key
from souk.values.errors import SoukError


class LinkedSchema(Protocol):
    """The part of the schema that following links needs (`souk.graph.binder.Graph`)."""

    @property
    def links(self) -> Mapping[str, Link]:
        """The links, by coordinate."""

    def object_type(self, name: str) -> GraphQLObjectType:
        """Return an object type by its name."""

    def projection(self, coordinate: str) -> Callable[..., Any]:
        """Return the function that reads a field from its source: `(source, ctx, **arguments)`."""

    def needs(self, coordinate: str) -> Callable[[Any, Context], Mapping[Key, Source]] | None:
        """Return what names the entities that a computed field needs; None if it needs none."""

    def leads_to_links(self, coordinate: str) -> bool:
        """Return whether there are links, or fields that need entities, below a field."""


class _Level(NamedTuple):
    """Sources of one concrete type, and the selections on them."""

    type: GraphQLObjectType
    sources: Sequence[Any]
    selections: Sequence[SelectionSetNode]


@dataclass(frozen=True, slots=True)
class _LinkBatch:
    """The links of one field from all of its sources, and the selections on their targets."""

    link: Link
    targets: Sequence[tuple[Any, Key]]
    """Each source with a target's key. If the value depends on the target alone, one source per key."""
    selections: Sequence[SelectionSetNode]
    substitutes: Sequence[Any]
    """The values for sources without a target."""


@dataclass(frozen=True, slots=True)
class _Needy:
    """A computed field that needs entities: its sources, its selection, and what names the entities."""

    level: _Level
    node: FieldNode
    needs: Callable[[Any, Context], Mapping[Key, Source]]


def keys_of(link: Link, source: Any) -> list[Key]:
    """Return the keys of a link's targets for a source."""
    reference = getattr(source, link.by) if isinstance(link.by, str) else link.by(source)
    if reference is None:
        return []
    references = reference if isinstance(reference, list) else [reference]
    return [link.to.key(*(parts if isinstance(parts, tuple) else (parts,))) for parts in references]


def target(link: Link, source: Any, key: Key, ctx: Context) -> Any:
    """Return the target of a link, or None if it does not exist or the caller cannot see it."""
    if key not in ctx.entities:
        ctx.fetch({key: link.to})
    entity = ctx.entities[key]
    if entity is None:
        return None
    value = link.shown(source, entity) if link.shown else entity
    return None if link.visible and not link.visible(value, ctx) else value


class Follower:
    """Follows the links below one field of a running query."""

    def __init__(self, schema: LinkedSchema, info: GraphQLResolveInfo[Any]) -> None:
        self._schema = schema
        self._info = info
        self._ctx: Context = info.context
        self._selection = Selection(info.schema, info.fragments, info.variable_values)

    def follow(self, value: Any) -> None:
        """Fetch every entity that the query reaches through links from a field's value."""
        selections = [node.selection_set for node in self._info.field_nodes if node.selection_set]
        levels = self._levels(get_named_type(self._info.return_type), _flatten(value), selections)
        while levels:
            batches = [batch for level in levels for batch in self._links(level)]
            self._ctx.fetch({key: source for batch in batches for key, source in self._wanted(batch)})
            levels = [level for batch in batches for level in self._next_levels(batch)]

    def _wanted(self, batch: _LinkBatch | _Needy) -> Iterator[tuple[Key, Source]]:
        """Yield the keys of a batch: of its targets and the entities beside them, or of what a field needs."""
        if isinstance(batch, _Needy):
            for source in batch.level.sources:
                yield from batch.needs(source, self._ctx).items()
            return
        for source, key in batch.targets:
            yield key, batch.link.to
            if batch.link.beside:
                yield from batch.link.beside(source, self._ctx).items()

    def _next_levels(self, batch: _LinkBatch | _Needy) -> list[_Level]:
        if isinstance(batch, _Needy):
            return self._levels_of_parts(batch.level, batch.node)
        targets = [*(target(batch.link, source, key, self._ctx) for source, key in batch.targets), *batch.substitutes]
        type_name, field_name = batch.link.coordinate.split(".")
        field = self._schema.object_type(type_name).fields[field_name]
        return self._levels(get_named_type(field.type), _flatten(targets), batch.selections)

    def _links(self, level: _Level) -> Iterator[_LinkBatch | _Needy]:
        """Yield the links of a level, and its fields that need entities: its own, and those of its sources' parts."""
        for node in self._selection.fields(level.type, level.selections):
            name = node.name.value
            coordinate = f"{level.type.name}.{name}"
            below = [node.selection_set] if node.selection_set else []
            if link := self._schema.links.get(coordinate):
                keys_by_source = [(source, keys_of(link, source)) for source in level.sources]
                targets = [(source, key) for source, keys in keys_by_source for key in keys]
                if not link.shown:
                    targets = list({key: (source, key) for source, key in targets}.values())
                substitute = link.otherwise
                substitutes = [substitute(source) for source, keys in keys_by_source if not keys] if substitute else []
                yield _LinkBatch(link, targets, below, substitutes)
            elif needs := self._schema.needs(coordinate):
                yield _Needy(level, node, needs)
            elif below and name in level.type.fields and self._schema.leads_to_links(coordinate):
                for part in self._levels_of_parts(level, node):
                    yield from self._links(part)

    def _levels_of_parts(self, level: _Level, node: FieldNode) -> list[_Level]:
        """Return the values of a projection that are in memory, as levels."""
        if node.selection_set is None:
            return []
        name = node.name.value
        named = get_named_type(level.type.fields[name].type)
        return self._levels(named, self._parts(level, name, node), [node.selection_set])

    def _parts(self, level: _Level, name: str, node: FieldNode) -> Iterator[Any]:
        """Yield the values of a projection, which are parts of their sources and need no storage."""
        try:
            arguments = get_argument_values(level.type.fields[name], node, self._info.variable_values)
        except GraphQLError:
            return  # the executor raises the same error and reports it
        read = self._schema.projection(f"{level.type.name}.{name}")
        for source in level.sources:
            try:
                yield from _flatten(read(source, self._ctx, **arguments))
            except SoukError:
                continue  # as above

    def _levels(self, named: Any, values: Iterable[Any], selections: Sequence[SelectionSetNode]) -> list[_Level]:
        """Group values by their concrete type."""
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
        for item in value:
            yield from _flatten(item)
    elif value is not None:
        yield value
