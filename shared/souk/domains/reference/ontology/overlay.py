"""Puts a marketplace's own entries over the shipped ontology. Pure."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from souk.domains.reference.model import EntityStatus, Entry, EntryKind, Occupation, Skill, TaxonomyLevel
from souk.domains.reference.ontology.tree import Ontology

_LEVELS: Final = {
    EntryKind.CATEGORY: TaxonomyLevel.CATEGORY,
    EntryKind.SUBCATEGORY: TaxonomyLevel.SUBCATEGORY,
    EntryKind.OCCUPATION: TaxonomyLevel.SERVICE,
}
_KINDS: Final = {level: kind for kind, level in _LEVELS.items()}


def put(found: Ontology, entry: Entry) -> None:
    """Add an entity to an ontology, or change it. What is above it is there already. Call `settle` after the last one.

    An entry keeps kind, slug and place of an entity that is there.
    """
    one = found.entity(entry.id) or _added(found, entry)
    one.preferred_label = entry.label
    one.definition = entry.definition
    one.alt_label = entry.synonyms
    one.entity_status = EntityStatus.DEPRECATED if entry.archived else EntityStatus.ACTIVE
    one.modified_date_time = entry.modified
    if isinstance(one, Skill):
        _list(found, one, entry.parents)


def settle(found: Ontology) -> None:
    """Take away what is below archived entities, and order the categories."""
    found.occupations = dict(_tree(sorted(found.categories, key=lambda one: one.preferred_label.casefold())))
    for one in found.occupations.values():
        if one.parent and one.parent.entity_status is EntityStatus.DEPRECATED:
            one.entity_status = EntityStatus.DEPRECATED
    for skill in found.skills.values():
        if skill.services and not any(map(_is_active, skill.services)):
            skill.entity_status = EntityStatus.DEPRECATED
    for skill in found.skills.values():
        if skill.members and not any(map(_is_active, skill.members)):
            skill.entity_status = EntityStatus.DEPRECATED
    for one in found.occupations.values():
        one.own_skills[:] = filter(_is_active, one.own_skills)
    found.by_ontology_id = {one.ontology_id: one for one in found.entities}


def entry_of(one: Skill | Occupation) -> Entry:
    """Return an entity of an ontology that is not settled as an entry."""
    if isinstance(one, Skill):
        kind, parents = EntryKind.SKILL, [service.id for service in one.services]
    else:
        kind, parents = _KINDS[one.level], [one.parent.id] if one.parent else []
    return Entry(
        id=one.id,
        kind=kind,
        slug=one.slug,
        label=one.preferred_label,
        parents=tuple(parents),
        definition=one.definition,
        synonyms=one.alt_label,
        archived=one.entity_status is EntityStatus.DEPRECATED,
        created=one.created_date_time,
        modified=one.modified_date_time,
    )


def _added(found: Ontology, entry: Entry) -> Skill | Occupation:
    if entry.kind is EntryKind.SKILL:
        skill = Skill(**_common(entry), is_group=False, priority=len(found.skills) + 1)
        found.skills[skill.id] = found.skill_by_slug[skill.slug] = found.by_ontology_id[skill.ontology_id] = skill
        return skill
    above = found.occupations[entry.parents[0]] if entry.parents else None
    one = Occupation(**_common(entry), level=_LEVELS[entry.kind], parent=above)
    if above:
        above.children.append(one)
    found.occupations[one.id] = found.by_ontology_id[one.ontology_id] = one
    return one


def _common(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "slug": entry.slug,
        "preferred_label": entry.label,
        "definition": entry.definition,
        "alt_label": entry.synonyms,
        "entity_status": EntityStatus.ACTIVE,
        "created_date_time": entry.created,
        "modified_date_time": entry.modified,
    }


def _list(found: Ontology, skill: Skill, occupation_ids: Iterable[str]) -> None:
    """Put a skill on the lists of these occupations, and of no others. The place in a list stays."""
    wanted = {one: found.occupations[one] for one in occupation_ids}
    for service in skill.services:
        if service.id not in wanted:
            service.own_skills.remove(skill)
    before = {service.id for service in skill.services}
    for service in wanted.values():
        if service.id not in before:
            service.own_skills.append(skill)
    skill.services[:] = wanted.values()


def _tree(places: Iterable[Occupation]) -> Iterator[tuple[str, Occupation]]:
    for one in places:
        yield one.id, one
        yield from _tree(one.children)


def _is_active(one: Skill | Occupation) -> bool:
    return one.entity_status is EntityStatus.ACTIVE
