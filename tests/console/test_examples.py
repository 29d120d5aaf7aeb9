"""The examples of the API explorer are requests that the API takes."""

from collections import Counter

from graphql import GraphQLError, OperationDefinitionNode, OperationType, parse, validate
from graphql.execution.values import get_variable_values

from souk.app import schema
from souk.console.developer.examples import MENUS, examples


def test_examples_are_valid_with_their_variables() -> None:
    faults = []
    for example in examples():
        document = parse(example.document)
        errors: list[GraphQLError] = validate(schema(), document)
        (operation,) = document.definitions
        assert isinstance(operation, OperationDefinitionNode)
        values = get_variable_values(schema(), operation.variable_definitions or (), dict(example.variables))
        faults += [(example.id, error.message) for error in errors or (values if isinstance(values, list) else [])]
        if operation.operation is OperationType.MUTATION:
            assert "# This changes data: " in example.document, example.id
    assert faults == []


def test_each_menu_has_at_least_two_examples() -> None:
    count = Counter(example.domain for example in examples())
    assert set(count) == set(MENUS)
    assert min(count.values()) >= 2
    assert len({example.id for example in examples()}) == len(examples())
