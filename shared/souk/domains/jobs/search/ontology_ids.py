"""Checks of the ontology ids in a job filter: each field takes ids of one kind."""

from collections.abc import Sequence
from typing import Final

from souk.domains.reference import ontology
from souk.domains.reference.model import Occupation, Skill, TaxonomyLevel
from souk.values import ids

_NOUNS: Final = {
    "categoryIds_any": "ontology categories",
    "subcategoryIds_any": "ontology subcategories",
    "occupationIds_any": "ontology occupations",
    "ontologySkillIds_all": "ontology skills",
}
_FIELD_OF_LEVEL: Final = {
    TaxonomyLevel.CATEGORY: "categoryIds_any",
    TaxonomyLevel.SUBCATEGORY: "subcategoryIds_any",
    TaxonomyLevel.SERVICE: "occupationIds_any",
}


def check(field: str, values: Sequence[str]) -> None:
    """Raise Unprocessable for a value that is no id, or the id of something for another field.

    Numbers that the ontology does not know are allowed: they find nothing.
    """
    for value in values:
        ids.check(field, [value], _NOUNS[field], _id_of_name(field, value))
        entity = ontology.entity(value)
        if entity is not None and not _takes(field, entity):
            right = _field_of(entity)
            raise ids.wrong_id(
                field, f"takes ids of {_NOUNS[field]}, but {value} is {entity.preferred_label!r}, for {right}."
            )


def _takes(field: str, entity: Occupation | Skill) -> bool:
    return _field_of(entity) == field or (field == "occupationIds_any" and isinstance(entity, Occupation))


def _field_of(entity: Occupation | Skill) -> str:
    if isinstance(entity, Occupation):
        return _FIELD_OF_LEVEL.get(entity.level, "occupationIds_any")
    return "ontologySkillIds_all"


def _id_of_name(field: str, text: str) -> str:
    """Return a hint with the id of the entity with this slug or label; "" if there is none."""
    name = text.strip().casefold()
    found = (
        one
        for one in ontology.ontology().by_ontology_id.values()
        if name in {one.slug, one.preferred_label.casefold()} and _takes(field, one)
    )
    entity = None if ids.is_id(text) else next(found, None)
    return f"The id of {entity.preferred_label!r} is {entity.id}." if entity else ""
