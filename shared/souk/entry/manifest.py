"""The schema and the declarations of all domains, compiled when the layer is built.

With it a cold start does not parse the SDL or import every domain, which would be its slowest parts and grow with every
domain. `python -m souk.entry.manifest OUTPUT` writes it; deployed functions find it next to this module.
"""

import pickle
import sys
from pathlib import Path
from typing import NamedTuple

from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema

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
    manifest: Manifest = pickle.loads(ARTEFACT.read_bytes())  # noqa: S301 - a file of our own layer
    return manifest


def compile_manifest() -> Manifest:
    """Import all domains and return the manifest of their declarations."""
    from souk import app  # noqa: PLC0415 - a compiled manifest saves this import
    from souk.graph import assembly  # noqa: PLC0415 - as above

    declared_in = {coordinate: domain.name for domain in app.DOMAINS for coordinate in sorted(domain.coordinates)}
    return Manifest(_compiled(assembly.assemble()), declared_in)


def _compiled(sdl: Assembled) -> Compiled:
    """Build the schema without its AST nodes, so that it loads in half the time."""
    schema = sdl.schema()
    for named in schema.type_map.values():
        named.ast_node, named.extension_ast_nodes = None, ()
        if isinstance(named, GraphQLObjectType | GraphQLInterfaceType):
            for field in named.fields.values():
                field.ast_node = None
                for argument in field.args.values():
                    argument.ast_node = None
        elif isinstance(named, GraphQLInputObjectType):
            for part in named.fields.values():
                part.ast_node = None
        elif isinstance(named, GraphQLEnumType):
            for value in named.values.values():
                value.ast_node = None
    schema.ast_node = None
    return Compiled(schema, sdl.domain_of)


if __name__ == "__main__":
    # Classes of __main__ could not be unpickled, so import them by the module's name.
    from souk.entry.manifest import compile_manifest as compile_by_name

    Path(sys.argv[1]).write_bytes(pickle.dumps(compile_by_name(), protocol=pickle.HIGHEST_PROTOCOL))
