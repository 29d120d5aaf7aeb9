"""Binds the domains' declarations to the schema.

A declaration that does not fit the schema raises at import: an unknown name, a parameter that is not an argument, a
root field without scopes or with two resolvers.
"""

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, get_args, get_type_hints

from graphql import (
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
)
from pydantic import BaseModel, ValidationError

from souk.authentication.scopes import Scope
from souk.graph.assembly import Contract
from souk.graph.context import Context
from souk.graph.domain import ComputedField, Domain, Link, ListSize, RootField
from souk.graph.ids import accept_web_addresses
from souk.graph.links import Follower, NeedyField, keys_of, target
from souk.graph.resolvers import ContextResolver, read_attribute
from souk.storage import Series
from souk.values.errors import NotBuilt, NotFound, Unprocessable

_MAX_REPORTED = 10  # problems of one input


class BindingError(Exception):
    """A declaration does not fit the schema: a bug in Souk that stops the import."""


class LazyDomains(NamedTuple):
    """Domains that are imported and bound when a document first selects one of their fields.

    A cold start then costs only the domains that its first request needs.
    """

    declared_in: Mapping[str, str]
    """The domain that declares a field, by coordinate."""
    load: Callable[[str], Domain]
    """Imports a domain by its name."""


_NO_LAZY_DOMAINS = LazyDomains({}, lambda name: Domain(name, name))


class Graph:
    """The schema with its resolvers and the declarations of its fields."""

    def __init__(self, domains: Iterable[Domain], contract: Contract, lazy: LazyDomains = _NO_LAZY_DOMAINS) -> None:
        accept_web_addresses()
        self.schema: GraphQLSchema = contract.schema()
        self.domain_of: Mapping[str, str] = contract.domain_of
        """The domain whose SDL declares a root field, by coordinate; built or not."""
        self.roots: dict[str, RootField] = {}
        self.links: dict[str, Link] = {}
        self.computed: dict[str, ComputedField] = {}
        self.needs: dict[str, NeedyField] = {}
        """The fields that need entities, by coordinate."""
        self.scopes: dict[str, frozenset[Scope]] = {}
        """The scopes of fields that require more than their root field does, by coordinate. A token needs one."""
        self.sizes: dict[str, ListSize] = {}
        """The declared sizes of lists, by coordinate."""
        self._projections: dict[str, Callable[..., Any]] = {}
        self._leads_to_links: dict[str, bool] = {}
        self._lazy = lazy
        self._unbound = set(lazy.declared_in.values())
        for domain in domains:
            self._bind(domain)
        self._bind_unbuilt()

    def load_for(self, coordinates: Iterable[str]) -> None:
        """Bind the domains that declare these fields, except those that are bound already."""
        if self._unbound:
            declared_in = self._lazy.declared_in
            for name in sorted({declared_in[each] for each in coordinates if each in declared_in} & self._unbound):
                self._bind(self._lazy.load(name))
                self._unbound.remove(name)

    def _bind(self, domain: Domain) -> None:
        for root in domain.roots:
            self._bind_root(root)
        for field in domain.computed:
            self._bind_computed(field)
        for link in domain.links:
            self._bind_link(link)
        for coordinate, size in domain.sizes.items():
            self._find(coordinate)
            self.sizes[coordinate] = size
        self._leads_to_links.clear()

    def object_type(self, name: str) -> GraphQLObjectType:
        """Return an object type by its name."""
        named = self.schema.get_type(name)
        if not isinstance(named, GraphQLObjectType):
            raise BindingError(f"{name} is not an object type of the schema.")
        return named

    def concrete(self, named: Any) -> list[GraphQLObjectType]:
        """Return the object types of a type's values; none for a scalar or an enum."""
        if isinstance(named, GraphQLObjectType):
            return [named]
        if isinstance(named, GraphQLInterfaceType | GraphQLUnionType):
            return list(self.schema.get_possible_types(named))
        return []

    def projection(self, coordinate: str) -> Callable[..., Any]:
        """Return the function that reads a field from its source: `(source, ctx, **arguments)`."""
        if declared := self._projections.get(coordinate):
            return declared
        name = coordinate.partition(".")[2]
        return lambda source, ctx, **arguments: read_attribute(source, name)  # noqa: ARG005 - plain parts need neither

    def leads_to_links(self, coordinate: str) -> bool:
        """Return whether there are links below a field, in the parts of its value that need no storage."""
        if coordinate not in self._leads_to_links:
            self._leads_to_links[coordinate] = self._search_links(coordinate, {coordinate})
        return self._leads_to_links[coordinate]

    def _search_links(self, coordinate: str, seen: set[str]) -> bool:
        if coordinate in self.links or coordinate in self.needs:
            return True
        if coordinate in self.roots:
            return False
        if coordinate in self.computed and self.computed[coordinate].reads_storage:
            return False
        type_name, _, field_name = coordinate.partition(".")
        below = get_named_type(self.object_type(type_name).fields[field_name].type)
        for possible in self.concrete(below):
            for name in possible.fields:
                step = f"{possible.name}.{name}"
                if step not in seen:
                    seen.add(step)
                    if self._search_links(step, seen):
                        return True
        return False

    def _find(self, coordinate: str) -> GraphQLField:
        type_name, _, field_name = coordinate.partition(".")
        field: GraphQLField | None = self.object_type(type_name).fields.get(field_name)
        if field is None:
            raise BindingError(
                f"The schema has no field {coordinate}. Add it to the domain's .graphql file, or correct the name."
            )
        return field

    def _field(self, coordinate: str) -> GraphQLField:
        """Return the field of a new declaration."""
        field = self._find(coordinate)
        if coordinate in self.roots or coordinate in self.computed or coordinate in self.links:
            raise BindingError(f"{coordinate} is declared twice.")
        return field

    def _bind_root(self, root: RootField) -> None:
        field = self._field(root.coordinate)
        if not root.scopes:
            raise BindingError(f"{root.coordinate} declares no scopes. Add `scopes=[Scope....]` to its declaration.")
        owner = self.domain_of[root.coordinate]
        if owner != root.domain:
            raise BindingError(
                f"{root.coordinate} belongs to the schema of {owner}, but {root.domain} declares it. Declare it in the "
                f"resolvers of {owner}, or move the field to the .graphql file of {root.domain}."
            )
        call = _caller(root.resolve, field, root.coordinate, leading=1)
        if root.needs:
            call = self._bind_needs(root, field, call, leading=1)
        is_mutation = root.kind == "Mutation"
        returns_objects = bool(self.concrete(get_named_type(field.type)))

        def resolve(_source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
            try:
                value = call(info.context, **arguments)
            finally:
                if is_mutation:
                    info.context.clear_cache()
            if returns_objects:
                Follower.below(self, info).follow(info, value)
            return value

        field.resolve = resolve
        self.roots[root.coordinate] = root

    def _bind_computed(self, declared: ComputedField) -> None:
        coordinate = declared.coordinate
        field = self._field(coordinate)
        call = _caller(declared.resolve, field, coordinate, leading=2)

        def connect(source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
            ctx = info.context
            value = ctx.connection(coordinate, source, arguments, lambda: call(source, ctx, **arguments))
            Follower.below(self, info).follow(info, value)
            return value

        if declared.needs:
            call = self._bind_needs(declared, field, call, leading=2)
        field.resolve = connect if declared.reads_storage else ContextResolver(call)
        self._projections[coordinate] = call
        self.computed[coordinate] = declared
        self._restrict(coordinate, declared.scopes)

    def _bind_needs(
        self, declared: RootField | ComputedField, field: GraphQLField, resolve: Callable[..., Any], leading: int
    ) -> Callable[..., Any]:
        """Return a field's resolver that has what the field needs."""
        coordinate = declared.coordinate
        needs = [_need_caller(need, field, coordinate, leading) for need in declared.needs]
        needy = self.needs[coordinate] = NeedyField(coordinate, needs, resolve)
        if leading == 1:
            return lambda ctx, **arguments: needy.read((), ctx, arguments)
        return lambda source, ctx, **arguments: needy.read((source,), ctx, arguments)

    def _bind_link(self, link: Link) -> None:
        field = self._field(link.coordinate)
        if field.args:
            raise BindingError(f"{link.coordinate} has the arguments {sorted(field.args)}, which a link cannot take.")
        many = "[" in str(field.type) and not isinstance(link.to, Series)
        required = str(field.type).endswith("!")

        def resolve(source: Any, ctx: Context) -> Any:
            keys = keys_of(link, source)
            if not keys and link.otherwise:
                return link.otherwise(source)
            targets = [target(link, source, key, ctx) for key in keys]
            if many:
                return [entity for entity in targets if entity is not None]
            entity = targets[0] if targets else None
            if entity is None and required:
                raise NotFound(f"This {link.to.name} does not exist, or you cannot see it.")
            return entity

        field.resolve = ContextResolver(resolve)
        self.links[link.coordinate] = link
        self._restrict(link.coordinate, link.scopes)

    def _restrict(self, coordinate: str, scopes: frozenset[Scope]) -> None:
        if scopes:
            self.scopes[coordinate] = scopes

    def _bind_unbuilt(self) -> None:
        for coordinate in self.domain_of:
            if coordinate not in self.roots and coordinate not in self._lazy.declared_in:
                self._field(coordinate).resolve = _unbuilt(coordinate)


def _unbuilt(coordinate: str) -> Callable[..., Any]:
    def resolve(_source: Any, _info: GraphQLResolveInfo[Any], **_arguments: Any) -> Any:
        raise NotBuilt(f"{coordinate} is part of the contract, but this marketplace does not have it yet.")

    return resolve


def _caller(resolve: Callable[..., Any], field: GraphQLField, coordinate: str, leading: int) -> Callable[..., Any]:
    """Check a resolver's parameters against the field's arguments. Input models are validated at each call."""
    parameters = list(inspect.signature(resolve).parameters)[leading:]
    arguments = {argument.out_name or name: name for name, argument in field.args.items()}
    if set(parameters) != set(arguments):
        raise BindingError(f"{coordinate} has the arguments {sorted(arguments)}; its resolver takes {parameters}.")
    models = {
        name: model
        for name, hint in get_type_hints(resolve).items()
        if name in arguments and (model := input_model(hint))
    }
    for name in models:
        if not isinstance(get_named_type(field.args[arguments[name]].type), GraphQLInputObjectType):
            raise BindingError(f"{coordinate}: {name} is not an input object.")
    if not models:
        return resolve

    def call(*leading_values: Any, **values: Any) -> Any:
        for name, model in models.items():
            if values.get(name) is not None:
                values[name] = _validated(model, values[name], arguments[name])
        return resolve(*leading_values, **values)

    return call


def _need_caller(need: Callable[..., Any], field: GraphQLField, coordinate: str, leading: int) -> Callable[..., Any]:
    """Return a need as `_caller` does. One without the field's arguments is called without them."""
    if len(inspect.signature(need).parameters) > leading:
        return _caller(need, field, coordinate, leading)
    return lambda *leading_values, **_: need(*leading_values)


def input_model(hint: Any) -> type[BaseModel] | None:
    """Return the pydantic model that an annotation names: `X`, `X | None`, `list[X]` or `list[X | None]`."""
    if inspect.isclass(hint) and issubclass(hint, BaseModel):
        return hint
    return next((model for part in get_args(hint) if (model := input_model(part))), None)


def _validated(model: type[BaseModel], value: Any, argument: str) -> Any:
    """Return an input as its model, or a list of them. Raises Unprocessable with the path of each problem."""
    if isinstance(value, list):
        return [one and _validated(model, one, f"{argument}.{at}") for at, one in enumerate(value)]
    try:
        return model.model_validate(value)
    except ValidationError as invalid:
        problems = [
            {"path": ".".join(str(step) for step in (argument, *error["loc"])), "message": error["msg"]}
            for error in invalid.errors(include_url=False, include_input=False, include_context=False)
        ][:_MAX_REPORTED]
        message = "; ".join(f"{problem['path']}: {problem['message']}" for problem in problems)
        raise Unprocessable(message, fields=problems) from None
