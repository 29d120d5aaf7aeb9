"""The request that creates or changes a posting from a row. Pure."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final, TypeVar

from souk.domains.dataimports.rules.cells import Cells
from souk.domains.jobs.model import Access, HourlyBudgetType, JobType, PostingRequest, Status
from souk.domains.reference import ontology
from souk.domains.reference.model import EntityStatus, Occupation, Skill, TaxonomyLevel
from souk.domains.reference.ontology import Ontology

STATUSES: Final = {
    "draft": Status.DRAFT,
    "published": Status.REQUESTED,
    "filled": Status.FILLED,
    "cancelled": Status.CANCELLED,
}
CLOSED: Final = (Status.FILLED, Status.CANCELLED)
COLUMNS: Final = {
    "title": "title",
    "description": "description",
    "type": "type",
    "amount": "amount",
    "hourlyBudgetMin": "hourly_min",
    "hourlyBudgetMax": "hourly_max",
    "hourlyBudgetType": "hourly_min",
    "access": "access",
    "status": "status",
    "categoryId": "category",
    "groupId": "category",
    "occupationId": "category",
    "additionalSkills": "skills",
    "organizationId": "organization_external_id",
}
"""The columns of the last parts of paths in errors of postings."""
_Entity = TypeVar("_Entity", Occupation, Skill)
_MONEY: Final = {"amount": "amount", "hourly_min": "hourlyBudgetMin", "hourly_max": "hourlyBudgetMax"}


def status_of(cells: Cells) -> Status | None:
    """Return the status of a row; None if it does not say."""
    word = cells.choice("status", list(STATUSES))
    return STATUSES[word] if word else None


def request_of(cells: Cells, organization_id: str, status: Status | None) -> PostingRequest:
    """Return the request. `status` is an open one, or None. Raises RowRefused with all problems."""
    kind = cells.choice("type", [one.value for one in JobType])
    info: dict[str, Any] = {"title": cells.text("title"), "description": cells.text("description"), "type": kind}
    info |= {field: cells.get(name) for name, field in _MONEY.items() if cells.given(name)}
    if kind == JobType.HOURLY and cells.given("hourly_min", "hourly_max"):
        both = cells.get("hourly_min") and cells.get("hourly_max")
        info["hourlyBudgetType"] = HourlyBudgetType.MANUAL if both else HourlyBudgetType.NOT_PROVIDED
    if cells.given("access"):
        info["access"] = cells.choice("access", [one.value for one in Access])
    if status:
        info["status"] = status
    sands: dict[str, Any] = {}
    if cells.given("category"):
        place = _place(cells)
        info["groupId"], info["categoryId"], sands["occupationId"] = _ids(place)
    if cells.given("skills"):
        sands["additionalSkills"] = [_skill(one) for one in _names(cells.text("skills"))] or None
    cells.check()
    request: dict[str, Any] = {"organizationId": organization_id, "jobPostingInfo": info}
    return PostingRequest.model_validate(request | ({"sandsJobPost": sands} if sands else {}))


def _place(cells: Cells) -> Occupation | None:
    """Return the category, subcategory or service of a row, by its id or label."""
    text = cells.get("category")
    if text is None:
        return None
    found = ontology.occupation(text) or _occupations(ontology.ontology()).get(_key(text))
    if found is None:
        cells.add("category", f"there is no category {text[:60]!r}. Use an id or a label of the ontology.")
    return found


def _ids(place: Occupation | None) -> tuple[str | None, str | None, str | None]:
    """Return the ids of the category, the subcategory and the service of a place."""
    found: dict[TaxonomyLevel, str] = {}
    while place:
        found[place.level] = place.id
        place = place.parent
    return (
        found.get(TaxonomyLevel.CATEGORY),
        found.get(TaxonomyLevel.SUBCATEGORY),
        found.get(TaxonomyLevel.SERVICE),
    )


def _names(text: str) -> list[str]:
    return [name for one in text.split(";") if (name := one.strip())]


def _skill(text: str) -> dict[str, str]:
    """Return a skill of the ontology by its id or label, or the client's own words."""
    found = ontology.skill(text) or ontology.skill_by_slug(text) or _skills(ontology.ontology()).get(_key(text))
    return {"skillId": found.id} if found else {"freetext": text}


def _key(label: str) -> str:
    return label.strip().casefold()


@lru_cache(1)
def _occupations(known: Ontology) -> Mapping[str, Occupation]:
    """Return the categories, subcategories and services by label. Of several the first one that is offered wins."""
    return _by_label(known.occupations.values())


@lru_cache(1)
def _skills(known: Ontology) -> Mapping[str, Skill]:
    """Return the skills by label, as `_occupations` does."""
    return _by_label(known.skills.values())


def _by_label(entities: Iterable[_Entity]) -> dict[str, _Entity]:
    found: dict[str, _Entity] = {}
    for one in sorted(entities, key=lambda one: one.entity_status is not EntityStatus.ACTIVE):
        found.setdefault(_key(one.preferred_label), one)
    return found
