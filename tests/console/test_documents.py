"""The documents of pages fit the schema, so that no page asks for what the API does not have."""

import pytest
from graphql import parse, validate

from souk.app import schema
from souk.console.graph import FOLDER, document

NAMES = sorted(str(path.relative_to(FOLDER).with_suffix("")) for path in FOLDER.rglob("*.gql"))


@pytest.mark.parametrize("name", [name for name in NAMES if name != "frame"])
def test_document_fits_the_schema(name: str) -> None:
    assert [error.message for error in validate(schema(), parse(document(name)))] == []
