"""Fetches the linked entities of a query one level at a time, before the executor resolves them.

After a root field or a connection is resolved, the selection below it is searched for links. The targets of all links
on the first level are fetched in one batch, then those of the next level, and so on. The executor finds every entity
in memory, so a query takes one round trip for each level of links.

Fields that say what they need (`souk.graph.domain.ComputedField`) are treated in the same way. At the root of a query
this happens before it is executed, so many aliases of such a field take as many round trips as one (ADR 41).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, Self

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLUnionType,
    OperationDefinitionNode,
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

    @property
    def needs(self) -> "Mapping[str, NeedyField]":
        """The fields that need entities, by coordinate."""

    def object_type(self, name: str) -> GraphQLObjectType:
        """Return an object type by its name."""

    def projection(self, coordinate: str) -> Callable[..., Any]:
        """Return the function that reads a field from its source: `(source, ctx, **arguments)`."""

    def leads_to_links(self, coordinate: str) -> bool:
        """Return whether there are links below a field, in the parts of its value that need no storage."""


class NeedyField(NamedTuple):
    """A field that is computed from its source and from entities that are fetched before. At the root there is none."""

    coordinate: str
    needs: Sequence[Callable[..., Mapping[Key, Source]]]
    """Each returns entities by their keys, and may use those that were fetched for the ones before it."""
    resolve: Callable[..., Any]

    def read(self, sources: Sequence[Any], ctx: Context, arguments: Mapping[str, Any]) -> Any:
        """Fetch what the field needs, as far as it is not there yet, and return its value."""
        for need in self.needs:
            ctx.fetch(need(*sources, ctx, **arguments), consistent=not sources)
        return self.resolve(*sources, ctx, **arguments)


class _Level(NamedTuple):
    """Sources of one concrete type, and the selections on them."""

    type: GraphQLObjectType
    sources: Sequence[Any]
    selections: Sequence[SelectionSetNode]


class _LinkBatch(NamedTuple):
    """The links of one field from all of its sources, and the selections on their targets."""

    link: Link
    targets: Sequence[tuple[Any, Key]]
    """Each source with a target's key. If the value depends on the target alone, one source per key."""
    selections: Sequence[SelectionSetNode]
    substitutes: Sequence[Any]
    """The values for sources without a target."""
    stages: int = 1

    @property
    def coordinate(self) -> str:
        """The field."""
        return self.link.coordinate

    def wanted(self, ctx: Context, stage: int) -> Iterator[tuple[Key, Source]]:
        """Yield the keys of the targets, and of the entities beside them."""
        if stage:
            return
        for source, key in self.targets:
            yield key, self.link.to
            if self.link.beside:
                yield from self.link.beside(source, ctx).items()

    def values(self, ctx: Context) -> Iterator[Any]:
        """Yield the targets."""
        yield from (target(self.link, source, key, ctx) for source, key in self.targets)
        yield from self.substitutes


class _NeedBatch(NamedTuple):
    """A field that needs entities, on all of its sources, and the selections on its values."""

    field: NeedyField
    sources: list[tuple[Any, ...]]
    """The leading arguments of the resolver, but for the context. Those that are refused are taken out."""
    arguments: Mapping[str, Any]
    selections: Sequence[SelectionSetNode]

    @property
    def coordinate(self) -> str:
        """The field."""
        return self.field.coordinate

    @property
    def stages(self) -> int:
        """The number of round trips."""
        return len(self.field.needs)

    def wanted(self, ctx: Context, stage: int) -> Iterator[tuple[Key, Source]]:
        """Yield the keys that the field needs at a stage."""
        if stage >= self.stages:
            return
        for source in [*self.sources]:
            try:
                yield from self.field.needs[stage](*source, ctx, **self.arguments).items()
            except SoukError:  # the executor raises the same error and reports it
                self.sources.remove(source)

    def values(self, ctx: Context) -> Iterator[Any]:
        """Yield the values, for the selections on them."""
        if not self.selections:
            return
        for source in self.sources:
            try:
                yield self.field.resolve(*source, ctx, **self.arguments)
            except SoukError:
                continue  # as above


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


class Follower(NamedTuple):
    """Follows the links of a running query."""

    schema: LinkedSchema
    selection: Selection
    ctx: Context

    @classmethod
    def below(cls, schema: LinkedSchema, info: GraphQLResolveInfo[Any]) -> Self:
        """Return the follower of the links below one field."""
        return cls(schema, Selection(info.schema, info.fragments, info.variable_values), info.context)

    def follow(self, info: GraphQLResolveInfo[Any], value: Any) -> None:
        """Fetch every entity that the query reaches through links from a field's value."""
        selections = [node.selection_set for node in info.field_nodes if node.selection_set]
        self._follow(self._levels(get_named_type(info.return_type), _flatten(value), selections))

    def follow_root(self, operation: OperationDefinitionNode) -> None:
        """Fetch every entity that a query reaches from the root fields that say what they need."""
        root = self.schema.object_type("Query")
        self._follow([_Level(root, [None], [operation.selection_set])], consistent=True)

    def _follow(self, levels: "list[_Level]", *, consistent: bool = False) -> None:
        while levels:
            batches = [batch for level in levels for batch in self._batches(level)]
            for stage in range(max((batch.stages for batch in batches), default=0)):
                wanted = {key: source for batch in batches for key, source in batch.wanted(self.ctx, stage)}
                self.ctx.fetch(wanted, consistent=consistent)
            levels = [level for batch in batches for level in self._next_levels(batch)]
            consistent = False

    def _next_levels(self, batch: "_LinkBatch | _NeedBatch") -> list[_Level]:
        type_name, field_name = batch.coordinate.split(".")
        field = self.schema.object_type(type_name).fields[field_name]
        return self._levels(get_named_type(field.type), _flatten(list(batch.values(self.ctx))), batch.selections)

    def _batches(self, level: _Level) -> "Iterator[_LinkBatch | _NeedBatch]":
        """Yield the links of a level, both in its fields and in the nested parts of its sources."""
        for node in self.selection.fields(level.type, level.selections):
            name = node.name.value
            coordinate = f"{level.type.name}.{name}"
            below = [node.selection_set] if node.selection_set else []
            if link := self.schema.links.get(coordinate):
                yield _link_batch(link, level.sources, below)
            elif needy := self.schema.needs.get(coordinate):
                if (arguments := self._arguments(level, node)) is not None:
                    at_root = level.type.name == "Query"
                    sources: list[tuple[Any, ...]] = [() if at_root else (source,) for source in level.sources]
                    yield _NeedBatch(needy, sources, arguments, below)
            elif below and name in level.type.fields and self.schema.leads_to_links(coordinate):
                parts = list(self._parts(level, name, node))
                for part in self._levels(get_named_type(level.type.fields[name].type), parts, below):
                    yield from self._batches(part)

    def _arguments(self, level: _Level, node: FieldNode) -> dict[str, Any] | None:
        """Return the arguments of a field; None for wrong ones."""
        try:
            return get_argument_values(level.type.fields[node.name.value], node, self.selection.variables)
        except GraphQLError:
            return None  # the executor raises the same error and reports it

    def _parts(self, level: _Level, name: str, node: FieldNode) -> Iterator[Any]:
        """Yield the values of a projection, which are parts of their sources and need no storage."""
        arguments = self._arguments(level, node)
        if arguments is None:
            return
        read = self.schema.projection(f"{level.type.name}.{name}")
        for source in level.sources:
            try:
                yield from _flatten(read(source, self.ctx, **arguments))
            except SoukError:
                continue  # as in `_arguments`

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
        return [_Level(self.schema.object_type(name), group, selections) for name, group in by_type.items()]


def _link_batch(link: Link, sources: Sequence[Any], below: Sequence[SelectionSetNode]) -> _LinkBatch:
    keys_by_source = [(source, keys_of(link, source)) for source in sources]
    targets = [(source, key) for source, keys in keys_by_source for key in keys]
    if not link.shown:
        targets = list({key: (source, key) for source, key in targets}.values())
    substitute = link.otherwise
    substitutes = [substitute(source) for source, keys in keys_by_source if not keys] if substitute else []
    return _LinkBatch(link, targets, below, substitutes)


def _flatten(value: Any) -> Iterator[Any]:
    if isinstance(value, list | tuple):
        for item in value:
            yield from _flatten(item)
    elif value is not None:
        yield value
