"""Clouds, their tasks and requests as a caller sees them.

The client sees everything. Members see the outer name as the name, and neither who is notified of requests nor the
words for rejected freelancers.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Self

from souk.authentication.principal import Principal
from souk.domains.clouds.model import Cloud, CloudTasks, JoinRequest, Section, Task, TaskPermission, TaskRole
from souk.domains.clouds.rules.access import knows
from souk.domains.files.model import Picture, PictureState
from souk.values.pictures import SIZES, PictureKind

Part = dict[str, Any]
_SMALL, _LARGE = SIZES[PictureKind.CLOUD]
LOGO_SIZES: Final = {"logoImageSmall": _SMALL, "logoImageLarge": _LARGE}


@dataclass(frozen=True, slots=True)
class CloudView:
    """A cloud as the client sees it, or as others do."""

    cloud: Cloud
    client: bool
    """Whether the caller is of the client."""

    @classmethod
    def of(cls, cloud: Cloud, principal: Principal) -> Self:
        """Return the view of a caller."""
        return cls(cloud, knows(cloud, principal))

    @property
    def id(self) -> str:
        """The id of the cloud."""
        return self.cloud.id

    @property
    def name(self) -> str:
        """The name that the caller sees."""
        return self.cloud.name if self.client else self.cloud.outer_name

    @property
    def rejection(self) -> str:
        """The words for rejected freelancers; "" for others than the client."""
        return self.cloud.rejection if self.client else ""

    @property
    def notified(self) -> list[str]:
        """The ids of the people who are mailed about requests; none for others than the client."""
        return list(self.cloud.notify_user_ids) if self.client else []


@dataclass(frozen=True, slots=True)
class TasksView:
    """The tasks of a cloud that the caller sees."""

    view: CloudView
    tasks: CloudTasks

    def sections(self) -> list[Part]:
        """Return TalentCloudTaskSections. Only the client sees inactive ones; members, tasks that they may view."""
        shown = [one for one in self.tasks.tasks if self._shows(one)]
        return [
            {
                "taskSectionDetails": self._details(section, at),
                "tasks": [overview(one) for one in shown if section.id in one.section_ids],
            }
            for at, section in enumerate(self._sections(), 1)
        ]

    def _sections(self) -> Iterator[Section]:
        return (one for one in self.tasks.sections if one.active or self.view.client)

    def _shows(self, task: Task) -> bool:
        return self.view.client or (task.active and task.permission(TaskRole.FREELANCER) is not TaskPermission.NO)

    def _details(self, section: Section, at: int) -> Part:
        return {
            "id": section.id,
            "talentCloud": self.view,
            "key": section.key,
            "name": section.name,
            "description": section.description,
            "type": section.type,
            "attachmentIds": list(section.attachment_ids),
            "active": section.active,
            "orderIndex": at,
        }


def overview(task: Task) -> Part:
    """Return a TalentCloudTaskOverview, with the permissions of all roles."""
    return {
        "id": task.id,
        "key": task.key,
        "taskSectionIds": list(task.section_ids),
        "name": task.name,
        "description": task.description,
        "type": task.type,
        "completionRequired": task.required,
        "active": task.active,
        "permissions": [{"role": role, "permission": task.permission(role)} for role in TaskRole],
        "primaryTaskOwner": task.owner,
        "dependsOnTaskIds": list(task.depends_on),
        "dueInDays": task.due_in_days,
        "externalTaskId": task.external_id,
        "customAttributes": [{"key": one.key, "value": one.value} for one in task.attributes],
    }


@dataclass(frozen=True, slots=True)
class LogoView:
    """A processed logo in a size. The attributes are fields of File, whose address needs the request."""

    name: str
    created_date_time: str
    picture_name: str
    width: int
    """Pixels."""
    encoding: None = None
    size: None = None
    """Bytes; they are not known of a size of a picture."""

    @classmethod
    def of(cls, view: CloudView, picture: Picture, width: int) -> Self | None:
        """Return the logo of a cloud; None if it has none, or if the upload was no picture."""
        logo = view.cloud.logo
        if logo is None or picture.state is not PictureState.READY:
            return None
        return cls(logo.file_name, logo.created, picture.name, width)


@dataclass(frozen=True, slots=True)
class RequestView:
    """A request to join a cloud, for the client or for the freelancer."""

    request: JoinRequest
    cloud: Cloud
    client: bool


@dataclass(frozen=True, slots=True)
class JoinInfo:
    """What a freelancer sees of a cloud before joining it."""

    cloud: Cloud
    request: RequestView | None
    member: bool
