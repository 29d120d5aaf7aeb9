"""The schema and the declarations of all domains, compiled when the layer is built.

With it a cold start does not parse the SDL or import every domain, which would be its slowest parts and grow with every
domain. Nor does it make the fields of 700 types, of which a request needs few. `python -m souk.entry.manifest OUTPUT`
writes it; deployed functions find it next to this module.
"""

import io
import pickle
import pickletools
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from graphql import (
    DefinitionNode,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
)

from souk.graph.assembly import Assembled

ARTEFACT = Path(__file__).parent / "manifest.pickle"


class Compiled(NamedTuple):
    """A schema that is already built, without the AST nodes that only a parser needs."""

    bare: GraphQLSchema
    domain_of: dict[str, str]

    def schema(self) -> GraphQLSchema:
        """Return the schema. It is bound in place, so only one graph can use it."""
        return self.bare


class Manifest(NamedTuple):
    """The compiled schema, and the domains of its fields."""

    contract: Compiled
    declared_in: dict[str, str]
    """The domain that declares a field, by coordinate."""


def load() -> Manifest:
    """Return the compiled manifest, or compile it if there is none."""
    if not ARTEFACT.exists():
        return compile_manifest()
    manifest: Manifest = _Reader(ARTEFACT.read_bytes(), GraphQLNamedType.reserved_types).load()
    return manifest


def write(output: Path) -> None:
    """Compile the manifest into a file."""
    output.write_bytes(_stored(compile_manifest(), GraphQLNamedType.reserved_types))


def compile_manifest() -> Manifest:
    """Import all domains and return the manifest of their declarations."""
    from souk import app  # noqa: PLC0415 - a compiled manifest saves this import
    from souk.graph import assembly  # noqa: PLC0415 - as above

    declared_in = {coordinate: domain.name for domain in app.DOMAINS for coordinate in sorted(domain.coordinates)}
    return Manifest(_compiled(assembly.assemble()), declared_in)


_PARTS: Mapping[type[GraphQLNamedType], tuple[str, ...]] = {
    GraphQLObjectType: ("fields", "interfaces"),
    GraphQLInterfaceType: ("fields", "interfaces"),
    GraphQLUnionType: ("types",),
    GraphQLEnumType: ("values",),
    GraphQLInputObjectType: ("fields",),
}
"""What each kind of type takes a function for, which graphql-core calls when it first needs the part."""


def _compiled(sdl: Assembled) -> Compiled:
    """Build the schema, and store the parts of its types until they are needed."""
    schema = sdl.schema()
    for named in schema.type_map.values():
        if named.name not in GraphQLNamedType.reserved_types:
            state = vars(named)
            for part in _PARTS.get(type(named), ()):
                state[f"_{part}"] = StoredPart(schema.type_map, _stored(getattr(named, part), schema.type_map))
                del state[part]
            state |= {"ast_node": None, "extension_ast_nodes": ()}
    return Compiled(schema, sdl.domain_of)


class StoredPart(NamedTuple):
    """A part of a type, as bytes."""

    types: Mapping[str, GraphQLNamedType]
    stored: bytes

    def __call__(self) -> Any:
        """Load it."""
        return _Reader(self.stored, self.types).load()


def _stored(value: Any, known: Mapping[str, GraphQLNamedType]) -> bytes:
    """Return a value as bytes, with only the names of the types that its reader knows."""
    output = io.BytesIO()
    _Writer(output, known).dump(value)
    return pickletools.optimize(output.getvalue())


class _Writer(pickle.Pickler):
    def __init__(self, output: io.BytesIO, known: Mapping[str, GraphQLNamedType]) -> None:
        super().__init__(output, pickle.HIGHEST_PROTOCOL)
        self._known = known

    def persistent_id(self, value: Any) -> str | None:
        return value.name if isinstance(value, GraphQLNamedType) and value.name in self._known else None

    def reducer_override(self, value: Any) -> Any:
        if isinstance(value, DefinitionNode):
            return type(None), ()  # the types have all that it says
        if type(value) in _PARTS:  # as it is: graphql-core would make it anew, and check how every name is spelled
            return object.__new__, (type(value),), vars(value)
        return NotImplemented


class _Reader(pickle.Unpickler):
    def __init__(self, stored: bytes, known: Mapping[str, GraphQLNamedType]) -> None:
        super().__init__(io.BytesIO(stored))
        self._known = known

    def persistent_load(self, name: str) -> GraphQLNamedType:
        return self._known[name]


if __name__ == "__main__":
    # Classes of __main__ could not be unpickled, so import them by the module's name.
    from souk.entry.manifest import write as write_by_name

    write_by_name(Path(sys.argv[1]))
