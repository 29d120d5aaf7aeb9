"""Inputs of the requests about talent clouds."""

from souk.domains.clouds.model import RequestState, SectionType, TaskPermission, TaskRole
from souk.storage import Input
from souk.values.ids import Id, IdText


class CloudTexts(Input):
    """What the making and the change of a cloud share."""

    external_name: str | None = None
    description: str | None = None
    join_instructions: str | None = None
    welcome_message_to_added_freelancers: str | None = None
    message_after_join_request: str | None = None
    join_rejection_message: str | None = None
    join_request_auto_approved: bool | None = None
    join_request_notify_user_ids: tuple[IdText, ...] | None = None
    logo_file_id: str | None = None
    onboarding_task_enabled: bool | None = None
    selectable: bool | None = None


class NewCloud(CloudTexts):
    """Souk's CreateTalentCloudInput."""

    organization_id: str | None = None
    name: str
    idempotency_key: str | None = None


class CloudChange(CloudTexts):
    """Souk's UpdateTalentCloudInput."""

    id: str
    name: str | None = None


class NewSection(Input):
    """Souk's TalentCloudSectionInput."""

    key: str
    name: str
    description: str | None = None
    type: SectionType
    attachment_ids: tuple[str, ...] | None = None


class NewPermission(Input):
    """Souk's TalentCloudTaskPermissionInput."""

    role: TaskRole
    permission: TaskPermission


class NewAttribute(Input):
    """The contract's StringMapElementInput."""

    key: str | None = None
    value: str | None = None


class NewTask(Input):
    """Souk's TalentCloudTaskInput."""

    key: str
    section_keys: tuple[str, ...]
    name: str
    description: str | None = None
    type: str | None = None
    completion_required: bool | None = None
    permissions: tuple[NewPermission, ...] | None = None
    primary_task_owner: TaskRole | None = None
    depends_on_keys: tuple[str, ...] | None = None
    due_in_days: int | None = None
    external_task_id: str | None = None
    custom_attributes: tuple[NewAttribute, ...] | None = None


class WholeTasks(Input):
    """Souk's SetTalentCloudTasksInput."""

    talent_cloud_id: str
    sections: tuple[NewSection, ...]
    tasks: tuple[NewTask, ...]


class AddedFreelancers(Input):
    """Souk's AddFreelancersToTalentCloudInput."""

    talent_cloud_id: str
    user_ids: tuple[IdText, ...]


class NewRequest(Input):
    """Souk's RequestToJoinTalentCloudInput."""

    talent_cloud_id: str
    message: str | None = None


class RequestAnswer(Input):
    """Souk's AnswerTalentCloudRequestInput."""

    talent_cloud_id: str
    user_id: IdText
    approve: bool
    note: str | None = None


class RequestFilter(Input):
    """Souk's TalentCloudRequestFilter."""

    talent_cloud_id_eq: Id | None = None
    state_eq: RequestState | None = None


class TasksFilter(Input):
    """The contract's TalentCloudTasksInputFilter."""

    talent_cloud_ids_any: tuple[Id, ...]
