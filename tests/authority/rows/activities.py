"""Activities: for a team's members, of whom those who hire change them, and for the freelancers of its contracts."""

from typing import Any

from tests.authority.activities import ARCHIVED, LISTED
from tests.authority.contracts import RESTING, WORKING
from tests.authority.fixtures import ACME, DESIGN
from tests.authority.row import Row, refused
from tests.authority.world import INVITED, OWNER, Viewer

_HIDDEN = refused("NOT_FOUND")
_ACTIVITY = """{ code description url budget status level teamId companyId recordId createdTime totalContracts
  contracts { contractId } }"""


def _listed(shows: str, owner: Viewer, **filter_: Any) -> Row:
    return Row(
        field="Query.teamActivities",
        about="" if owner is OWNER else str(owner),
        document=f"""query ($org: ID!, $team: ID, $filter: ActivityFilterInput) {{
          teamActivities(orgId: $org, teamId: $team, filter: $filter) {{
            totalCount edges {{ node {_ACTIVITY} }} }} }}""",
        variables={"org": ACME, "team": DESIGN, "filter": filter_},
        shows=shows,
        strangers=_HIDDEN,
        owner=owner,
    )


def _changed(field: str, declared: str, passed: str, **given: Any) -> Row:
    return Row(
        field=f"Mutation.{field}",
        document=f"""mutation ($org: ID!, $team: ID, {declared}) {{
          {field}(orgId: $org, teamId: $team, {passed}) {{ success }} }}""",
        variables={"org": ACME, "team": DESIGN, **given},
        shows='"success":true',
        strangers=_HIDDEN,
    )


_BY_CODES = ("$codes: [String!]!", "codes: $codes")

ROWS: tuple[Row, ...] = (
    _listed("31415.92", OWNER),
    _listed("canary-activity-of-a-contract", INVITED, contractId=WORKING),
    _changed(
        "addTeamActivity",
        "$request: AddTeamActivityRequest!",
        "request: $request",
        request={"code": "paint", "description": "Painting", "contractIds": [WORKING], "budget": 5},
    ),
    _changed(
        "updateTeamActivity",
        "$request: UpdateTeamActivityRequest!",
        "request: $request",
        request={"code": LISTED, "description": "Drawings", "contractIds": [RESTING]},
    ),
    _changed("archiveTeamActivity", *_BY_CODES, codes=[LISTED]),
    _changed("unarchiveTeamActivity", *_BY_CODES, codes=[ARCHIVED]),
    _changed(
        "assignTeamActivityToTheContract",
        "$contract: ID!, $codes: [String]!",
        "contractId: $contract, codes: $codes",
        contract=RESTING,
        codes=[LISTED],
    ),
)
