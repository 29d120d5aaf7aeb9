"""The rows of exports that imports read back: in the import's own format. Pure."""

from typing import Any, Final

from souk.authentication.records import Membership
from souk.domains.dataimports.rules.postings import STATUSES
from souk.domains.identity.model import Organization, User
from souk.domains.identity.rules.founding import side_of
from souk.domains.jobs.model import Job
from souk.domains.jobs.rules.classification import additional_skills_of, free_text_skills_of, place_of, skills_of
from souk.domains.reference.model import Entry

Row = dict[str, Any]
_STATUS_WORDS: Final = {status: word for word, status in STATUSES.items()}


def ontology_row(one: Entry) -> Row:
    """Return the row of a category, subcategory, occupation or skill."""
    return _without_nothing(
        {
            "id": one.id,
            "kind": one.kind.value,
            "label": one.label,
            "parent_id": list(one.parents),
            "definition": one.definition,
            "synonyms": list(one.synonyms),
            "archived": one.archived or None,
        }
    )


def organization_row(one: Organization) -> Row:
    """Return the row of an organization or a team."""
    return _without_nothing(
        {
            "external_id": one.id,
            "name": one.name,
            "side": side_of(one).value,
            "country": one.location.country,
            "summary": one.summary,
            "description": one.description,
            "website": one.website,
            "vat_id": one.vat_id,
            "street": one.location.address,
            "city": one.location.city,
            "state": one.location.state,
            "zip": one.location.zip,
            "enterprise": one.enterprise or None,
            "parent_external_id": one.parent_id,
        }
    )


def user_row(one: User, membership: Membership | None) -> Row:
    """Return the row of a person, with the membership of their default organization."""
    member = membership if membership and membership.active else None
    return _without_nothing(
        {
            "external_id": one.id,
            "email": one.email,
            "first_name": one.first_name,
            "last_name": one.last_name,
            "organization_external_id": member and member.organization_id,
            "role": member and member.role.value,
            "country": one.location.country,
            "timezone": one.location.timezone,
            "phone": one.phone,
            "nickname": one.nickname,
            "created": one.creation_date,
        }
    )


def posting_row(one: Job) -> Row | None:
    """Return the row of a posting; None for one that no import takes, such as a deleted draft."""
    status = _STATUS_WORDS.get(one.status)
    if status is None:
        return None
    place = place_of(one)
    named = place.service or place.subcategory or place.category
    skills = dict.fromkeys(skill.slug for skill in (*skills_of(one), *additional_skills_of(one)))
    return _without_nothing(
        {
            "external_id": one.id,
            "organization_external_id": one.organization_id,
            "title": one.info.title,
            "description": one.info.description,
            "type": one.info.type and one.info.type.value,
            "category": named and named.id,
            "amount": one.info.amount,
            "hourly_min": one.info.hourly_budget_min,
            "hourly_max": one.info.hourly_budget_max,
            "currency": one.currency,
            "skills": [*skills, *(text.replace(";", ",") for text in free_text_skills_of(one))],
            "status": status,
            "published": one.published,
            "access": one.info.access and one.info.access.value,
        }
    )


def _without_nothing(row: Row) -> Row:
    return {name: value for name, value in row.items() if value not in (None, [])}
