"""Loads the ontology that Souk ships: the JSON files beside this module, one for each category."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import orjson

from souk.domains.reference.model import (
    EntityStatus,
    EntityType,
    Occupation,
    Skill,
    TaxonomyLevel,
)
from souk.domains.reference.ontology.tree import Ontology

_FILES: Final = Path(__file__).parent
_RELATIONS: Final = frozenset({"needs", "splitInto", "mergedInto", "replacedBy", "also", "close"})
"""The keys of a row that name other skills by their slugs."""


def load() -> Ontology:
    """Return the shipped ontology, made anew.

    Raises KeyError if a file refers to an unknown slug. A test finds such mistakes in the data.
    """
    files = sorted((orjson.loads(path.read_bytes()) for path in _FILES.glob("*.json")), key=lambda data: data["label"])
    found = Ontology()
    rows: list[tuple[Skill, dict[str, Any]]] = []
    for data in files:
        for group_priority, group_row in enumerate(data["groups"], 1):
            group = _skill(group_row, data, group_priority, is_group=True)
            rows.append((group, group_row))
            for priority, row in enumerate(group_row["skills"], 1):
                member = _skill(row, data, priority, is_group=False)
                _join(member, group)
                rows.append((member, row))
    for one, _ in rows:
        found.skills[one.id] = found.skill_by_slug[one.slug] = one
    for one, row in rows:
        _relate(one, row, found.skill_by_slug)
    for data in files:
        for place in _occupations(data, found.skill_by_slug):
            found.occupations[place.id] = place
    found.by_ontology_id |= {one.ontology_id: one for one in found.skills.values()}
    found.by_ontology_id |= {one.ontology_id: one for one in found.occupations.values()}
    return found


def _common(row: dict[str, Any], file: dict[str, Any]) -> dict[str, Any]:
    created = row.get("created", file["created"])
    return {
        "id": row["id"],
        "slug": row["slug"],
        "preferred_label": row["label"],
        "definition": row.get("definition"),
        "alt_label": tuple(row.get("alt", ())),
        "entity_status": EntityStatus(row.get("status", "ACTIVE")),
        "created_date_time": f"{created}T00:00:00.000Z",
        "modified_date_time": f"{row.get('modified', created)}T00:00:00.000Z",
    }


def _skill(row: dict[str, Any], file: dict[str, Any], priority: int, *, is_group: bool) -> Skill:
    kind = EntityType(row.get("type", "SKILL"))
    return Skill(**_common(row, file), is_group=is_group, kind=kind, priority=priority)


def _join(member: Skill, group: Skill) -> None:
    member.groups.append(group)
    group.members.append(member)


def _relate(one: Skill, row: dict[str, Any], by_slug: dict[str, Skill]) -> None:
    if _RELATIONS.isdisjoint(row):
        return

    def named(relation: str) -> list[Skill]:
        return [by_slug[slug] for slug in row.get(relation, "").split()]

    one.dependencies += named("needs")
    one.parts += named("splitInto")
    one.merged = next(iter(named("mergedInto")), None)
    one.replacement = next(iter([*named("replacedBy"), *named("mergedInto"), *named("splitInto")]), None)
    for group in named("also"):
        _join(one, group)
    for other in named("close"):
        one.similar.append(other)
        other.similar.append(one)


def _occupations(data: dict[str, Any], by_slug: dict[str, Skill]) -> Iterator[Occupation]:
    category = Occupation(**_common(data, data), level=TaxonomyLevel.CATEGORY)
    yield category
    for subcategory_row in data["subcategories"]:
        subcategory = Occupation(**_common(subcategory_row, data), level=TaxonomyLevel.SUBCATEGORY, parent=category)
        category.children.append(subcategory)
        yield subcategory
        for row in subcategory_row["services"]:
            service = Occupation(**_common(row, data), level=TaxonomyLevel.SERVICE, parent=subcategory)
            service.own_skills += [by_slug[slug] for slug in row["skills"].split()]
            for skill in service.own_skills:
                skill.services.append(service)
            for slug in row["groups"].split():
                by_slug[slug].required_by.append(service)
            subcategory.children.append(service)
            yield service
