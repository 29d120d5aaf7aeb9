import re
from collections import Counter
from pathlib import Path

import pytest

from souk.domains.reference import ontology
from souk.domains.reference.model import EntityStatus, EntityType, Occupation, Skill, TaxonomyLevel

KNOWN_IDS = Path(__file__).parent / "ontology_ids.tsv"
"""Every id that was ever given, with the ontology id of its entity. Lines are added at the end and stay for ever."""


def all_skills() -> list[Skill]:
    return list(ontology.ontology().skills.values())


def all_occupations() -> list[Occupation]:
    return list(ontology.ontology().occupations.values())


def at(level: TaxonomyLevel) -> list[Occupation]:
    return [one for one in all_occupations() if one.level is level]


def test_ids_stay_with_their_entities() -> None:
    known = dict(line.split("\t") for line in KNOWN_IDS.read_text().splitlines())
    current = {one.id: name for name, one in ontology.ontology().by_ontology_id.items()}
    lost = {entity_id: name for entity_id, name in known.items() if current.get(entity_id) != name}
    assert not lost, "An id is never taken back, nor given to another entity: deprecate the entity instead."
    new = "\n".join(f"{entity_id}\t{name}" for entity_id, name in current.items() if entity_id not in known)
    assert not new, f"New entities: add these lines to {KNOWN_IDS.name}.\n{new}"


def test_known_ids_are_unique() -> None:
    lines = [line.split("\t") for line in KNOWN_IDS.read_text().splitlines()]
    assert len({entity_id for entity_id, _ in lines}) == len({name for _, name in lines}) == len(lines)


def test_ids_and_slugs_are_unique() -> None:
    rows = sum(len(re.findall(r'"id": ', path.read_text())) for path in Path(ontology.__file__).parent.glob("*.json"))
    known = ontology.ontology()
    assert len(known.skills) + len(known.occupations) == rows
    assert len(known.by_ontology_id) == rows
    assert len(known.skill_by_slug) == len(known.skills)
    assert not set(known.skills) & set(known.occupations)


def test_ids_are_64_bit_numbers() -> None:
    assert all(one.id.isdigit() and 0 < int(one.id) < 2**63 for one in (*all_skills(), *all_occupations()))


def test_ontology_size() -> None:
    assert 12 <= len(at(TaxonomyLevel.CATEGORY)) <= 15
    assert len(at(TaxonomyLevel.SUBCATEGORY)) >= 40
    assert len(at(TaxonomyLevel.SERVICE)) >= 100
    assert sum(not one.is_group for one in all_skills()) >= 1_000


def test_labels_are_unique_and_slugs_plain() -> None:
    for kind in (all_skills(), all_occupations()):
        labels = Counter(one.preferred_label.casefold() for one in kind)
        assert not [label for label, times in labels.items() if times > 1]
    for one in (*all_skills(), *all_occupations()):
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", one.slug), one.slug


@pytest.mark.parametrize(
    ("label", "slug"),
    [("C++", "c-plus-plus"), ("C#", "c-sharp"), ("F#", "f-sharp"), (".NET", "dot-net"), ("Node.js", "node-js")],
)
def test_slugs_of_labels_with_signs(label: str, slug: str) -> None:
    found = ontology.skill_by_slug(slug)
    assert found is not None
    assert (found.preferred_label, found.pretty_name) == (label, slug)


def test_skills_have_groups_and_groups_have_members() -> None:
    for one in all_skills():
        assert bool(one.members) == one.is_group, one.slug
        assert bool(one.groups) != one.is_group, one.slug
        assert len({group.id for group in one.groups}) == len(one.groups), one.slug


def test_relations_agree_in_both_directions() -> None:
    for one in all_skills():
        assert all(one in group.members for group in one.groups)
        assert all(one in member.groups for member in one.members)
        assert all(one in other.similar for other in one.similar)
        assert one not in one.similar
        assert len({other.id for other in one.similar}) == len(one.similar), one.slug
    for place in all_occupations():
        assert all(child.parent is place for child in place.children)
        assert place.parent is None or place in place.parent.children


def test_groups_depend_on_skills_only() -> None:
    for one in all_skills():
        assert one.is_group or not one.dependencies
        assert not any(needed.is_group for needed in one.dependencies)


def test_deprecated_skills_have_replacements_and_no_services() -> None:
    asked = {skill.id for service in at(TaxonomyLevel.SERVICE) for skill in service.own_skills}
    deprecated = [one for one in all_skills() if one.entity_status is EntityStatus.DEPRECATED]
    assert deprecated
    for one in all_skills():
        assert len(one.parts) != 1, one.slug
        if one in deprecated:
            assert one.id not in asked
        else:
            assert (one.parts, one.merged, one.replacement) == ([], None, None), one.slug
    for one in deprecated:
        assert one.replacement is None or one.replacement.entity_status is EntityStatus.ACTIVE
        assert not one.parts or one.replacement is one.parts[0]
        assert one.merged is None or one.replacement is one.merged


def test_occupation_tree() -> None:
    for category in at(TaxonomyLevel.CATEGORY):
        assert category.parent is None
        assert category.subcategories
        assert category.services == [service for child in category.subcategories for service in child.services]
    for subcategory in at(TaxonomyLevel.SUBCATEGORY):
        assert subcategory.services
        assert subcategory.category is subcategory.parent
    for service in at(TaxonomyLevel.SERVICE):
        assert len(service.skills) >= 5, service.slug
        assert len({skill.id for skill in service.skills}) == len(service.skills), service.slug
        assert not any(skill.is_group for skill in service.skills), service.slug
        assert service.definition, service.slug
        assert not service.services


def test_services_have_members_of_their_groups() -> None:
    for service in at(TaxonomyLevel.SERVICE):
        groups = [one for one in all_skills() if service in one.required_by]
        assert groups, service.slug
        for group in groups:
            assert group.is_group
            assert {one.id for one in group.members} & {one.id for one in service.skills}, (service.slug, group.slug)


def test_active_skills_belong_to_services() -> None:
    asked = {skill.id for service in at(TaxonomyLevel.SERVICE) for skill in service.own_skills}
    lonely = [
        one.slug
        for one in all_skills()
        if not one.is_group and one.entity_status is EntityStatus.ACTIVE and one.id not in asked
    ]
    assert not lonely


def test_category_has_skills_of_its_services_once() -> None:
    software = next(one for one in at(TaxonomyLevel.CATEGORY) if one.slug == "software-web-mobile-development")
    ids = [one.id for one in software.skills]
    assert len(set(ids)) == len(ids)
    assert set(ids) == {skill.id for service in software.services for skill in service.skills}


def test_deliverables_are_skills_too() -> None:
    poster, flat, python = (ontology.skill_by_slug(slug) for slug in ("poster", "flat-design-style", "python"))
    assert poster is not None
    assert poster.type == (EntityType.SKILL, EntityType.DELIVERABLE)
    assert flat is not None
    assert flat.type == (EntityType.SKILL, EntityType.DELIVERABLE_DESCRIPTOR)
    assert python is not None
    assert python.type == (EntityType.SKILL,)


def test_lookups() -> None:
    service = at(TaxonomyLevel.SERVICE)[0]
    subcategory = service.parent
    assert subcategory is not None
    assert ontology.service(service.id) is ontology.entity(service.id) is service
    assert ontology.subcategory(subcategory.id) is subcategory
    assert ontology.category(service.category.id) is service.category
    assert ontology.category(service.id) is ontology.subcategory(service.id) is ontology.service(subcategory.id) is None
    assert ontology.entity_by_ontology_id(service.ontology_id) is service
    skill = all_skills()[0]
    assert ontology.skill(skill.id) is ontology.skill_by_slug(skill.slug) is ontology.entity(skill.id) is skill
    assert ontology.entity_by_ontology_id(f"souk:{skill.slug}") is skill
    assert (
        ontology.entity("1") is ontology.skill_by_slug("nothing") is ontology.entity_by_ontology_id("nothing") is None
    )
