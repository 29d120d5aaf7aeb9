"""Stored workflows, their tasks, and what was said and changed about each task. Times are ISO 8601, UTC."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from souk.domains.agreements.model import Parties
from souk.domains.clouds.model import Attribute, SectionType, TaskPermission, TaskRole
from souk.domains.files.model import Attachment
from souk.storage import Entity, Model, Transaction

WORKFLOW: Final = "WORKFLOW"
"""The entity of the events of workflows, in `souk/events/catalog.json`."""


class WorkflowEvent(StrEnum):
    """The actions of the events of workflows."""

    CREATE = "CREATE"
    TASK = "TASK"
    COMPLETE = "COMPLETE"


class EntityType(StrEnum):
    """The kind of an entity that has workflows."""

    OFFER = "Offer"
    CONTRACT = "Contract"
    TALENT_CLOUD = "TalentCloud"


class Status(StrEnum):
    """The contract's WorkflowOnboardingStatus. CONTINGENT_START is never stored (`Workflow.shown_status`)."""

    NOT_STARTED = "NOT_STARTED"
    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    CONTINGENT_START = "CONTINGENT_START"
    WITHDRAWN = "WITHDRAWN"
    WAIVED = "WAIVED"

    @property
    def running(self) -> bool:
        """Whether there is something left to do."""
        return self in (Status.NOT_STARTED, Status.IN_PROGRESS)

    @property
    def closed(self) -> bool:
        """Whether the tasks cannot change any more."""
        return self in (Status.WITHDRAWN, Status.WAIVED)


class TaskStatus(StrEnum):
    """The contract's WorkflowTaskStatus."""

    NOT_OPEN = "NOT_OPEN"
    OPEN = "OPEN"
    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    WAIVED = "WAIVED"
    PAUSED = "PAUSED"
    PENDING = "PENDING"

    @property
    def finished(self) -> bool:
        """Whether nothing is left to do."""
        return self in (TaskStatus.COMPLETED, TaskStatus.WAIVED)

    @property
    def unstarted(self) -> bool:
        """Whether nobody has begun."""
        return self in (TaskStatus.NOT_OPEN, TaskStatus.OPEN)


class TaskLabel(StrEnum):
    """The contract's WorkflowTaskLabel."""

    FLAGGED = "FLAGGED"
    OVERDUE = "OVERDUE"
    """Derived from the due date."""


class Reference(Model):
    """An entity that has a workflow."""

    entity_type: EntityType
    entity_id: str


class Workflow(Entity):
    """A workflow without its tasks."""

    id: str
    type: SectionType
    parties: Parties
    """Of the offer or contract. For a talent cloud: its organization, and the member."""
    references: tuple[Reference, ...]
    status: Status = Status.NOT_STARTED
    worked: bool = False
    """Whether work was done under the contract."""
    waive_reason: str | None = None
    started: str | None = None
    """When a task was first begun."""
    completed: str | None = None
    created: str
    created_by_id: str
    modified: str
    modified_by_id: str

    @property
    def shown_status(self) -> Status:
        """The status, with CONTINGENT_START for a running one when work was done. OFFBOARDING does not know it."""
        contingent = self.worked and self.status.running and self.type is not SectionType.OFFBOARDING
        return Status.CONTINGENT_START if contingent else self.status

    def has(self, entity_type: EntityType, entity_id: str) -> bool:
        """Return whether an entity has this workflow."""
        return Reference(entity_type=entity_type, entity_id=entity_id) in self.references


class WorkflowRef(Entity):
    """A workflow in the list of one of its entities."""

    entity_type: EntityType
    entity_id: str
    workflow_id: str


class Task(Model):
    """A task of a workflow."""

    id: str
    type: str | None = None
    title: str
    description: str | None = None
    status: TaskStatus
    required: bool = True
    owner: TaskRole
    """The role that is responsible for it."""
    permissions: Mapping[TaskRole, TaskPermission]
    """Of all roles."""
    depends_on: tuple[str, ...] = ()
    due: str | None = None
    """YYYY-MM-DD."""
    assignee_id: str | None = None
    flagged: bool = False
    active: bool = True
    touched: bool = False
    """Whether a person has changed it since it opened."""
    delay_reasons: str | None = None
    external_id: str | None = None
    attributes: tuple[Attribute, ...] = ()
    created: str
    created_by_id: str
    modified: str
    modified_by_id: str
    finished: str | None = None

    def overdue(self, today: str) -> bool:
        """Return whether it is unfinished after the end of its due day. `today` is YYYY-MM-DD, UTC."""
        return self.active and not self.status.finished and self.due is not None and self.due < today


class WorkflowTasks(Entity):
    """All tasks of a workflow, in their order, in one item."""

    workflow_id: str
    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class Whole:
    """A workflow with its tasks, as they are stored."""

    workflow: Workflow
    stored: WorkflowTasks

    @property
    def id(self) -> str:
        """The id of the workflow."""
        return self.workflow.id

    @property
    def tasks(self) -> tuple[Task, ...]:
        """The tasks, in their order."""
        return self.stored.tasks


class TaskComment(Model):
    """A comment on a task."""

    id: str
    message: str
    created: str
    created_by_id: str
    visible_to_client: bool = True
    attachments: tuple[Attachment, ...] = ()


class TaskChange(Model):
    """A changed value of a task."""

    changed: str
    changed_by_id: str | None = None
    """None: by the marketplace."""
    field: str
    old: str | None = None
    new: str | None = None


class TaskLog(Entity):
    """The comments on a task and the changes of it, oldest first. There is none before the first of them."""

    workflow_id: str
    task_id: str
    comments: tuple[TaskComment, ...] = ()
    changes: tuple[TaskChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Hire:
    """What workflows know of an offer or a contract. The domain of each answers with it (`souk.graph.Domain.fact`)."""

    entity_type: EntityType
    entity_id: str
    parties: Parties
    open: bool
    """Whether the offer waits for an answer, or the contract has not ended."""
    touch: Callable[[Transaction], object]
    """Adds a new version of it to a transaction, so that of two concurrent changes one fails."""
    contract_id: str | None = None
    """The contract of an accepted offer."""
    worked: bool = False
    """Whether work was done under the contract."""

    @property
    def reference(self) -> Reference:
        """The reference to it."""
        return Reference(entity_type=self.entity_type, entity_id=self.entity_id)
