"""The place of a profile in the ontology: its skills, services and categories. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from souk.domains.reference import ontology
from souk.domains.reference.model import EntityStatus, Occupation, Skill
from souk.domains.talent.model import Profile
from souk.values.problems import Problems

_PREFIX: Final = "souk:"
_SHOWN: Final = 40
"""Characters of a wrong value in a message."""


@dataclass(frozen=True, slots=True)
class JobCategory:
    """A category that a freelancer works in, with the subcategories of their services in it."""

    category: Occupation
    selected_sub_categories: tuple[Occupation, ...]


def skills_of(slugs: Sequence[str]) -> list[Skill]:
    """Return the skills with these slugs; those that the ontology does not know any more are left out."""
    found = (ontology.skill_by_slug(slug) for slug in slugs)
    return [skill for skill in found if skill]


def job_categories(profile: Profile) -> list[JobCategory]:
    """Return the chosen categories and those of the services, in this order."""
    below: dict[str, dict[str, Occupation]] = {one: {} for one in profile.category_ids}
    for service in filter(None, map(ontology.service, profile.service_ids)):
        if service.parent:
            below.setdefault(service.category.id, {})[service.parent.id] = service.parent
    found = ((ontology.category(id_), chosen) for id_, chosen in below.items())
    return [JobCategory(category, tuple(chosen.values())) for category, chosen in found if category]


def category_ids(profile: Profile) -> frozenset[str]:
    """Return the ids of all categories of a profile."""
    return frozenset(one.category.id for one in job_categories(profile))


def occupation_ids(profile: Profile) -> set[str]:
    """Return the ids of a profile's services, and of the subcategories and categories above them."""
    services = [one for one in map(ontology.service, profile.service_ids) if one]
    below = {above.id for one in services for above in (one, one.parent) if above}
    return below | category_ids(profile)


def skills(problems: Problems, path: str, given: Sequence[str], most: int) -> tuple[str, ...]:
    """Return the slugs of skills that are named by ids, slugs or ontology ids (`souk:rust`)."""
    return tuple(one.slug for one in _Reader(_skill, "a skill of the ontology", most).read(problems, path, given))


def categories(problems: Problems, path: str, given: Sequence[str], most: int) -> tuple[str, ...]:
    """Return the ids of categories."""
    reader = _Reader(ontology.category, "the id of a category", most)
    return tuple(one.id for one in reader.read(problems, path, given))


def services(problems: Problems, path: str, given: Sequence[str], most: int) -> tuple[str, ...]:
    """Return the ids of services."""
    reader = _Reader(ontology.service, "the id of a service", most)
    return tuple(one.id for one in reader.read(problems, path, given))


def _skill(given: str) -> Skill | None:
    return ontology.skill(given) or ontology.skill_by_slug(given.removeprefix(_PREFIX))


Entity = TypeVar("Entity", Skill, Occupation)


@dataclass(frozen=True, slots=True)
class _Reader(Generic[Entity]):
    """Reads a list of names of entities of one kind, without repetitions."""

    look_up: Callable[[str], Entity | None]
    noun: str
    most: int

    def read(self, problems: Problems, path: str, given: Sequence[str]) -> list[Entity]:
        """Return the entities. Reports too many, and each that is unknown, deprecated or named twice."""
        if len(given) > self.most:
            problems.add(path, f"at most {self.most} are allowed; there are {len(given)}.")
            return []
        found: dict[str, Entity] = {}
        for at, one in enumerate(given):
            entity = self.look_up(one)
            if entity is not None and self._fits(entity, found):
                found[entity.id] = entity
            else:
                problems.add(f"{path}.{at}", f"{one[:_SHOWN]!r} {self._problem(entity, found)}")
        return list(found.values())

    @staticmethod
    def _fits(entity: Entity, found: dict[str, Entity]) -> bool:
        return entity.entity_status is EntityStatus.ACTIVE and entity.id not in found

    def _problem(self, entity: Entity | None, found: dict[str, Entity]) -> str:
        if entity is None:
            return f"is not {self.noun}."
        return "is named twice." if entity.id in found else "can no longer be chosen."
