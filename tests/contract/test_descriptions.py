"""Every type and every operation has a description."""

from collections import defaultdict
from pathlib import Path

import pytest
from graphql import ObjectTypeExtensionNode, TypeDefinitionNode, parse

import souk

PACKAGE = Path(souk.__file__).parent
FILES = sorted(PACKAGE.rglob("*.graphql"))


def undescribed(sdl: str) -> list[str]:
    """Return the types and root fields that have no description."""
    missing = []
    for definition in parse(sdl).definitions:
        if isinstance(definition, ObjectTypeExtensionNode):
            root = definition.name.value
            missing += [f"{root}.{field.name.value}" for field in definition.fields or () if not field.description]
        elif isinstance(definition, TypeDefinitionNode) and not definition.description:
            missing.append(definition.name.value)
    return missing


def part_of(path: Path) -> str:
    """Return the domain of an SDL file, or `graph` for the shared ones."""
    where = path.relative_to(PACKAGE).parts
    return where[1] if where[0] == "domains" else where[0]


@pytest.fixture(scope="module")
def missing() -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for path in FILES:
        found[part_of(path)] += undescribed(path.read_text())
    return found


@pytest.mark.parametrize("part", sorted({part_of(path) for path in FILES}))
def test_every_type_and_root_field_is_described(part: str, missing: dict[str, list[str]]) -> None:
    assert missing[part] == []


def test_a_missing_description_is_seen() -> None:
    sdl = """
        extend type Query { "Told." told: Told untold: Untold }
        extend type Mutation { alsoUntold: Boolean }
        "A description." type Told { fieldsMayDoWithout: ID }
        type Untold { "Of a field." id: ID }
        input UntoldInput { id: ID }
        enum UntoldKind { A }
        interface UntoldFace { id: ID }
        union UntoldAny = Told | Untold
        scalar UntoldValue
    """
    assert undescribed(sdl) == [
        "Query.untold",
        "Mutation.alsoUntold",
        "Untold",
        "UntoldInput",
        "UntoldKind",
        "UntoldFace",
        "UntoldAny",
        "UntoldValue",
    ]
