"""Inputs of the requests about workflows."""

from souk.domains.clouds.inputs import NewAttribute, NewPermission
from souk.domains.clouds.model import SectionType, TaskRole
from souk.domains.workflow.model import Status, TaskLabel, TaskStatus
from souk.storage import Input
from souk.values.ids import Id, IdText


class WorkflowFilter(Input):
    """Souk's WorkflowFilter."""

    entity_type_eq: str | None = None
    entity_id_eq: Id | None = None
    type_eq: SectionType | None = None
    status_eq: Status | None = None


class NewTask(Input):
    """Souk's WorkflowTaskInput."""

    key: str | None = None
    type: str | None = None
    title: str
    description: str | None = None
    due_date: str | None = None
    depends_on: tuple[str, ...] | None = None
    completion_required: bool | None = None
    permissions: tuple[NewPermission, ...] | None = None
    primary_task_owner: TaskRole | None = None
    assignee_user_id: IdText | None = None
    external_task_id: str | None = None
    custom_attributes: tuple[NewAttribute, ...] | None = None


class NewWorkflow(Input):
    """Souk's CreateWorkflowInput."""

    entity_type: str
    entity_id: str
    type: SectionType
    freelancer_user_id: IdText | None = None
    tasks: tuple[NewTask, ...]
    idempotency_key: str | None = None


class AddedTask(Input):
    """Souk's AddWorkflowTaskInput."""

    workflow_id: str
    task: NewTask
    idempotency_key: str | None = None


class NewComment(Input):
    """Souk's CommentWorkflowTaskInput."""

    workflow_id: str
    task_id: str
    message: str
    visible_to_client: bool | None = None
    attachment_ids: tuple[str, ...] | None = None
    idempotency_key: str | None = None


class Assignment(Input):
    """Souk's AssignWorkflowTaskInput."""

    workflow_id: str
    task_id: str
    user_id: IdText | None = None


class PatchedLabel(Input):
    """The contract's WorkflowTaskPatchLabelInput."""

    label: TaskLabel | None = None
    enabled: bool | None = None


class TaskDetails(Input):
    """The contract's UpdateWorkflowTaskDetailsInput, with Souk's own fields."""

    status: TaskStatus | None = None
    labels: tuple[PatchedLabel, ...] | None = None
    due_date: str | None = None
    active: bool | None = None
    delay_reasons: str | None = None
