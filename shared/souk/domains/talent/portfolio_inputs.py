"""The inputs of portfolio projects and specialized profiles. `model_fields_set` tells null from left out."""

from souk.domains.agreements.inputs import MoneyInput
from souk.domains.talent.portfolio import ProjectType
from souk.storage import Input


class NewAttachment(Input):
    """PortfolioAttachmentInput: an uploaded file, or a video elsewhere."""

    file_id: str | None = None
    video_url: str | None = None
    title: str | None = None
    description: str | None = None


class ProjectFields(Input):
    """What a new and a changed project have in common."""

    description: str | None = None
    contract_id: str | None = None
    project_url: str | None = None
    video_url: str | None = None
    completion_date_time: str | None = None
    public: bool | None = None
    attachments: tuple[NewAttachment, ...] | None = None
    primary_image_id: str | None = None
    skills: tuple[str, ...] | None = None
    category_id: str | None = None
    sub_category_id: str | None = None
    occupation_id: str | None = None
    project_type: ProjectType | None = None
    role: str | None = None
    project_goal: str | None = None
    solution: str | None = None
    specialized_profile_ids: tuple[str, ...] | None = None


class NewProject(ProjectFields):
    """CreatePortfolioProjectInput."""

    title: str
    idempotency_key: str | None = None


class ProjectChange(ProjectFields):
    """UpdatePortfolioProjectInput."""

    id: str
    title: str | None = None


class SpecializedFields(Input):
    """What a new and a changed specialized profile have in common."""

    description: str | None = None
    hourly_rate: MoneyInput | None = None
    weblink: str | None = None
    skills: tuple[str, ...] | None = None
    project_ids: tuple[str, ...] | None = None


class NewSpecialized(SpecializedFields):
    """CreateSpecializedProfileInput."""

    occupation_id: str
    title: str
    idempotency_key: str | None = None


class SpecializedChange(SpecializedFields):
    """UpdateSpecializedProfileInput."""

    profile_id: str
    title: str | None = None
    rank: int | None = None
    primary: bool | None = None
