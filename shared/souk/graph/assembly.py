"""The schema, assembled from the SDL files of all domains.

Parsing and building it is slow, so deployed functions load it prebuilt (`souk.entry.manifest`).
"""

from pathlib import Path
from typing import NamedTuple, Protocol

from graphql import (
    DefinitionNode,
    DocumentNode,
    FieldDefinitionNode,
    GraphQLObjectType,
    GraphQLSchema,
    NameNode,
    ObjectTypeDefinitionNode,
    ObjectTypeExtensionNode,
    build_ast_schema,
    parse,
)

from souk.values.naming import to_snake

PACKAGE = Path(__file__).parents[1]
_ROOTS = ("Query", "Mutation")


class Contract(Protocol):
    """A schema without resolvers, and the domains of its root fields."""

    @property
    def domain_of(self) -> dict[str, str]:
        """The domain whose folder declares a root field, by coordinate."""

    def schema(self) -> GraphQLSchema:
        """Return the schema. It can be bound once."""


class Assembled(NamedTuple):
    """The SDL of the whole contract, and the domain of each root field."""

    document: DocumentNode
    domain_of: dict[str, str]
    """`Query.jobPosting` -> `jobs`."""

    def schema(self) -> GraphQLSchema:
        """Build an executable schema that passes arguments by their snake_case names. Tests check its validity."""
        schema = build_ast_schema(self.document, assume_valid=True)
        for named in schema.type_map.values():
            if isinstance(named, GraphQLObjectType) and not named.name.startswith("__"):
                for field in named.fields.values():
                    for name, argument in field.args.items():
                        argument.out_name = to_snake(name)
        return schema


def sdl_files() -> list[Path]:
    """Return all SDL files, in a fixed order."""
    return sorted(PACKAGE.glob("graph/schema/*.graphql")) + sorted(PACKAGE.glob("domains/**/*.graphql"))


def assemble() -> Assembled:
    """Parse the SDL files into one document. The `extend` blocks of Query and Mutation are merged into the types."""
    definitions: list[DefinitionNode] = []
    fields: dict[str, list[FieldDefinitionNode]] = {root: [] for root in _ROOTS}
    domain_of: dict[str, str] = {}
    for file in sdl_files():
        folders = file.relative_to(PACKAGE).parts
        for definition in parse(file.read_text(encoding="utf-8"), no_location=True).definitions:
            if isinstance(definition, ObjectTypeExtensionNode) and definition.name.value in _ROOTS:
                root = definition.name.value
                fields[root].extend(definition.fields or ())
                domain_of |= {f"{root}.{field.name.value}": folders[1] for field in definition.fields or ()}
            else:
                definitions.append(definition)
    roots = [ObjectTypeDefinitionNode(name=NameNode(value=root), fields=tuple(fields[root])) for root in _ROOTS]
    return Assembled(DocumentNode(definitions=(*roots, *definitions)), domain_of)
