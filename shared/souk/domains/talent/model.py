"""The stored profiles of freelancers.

One item holds a person's whole profile with its small lists, so that the profiles of a page of people are one batch.
`FreelancerProfile` and `TalentProfile` of the contract are two views of it.
"""

from enum import StrEnum
from typing import Any, Final

from pydantic import model_validator

from souk.domains.moderation.model import Takedown
from souk.storage import Entity, Model
from souk.values.money import DEFAULT_CURRENCY, Money


class English(StrEnum):
    """Levels of a language, lowest first: the contract's FreelancerProfileLanguageProficiencyTitle."""

    BASIC = "BASIC"
    CONVERSATIONAL = "CONVERSATIONAL"
    FLUENT = "FLUENT"
    NATIVE_OR_BILINGUAL = "NATIVE_OR_BILINGUAL"


class TalentBadge(StrEnum):
    """The badge that the marketplace gives to a freelancer."""

    TOP_RATED = "TOP_RATED"
    TOP_RATED_PLUS = "TOP_RATED_PLUS"
    HIPO = "HIPO"
    """A promising newcomer (high potential)."""


class ProfileState(StrEnum):
    """The review state of a profile: those of the contract's PersonalDataProfileState that Souk uses."""

    NOT_STARTED = "NOT_STARTED"
    DRAFT = "DRAFT"
    UNDER_REVIEW = "UNDER_REVIEW"
    ACCEPTED = "ACCEPTED"
    AUTO_ACCEPTED = "AUTO_ACCEPTED"
    REJECTED = "REJECTED"


class ProfileEvent(StrEnum):
    """The actions of the events of a profile, in `souk/events/catalog.json`."""

    SUBMIT = "SUBMIT"
    ACCEPT = "ACCEPT"
    REJECT = "REJECT"
    UPDATE = "UPDATE"


SUBMITTED: Final = frozenset({ProfileState.UNDER_REVIEW, ProfileState.ACCEPTED, ProfileState.AUTO_ACCEPTED})
"""The states of a profile that has been submitted, and not rejected."""


class Visibility(StrEnum):
    """The audience of a profile: the contract's FreelancerProfileVisibility."""

    PUBLIC = "PUBLIC"
    ONLY_UPWORK_USERS = "ONLY_UPWORK_USERS"
    PRIVATE = "PRIVATE"
    AUTH = "AUTH"


class ProjectPreference(StrEnum):
    """The preferred duration of projects: the contract's FreelancerProjectTypePreference."""

    BOTH_LONGTERM_AND_ONETIME = "BOTH_LONGTERM_AND_ONETIME"
    LONGER_TERM_3PLUS_MONTHS = "LONGER_TERM_3PLUS_MONTHS"
    SHORTER_TERM_LESS_THAN_3MONTHS = "SHORTER_TERM_LESS_THAN_3MONTHS"


class ResponseTime(StrEnum):
    """The response time that a freelancer commits to: the contract's FreelancerProfileResponseTime."""

    NEVER = "NEVER"
    SOON = "SOON"
    IMMEDIATE = "IMMEDIATE"


class Capacity(StrEnum):
    """A freelancer's capacity: the contract's FreelancerProfileAvailabilityCapacity, in its spelling."""

    FULL_TIME = "fullTime"
    PART_TIME = "partTime"
    LESS_THEN = "lessThen"
    NOT_SURE = "notSure"
    RANGE_OF_HOURS = "rangeOfHours"
    NONE = "none"


class Day(StrEnum):
    """A day of the week."""

    MONDAY = "MONDAY"
    TUESDAY = "TUESDAY"
    WEDNESDAY = "WEDNESDAY"
    THURSDAY = "THURSDAY"
    FRIDAY = "FRIDAY"
    SATURDAY = "SATURDAY"
    SUNDAY = "SUNDAY"


class CertificateVisibility(StrEnum):
    """The audience of a certificate: the contract's TalentCommunityCertificateVisibility."""

    PUBLIC = "PUBLIC"
    ENTERPRISE_CLIENTS_ONLY = "ENTERPRISE_CLIENTS_ONLY"
    PRIVATE = "PRIVATE"


class CertificateStatus(StrEnum):
    """What operators have decided about a certificate."""

    SELF_REPORTED = "SELF_REPORTED"
    VERIFIED = "VERIFIED"
    REJECTED = "REJECTED"


class Record(Model):
    """An entry of a list in a profile. Times are ISO 8601, UTC."""

    id: str
    created: str
    updated: str
    request_key: str | None = None
    """The SHA-256 of the idempotency key, and of the organization of the request that added it."""
    fingerprint: str | None = None
    """The SHA-256 of that request, if it had a key."""


class Employment(Record):
    """A job outside this marketplace. Dates are YYYY-MM-DD or YYYY-MM."""

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
    """ISO 3166-1 alpha-2."""


class Education(Record):
    """A school or university. Dates are YYYY-MM-DD or YYYY-MM."""

    institution_name: str
    standardized_institution_id: str | None = None
    area_of_study: str | None = None
    standardized_area_of_study_id: str | None = None
    degree: str | None = None
    standardized_degree_id: str | None = None
    start_date: str | None = None
    end_date: str | None = None
    description: str | None = None


class Experience(Record):
    """An experience that is neither employment nor education."""

    subject: str
    description: str
    active: bool = False


class Certificate(Record):
    """A certificate: of both views, FreelancerProfileCertificate and TalentProfileCommunityCertificate."""

    name: str
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
    visibility: CertificateVisibility = CertificateVisibility.PUBLIC
    attachment_id: str | None = None
    active: bool = True
    status: CertificateStatus = CertificateStatus.SELF_REPORTED
    review_opened: str | None = None
    """When its open review was opened; None without one."""


class LinkedAccount(Record):
    """An account of the person elsewhere. It was authorized when it was created."""

    name: str
    user_profile: str
    """A URL."""
    expires: str | None = None
    revoked: str | None = None


class SpecializedProfile(Record):
    """A profile for one kind of work. Its position among the others is its rank."""

    occupation_id: str
    """The id of an ontology service."""
    title: str
    description: str | None = None
    rate: int | None = None
    """For an hour, in minor units of the profile's currency."""
    weblink: str | None = None
    skills: tuple[str, ...] = ()
    """Slugs of ontology skills, the most important first."""
    project_ids: tuple[str, ...] = ()
    """Ids of portfolio projects, in the order in which they are shown."""
    published: bool = False
    """Others see it only then."""
    primary: bool = False
    """At most one of a person is."""


class SpokenLanguage(Model):
    """A language that the person speaks."""

    code: str
    """ISO 639."""
    level: English | None = None
    """None in profiles of Souk 0.1.0, except for English."""

    @property
    def id(self) -> str:
        """The code: a profile has each language once."""
        return self.code


class Availability(Model):
    """A freelancer's availability. Times are ISO 8601, UTC."""

    capacity: Capacity | None = None
    available_from: str | None = None
    min_hours: int | None = None
    """Hours a week, as is `max_hours`."""
    max_hours: int | None = None
    available_days: tuple[Day, ...] = ()
    source: str | None = None
    """The contract's AvailabilitySource, a legacy code."""
    created: str
    updated: str


class Commitment(Model):
    """The response time that a freelancer commits to. Times are ISO 8601, UTC."""

    response_time: ResponseTime
    created: str
    updated: str


class Preferences(Model):
    """The settings that only other people's view of the profile depends on."""

    hide_earnings: bool = False
    hide_agency_earnings: bool = False
    """Set by the agency."""
    expose_full_name: bool = False
    hide_jss: bool = False
    client_feedback_optional: bool = False
    contract_to_hire: bool = False
    project_type: ProjectPreference | None = None


class Checks(Model):
    """The checks of a person that operators have made, beside that of the identity."""

    phone_verified: bool = False
    webcam_verified: bool = False
    vetted: bool = False


class Profile(Entity):
    """A freelancer's profile. Not every person has one."""

    user_id: str
    title: str = ""
    overview: str = ""
    rate: int | None = None
    """For an hour, in minor units of `currency`."""
    currency: str = DEFAULT_CURRENCY
    skills: tuple[str, ...] = ()
    """Slugs of ontology skills, the most important first."""
    category_ids: tuple[str, ...] = ()
    """Ids of the ontology categories that were chosen beside the services."""
    service_ids: tuple[str, ...] = ()
    """Ids of ontology services."""
    work_phone: str | None = None
    """E.164."""
    languages: tuple[SpokenLanguage, ...] = ()
    employment: tuple[Employment, ...] = ()
    education: tuple[Education, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    experiences: tuple[Experience, ...] = ()
    accounts: tuple[LinkedAccount, ...] = ()
    specialized: tuple[SpecializedProfile, ...] = ()
    project_ids: tuple[str, ...] = ()
    """The ids of all portfolio projects, in their order."""
    availability: Availability | None = None
    commitment: Commitment | None = None
    preferences: Preferences = Preferences()
    visibility: Visibility = Visibility.PUBLIC
    """What the person has chosen."""
    lock: Visibility | None = None
    """What holds instead while an operator has locked it."""
    takedown: Takedown | None = None
    """Why only the person and operators see it, while an operator has taken it down."""
    risky: bool = False
    """Whether operators suspect it."""
    checks: Checks = Checks()

    state: ProfileState = ProfileState.DRAFT
    state_reason: str | None = None
    """The operator's note."""
    review_opened: str | None = None
    """When its open review was opened; None without one."""

    standing: TalentBadge | None = None
    """The standing that the last computing of scores found (`souk.domains.reputation.rules.score`), as is the score."""
    standing_since: str | None = None
    """Since when they have been top rated, in either degree."""
    job_success: int | None = None
    """Percent; None without enough contracts."""
    long_term_clients: int | None = None
    """None before scores were computed."""
    last_active: str | None = None
    updated: str | None = None
    """The last change by the person or an operator. None in profiles of Souk 0.1.0."""

    @model_validator(mode="before")
    @classmethod
    def _read_codes(cls, given: Any) -> Any:
        """Read a profile of Souk 0.1.0, which has codes of languages, and the level of English beside them."""
        if not isinstance(given, dict):
            return given
        codes, level = list(given.get("languages", ())), given.get("english")
        if not (level or any(isinstance(code, str) for code in codes)):
            return given
        if level and "en" not in codes:
            codes.append("en")
        languages = [{"code": code, "level": level if code == "en" else None} for code in codes]
        return {name: value for name, value in given.items() if name != "english"} | {"languages": languages}

    @property
    def english(self) -> English | None:
        """The level of English; None if the person does not speak it, or says no level."""
        return next((one.level for one in self.languages if one.code == "en"), None)

    @property
    def language_codes(self) -> frozenset[str]:
        """The ISO 639 codes of all languages."""
        return frozenset(one.code for one in self.languages)

    @property
    def current_visibility(self) -> Visibility:
        """The audience that holds."""
        return Visibility.PRIVATE if self.takedown else self.lock or self.visibility

    @property
    def charge_rate(self) -> Money:
        """The rate for an hour; 0 if there is none, because the contract's field is required."""
        return Money(self.rate or 0, self.currency)
