"""Talent clouds of Acme Design: known to it and to the company, and to their members."""

from typing import Any, Final

from tests.authority.clouds import ARCHIVED, EMPTY, POOL
from tests.authority.fixtures import CLEO, CLOUD, DESIGN, IVY, ZOE
from tests.authority.row import Outcome, Reply, Row, asks_to_join, refused, sees
from tests.authority.world import AGENT, FREELANCER, INVITED, OUTSIDER

_CLOUD: Final = """{ id name description joinRejectionMessage joinRequestNotifyUsers { id } creator { id }
  talentCloudTasks { taskSections { taskSectionDetails { name } tasks { name description } } } }"""
_REQUEST: Final = "{ talentCloudId user { id } message state reply createdDateTime answeredBy { id } }"


def _freelancers_alone(reply: Reply) -> None:
    """Expect what all freelancers see who know the id; null for others."""
    if reply.viewer in (AGENT, FREELANCER, INVITED, OUTSIDER):
        assert reply.value["joinInstructions"] == "Send a drawing."
    else:
        assert reply.value is None


def _change(field: str, type_: str, shows: str, selected: str = _CLOUD, **given: Any) -> Row:
    return Row(
        field=f"Mutation.{field}",
        document=f"mutation ($input: {type_}!) {{ {field}(input: $input) {selected} }}",
        variables={"input": given},
        shows=shows,
        strangers=refused("NOT_FOUND"),
        roleless=_ROLELESS,
    )


def _act(field: str, cloud_id: str, shows: str) -> Row:
    return Row(
        field=f"Mutation.{field}",
        document=f"mutation ($id: ID!) {{ {field}(id: $id) {_CLOUD} }}",
        variables={"id": cloud_id},
        shows=shows,
        strangers=refused("NOT_FOUND"),
        roleless=_ROLELESS,
    )


def _refused_service(reply: Reply) -> None:
    """Expect NOT_FOUND, and FORBIDDEN for a service account, which runs no mutations."""
    refused("FORBIDDEN" if reply.viewer.name == "service account" else "NOT_FOUND")(reply)


_ROLELESS: Final[Outcome] = _refused_service

ROWS: tuple[Row, ...] = (
    Row(
        field="Query.talentCloud",
        document=f"query ($id: ID!) {{ talentCloud(id: $id) {_CLOUD} }}",
        variables={"id": POOL},
        shows="canary-cloud-name-pool",
        strangers=sees(None),
    ),
    Row(
        field="Query.talentCloudTasks",
        document="""query ($ids: [ID!]!) { talentCloudTasks(filter: {talentCloudIds_any: $ids}) {
          talentCloud { name } taskSections { taskSectionDetails { name } tasks { name description } } } }""",
        variables={"ids": [POOL, CLOUD]},
        shows="canary-task-pool",
        strangers=sees([]),
    ),
    Row(
        field="Query.talentCloudJoinInfo",
        document=f"""query ($id: ID!) {{ talentCloudJoinInfo(id: $id) {{
          id name joinInstructions member request {_REQUEST} }} }}""",
        variables={"id": POOL},
        shows="canary-asked-to-join",
        strangers=_freelancers_alone,
        owner=INVITED,
    ),
    Row(
        field="Query.talentCloudMembers",
        document="""query ($id: ID!) { talentCloudMembers(talentCloudId: $id) {
          totalCount edges { cursor node { user { id } addedBy { id } joinedDateTime } }
          pageInfo { hasNextPage } } }""",
        variables={"id": POOL},
        shows=f'"id":"{CLEO}"',
        strangers=refused("NOT_FOUND"),
    ),
    Row(
        field="Query.talentCloudRequests",
        document=f"""query ($id: ID) {{ talentCloudRequests(filter: {{talentCloudId_eq: $id}}) {{
          totalCount edges {{ cursor node {_REQUEST} }} pageInfo {{ hasNextPage }} }} }}""",
        variables={"id": POOL},
        shows="canary-asked-to-join",
        strangers=refused("NOT_FOUND"),
    ),
    Row(
        field="Query.talentCloudRequests",
        about="own",
        document=f"{{ talentCloudRequests {{ totalCount edges {{ node {_REQUEST} }} }} }}",
        shows="canary-asked-to-join",
        strangers=sees({"totalCount": 0, "edges": []}),
        owner=INVITED,
    ),
    Row(
        field="Mutation.createTalentCloud",
        document=f"mutation ($input: CreateTalentCloudInput!) {{ createTalentCloud(input: $input) {_CLOUD} }}",
        variables={"input": {"name": "Gulls", "organizationId": DESIGN}},
        shows='"name":"Gulls"',
        strangers=refused("FORBIDDEN"),
    ),
    _change("updateTalentCloud", "UpdateTalentCloudInput", "canary-cloud-name-pool", id=POOL, selectable=False),
    _act("archiveTalentCloud", POOL, "canary-cloud-name-pool"),
    _act("restoreTalentCloud", ARCHIVED, "canary-cloud-name-archived"),
    _change(
        "setTalentCloudTasks",
        "SetTalentCloudTasksInput",
        '"name":"Sign here"',
        talentCloudId=POOL,
        sections=[{"key": "begin", "name": "Begin", "type": "ONBOARDING"}],
        tasks=[{"key": "sign", "sectionKeys": ["begin"], "name": "Sign here"}],
    ),
    _change(
        "addFreelancersToTalentCloud",
        "AddFreelancersToTalentCloudInput",
        f'"id":"{ZOE}"',
        "{ added { user { id } joinedDateTime } failed { userId code message } }",
        talentCloudId=POOL,
        userIds=[ZOE],
    ),
    Row(
        field="Mutation.removeFreelancerFromTalentCloud",
        document="mutation ($c: ID!, $u: ID!) { removeFreelancerFromTalentCloud(talentCloudId: $c, userId: $u) }",
        variables={"c": POOL, "u": CLEO},
        shows='"removeFreelancerFromTalentCloud":true',
        strangers=refused("NOT_FOUND"),
        roleless=_ROLELESS,
    ),
    Row(
        field="Mutation.requestToJoinTalentCloud",
        document=f"""mutation ($input: RequestToJoinTalentCloudInput!) {{
          requestToJoinTalentCloud(input: $input) {_REQUEST} }}""",
        variables={"input": {"talentCloudId": EMPTY}},
        shows='"state":"PENDING"',
        strangers=asks_to_join,
        owner=INVITED,
    ),
    Row(
        field="Mutation.withdrawTalentCloudRequest",
        document=f"mutation ($id: ID!) {{ withdrawTalentCloudRequest(talentCloudId: $id) {_REQUEST} }}",
        variables={"id": POOL},
        shows='"state":"WITHDRAWN"',
        strangers=refused("NOT_FOUND"),
        roleless=_ROLELESS,
        owner=INVITED,
    ),
    _change(
        "answerTalentCloudRequest",
        "AnswerTalentCloudRequestInput",
        "canary-asked-to-join",
        _REQUEST,
        talentCloudId=POOL,
        userId=IVY,
        approve=False,
        note="Too few gulls.",
    ),
)
