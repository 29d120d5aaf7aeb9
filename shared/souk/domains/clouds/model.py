"""Stored talent clouds, their tasks, and requests to join."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from pydantic import Field

from souk.storage import Entity, Model

TALENT_CLOUD: Final = "TALENT_CLOUD"
"""The entity of the events of talent clouds, in `souk/events/catalog.json`."""


class CloudEvent(StrEnum):
    """The actions of the events of talent clouds."""

    CREATE = "CREATE"
    UPDATE = "UPDATE"
    ARCHIVE = "ARCHIVE"
    RESTORE = "RESTORE"
    REQUEST = "REQUEST"
    JOIN = "JOIN"
    LEAVE = "LEAVE"
    REJECT = "REJECT"


class Logo(Model):
    """The uploaded logo of a cloud. It is shown when the picture has been processed."""

    file_id: str
    file_name: str
    created: str
    """ISO 8601, UTC: when the upload began."""


class Cloud(Entity):
    """A talent cloud of a company or of one of its teams. Texts that nobody has written are empty."""

    id: str
    organization_id: str
    """The company or team that the cloud belongs to."""
    company_id: str
    creator_id: str
    name: str
    external_name: str | None = None
    """What everybody but the client sees instead of the name."""
    description: str = ""
    join_instructions: str = ""
    welcome: str = ""
    """For freelancers who have joined."""
    after_request: str = ""
    """For freelancers who have asked to join."""
    rejection: str = ""
    """For freelancers whose request was rejected without a note."""
    auto_approved: bool = False
    """Whether requests are approved at once."""
    notify_user_ids: tuple[str, ...] = ()
    """The people who get a mail about each request."""
    logo: Logo | None = None
    active: bool = True
    """False while it is archived."""
    offered: bool = True
    """Whether it can be chosen for new offers while it is active."""
    tasks_enabled: bool = False
    """Whether acceptances of offers make workflows of its tasks."""
    tasks_enabled_changed: str | None = None
    """ISO 8601, UTC: when `tasks_enabled` changed last."""
    request_key: str | None = None
    """The unique value of the idempotency key that made it."""
    fingerprint: str | None = None
    created: str
    modified: str

    @property
    def selectable(self) -> bool:
        """Whether it can be chosen for new offers."""
        return self.active and self.offered

    @property
    def outer_name(self) -> str:
        """The name that everybody but the client sees."""
        return self.external_name or self.name

    @property
    def client(self) -> tuple[str, ...]:
        """The organizations that receive its events."""
        return tuple(dict.fromkeys((self.organization_id, self.company_id)))


class SectionType(StrEnum):
    """The contract's TalentCloudTaskSectionType."""

    ONBOARDING = "ONBOARDING"
    OFFBOARDING = "OFFBOARDING"
    FOR_PAYROLLED_EMPLOYEES = "FOR_PAYROLLED_EMPLOYEES"


class TaskRole(StrEnum):
    """The contract's TalentCloudTaskRole."""

    FREELANCER = "FREELANCER"
    HIRING_MANAGER = "HIRING_MANAGER"
    ADMINISTRATOR = "ADMINISTRATOR"
    COMPLIANCE_FUNCTIONS = "COMPLIANCE_FUNCTIONS"


class TaskPermission(StrEnum):
    """The contract's TalentCloudTaskPermission."""

    NO = "NO"
    VIEW = "VIEW"
    WRITE = "WRITE"


class Attribute(Model):
    """A value that the client keeps with a task."""

    key: str
    value: str


class Section(Model):
    """A section of tasks."""

    id: str
    key: str
    """The client's own name for it, unique in the cloud."""
    name: str
    description: str | None = None
    type: SectionType
    attachment_ids: tuple[str, ...] = ()
    active: bool = True


class Task(Model):
    """A task of freelancers in a cloud. It names sections and other tasks by their ids."""

    id: str
    key: str
    """The client's own name for it, unique in the cloud."""
    section_ids: tuple[str, ...]
    name: str
    description: str | None = None
    type: str | None = None
    required: bool = True
    owner: TaskRole = TaskRole.FREELANCER
    """The role that is responsible for it."""
    permissions: Mapping[TaskRole, TaskPermission] = Field(default_factory=dict)
    """Of roles that were named. `permission` knows all."""
    depends_on: tuple[str, ...] = ()
    due_in_days: int | None = None
    """After the workflow begins; None for no due date."""
    external_id: str | None = None
    attributes: tuple[Attribute, ...] = ()
    active: bool = True

    def permission(self, role: TaskRole) -> TaskPermission:
        """Return the permission of a role: its own one, else WRITE for the owner and the client's, VIEW for others."""
        writes = role is self.owner or role is not TaskRole.FREELANCER
        return self.permissions.get(role, TaskPermission.WRITE if writes else TaskPermission.VIEW)


class CloudTasks(Entity):
    """All sections and tasks of a cloud, in one item, so that many clouds are read in one round trip.

    Active ones come first, in the client's order. Inactive ones follow, the newest first.
    """

    cloud_id: str
    sections: tuple[Section, ...] = ()
    tasks: tuple[Task, ...] = ()


@dataclass(frozen=True, slots=True)
class ActiveTasks:
    """An active cloud with its active sections and tasks, in the client's order."""

    cloud: Cloud
    sections: tuple[Section, ...]
    tasks: tuple[Task, ...]

    def of_types(self, *types: SectionType) -> list[Task]:
        """Return the tasks of all sections of some types, in the order of sections and tasks, each task once."""
        found: dict[str, Task] = {}
        for section in self.sections:
            if section.type in types:
                found |= {task.id: task for task in self._in(section) if task.id not in found}
        return list(found.values())

    def _in(self, section: Section) -> Iterator[Task]:
        return (task for task in self.tasks if section.id in task.section_ids)


class RequestState(StrEnum):
    """The contract's TalentCloudRequestState."""

    PENDING = "PENDING"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    WITHDRAWN = "WITHDRAWN"


class JoinRequest(Entity):
    """The latest request of a freelancer to join a cloud."""

    cloud_id: str
    user_id: str
    message: str | None = None
    state: RequestState = RequestState.PENDING
    note: str | None = None
    """The client's words with the answer."""
    created: str
    """ISO 8601, UTC, as are the other times."""
    answered: str | None = None
    answered_by_id: str | None = None
    """None for an automatic answer."""
    mailed: str | None = None
    """When the client's people got a mail last."""
