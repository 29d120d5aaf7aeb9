"""Who somebody is to a workflow, and what that allows them to do with a task. Pure."""

from dataclasses import dataclass
from typing import Final, Protocol, Self

from souk.authentication.principal import Role
from souk.domains.agreements.model import Parties
from souk.domains.clouds.model import TaskPermission, TaskRole
from souk.domains.workflow.model import Task
from souk.values.errors import Forbidden, NotFound

NO_TASK: Final = "This task does not exist, or you cannot see it."
_STRENGTH: Final = (TaskPermission.NO, TaskPermission.VIEW, TaskPermission.WRITE)
_ADMINISTRATION: Final = frozenset({TaskRole.ADMINISTRATOR, TaskRole.COMPLIANCE_FUNCTIONS})
"""The roles of owners and admins. Souk has no role for compliance alone."""


class Acting(Protocol):
    """The caller of a request, or a person's membership."""

    @property
    def user_id(self) -> str:
        """The person."""

    @property
    def role(self) -> Role:
        """The role in the organization."""

    def acts_in(self, organization_id: str, company_id: str) -> bool:
        """Return whether the role applies to an organization."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The sides that a person acts for, and their roles for tasks. The client's other members have no role."""

    user_id: str
    client: bool
    vendor: bool
    roles: frozenset[TaskRole]

    @classmethod
    def of(cls, parties: Parties, *acting: Acting) -> Self:
        """Return the standing of a person with a membership, or with several."""
        found = [_one(parties, one) for one in acting]
        return cls(
            acting[0].user_id if acting else "",
            client=any(client for client, _, _ in found),
            vendor=any(vendor for _, vendor, _ in found),
            roles=frozenset(role for _, _, roles in found for role in roles),
        )

    @property
    def party(self) -> bool:
        """Whether the person sees the workflow."""
        return self.client or self.vendor

    @property
    def administers(self) -> bool:
        """Whether the person may waive any task."""
        return bool(self.roles & _ADMINISTRATION)

    def permission(self, task: Task) -> TaskPermission:
        """Return the strongest permission of the person's roles.

        The client's other members may view what a hiring manager may view.
        """
        found = [task.permissions[role] for role in self.roles]
        if self.client and not found:
            found = [min(task.permissions[TaskRole.HIRING_MANAGER], TaskPermission.VIEW, key=_STRENGTH.index)]
        return max(found, key=_STRENGTH.index, default=TaskPermission.NO)

    def sees(self, task: Task) -> bool:
        """Return whether the person may know of a task."""
        return self.permission(task) is not TaskPermission.NO

    def writes(self, task: Task) -> bool:
        """Return whether the person may change a task."""
        return self.permission(task) is TaskPermission.WRITE

    def owns(self, task: Task) -> bool:
        """Return whether a task is the person's own: assigned to them, or to nobody and their role's."""
        if task.assignee_id is not None:
            return task.assignee_id == self.user_id
        return task.owner in self.roles

    def require_seen(self, tasks: tuple[Task, ...], task_id: str) -> Task:
        """Return a task that the person may view. Raises NotFound."""
        found = next((one for one in tasks if one.id == task_id), None)
        if found is None or not self.sees(found):
            raise NotFound(NO_TASK)
        return found

    def require_writable(self, tasks: tuple[Task, ...], task_id: str) -> Task:
        """Return a task that the person may change. Raises NotFound, and Forbidden for one that they may only view."""
        found = self.require_seen(tasks, task_id)
        if not self.writes(found):
            raise Forbidden("You may view this task, but not change it.")
        return found


def freelancer_sees(task: Task) -> bool:
    """Return whether the freelancer's side may know of a task."""
    return task.permissions[TaskRole.FREELANCER] is not TaskPermission.NO


def _one(parties: Parties, acting: Acting) -> tuple[bool, bool, frozenset[TaskRole]]:
    """Return whether one membership acts for the client and for the freelancer, and its roles."""
    leads = acting.role in (Role.OWNER, Role.ADMIN, Role.HIRING_MANAGER)
    client = acting.acts_in(parties.client_team_id, parties.client_company_id)
    working = acting.acts_in(parties.vendor_team_id, parties.vendor_company_id)
    vendor = working and (acting.user_id == parties.vendor_user_id or leads)
    roles: set[TaskRole] = {TaskRole.FREELANCER} if vendor else set()
    if client and acting.role in (Role.OWNER, Role.ADMIN):
        roles |= _ADMINISTRATION
    if client and leads and (acting.role is Role.HIRING_MANAGER or acting.user_id == parties.client_user_id):
        roles.add(TaskRole.HIRING_MANAGER)
    return client, vendor, frozenset(roles)
