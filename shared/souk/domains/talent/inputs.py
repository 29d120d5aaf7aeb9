"""The inputs of the mutations of profiles. `model_fields_set` tells null from left out."""

from typing import Literal

from souk.domains.agreements.inputs import MoneyInput
from souk.domains.talent.model import (
    Capacity,
    CertificateVisibility,
    Day,
    English,
    ProjectPreference,
    ResponseTime,
    Visibility,
)
from souk.storage import Input


class UpdateProfile(Input):
    """UpdateFreelancerProfileInput."""

    title: str | None = None
    overview: str | None = None
    charge_rate: MoneyInput | None = None
    skills: tuple[str, ...] | None = None
    category_ids: tuple[str, ...] | None = None
    service_ids: tuple[str, ...] | None = None
    work_phone: str | None = None
    visibility_level: Visibility | None = None
    hide_earnings: bool | None = None
    expose_full_name: bool | None = None
    hide_jss: bool | None = None
    client_feedback_optional: bool | None = None
    project_type_preference: ProjectPreference | None = None
    contract_to_hire: bool | None = None
    committed_response_time: ResponseTime | None = None


class NewEmployment(Input):
    """The contract's CreateEmploymentRecordInput. `user_id` is not used."""

    user_id: str | None = None
    company_name: str
    job_title: str
    standardized_company_id: str | None = None
    standardized_job_title_id: str | None = None
    role: str
    start_date: str
    end_date: str | None = None
    description: str | None = None
    city: str
    country: str
    idempotency_key: str | None = None


class EmploymentChange(Input):
    """The contract's UpdateEmploymentRecordInput. `user_id` is not used."""

    id: str
    user_id: str | None = None
    company_name: str | None = None
    job_title: str | None = None
    standardized_company_id: str | None = None
    standardized_job_title_id: str | None = None
    role: str
    start_date: str | None = None
    end_date: str | None = None
    description: str | None = None
    city: str | None = None
    country: str | None = None


class NewExperience(Input):
    """The contract's OtherExperienceInput. `user_id` is not used."""

    user_id: str | None = None
    subject: str
    description: str
    active: bool | None = None
    idempotency_key: str | None = None


class ExperienceChange(Input):
    """The contract's UpdateOtherExperienceInput. `user_id` is not used."""

    id: str
    user_id: str | None = None
    subject: str | None = None
    description: str | None = None
    active: bool | None = None


class EducationFields(Input):
    """What an added and a changed education record have in common."""

    standardized_institution_id: str | None = None
    area_of_study: str | None = None
    standardized_area_of_study_id: str | None = None
    degree: str | None = None
    standardized_degree_id: str | None = None
    start_date: str | None = None
    end_date: str | None = None
    description: str | None = None


class NewEducation(EducationFields):
    """CreateEducationRecordInput."""

    institution_name: str
    idempotency_key: str | None = None


class EducationChange(EducationFields):
    """UpdateEducationRecordInput."""

    id: str
    institution_name: str | None = None


class CertificateFields(Input):
    """What an added and a changed certificate have in common."""

    provider: str | None = None
    provider_link: str | None = None
    description: str | None = None
    url: str | None = None
    earned_date: str | None = None
    expiration_date: str | None = None
    certification_number: str | None = None
    submission_code: str | None = None
    score: str | None = None
    notes: str | None = None
    business_name: str | None = None
    visibility: CertificateVisibility | None = None
    attachment_id: str | None = None


class NewCertificate(CertificateFields):
    """CreateFreelancerCertificateInput."""

    name: str
    idempotency_key: str | None = None


class CertificateChange(CertificateFields):
    """UpdateFreelancerCertificateInput."""

    id: str
    name: str | None = None
    active: bool | None = None


class NewAccount(Input):
    """LinkExternalAccountInput."""

    name: str
    user_profile: str
    expiry_date_time: str | None = None
    idempotency_key: str | None = None


class NamedLanguage(Input):
    """The contract's LanguageInput. Only the code counts."""

    iso639_code: str
    active: bool
    english_name: str


class LanguageLevel(Input):
    """The contract's LanguageProficiencyLevelInput. Only the code and the title count."""

    code: str
    rank: int | None = None
    active: bool | None = None
    description: str | None = None
    type: str | None = None
    proficiency_title: English | None = None


class LanguageData(Input):
    """The contract's LanguageDataInput. Nobody can verify their own language, so `verified...` do not count."""

    id: str | None = None
    person_rid: str | None = None
    verified: bool | None = None
    verified_by_certificate: bool | None = None
    verified_by_feedback: bool | None = None
    language: NamedLanguage
    proficiency_level: LanguageLevel


class NewLanguage(Input):
    """The contract's FreelancerLanguageInput. `user_id` is not used."""

    user_id: str | None = None
    iso639_code: str | None = None
    language: LanguageData


class CapacityChange(Input):
    """The contract's FreelancerProfileCapacityInput. The server sets the time; the source is a legacy code."""

    capacity: Capacity | None = None
    availability_date_time: str | None = None
    creation_date_time: str
    source_input: (
        Literal[
            "st_assgn_e",
            "endassgn_e",
            "m_ignore_e",
            "a_ignore_e",
            "onboarding",
            "fwh_ui",
            "profile_ui",
            "ui_tobusy",
            "automatic",
            "manual",
        ]
        | None
    ) = None
    min_hours: int | None = None
    max_hours: int | None = None
    available_days: tuple[Day, ...] | None = None


class AvailabilityChange(Input):
    """The contract's FreelancerProfileAvailabilityInput. `user_id` is not used."""

    user_id: str
    availability: CapacityChange


class AgencyPreferences(Input):
    """UpdateAgencyFreelancerPreferencesInput."""

    user_id: str
    hide_agency_earnings: bool


class ChecksChange(Input):
    """UpdateFreelancerVerificationsInput."""

    user_id: str
    phone_verified: bool | None = None
    webcam_verified: bool | None = None
    vetted: bool | None = None
    reason: str


class VisibilityLock(Input):
    """LockFreelancerVisibilityInput."""

    user_id: str
    locked: bool
    visibility: Visibility | None = None
    risky: bool | None = None
    reason: str
