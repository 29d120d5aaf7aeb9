"""The fields of FreelancerProfile. The source is the user (`souk.domains.talent.views.people`)."""

from typing import Any, Final

from souk.domains.identity.model import IdentityVerificationStatus, User
from souk.domains.identity.rules.privacy import person_shown
from souk.domains.identity.store import ORGANIZATIONS
from souk.domains.identity.views import UserLocation, country_of
from souk.domains.reference.model import Country
from souk.domains.talent.model import Certificate
from souk.domains.talent.resolvers.declared import domain
from souk.domains.talent.rules import ontology, privacy
from souk.domains.talent.store import PROFILES
from souk.domains.talent.views import parts
from souk.domains.talent.views.people import page_of, profile_of
from souk.graph import Context
from souk.graph.lists import Connection, Pagination, SortAttribute, connection_in_memory
from souk.values.times import stamp

_EXPERIENCE_FIELDS: Final = {
    "id": "id",
    "subject": "subject",
    "description": "description",
    "active": "active",
    "createdDateTime": "created",
    "updatedDateTime": "updated",
}
_EDUCATION_FIELDS: Final = {
    name: name for name in ("id", "institutionName", "areaOfStudy", "degree", "startDate", "endDate", "description")
}


@domain.field("FreelancerProfile.userDetails")
@domain.field("FreelancerProfile.user")
def user(source: User, ctx: Context) -> User:
    """Return the source, which is the user. The fields of `CurrentUser` check themselves who may see them."""
    return source


@domain.field("FreelancerProfile.email")
def email(source: User, ctx: Context) -> str | None:
    """Return the e-mail address; None if the caller may not see it."""
    return source.email if person_shown(source, ctx) else None


@domain.field("FreelancerProfile.phoneNumber")
def phone_number(source: User, ctx: Context) -> dict[str, str] | None:
    """Return the phone number of the account, to the person only."""
    return parts.phone_number(source.phone) if privacy.own(source.id, ctx) else None


@domain.field("FreelancerProfile.lastName")
def last_name(source: User, ctx: Context) -> str:
    """Return the last name; only its first letter if the caller may not see it. The field cannot be null."""
    if privacy.last_name_shown(profile_of(ctx, source), source, ctx):
        return source.last_name
    return f"{source.last_name[0]}." if source.last_name else ""


@domain.field("FreelancerProfile.fullName")
def full_name(source: User, ctx: Context) -> str:
    """Return the full name; the public name if the caller may not see it."""
    return f"{source.first_name} {last_name(source, ctx)}".strip()


@domain.field("FreelancerProfile.countryDetails")
def country(source: User, ctx: Context) -> Country | None:
    """Return the country of a freelancer."""
    return country_of(source.location)


@domain.field("FreelancerProfile.portrait")
def portrait(source: User, ctx: Context) -> dict[str, str | None] | None:
    """Return the URLs of the portrait in its sizes; None if the caller may not see a profile that was taken down."""
    profile = ctx.load(PROFILES, source.id)
    if profile and profile.takedown and not privacy.taken_down_shown(source.id, ctx):
        return None
    return parts.portrait(source, ctx.base_url)


@domain.field("FreelancerProfile.personalData")
def personal_data(source: User, ctx: Context) -> dict[str, Any]:
    """Return the name, portrait and address, with what the person writes about themselves."""
    profile = profile_of(ctx, source)
    return {
        "firstName": source.first_name,
        "lastName": last_name(source, ctx),
        "portrait": portrait(source, ctx),
        "title": profile.title or None,
        "description": profile.overview or None,
        "address": UserLocation.of(source.location, ctx.now, whole=person_shown(source, ctx)),
        "chargeRate": profile.charge_rate,
        "workPhone": profile.work_phone if privacy.own(source.id, ctx) else None,
        "profileUrl": page_of(source),
        "profileState": parts.state_of(profile),
        "profileStateReason": parts.state_reason(profile) if privacy.state_reason_shown(source, ctx) else None,
    }


@domain.field("FreelancerProfile.userPreferences")
def preferences(source: User, ctx: Context) -> dict[str, Any]:
    """Return the preferences."""
    return parts.preferences(profile_of(ctx, source))


@domain.field("FreelancerProfile.otherExperiences")
def other_experiences(
    source: User,
    ctx: Context,
    sort_attribute: SortAttribute | None = None,
    pagination: Pagination | None = None,
) -> Connection:
    """Return a page of the other experiences, by default in the order in which they were added."""
    found = [parts.with_user(source, one) for one in profile_of(ctx, source).experiences]
    found = parts.sorted_by(found, sort_attribute, _EXPERIENCE_FIELDS)
    return connection_in_memory(ctx.cursors, _bound_to("otherExperiences", source, sort_attribute), found, pagination)


@domain.field("FreelancerProfile.educationRecords")
def education_records(
    source: User,
    ctx: Context,
    sort_attribute: SortAttribute | None = None,
    pagination: Pagination | None = None,
) -> list[Any]:
    """Return the schools and universities, by default the latest first. `after` is the number of those left out."""
    records = parts.newest_first(profile_of(ctx, source).education)
    found = parts.sorted_by([parts.with_user(source, one) for one in records], sort_attribute, _EDUCATION_FIELDS)
    page = connection_in_memory(ctx.cursors, _bound_to("educationRecords", source, sort_attribute), found, pagination)
    return [edge["node"] for edge in page.edges]


@domain.field("FreelancerProfile.employmentRecords")
def employment_records(source: User, ctx: Context) -> list[Any]:
    """Return the employments, the latest first."""
    return [parts.employment(source, one) for one in parts.newest_first(profile_of(ctx, source).employment)]


@domain.field("FreelancerProfile.certificates")
def certificates(source: User, ctx: Context) -> list[Any]:
    """Return the certificates that the caller sees."""
    private = privacy.state_reason_shown(source, ctx)
    return [parts.certificate(one, private=private) for one in certificates_shown(source, ctx)]


def certificates_shown(source: User, ctx: Context) -> list[Certificate]:
    """Return the certificates of a person that the caller sees."""
    found = profile_of(ctx, source).certificates
    restricted = privacy.needs_enterprise(found, source, ctx)
    company = ctx.load(ORGANIZATIONS, ctx.principal.company_id) if restricted else None
    return privacy.certificates_shown(found, source, ctx, company)


@domain.field("FreelancerProfile.languages")
def languages(source: User, ctx: Context) -> dict[str, Any]:
    """Return the languages."""
    return parts.listed(map(parts.language, profile_of(ctx, source).languages))


@domain.field("FreelancerProfile.skills")
def skills(source: User, ctx: Context) -> dict[str, Any]:
    """Return the skills, the most important first."""
    return parts.listed(ontology.skills_of(profile_of(ctx, source).skills))


@domain.field("FreelancerProfile.jobCategories")
def job_categories(source: User, ctx: Context) -> dict[str, Any]:
    """Return the categories with the subcategories of the services."""
    return parts.listed(ontology.job_categories(profile_of(ctx, source)))


@domain.field("FreelancerProfile.linkedExternalAccountsList")
def linked_accounts(source: User, ctx: Context) -> dict[str, Any]:
    """Return the linked accounts that the caller sees."""
    shown = privacy.accounts_shown(profile_of(ctx, source).accounts, source, ctx, stamp(ctx.now))
    return parts.listed(map(parts.account, shown))


@domain.field("FreelancerProfile.availability")
def availability(source: User, ctx: Context) -> dict[str, Any] | None:
    """Return the availability; None if the person has said nothing."""
    return parts.availability(source, profile_of(ctx, source).availability)


@domain.field("FreelancerProfile.committedResponseTime")
def committed_response_time(source: User, ctx: Context) -> dict[str, Any] | None:
    """Return the response time that the person commits to; None if they have said nothing."""
    commitment = profile_of(ctx, source).commitment
    if commitment is None:
        return None
    return {
        "id": source.id,
        "committedResponseTime": commitment.response_time,
        "name": parts.RESPONSE_TIMES[commitment.response_time],
        "createdDateTime": commitment.created,
        "updatedDateTime": commitment.updated,
    }


@domain.field("FreelancerProfile.verifications")
def verifications(source: User, ctx: Context) -> dict[str, Any]:
    """Return which checks of the person operators have made."""
    checks, identity = profile_of(ctx, source).checks, source.identity_verification
    return {
        "idVerified": identity is IdentityVerificationStatus.VERIFIED,
        "phoneVerified": checks.phone_verified,
        "webcamVerified": checks.webcam_verified,
        "idBadgeStatus": identity if person_shown(source, ctx) else None,
    }


@domain.field("FreelancerProfile.profileCompletenessSummary")
def completeness_summary(source: User, ctx: Context) -> dict[str, Any] | None:
    """Return how complete the profile is, to the person, colleagues and operators."""
    if not person_shown(source, ctx):
        return None
    profile = profile_of(ctx, source)
    found = parts.completeness(profile, source, ctx)
    step = found.next_step
    return {
        "user": source,
        "actual": found.percent,
        "display": found.percent,
        "action": step.action if step else None,
        "actionCredit": step.weight if step else None,
        "actionForEmptySection": step.action if step else None,
        "skillsCount": len(profile.skills),
        "employmentRecordCount": len(profile.employment),
        "portraitRecordCount": int(parts.portrait(source, ctx.base_url) is not None),
        "overviewRecordCount": int(bool(profile.overview)),
        "videoRecordCount": 0,  # profiles have no videos
        "educationRecordCount": len(profile.education),
        "certificatesCount": len(profile.certificates),
        "otherExperiencesCount": len(profile.experiences),
        "portfolioCount": len(profile.project_ids),
        "linkedExternalAccountsCount": sum(not one.revoked for one in profile.accounts),
        "createdDateTime": profile.updated or source.creation_date,
    }


def _bound_to(name: str, source: User, order: SortAttribute | None) -> list[Any]:
    return [name, source.id, order.model_dump() if order else None]
