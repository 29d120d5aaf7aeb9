"""The SDL files are well-formed, and every type is defined once."""

import json
from collections import Counter
from pathlib import Path

import pytest
from graphql import (
    ObjectTypeExtensionNode,
    TypeDefinitionNode,
    TypeExtensionNode,
    parse,
    validate_schema,
)

import souk
from tests.contract.snapshot import build

PACKAGE = Path(souk.__file__).parent
FILES = sorted(PACKAGE.rglob("*.graphql"))
CONTRACT: dict[str, str] = json.loads(Path(__file__).with_name("contract.json").read_text())
ROOTS = {"Query", "Mutation"}


def root_fields(path: Path) -> list[str]:
    return [
        f"{definition.name.value}.{field.name.value}"
        for definition in parse(path.read_text()).definitions
        if isinstance(definition, ObjectTypeExtensionNode) and definition.name.value in ROOTS
        for field in definition.fields or ()
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_file_defines_types_and_extends_only_the_roots(path: Path) -> None:
    definitions = parse(path.read_text()).definitions
    assert definitions
    for definition in definitions:
        if isinstance(definition, TypeExtensionNode):
            assert definition.name.value in ROOTS, "a type is defined as a whole by the domain that owns it"
        else:
            assert isinstance(definition, TypeDefinitionNode)
            assert definition.name.value not in ROOTS, "domains extend the root types; the assembler defines them"


def test_together_the_files_are_a_valid_schema() -> None:
    assert validate_schema(build(FILES)) == []


def test_no_type_is_defined_twice() -> None:
    names = Counter(
        definition.name.value
        for path in FILES
        for definition in parse(path.read_text()).definitions
        if isinstance(definition, TypeDefinitionNode)
    )
    assert [name for name, count in names.items() if count > 1] == []


def test_each_root_field_of_the_contract_stands_in_one_domain() -> None:
    domain_files = [path for path in FILES if path.is_relative_to(PACKAGE / "domains")]
    found = Counter(field for path in domain_files for field in root_fields(path))
    contract = {name for name in CONTRACT if name.partition(".")[0] in ROOTS and "." in name and "(" not in name}
    assert {field: found[field] for field in contract if found[field] != 1} == {}
    assert [field for field, count in found.items() if count > 1] == []


def test_what_all_share_has_no_root_field() -> None:
    shared_files = [path for path in FILES if path.is_relative_to(PACKAGE / "graph")]
    assert shared_files
    assert [field for path in shared_files for field in root_fields(path)] == []
