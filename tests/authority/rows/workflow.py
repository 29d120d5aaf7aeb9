"""Workflows: known to the two parties of their offer or contract."""

from typing import Any, Final

from tests.authority.clouds import POOL
from tests.authority.contracts import RESTING, WORKING
from tests.authority.fixtures import CLEO
from tests.authority.row import Outcome, Reply, Row, refused, sees
from tests.authority.workflow import SHOWN, WORKFLOW

_TASK: Final = """{ id type title description status assignee { entityType entityId } labels active notRequired
  dependsOn delayReasons customAttributes { key value } order canEdit owner createdBy
  comments { id message createdBy visibleToClient attachments { id } }
  changes { changedBy field oldValue newValue } }"""
_WHOLE: Final = f"""{{ id type onboardedStatus totalTasks percentComplete associations {{ entityType entityValue }}
  tasks {_TASK} createdBy waiveReason }}"""
_RESULT: Final = f"{{ workflowId updatedTaskView {_TASK} }}"


def _roleless(reply: Reply) -> None:
    """Expect NOT_FOUND, and FORBIDDEN for a service account, which runs no mutations."""
    refused("FORBIDDEN" if reply.viewer.name == "service account" else "NOT_FOUND")(reply)


def _change(
    field: str,
    type_: str,
    shows: str,
    selected: str = _RESULT,
    *,
    about: str = "",
    roleless: Outcome | None = None,
    **given: Any,
) -> Row:
    return Row(
        field=f"Mutation.{field}",
        about=about,
        roleless=roleless,
        document=f"mutation ($input: {type_}!) {{ {field}(input: $input) {selected} }}",
        variables={"input": given},
        shows=shows,
        strangers=refused("NOT_FOUND"),
    )


_TASK_NAMED: Final[dict[str, Any]] = {"workflowId": WORKFLOW, "taskId": SHOWN}

ROWS: tuple[Row, ...] = (
    Row(
        field="Query.workflowView",
        document=f'query ($id: ID!) {{ workflowView(entityType: "Contract", entityId: $id) {_WHOLE} }}',
        variables={"id": WORKING},
        shows="canary-workflow-hidden",
        strangers=sees(None),
    ),
    Row(
        field="Query.workflow",
        document=f"query ($id: ID!) {{ workflow(id: $id) {_WHOLE} }}",
        variables={"id": WORKFLOW},
        shows="canary-workflow-comment",
        strangers=sees(None),
    ),
    Row(
        field="Query.workflows",
        document=f"""{{ workflows(filter: {{}}) {{ totalCount edges {{ cursor node {_WHOLE} }}
          pageInfo {{ hasNextPage }} }} }}""",
        shows="canary-workflow-task",
        strangers=sees({"totalCount": 0, "edges": [], "pageInfo": {"hasNextPage": False}}),
    ),
    Row(
        field="Query.workflows",
        about="of a contract",
        document=f"""query ($id: ID!) {{ workflows(filter: {{entityType_eq: "Contract", entityId_eq: $id}}) {{
          totalCount edges {{ node {_WHOLE} }} }} }}""",
        variables={"id": WORKING},
        shows="canary-workflow-task",
        strangers=sees({"totalCount": 0, "edges": []}),
    ),
    _change(
        "createWorkflow",
        "CreateWorkflowInput",
        '"title":"Sign here"',
        _WHOLE,
        about="of a member of a cloud",
        roleless=_roleless,
        entityType="TalentCloud",
        entityId=POOL,
        type="ONBOARDING",
        freelancerUserId=CLEO,
        tasks=[{"title": "Sign here"}],
    ),
    _change(
        "createWorkflow",
        "CreateWorkflowInput",
        '"title":"Sign here"',
        _WHOLE,
        about="of a contract",
        entityType="Contract",
        entityId=RESTING,
        type="ONBOARDING",
        tasks=[{"title": "Sign here"}],
    ),
    _change(
        "addWorkflowTask",
        "AddWorkflowTaskInput",
        '"title":"Sign here"',
        workflowId=WORKFLOW,
        task={"title": "Sign here"},
    ),
    _change("commentWorkflowTask", "CommentWorkflowTaskInput", "canary-workflow-task", **_TASK_NAMED, message="When?"),
    _change("assignWorkflowTask", "AssignWorkflowTaskInput", "canary-workflow-task", **_TASK_NAMED, userId=None),
    Row(
        field="Mutation.updateWorkflowTask",
        document=f"""mutation ($w: ID, $t: ID, $d: UpdateWorkflowTaskDetailsInput) {{
          updateWorkflowTask(workflowId: $w, taskId: $t, updateWorkflowTaskDetailsInput: $d) {_RESULT} }}""",
        variables={"w": WORKFLOW, "t": SHOWN, "d": {"status": "COMPLETED"}},
        shows="canary-workflow-task",
        strangers=refused("NOT_FOUND"),
    ),
    Row(
        field="Mutation.waiveWorkflow",
        document=f"mutation ($id: ID!) {{ waiveWorkflow(workflowId: $id) {_WHOLE} }}",
        variables={"id": WORKFLOW},
        shows="canary-workflow-task",
        strangers=refused("NOT_FOUND"),
    ),
)
