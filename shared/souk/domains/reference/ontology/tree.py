"""The ontology in memory."""

from dataclasses import dataclass, field

from souk.domains.reference.model import Occupation, Skill, TaxonomyLevel


@dataclass(slots=True, eq=False)
class Ontology:
    """All entities by id. Categories are in the order of their labels, each before what is below it."""

    occupations: dict[str, Occupation] = field(default_factory=dict)
    skills: dict[str, Skill] = field(default_factory=dict)
    skill_by_slug: dict[str, Skill] = field(default_factory=dict)
    by_ontology_id: dict[str, Skill | Occupation] = field(default_factory=dict)

    @property
    def categories(self) -> list[Occupation]:
        """The categories, by label."""
        return [one for one in self.occupations.values() if one.level is TaxonomyLevel.CATEGORY]

    @property
    def entities(self) -> list[Skill | Occupation]:
        """All entities, the skills first."""
        return [*self.skills.values(), *self.occupations.values()]

    def entity(self, entity_id: str) -> Skill | Occupation | None:
        """Return the skill or occupation with this id, or None."""
        return self.skills.get(entity_id) or self.occupations.get(entity_id)
