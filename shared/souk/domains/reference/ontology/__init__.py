"""The ontology of work: categories, subcategories and services, and their skills.

Souk ships one, and entries of the deployment and of this marketplace are put over it. docs/ontology.md explains
all three. A process loads it on first use, and again within a minute when the marketplace has changed it.
"""

from souk.domains.reference.model import Occupation, Skill, TaxonomyLevel
from souk.domains.reference.ontology.current import ontology
from souk.domains.reference.ontology.tree import Ontology

__all__ = [
    "Ontology",
    "category",
    "entity",
    "entity_by_ontology_id",
    "occupation",
    "ontology",
    "service",
    "skill",
    "skill_by_slug",
    "subcategory",
]


def skill(skill_id: str) -> Skill | None:
    """Return the skill or attribute group with this id, or None."""
    return ontology().skills.get(skill_id)


def skill_by_slug(slug: str) -> Skill | None:
    """Return the skill or attribute group with this slug (`c-plus-plus`), or None."""
    return ontology().skill_by_slug.get(slug)


def occupation(occupation_id: str, level: TaxonomyLevel | None = None) -> Occupation | None:
    """Return the occupation with this id; None if there is none, or if it has another level."""
    found = ontology().occupations.get(occupation_id)
    return found if found and level in (None, found.level) else None


def category(category_id: str) -> Occupation | None:
    """Return the category with this id, or None."""
    return occupation(category_id, TaxonomyLevel.CATEGORY)


def subcategory(subcategory_id: str) -> Occupation | None:
    """Return the subcategory with this id, or None."""
    return occupation(subcategory_id, TaxonomyLevel.SUBCATEGORY)


def service(service_id: str) -> Occupation | None:
    """Return the service with this id, or None."""
    return occupation(service_id, TaxonomyLevel.SERVICE)


def entity(entity_id: str) -> Skill | Occupation | None:
    """Return the skill or occupation with this id, or None."""
    return skill(entity_id) or occupation(entity_id)


def entity_by_ontology_id(ontology_id: str) -> Skill | Occupation | None:
    """Return the entity with this ontology id (`souk:c-plus-plus`, `soukOccupation:legal`), or None."""
    return ontology().by_ontology_id.get(ontology_id)
