"""Stored job postings, and the requests that create and update them.

A stored posting holds the inputs unchanged (`souk.domains.jobs.model.parts`), and Souk's own data about it.
"""

from souk.domains.files.model import Attachment
from souk.domains.jobs.model.parts import (
    Access,
    Additional,
    AdditionalSkillChoice,
    Annotations,
    AreaRequirement,
    BillRate,
    CloudVisibility,
    CustomFieldAnswers,
    CustomFieldDropDown,
    EnterpriseCustomField,
    HourlyBudgetType,
    JobType,
    PostingInfo,
    PtcInfo,
    Qualifications,
    Sands,
    SandsStatus,
    SegmentationAnswer,
    SkillChoice,
    Status,
)
from souk.domains.moderation.model import Takedown
from souk.storage import Entity, Input, Model
from souk.values.money import Money

__all__ = [
    "Access",
    "Additional",
    "AdditionalSkillChoice",
    "Annotations",
    "AreaRequirement",
    "Attachment",
    "CloudVisibility",
    "CustomFieldAnswers",
    "CustomFieldDropDown",
    "EnterpriseCustomField",
    "HourlyBudgetType",
    "Job",
    "JobType",
    "PostingInfo",
    "PostingInfoRequest",
    "PostingRequest",
    "PtcInfo",
    "Qualifications",
    "Question",
    "QuestionRequest",
    "Sands",
    "SandsStatus",
    "SkillChoice",
    "Status",
]


class PostingInfoRequest(PostingInfo, Input):
    """The contract's JobPostingRequestInfo."""

    status: Status | None = None
    version: int | None = None


class QuestionRequest(Input):
    """The contract's JobPostingQuestionRequest."""

    question: str
    type: str | None = None


class PostingRequest(Input):
    """The contract's JobPostingCreateRequest and JobPostingUpdateRequest. Both have the same fields."""

    organization_id: str
    job_posting_info: PostingInfoRequest | None = None
    qualifications: Qualifications | None = None
    questions: tuple[QuestionRequest, ...] | None = None
    segmentation_data: tuple[SegmentationAnswer, ...] | None = None
    attachment_ids: tuple[str, ...] | None = None
    ptc_info: PtcInfo | None = None
    save_ptc_info: bool | None = None
    invite_post: bool | None = None
    job_posting_additional_request: Additional | None = None
    sands_job_post: Sands | None = None
    custom_fields: CustomFieldAnswers | None = None
    annotations: Annotations | None = None
    enterprise_custom_fields: tuple[EnterpriseCustomField, ...] | None = None
    bill_rate: BillRate | None = None


class Question(Model):
    """A screening question."""

    id: str
    question: str
    type: str | None = None
    user_id: str
    """The author."""
    created: str
    modified: str


class Job(Entity):
    """A job posting. Times are ISO 8601, UTC."""

    id: str
    organization_id: str
    """The client's team; the company itself where it has no teams."""
    company_id: str
    owner_id: str
    """The person who posted it."""
    currency: str
    """The currency of all amounts: the company's at the time of creation."""
    status: Status
    created: str
    modified: str
    changed_by_id: str
    published: str | None = None
    """When it was first published."""
    closed: str | None = None
    reason_id: str | None = None
    """The reason for closing it."""
    last_client_activity: str
    client_hires_on_create: int = 0
    client_spent_on_create: int = 0
    """Minor units of `currency`."""

    info: PostingInfo = PostingInfo()
    qualifications: Qualifications | None = None
    questions: tuple[Question, ...] | None = None
    segmentation_data: tuple[SegmentationAnswer, ...] | None = None
    attachments: tuple[Attachment, ...] | None = None
    ptc_info: PtcInfo | None = None
    invite_post: bool | None = None
    additional: Additional | None = None
    sands_job_post: Sands | None = None
    custom_fields: CustomFieldAnswers | None = None
    """Answers that an earlier release stored here. Today's are in `souk.domains.customfields`, and come first."""
    annotations: Annotations | None = None
    enterprise_custom_fields: tuple[EnterpriseCustomField, ...] | None = None
    bill_rate: BillRate | None = None
    takedown: Takedown | None = None
    """Why operators hide it. Other people than its client do not see it then."""

    @property
    def ciphertext(self) -> str:
        """The id as web addresses use it: `~02` and the id. It is public and not encrypted."""
        return f"~02{self.id}"

    @property
    def access(self) -> Access:
        """The audience once it is published. Default: everyone."""
        return self.info.access or Access.PUBLIC_INDEX

    @property
    def cloud_visibility(self) -> CloudVisibility:
        """The restriction to talent clouds. Default: none."""
        return (self.ptc_info and self.ptc_info.visibility) or CloudVisibility.ANY_USER

    @property
    def talent_cloud_ids(self) -> tuple[str, ...]:
        """The ids of the talent clouds that may see it."""
        return (self.ptc_info and self.ptc_info.talent_cloud_ids) or ()

    @property
    def invitation_required(self) -> bool | None:
        """Whether only invited freelancers may apply; None if the posting does not say."""
        own = self.additional.invite_post if self.additional else None
        return self.invite_post if own is None else own

    @property
    def amount(self) -> Money | None:
        """The fixed price."""
        return self._money(self.info.amount) if self.info.type is JobType.FIXED_PRICE else None

    @property
    def hourly_min(self) -> Money | None:
        """The lowest hourly rate."""
        return self._money(self.info.hourly_budget_min)

    @property
    def hourly_max(self) -> Money | None:
        """The highest hourly rate."""
        return self._money(self.info.hourly_budget_max)

    @property
    def weekly_budget(self) -> Money | None:
        """The weekly budget."""
        return self._money(self.info.weekly_retainer_budget)

    def _money(self, amount: str | None) -> Money | None:
        return None if amount is None else Money.parse(amount, self.currency)
