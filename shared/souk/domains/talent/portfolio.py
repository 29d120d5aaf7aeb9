"""The stored portfolio projects of freelancers. Their order is in the profile (`Profile.project_ids`)."""

from enum import StrEnum

from souk.storage import Entity, Model


class ProjectType(StrEnum):
    """The layout of a project: the contract's FreelancerProfileProjectType."""

    CLASSIC_VIEW = "CLASSIC_VIEW"
    CASE_STUDY = "CASE_STUDY"
    GALLERY = "GALLERY"
    MULTIMEDIA_PORTFOLIO_VIEW = "MULTIMEDIA_PORTFOLIO_VIEW"


class ProjectFile(Model):
    """A copy of the data of a confirmed file. A picture is shown when it has been processed."""

    id: str
    file_name: str
    key: str
    """The object key in the attachments bucket. A picture's original is deleted when its sizes are made."""
    content_type: str
    size: int
    """Bytes, as it was uploaded."""
    picture: bool
    picture_name: str | None = None
    """The name in URLs of a processed picture (`souk.values.pictures.picture_url`)."""


class ProjectAttachment(Model):
    """A picture or document that was uploaded, or a video elsewhere."""

    id: str
    """The id of its file; a number of its own for a video."""
    file: ProjectFile | None = None
    video_url: str | None = None
    title: str | None = None
    description: str | None = None
    created: str
    """ISO 8601, UTC."""


class Project(Entity):
    """A portfolio project. Times are ISO 8601, UTC."""

    id: str
    user_id: str
    title: str
    description: str | None = None
    contract_id: str | None = None
    """A contract of the person."""
    project_url: str | None = None
    video_url: str | None = None
    completed: str | None = None
    public: bool = True
    attachments: tuple[ProjectAttachment, ...] = ()
    primary_image_id: str | None = None
    skills: tuple[str, ...] = ()
    """Slugs of ontology skills, the most important first."""
    category_id: str | None = None
    sub_category_id: str | None = None
    occupation_id: str | None = None
    """The id of an ontology service."""
    project_type: ProjectType = ProjectType.CLASSIC_VIEW
    role: str | None = None
    project_goal: str | None = None
    solution: str | None = None
    created: str
    updated: str
    request_key: str | None = None
    """The SHA-256 of the idempotency key, and of the organization of the request that created it."""
    fingerprint: str | None = None
    """The SHA-256 of that request, if it had a key."""

    @property
    def file_ids(self) -> frozenset[str]:
        """The ids of the attached files."""
        return frozenset(one.file.id for one in self.attachments if one.file)

    @property
    def thumbnail(self) -> ProjectFile | None:
        """The primary image; without one, the first attached picture. None if no picture is shown yet."""
        shown = [one.file for one in self.attachments if one.file and one.file.picture_name]
        return next((one for one in shown if one.id == self.primary_image_id), next(iter(shown), None))
