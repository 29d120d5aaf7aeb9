"""All dates of all arguments are read alike (`souk.values.moments`)."""

import re
from dataclasses import replace
from typing import Any

import pytest
from graphql import (
    ArgumentNode,
    FieldNode,
    NameNode,
    OperationDefinitionNode,
    VariableDefinitionNode,
    VariableNode,
    parse,
    parse_type,
    print_ast,
    value_from_ast_untyped,
)

from souk.app import graph
from souk.domains.jobs.model.parts import PostingInfo
from souk.values.moments import EXPECTED
from tests.authority.contracts import WORKING, term_of
from tests.authority.messages import GROUP
from tests.authority.row import Row
from tests.authority.rows import ROWS
from tests.authority.world import FREELANCER, OWNER, Viewer, World
from tests.support.api import Answer
from tests.support.arguments import Leaf, leaves

_DATE_NAME = re.compile(r"([dD]ate|[tT]ime|Period|Start|End|[dD]eadline|After|Before|Ts)(_\w+)?$")
NOTES = re.compile(r"autoReviewTs|lastOboAgentActionTs|(close|publish|sourcing|c|m)[tT]ime|filledDate")
"""What a program says about a posting; stored and not used."""
DATES = [leaf for leaf in leaves() if leaf.type == "String" and _DATE_NAME.search(leaf.name)]
CELLS = "Mutation.trackTime"
"""It refuses cells one by one, and needs points in time (`tests/domains/time/test_tracking.py`)."""
MONTHS = "Query.feeIncome"
"""It takes months."""
READ = [
    leaf
    for leaf in DATES
    if not NOTES.fullmatch(leaf.name)
    and not leaf.field.startswith("GenericOrganization.")
    and leaf.field not in (CELLS, MONTHS)
]

NESTED = {
    "Contract.workDays": f"""query ($given: DateTimeRange!) {{ contract(id: "{term_of(WORKING)}") {{
        workDays(timeRange: $given) {{ date }} }} }}""",
    "Contract.workDiaryTimeCells": f"""query ($given: String!) {{ contract(id: "{term_of(WORKING)}") {{
        workDiaryTimeCells(date: $given) {{ memo }} }} }}""",
    "CurrentOrganization.agencyContractTimeReport": """query ($given: DateTimeRange!) { organization {
        agencyContractTimeReport(timeReportDate_bt: $given) { totalCount } } }""",
    "CurrentOrganization.agencyTimeReport": """query ($given: DateTimeRange!) { organization {
        agencyTimeReport(timeReportDate_bt: $given) { memo } } }""",
    "CurrentOrganization.clientTimeReport": """query ($given: DateTimeRange!) { organization {
        clientTimeReport(timeReportDate_bt: $given) { memo } } }""",
    "CurrentUser.timeReport": """query ($given: DateTimeRange!) { user {
        timeReport(timeReportDate_bt: $given) { memo } } }""",
    "CurrentOrganization.clientContractTimeReport": """query ($given: DateTimeRange!) { organization {
        clientContractTimeReport(timeReportDate_bt: $given) { totalCount } } }""",
    "CurrentUser.contractTimeReport": """query ($given: DateTimeRange!) { user {
        contractTimeReport(timeReportDate_bt: $given) { totalCount } } }""",
    "CurrentOrganization.clientOffers": """query ($given: OfferByClientFilter) { organization {
        clientOffers(offerByClientFilter: $given, pagination: {first: 1}) { totalCount } } }""",
    "CurrentOrganization.agencyOffers": """query ($given: OfferByRootCompanyFilter) { organization {
        agencyOffers(offerByRootCompanyFilter: $given, pagination: {first: 1}) { totalCount } } }""",
    "CurrentOrganization.jobPosting": """query ($given: JobPostingsFilter!) { organization {
        jobPosting(jobPostingFilter: $given) { totalCount } } }""",
    "Query.roomStories": f"""query ($given: StoryFilter) {{
        roomStories(filter: {{roomId_eq: "{GROUP}", storyFilter: $given}}) {{ totalCount }} }}""",
    "Room.stories": f"""query ($given: StoryFilter) {{ room(id: "{GROUP}") {{
        stories(filter: $given) {{ totalCount }} }} }}""",
    "CurrentUser.offer": """query ($given: OfferForFreelancerFilter) { user {
        offer(offerForFreelancerFilter: $given, pagination: {first: 1}) { totalCount } } }""",
}
"""Requests for the lists that are no root fields."""
AMOUNT = {"amount": "1000", "currency": "USD"}
MILESTONE = {"description": "One", "amount": AMOUNT}
BESIDE: dict[str, dict[str, Any]] = {
    "milestones": MILESTONE,
    "milestoneTerms": {"budget": AMOUNT},
    "milestoneList": MILESTONE,
}
"""Required fields beside a date, by the name of the input field that holds them."""
LISTS = {"milestones", "milestoneList", "tasks"}
NOT_DATES = ("yesterday", "20261301")
DAYS_AND_POINTS = ("20260330", "2026-03-30", "2026-03-30T12:00:00.000+0100")


def placed(value: Any, path: tuple[str, ...], date: Any) -> Any:
    """Return an input with a date at a path."""
    if not path:
        return date
    name, *rest = path
    given = dict(value or {})
    there = given.get(name) or BESIDE.get(name)
    part = placed(there[0] if isinstance(there, list) else there, tuple(rest), date)
    if name == "milestoneTerms":
        del given["hourlyRateTerms"]  # an offer has one kind of terms
    return given | {name: [part] if name in LISTS else part}


def send(world: World, leaf: Leaf, date: str) -> Answer:
    """Send a request that works otherwise, with a date in one of its arguments."""
    value: Any = [date, date] if "Period_bt" in leaf.name else date
    if leaf.field in NESTED:
        viewer: Viewer = FREELANCER if leaf.field.startswith("CurrentUser") else OWNER
        return world[viewer].call(
            NESTED[leaf.field],
            {
                "given": placed(
                    {},
                    leaf.path[leaf.path.index("storyFilter") + 1 :] if "storyFilter" in leaf.path else leaf.path[1:],
                    value,
                )
            },
        )
    row = next(row for row in ROWS if row.field == leaf.field)
    argument, *inside = leaf.path
    passed = re.search(rf"\b{argument}: \$(\w+)", row.document)
    if passed:
        variables = dict(row.variables) | {passed[1]: placed(row.variables[passed[1]], tuple(inside), value)}
        return world[row.owner].call(row.document, variables)
    type_name, _, name = leaf.field.partition(".")
    type_ = graph().object_type(type_name).fields[name].args[argument].type
    document, before = with_variable(row, argument, str(type_))
    return world[row.owner].call(document, dict(row.variables) | {"given": placed(before, tuple(inside), value)})


def with_variable(row: Row, argument: str, type_: str) -> tuple[str, Any]:
    """Return a row's document with an argument of its root field from the variable `given`, and its value before."""
    (operation,) = parse(row.document).definitions
    assert isinstance(operation, OperationDefinitionNode)
    (field,) = operation.selection_set.selections
    assert isinstance(field, FieldNode)
    kept = [one for one in field.arguments or () if one.name.value != argument]
    before = next((one.value for one in field.arguments or () if one.name.value == argument), None)
    given = ArgumentNode(name=NameNode(value=argument), value=VariableNode(name=NameNode(value="given")))
    field = replace(field, arguments=(given, *kept))
    declared = VariableDefinitionNode(
        variable=VariableNode(name=NameNode(value="given")), type=parse_type(type_), directives=()
    )
    selected = replace(operation.selection_set, selections=(field,))
    variables = (declared, *(operation.variable_definitions or ()))
    changed = replace(operation, selection_set=selected, variable_definitions=variables)
    return print_ast(changed), value_from_ast_untyped(before, dict(row.variables)) if before else {}


@pytest.mark.parametrize("leaf", READ, ids=str)
def test_other_texts_are_refused(world: World, leaf: Leaf) -> None:
    with world.unchanged():
        for text in NOT_DATES:
            answer = send(world, leaf, text)
            assert answer.code == "UNPROCESSABLE_CONTENT", (text, answer.json)
            assert EXPECTED in answer.error["message"]
            assert leaf.name in answer.error["message"]


@pytest.mark.parametrize("leaf", READ, ids=str)
def test_days_and_points_are_read(world: World, leaf: Leaf) -> None:
    with world.restored():
        for text in DAYS_AND_POINTS:
            answer = send(world, leaf, text)
            assert EXPECTED not in str(answer.json), answer.json
            assert "GRAPHQL" not in str(answer.json), answer.json


def test_organizations_of_both_types_have_the_same_lists() -> None:
    others = {leaf.field for leaf in DATES if leaf.field.startswith("GenericOrganization.")}
    computed = graph().computed
    assert others
    for field in others:
        assert computed[field].resolve is computed[field.replace("Generic", "Current")].resolve, field


def test_compact_day_of_posting_is_stored_with_dashes() -> None:
    info = PostingInfo.model_validate({"startDate": "20270301", "endDate": "2027-04-01", "deadline": "20270215"})
    assert (info.start_date, info.end_date, info.deadline) == ("2027-03-01", "2027-04-01", "2027-02-15")
