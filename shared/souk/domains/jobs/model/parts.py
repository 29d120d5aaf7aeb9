"""The parts of a job posting. Each is an input of the contract and is stored unchanged, field by field.

A field that is declared here is accepted, stored and returned. Enum values that no rule uses are plain strings, because
the schema has validated them.
"""

import re
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator

from souk.storage import Model


class Status(StrEnum):
    """The contract's JobPostingStatus. REQUESTED means published."""

    DRAFT = "DRAFT"
    REQUESTED = "REQUESTED"
    FILLED = "FILLED"
    CANCELLED = "CANCELLED"
    DELETED_DRAFT = "DELETED_DRAFT"
    VERIFICATION_PENDING = "VERIFICATION_PENDING"
    PENDING_PAYMENT_METHOD = "PENDING_PAYMENT_METHOD"


class SandsStatus(StrEnum):
    """The contract's SandsJobPostStatus: draft or published, in another part of the input."""

    DRAFT = "DRAFT"
    PUBLISHED = "PUBLISHED"


class Access(StrEnum):
    """The contract's AccessType: the audience of a published posting."""

    PUBLIC_INDEX = "PUBLIC_INDEX"
    ACCESS_PUBLIC = "ACCESS_PUBLIC"
    ACCESS_PRIVATE = "ACCESS_PRIVATE"


class CloudVisibility(StrEnum):
    """The contract's JobPostingPtcVisibility: the restriction of a posting to talent clouds."""

    ANY_USER = "ANY_USER"
    MEMBER_SELECTED_CLOUD = "MEMBER_SELECTED_CLOUD"
    ONLY_INVITED = "ONLY_INVITED"


class JobType(StrEnum):
    """How the work is paid."""

    HOURLY = "HOURLY"
    FIXED_PRICE = "FIXED_PRICE"

    @property
    def contract_type(self) -> str:
        """The corresponding value of the contract's ContractType."""
        return "HOURLY" if self is JobType.HOURLY else "FIXED"


class HourlyBudgetType(StrEnum):
    """The source of an hourly budget."""

    DEFAULT = "DEFAULT"
    MANUAL = "MANUAL"
    NOT_PROVIDED = "NOT_PROVIDED"


def _decimal(value: Any) -> Any:
    """Return the contract's Float as its shortest decimal text, because money is stored as text."""
    return repr(float(value)) if isinstance(value, int | float) else value


DecimalText = Annotated[str, BeforeValidator(_decimal)]


def _dashed(value: Any) -> Any:
    """Return a day as `2026-01-31`; anything else unchanged."""
    return f"{value[:4]}-{value[4:6]}-{value[6:]}" if isinstance(value, str) and _COMPACT.fullmatch(value) else value


_COMPACT = re.compile(r"\d{8}", re.ASCII)
DayText = Annotated[str, BeforeValidator(_dashed)]


class Tool(Model):
    """A tool that the work is done with."""

    name: str | None = None


class PostingInfo(Model):
    """The contract's JobPostingRequestInfo without `status` and `version`, which Job has.

    Souk records creation, publication and closing itself. Values for them (`ctime`, `publishTime`, `createdById`, ...)
    are refused (`souk.domains.jobs.rules.unsupported`), but an earlier release stored them.
    """

    title: str | None = None
    description: str | None = None
    engagement_type: str | None = None
    duration_id: str | None = None
    type: JobType | None = None
    amount: str | None = None
    cover_letter_required: bool | None = None
    access: Access | None = None
    experience_level: str | None = None
    freelancers_to_hire: int | None = None
    category_id: str | None = None
    """The id of an ontology subcategory, despite its name."""
    group_id: str | None = None
    """The id of an ontology category."""
    end_date: DayText | None = None
    start_date: DayText | None = None
    site_source: str | None = None
    keep_open_on_hire: bool | None = None
    draft_job_posting_id: str | None = None
    freelancer_milestones_allowed: bool | None = None
    premium: bool | None = None
    hide_budget: bool | None = None
    not_sure_freelancers_to_hire: bool | None = None
    not_sure_project_duration: bool | None = None
    not_sure_experience_level: bool | None = None
    not_sure_location_preference: bool | None = None
    hourly_budget_type: HourlyBudgetType | None = None
    hourly_budget_min: str | None = None
    hourly_budget_max: str | None = None
    auto_review_status: str | None = None
    auto_review_ts: str | None = None
    changed_by_id: str | None = None
    ciphertext: str | None = None
    close_time: str | None = None
    company_name: str | None = None
    company_id: str | None = None
    created_by_first_name: str | None = None
    created_by_last_name: str | None = None
    created_by_id: str | None = None
    ctime: str | None = None
    deleted_reason: str | None = None
    filled_date: str | None = None
    ghost_post: bool | None = None
    hidden: bool | None = None
    hour_pack_id: str | None = None
    last_obo_agent_action_ts: str | None = None
    last_obo_agent_user_id: str | None = None
    legacy_ciphertext: str | None = None
    legacy_rid: str | None = None
    manual_review_status: str | None = None
    mtime: str | None = None
    off_the_network: bool | None = None
    publish_time: str | None = None
    reason_rid: str | None = None
    sourcing_time: str | None = None
    sourcing_update_count: int | None = None
    sourcing_update_forbidden: bool | None = None
    uid: str | None = None
    weekly_retainer_budget: DecimalText | None = None
    tools: tuple[Tool, ...] | None = None
    deliverables: str | None = None
    duration_type: str | None = None
    deadline: DayText | None = None


class AreaRequirement(Model):
    """A place that applicants should live in."""

    area_type: str | None = None
    name: str | None = None
    id: str | None = None
    """The id in the gazetteer, looked up when the posting is saved; None for an unknown place."""


class Qualifications(Model):
    """The contract's JobPostingQualificationRequest."""

    o_desk_hours: int | None = None
    test_id: str | None = None
    location_region_id: str | None = None
    has_portfolio: bool | None = None
    contractor_type: str | None = None
    job_success_score: int | None = None
    english_proficiency: str | None = None
    rising_talent: bool | None = None
    countries: tuple[str, ...] | None = None
    regions: tuple[str, ...] | None = None
    location_check_required: bool | None = None
    states: tuple[str, ...] | None = None
    timezones: tuple[str, ...] | None = None
    earnings: str | None = None
    local_market: bool | None = None
    on_site_type: str | None = None
    locations: tuple[AreaRequirement, ...] | None = None
    local_description: str | None = None
    local_flexibility_description: str | None = None
    ctime: str | None = None
    english_skill: str | None = None
    group_rid: str | None = None
    languages: tuple[str | None, ...] | None = None
    mtime: str | None = None
    opening_id: str | None = None


class SegmentationAnswer(Model):
    """The contract's JobPostingSegmentationRequest."""

    segmentation_value_id: str
    custom_value: str | None = None


class PtcInfo(Model):
    """The contract's JobPostingPtcInfoRequest: the private talent clouds of a posting."""

    job_reference: str | None = None
    talent_cloud_ids: tuple[str, ...] | None = None
    visibility: CloudVisibility | None = None
    employer_company_reference: str | None = None
    status: str | None = None
    purchase_order_id: str | None = None
    location_check_required: bool | None = None
    countries: tuple[str, ...] | None = None
    on_site_type: str | None = None
    on_site_city: str | None = None
    on_site_country: str | None = None
    create_date: int | None = None
    on_site_reason: str | None = None
    on_site_reason_flexible: str | None = None
    on_site_state: str | None = None
    team_id: str | None = None
    travel_required: bool | None = None
    updated_date: int | None = None


class Additional(Model):
    """The contract's JobPostingAdditionalRequest."""

    direct_hire: bool | None = None
    invite_post: bool | None = None
    early_engagement: bool | None = None
    early_engagement_visited: bool | None = None


class SkillChoice(Model):
    """The contract's JobPostingSkillInput: an ontology skill, or free text under one."""

    parent_skill_id: str
    skill_id: str | None = None
    freetext: str | None = None
    bool_answer: bool | None = None
    legacy_converted_skill: bool | None = None
    relevance: str | None = None


class AdditionalSkillChoice(Model):
    """The contract's JobPostingAdditionalSkillInput."""

    skill_id: str | None = None
    freetext: str | None = None
    legacy_converted_skill: bool | None = None
    relevance: str | None = None


class Sands(Model):
    """The contract's SandsJobPostRequest: the ontology service and the skills."""

    occupation_id: str | None = None
    """The id of an ontology service."""
    skills: tuple[SkillChoice, ...] | None = None
    status: SandsStatus | None = None
    freetext_occupation: str | None = None
    tags: tuple[str, ...] | None = None
    additional_skills: tuple[AdditionalSkillChoice, ...] | None = None
    occupations: tuple[str, ...] | None = None


class CustomFieldResponse(Model):
    """The contract's CustomFieldsResponse, and an answer as an earlier release stored it.

    `displayValue` of a request is ignored: the custom field knows it.
    """

    id: str | None = None
    custom_field_id: str | None = None
    value: str | None = None
    display_value: str | None = None
    created: str | None = None
    """ISO 8601, UTC. Only of a stored answer; it is not an input."""


class CustomFieldDropDown(Model):
    """The contract's CustomFieldDropDown."""

    id: str | None = None
    custom_field_id: str | None = None
    value: str | None = None
    display_value: str | None = None
    order_index: int | None = None
    description: str | None = None
    in_use: bool | None = None
    active: bool | None = None
    acl_type: str | None = None
    team_rids: tuple[str | None, ...] | None = None


class CustomFieldAnswers(Model):
    """The contract's JobPostingCustomFieldsRequest."""

    responses: tuple[CustomFieldResponse | None, ...] | None = None
    new_dropdowns: tuple[CustomFieldDropDown | None, ...] | None = None


class AnnotationField(Model):
    """A key and value of the client's choice."""

    key: str | None = None
    value: str | None = None


class Annotations(Model):
    """The contract's JobPostingAnnotations."""

    tags: tuple[str | None, ...] | None = None
    custom_fields: tuple[AnnotationField | None, ...] | None = None


class EnterpriseCustomField(Model):
    """The contract's JobPostEnterpriseCustomFields."""

    key: str
    value: str


class BillRate(Model):
    """The contract's JobPostBillRate."""

    bill_rate_code: str
