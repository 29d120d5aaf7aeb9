"""What a cold start needs to know of all domains without importing them: compiled when the layer is built.

`python -m souk.entry.manifest OUTPUT` writes it; a deployed function finds it beside this module. Parsing the SDL and
importing every domain would be the slowest parts of a cold start, and grow with every domain.
"""

import pickle
import sys
from pathlib import Path
from typing import NamedTuple

from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema

from souk.graph.assembly import Assembled

ARTEFACT = Path(__file__).parent / "manifest.pickle"


class Compiled(NamedTuple):
    """A schema that is built already; what only a parser needs of it is left out."""

    bare: GraphQLSchema
    domain_of: dict[str, str]

    def schema(self) -> GraphQLSchema:
        """Return the schema. It is bound in its place, so it is good for one graph."""
        return self.bare


class Manifest(NamedTuple):
    """All declarations in brief."""

    contract: Compiled
    declared_in: dict[str, str]
    """The name of the domain that declares a field, by coordinate."""


def load() -> Manifest:
    """Return the compiled manifest, or make it where nothing is compiled."""
    if not ARTEFACT.exists():
        return compile_manifest()
    manifest: Manifest = pickle.loads(ARTEFACT.read_bytes())  # noqa: S301 - a file of our own layer
    return manifest


def compile_manifest() -> Manifest:
    """Import all domains and note what they declare."""
    from souk import app  # noqa: PLC0415 - the import is what a compiled manifest saves
    from souk.graph import assembly  # noqa: PLC0415 - likewise

    declared_in = {coordinate: domain.name for domain in app.DOMAINS for coordinate in sorted(domain.coordinates)}
    return Manifest(_compiled(assembly.assemble()), declared_in)


def _compiled(sdl: Assembled) -> Compiled:
    """Build the schema and cut it loose from the document that it came from: it loads in half the time."""
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
    # By the module's own name: what is pickled under __main__ would not be found again.
    from souk.entry.manifest import compile_manifest as compile_it

    Path(sys.argv[1]).write_bytes(pickle.dumps(compile_it(), protocol=pickle.HIGHEST_PROTOCOL))
