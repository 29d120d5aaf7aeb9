"""The test world of workflows: an offer of Acme to Sofia, and the workflows of it."""

from dataclasses import dataclass
from typing import Any, Final

from souk.storage.transaction import OUTBOX
from tests.support.api import Answer, Person
from tests.support.worlds.clouds import CloudsWorld

COUNTS: Final = """onboardedStatus totalTasks notStartedTasksCount inProgressTasksCount completedTasksCount tasksOverdue
  percentComplete"""
TASK: Final = """id type title description status assignee { entityType entityId } createdDateTime finishedDateTime
  dueDate modifiedDateTime createdBy modifiedBy labels active notRequired dependsOn externalTaskId delayReasons
  customAttributes { key value } order canEdit owner
  comments { id message createdDateTime createdBy visibleToClient attachments { id name type } }
  changes { changedDateTime changedBy field oldValue newValue }"""
WHOLE: Final = f"""id type {COUNTS} startDateTime completionDateTime associations {{ entityType entityValue }}
  tasks {{ {TASK} }} createdDateTime modifiedDateTime createdBy modifiedBy waiveReason"""
INPUTS: Final = {
    "createWorkflow": "CreateWorkflowInput",
    "addWorkflowTask": "AddWorkflowTaskInput",
    "commentWorkflowTask": "CommentWorkflowTaskInput",
    "assignWorkflowTask": "AssignWorkflowTaskInput",
}
UPDATE: Final = f"""mutation ($w: ID, $t: ID, $d: UpdateWorkflowTaskDetailsInput) {{
  updateWorkflowTask(workflowId: $w, taskId: $t, updateWorkflowTaskDetailsInput: $d) {{
    workflowId updatedTaskView {{ {TASK} }} }} }}"""


@dataclass
class WorkflowWorld(CloudsWorld):
    """Olivia owns Acme, and hires Sofia."""

    def mutate(self, mutation: str, who: Person | None = None, selected: str | None = None, **fields: Any) -> Answer:
        """Call a mutation with an input. Default: Olivia does."""
        shown = selected or (WHOLE if mutation == "createWorkflow" else f"workflowId updatedTaskView {{ {TASK} }}")
        document = f"mutation ($input: {INPUTS[mutation]}!) {{ {mutation}(input: $input) {{ {shown} }} }}"
        return (who or self.olivia).call(document, {"input": fields})

    def offer(self, *, by_the_hour: bool = True, **fields: Any) -> str:
        """Make an offer to Sofia for a new posting, and return its id."""
        return self.make_offer(self.post_job(by_the_hour=by_the_hour), **fields)

    def begin(self, entity_id: str, *tasks: dict[str, Any] | str, who: Person | None = None, **fields: Any) -> Any:
        """Make a workflow, and return it. Default: of an offer, ONBOARDING. A text is the title and key of a task."""
        return self.try_begin(entity_id, *tasks, who=who, **fields).data["createWorkflow"]

    def try_begin(
        self, entity_id: str, *tasks: dict[str, Any] | str, who: Person | None = None, **fields: Any
    ) -> Answer:
        """Make a workflow, and return the whole answer."""
        given = [{"title": one, "key": one} if isinstance(one, str) else one for one in tasks]
        wanted = {"entityType": "Offer", "entityId": entity_id, "type": "ONBOARDING", "tasks": given, **fields}
        return self.mutate("createWorkflow", who, **wanted)

    def update(self, workflow: Any, at: int, who: Person | None = None, **details: Any) -> Answer:
        """Update the task at a place of a workflow. Default: Olivia does."""
        named = {"w": workflow["id"], "t": workflow["tasks"][at]["id"], "d": details}
        return (who or self.olivia).call(UPDATE, named)

    def updated(self, workflow: Any, at: int, who: Person | None = None, **details: Any) -> Any:
        """Update a task, and return it."""
        return self.update(workflow, at, who, **details).data["updateWorkflowTask"]["updatedTaskView"]

    def read(self, workflow_id: str, who: Person | None = None, selected: str = WHOLE) -> Any:
        """Return what a person sees of a workflow. Default: Olivia does."""
        document = f"query ($id: ID!) {{ workflow(id: $id) {{ {selected} }} }}"
        return (who or self.olivia).call(document, {"id": workflow_id}).data["workflow"]

    def newest(self, entity_type: str, entity_id: str, who: Person | None = None, selected: str = WHOLE) -> Any:
        """Return the newest workflow of an entity."""
        document = f"query ($t: String!, $id: ID!) {{ workflowView(entityType: $t, entityId: $id) {{ {selected} }} }}"
        return (who or self.olivia).call(document, {"t": entity_type, "id": entity_id}).data["workflowView"]

    def listed(self, who: Person | None = None, selected: str = "id", **conditions: Any) -> Answer:
        """Ask for workflows."""
        return (who or self.olivia).call(
            f"""query ($filter: WorkflowFilter!, $page: Pagination) {{ workflows(filter: $filter, pagination: $page) {{
              totalCount edges {{ cursor node {{ {selected} }} }} pageInfo {{ hasNextPage endCursor }} }} }}""",
            {"page": conditions.pop("page", None), "filter": conditions},
        )

    def ids(self, who: Person | None = None, **conditions: Any) -> list[str]:
        """Return the ids of the workflows that a person lists."""
        return [edge["node"]["id"] for edge in self.listed(who, **conditions).data["workflows"]["edges"]]

    def waive(self, workflow_id: str, who: Person | None = None, reason: str | None = None) -> Answer:
        """Waive a workflow."""
        return (who or self.olivia).call(
            f"mutation ($id: ID!, $r: String) {{ waiveWorkflow(workflowId: $id, reason: $r) {{ {WHOLE} }} }}",
            {"id": workflow_id, "r": reason},
        )

    def end(self, contract_id: str) -> Answer:
        """End a contract as the client."""
        return self.olivia.call(
            """mutation ($id: ID!, $input: EndContractInput!) { endContractByClient(contractId: $id, input: $input) {
              success } }""",
            {"id": contract_id, "input": {"reasonRef": "1201", "endDate": None}},
        )

    def workflow_events(self) -> list[tuple[str, set[str]]]:
        """Return the action and the audience of every event of workflows, in order."""
        items = self.souk.table.client.scan(TableName=self.souk.table.name)["Items"]
        outbox = sorted((item for item in items if item["SK"]["S"] == "EVENT"), key=lambda item: item["PK"]["S"])
        events = [OUTBOX.decode(item) for item in outbox]
        return [(one.action, set(one.audience)) for one in events if one.entity == "WORKFLOW"]
