"""Every id is also taken in the form that web addresses use (`~01...`, `~02...`)."""

import re
from typing import Any

import pytest
from graphql import (
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    IntValueNode,
    OperationDefinitionNode,
    StringValueNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    parse,
    print_ast,
    type_from_ast,
    visit,
)

from souk.app import graph
from souk.domains.identity.inputs import PermissionFilter
from souk.domains.jobs.inputs import JobFilter
from souk.values.ids import plain_id
from tests.authority.row import Row, text_of
from tests.authority.rows import ROWS
from tests.authority.world import World
from tests.support.arguments import leaves

_ID_NAME = re.compile(r"(?:^i|I)ds?(?:_\w+)?$|uid$")
WITHOUT_PEOPLE_OR_JOBS = re.compile(
    r"(occupation|skill|parentSkill|city|zipCode|area|vat|aceR|legacyR|u|opening|teamR)[iI]ds?(_any)?|ids"
)
"""Ids that are declared as String and name no person and no posting: of the ontology, of places, and notes."""


def in_web_form(value: Any, type_: Any) -> Any:
    """Return a value of an input type with every numeric id in the form of web addresses."""
    if isinstance(type_, GraphQLNonNull):
        return in_web_form(value, type_.of_type)
    if value is None:
        return None
    if isinstance(type_, GraphQLList):
        return [in_web_form(one, type_.of_type) for one in value] if isinstance(value, list) else value
    if isinstance(type_, GraphQLInputObjectType):
        return {name: in_web_form(part, type_.fields[name].type) for name, part in value.items()}
    return f"~02{value}" if type_.name == "ID" and str(value).isdecimal() else value


def request_in_web_form(row: Row) -> tuple[str, dict[str, Any]]:
    """Return a row's document and variables with every numeric id in the form of web addresses."""
    document, info = parse(row.document), TypeInfo(graph().schema)

    def replaced(node: StringValueNode | IntValueNode) -> StringValueNode | None:
        wanted = info.get_input_type()
        is_id = wanted is not None and get_named_type(wanted).name == "ID" and node.value.isdecimal()
        return StringValueNode(value=f"~02{node.value}") if is_id else None

    class Literals(Visitor):
        def enter_string_value(self, node: StringValueNode, *_: Any) -> StringValueNode | None:
            return replaced(node)

        def enter_int_value(self, node: IntValueNode, *_: Any) -> StringValueNode | None:
            return replaced(node)

    operation = next(node for node in document.definitions if isinstance(node, OperationDefinitionNode))
    types = {
        one.variable.name.value: type_from_ast(graph().schema, one.type) for one in operation.variable_definitions or ()
    }
    variables = {name: in_web_form(value, types[name]) for name, value in row.variables.items()}
    return print_ast(visit(document, TypeInfoVisitor(info, Literals()))), variables


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_ids_are_taken_in_web_form(world: World, row: Row) -> None:
    document, variables = request_in_web_form(row)
    with world.restored():
        answer = world[row.owner].call(document, variables)
        assert row.shows in text_of(answer), answer.json


def test_most_rows_have_ids() -> None:
    changed = [row for row in ROWS if request_in_web_form(row) != (print_ast(parse(row.document)), dict(row.variables))]
    assert len(changed) > len(ROWS) / 2


def test_string_arguments_that_hold_ids_are_known() -> None:
    """An id of a person or a posting that is declared as String needs `IdText` in its input model."""
    texts = [leaf for leaf in leaves() if leaf.type == "String" and _ID_NAME.search(leaf.name)]
    assert {str(leaf) for leaf in texts if not WITHOUT_PEOPLE_OR_JOBS.fullmatch(leaf.name)} == {
        "CurrentOrganization.userPermissions filter.userId",
        "Mutation.addFreelancerEmploymentRecord input.standardizedCompanyId",  # of lists that Souk does not have
        "Mutation.addFreelancerEmploymentRecord input.standardizedJobTitleId",
        "Mutation.updateFreelancerEmploymentRecord input.standardizedCompanyId",
        "Mutation.updateFreelancerEmploymentRecord input.standardizedJobTitleId",
        "Mutation.setTalentCloudTasks input.tasks.externalTaskId",  # of the client's own system
        "Mutation.createWorkflow input.tasks.externalTaskId",
        "Mutation.addWorkflowTask input.task.externalTaskId",
        "Query.freelancerProfileSearchRecords searchFilter.weightedOntologyIds.ontologyId",
        "Query.marketplaceJobPostings marketPlaceJobFilter.maxId_eq",
        "Query.marketplaceJobPostings marketPlaceJobFilter.sinceId_eq",
    }


def test_string_ids_are_taken_in_web_form() -> None:
    searched = JobFilter.model_validate({"sinceId_eq": "~027", "maxId_eq": "~028"})
    assert (searched.since_id_eq, searched.max_id_eq) == ("7", "8")
    assert PermissionFilter.model_validate({"userId": "~017", "resourceType_eq": ""}).user_id == "7"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("~011200000000000000101", "1200000000000000101"),
        ("011200000000000000101", "1200000000000000101"),
        ("~021400000000000000001", "1400000000000000001"),
        ("~017", "7"),
        ("1200000000000000101", "1200000000000000101"),
        ("0112", "0112"),
        ("~01", "~01"),
        ("~0112x", "~0112x"),
        ("~01١", "~01١"),  # noqa: RUF001 - a digit of another script
        ("cjld2cjxh0000qzrmn831i7rn", "cjld2cjxh0000qzrmn831i7rn"),
        ("", ""),
    ],
)
def test_plain_id(text: str, expected: str) -> None:
    assert plain_id(text) == expected
