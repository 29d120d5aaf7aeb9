"""The structure of a schema as a flat map, with one line for each part that callers can depend on.

Keys are GraphQL schema coordinates (and `T implements I`, which has none). Values describe the element:

    "Gig": "type"                         "CurrentUser implements User": "interface"
    "Gig.id": "ID!"                       "Query.gig(id:)": "ID!"
    "GigTier": "enum"                     "GigTier.basic": "value"
    "OntologyEntityResult": "union"       "OntologyEntityResult.Skill": "member"
    "JSON": "scalar"                      "CreateApiKeyInput.rotationMonths": "Int = 12"

Order, descriptions and deprecations are left out, because they may change.

`contract.json` beside this file is what this script made of the published contract of the API: the fixed point
that `test_contract.py` measures the served schema by. It changes only when the contract does:

    python tests/contract/snapshot.py CONTRACT.graphql [MORE.graphql ...] > tests/contract/contract.json
"""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from graphql import (
    EnumTypeDefinitionNode,
    GraphQLSchema,
    InputObjectTypeDefinitionNode,
    InputValueDefinitionNode,
    InterfaceTypeDefinitionNode,
    ObjectTypeDefinitionNode,
    TypeDefinitionNode,
    UnionTypeDefinitionNode,
    build_ast_schema,
    concat_ast,
    parse,
    print_ast,
    print_schema,
)


def structure(schema: GraphQLSchema) -> dict[str, str]:
    """Return the element at each coordinate of a schema, sorted by coordinate."""
    definitions = (d for d in parse(print_schema(schema)).definitions if isinstance(d, TypeDefinitionNode))
    return dict(sorted(entry for definition in definitions for entry in _entries(definition)))


def build(files: Iterable[Path]) -> GraphQLSchema:
    """Build a schema from SDL files that define or extend the root types."""
    document = concat_ast([parse(path.read_text()) for path in files])
    defined = {d.name.value for d in document.definitions if isinstance(d, TypeDefinitionNode)}
    roots = [parse(f"type {root}") for root in ("Query", "Mutation") if root not in defined]
    return build_ast_schema(concat_ast([document, *roots]))


def _entries(definition: TypeDefinitionNode) -> Iterator[tuple[str, str]]:
    name = definition.name.value
    kind = definition.kind.removesuffix("_type_definition").removesuffix("_object").replace("object", "type")
    yield name, kind
    match definition:
        case ObjectTypeDefinitionNode() | InterfaceTypeDefinitionNode():
            for interface in definition.interfaces or ():
                yield f"{name} implements {interface.name.value}", "interface"
            for field in definition.fields or ():
                coordinate = f"{name}.{field.name.value}"
                yield coordinate, print_ast(field.type)
                for argument in field.arguments or ():
                    yield f"{coordinate}({argument.name.value}:)", _input_value(argument)
        case EnumTypeDefinitionNode():
            for value in definition.values or ():
                yield f"{name}.{value.name.value}", "value"
        case UnionTypeDefinitionNode():
            for member in definition.types or ():
                yield f"{name}.{member.name.value}", "member"
        case InputObjectTypeDefinitionNode():
            for input_field in definition.fields or ():
                yield f"{name}.{input_field.name.value}", _input_value(input_field)


def _input_value(node: InputValueDefinitionNode) -> str:
    default = f" = {print_ast(node.default_value)}" if node.default_value else ""
    return print_ast(node.type) + default


if __name__ == "__main__":
    json.dump(structure(build(map(Path, sys.argv[1:]))), sys.stdout, indent=0)
    sys.stdout.write("\n")
