"""The fields of TalentProfile. The source is the user (`souk.domains.talent.views.people`)."""

from datetime import date
from typing import Any

from souk.authentication.standing import STANDINGS, is_suspended, person_key
from souk.domains.identity.model import User
from souk.domains.identity.rules.privacy import person_shown
from souk.domains.reference.model import Skill
from souk.domains.talent.model import Certificate, Education, Employment
from souk.domains.talent.resolvers import freelancer
from souk.domains.talent.resolvers.declared import domain
from souk.domains.talent.rules import dates, ontology
from souk.domains.talent.views import parts
from souk.domains.talent.views.people import profile_of
from souk.graph import Context
from souk.graph.context import Source
from souk.storage import Key
from souk.values.times import stamp


@domain.field("TalentProfile.personId")
def person_id(source: User, ctx: Context) -> str:
    """Return the id of the person."""
    return source.id


@domain.field("TalentProfile.identity")
def identity(source: User, ctx: Context) -> User:
    """Return the user, who has both ids."""
    return source


@domain.field("TalentProfile.personalData")
def personal_data(source: User, ctx: Context) -> dict[str, Any]:
    """Return the name, portrait and location, with what the person writes about themselves."""
    found = freelancer.personal_data(source, ctx)
    address = found["address"]
    location = address and {
        "country": address.country_name,
        "state": address.state_code,
        "city": address.city_name,
        "zip": address.zip,
        "timezone": address.timezone,
    }
    return found | {"location": location}


@domain.field("TalentProfile.preferences")
def preferences(source: User, ctx: Context) -> dict[str, Any]:
    """Return the preferences."""
    return parts.preferences(profile_of(ctx, source))


def _standing(source: User, ctx: Context) -> dict[Key, Source]:
    return {person_key(source.id): STANDINGS}


@domain.field("TalentProfile.settings", needs=_standing)
def settings(source: User, ctx: Context) -> dict[str, Any]:
    """Return the state of the account."""
    profile = profile_of(ctx, source)
    return {
        "provider": bool(profile.version),
        "suspended": is_suspended(ctx.entities[person_key(source.id)]),
        "disabled": False,
        "status": parts.state_of(profile),
        "updatedDateTime": profile.updated,
    }


@domain.field("TalentProfile.personAvailability")
def availability(source: User, ctx: Context) -> dict[str, Any] | None:
    """Return the availability; None if the person has said nothing."""
    stated = profile_of(ctx, source).availability
    if stated is None:
        return None
    return {
        "personId": source.id,
        "capacity": stated.capacity,
        "createdDateTime": stated.created,
        "availabilityDateTime": stated.available_from,
        "updatedDateTime": stated.updated,
        "minHours": stated.min_hours,
        "maxHours": stated.max_hours,
        "availableDays": stated.available_days,
    }


@domain.field("TalentProfile.communityCertificates")
def certificates(source: User, ctx: Context) -> list[dict[str, Any]]:
    """Return the certificates that the caller sees."""
    today = stamp(ctx.now)
    return [
        {
            "personId": source.id,
            "certificateAttachmentId": one.attachment_id,
            "certificationNumber": one.certification_number,
            "expirationDate": one.expiration_date,
            "businessName": one.business_name,
            "visibility": one.visibility,
            "certificate": {
                "name": one.name,
                "description": one.description,
                "provider": one.provider,
                "providerLink": one.provider_link,
                "duration": _days_valid(one),
                "classifications": [],
                "status": _status(one, today),
            },
        }
        for one in freelancer.certificates_shown(source, ctx)
    ]


@domain.field("TalentProfile.profileCompleteness")
def completeness(source: User, ctx: Context) -> dict[str, Any] | None:
    """Return how complete the profile is, to the person, colleagues and operators."""
    if not person_shown(source, ctx):
        return None
    profile = profile_of(ctx, source)
    found = parts.completeness(profile, source, ctx)
    step = found.next_step
    return {
        "personId": source.id,
        "pciActual": found.percent,
        "pciDisplay": found.percent,
        "pciAction": step.action if step else None,
        "pciActionCredit": step.weight if step else None,
        "pciDateTime": profile.updated,
        "actionForEmptySection": step.action if step else None,
        "skillsCount": len(profile.skills),
        "employmentRecordCount": len(profile.employment),
        "portraitExists": parts.portrait(source, ctx.base_url) is not None,
        "overviewExists": bool(profile.overview),
        "passedTestsCount": 0,  # there are no tests
        "educationRecordCount": len(profile.education),
        "certificatesCount": len(profile.certificates),
        "otherExperiencesCount": len(profile.experiences),
        "portfolioCount": len(profile.project_ids),
        "esnCount": sum(not one.revoked for one in profile.accounts),
        "updatedDateTime": profile.updated,
    }


@domain.field("TalentProfile.otherExperiences")
def other_experiences(source: User, ctx: Context) -> list[dict[str, Any]]:
    """Return the other experiences, in the order in which they were added."""
    return [one.model_dump(by_alias=True) | {"personId": source.id} for one in profile_of(ctx, source).experiences]


@domain.field("TalentProfile.educationRecords")
def education_records(source: User, ctx: Context) -> list[dict[str, Any]]:
    """Return the schools and universities, the latest first."""
    found = parts.newest_first(profile_of(ctx, source).education)
    return [_timed(source, one) | {"comment": one.description} for one in found]


@domain.field("TalentProfile.employmentRecords")
def employment_records(source: User, ctx: Context) -> list[dict[str, Any]]:
    """Return the employments, the latest first."""
    found = parts.newest_first(profile_of(ctx, source).employment)
    return [parts.employment(source, one) | _timed(source, one, "country") for one in found]


@domain.field("TalentProfile.skills")
def skills(source: User, ctx: Context) -> list[dict[str, Any]]:
    """Return the skills, the most important first."""
    found = ontology.skills_of(profile_of(ctx, source).skills)
    return [_skill(one, rank) for rank, one in enumerate(found, 1)]


@domain.field("TalentProfile.jobCategories")
def job_categories(source: User, ctx: Context) -> list[dict[str, Any]]:
    """Return the categories with the subcategories of the services."""
    return [
        {
            "id": one.category.id,
            "name": one.category.preferred_label,
            "selectedCategories": [
                {"id": below.id, "name": below.preferred_label} for below in one.selected_sub_categories
            ],
        }
        for one in ontology.job_categories(profile_of(ctx, source))
    ]


def _timed(source: User, record: Employment | Education, *without: str) -> dict[str, Any]:
    """Return a record under the contract's names, with points in time for its dates."""
    return record.model_dump(by_alias=True, exclude=set(without)) | {
        "personId": source.id,
        "startDateTime": dates.timestamp(record.start_date),
        "endDateTime": dates.timestamp(record.end_date),
    }


def _skill(skill: Skill, rank: int) -> dict[str, Any]:
    return {
        "id": skill.id,
        "skill": skill.slug,
        "prettyName": skill.preferred_label,
        "status": skill.entity_status,
        "description": skill.definition,
        "migrateTo": skill.replacement.id if skill.replacement else None,
        "ctime": skill.created_date_time,
        "mtime": skill.modified_date_time,
        "rank": str(rank),
        "ontologySkill": skill,
        "parentOntologySkill": skill.groups[0] if skill.groups else None,
    }


def _status(certificate: Certificate, today: str) -> str:
    expires = certificate.expiration_date
    if expires and dates.before(expires, today):
        return "EXPIRED"
    return certificate.status.value


def _days_valid(certificate: Certificate) -> int | None:
    """Return the validity in days; None without both days."""
    if not (certificate.earned_date and certificate.expiration_date):
        return None
    first, last = map(dates.timestamp, (certificate.earned_date, certificate.expiration_date))
    return (date.fromisoformat(str(last)[:10]) - date.fromisoformat(str(first)[:10])).days
