"""What the reference queries answer with. Immutable, and shared by every request of a process."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Region:
    """A region of the world after UN M49, or one of its subregions."""

    id: str
    """The UN M49 code, three digits."""
    name: str
    parent_region: "Region | None"
    countries: frozenset[str] = field(repr=False)
    """ISO 3166-1 alpha-2 codes."""


class CountryRegion(StrEnum):
    """The one grouping of countries that rules of trade ask for."""

    EU = "EU"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True)
class Country:
    """A country or territory that ISO 3166-1 lists."""

    id: str
    """The GeoNames id."""
    name: str
    two_letter_abbreviation: str
    three_letter_abbreviation: str
    region: CountryRegion
    phone_code: str | None
    related_region: Region | None
    related_sub_region: Region | None
    active: bool
    registration_allowed: bool


@dataclass(frozen=True, slots=True)
class Language:
    """A language that has an ISO 639 code and an English name in CLDR."""

    iso639_code: str
    """Two letters (ISO 639-1) where there are, else three."""
    active: bool
    english_name: str


@dataclass(frozen=True, slots=True)
class TimeZoneRecord:
    """A time zone of the IANA database."""

    time_zone_name: str
    time_zone_description: str


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason that can be given for an action."""

    id: str
    alias: str
    reason: str
    reason_type: str
    """The action: a ReasonType of the contract."""
    hidden: bool
    """Whether it is not offered: it was once, or Souk alone gives it."""


@dataclass(frozen=True, slots=True)
class EngagementDuration:
    """How long a piece of work is expected to take."""

    id: str
    label: str
    weeks: int
    job_duration: str
    """The JobDuration of the contract by which it is searched."""


class EntityStatus(StrEnum):
    """Where an entity of the ontology is in its life."""

    ACTIVE = "ACTIVE"
    DEPRECATED = "DEPRECATED"
    PENDING = "PENDING"


class EntityType(StrEnum):
    """What an entity of the ontology is. Deliverables and their descriptors are skills too."""

    OCCUPATION = "OCCUPATION"
    SKILL = "SKILL"
    DELIVERABLE = "DELIVERABLE"
    DELIVERABLE_DESCRIPTOR = "DELIVERABLE_DESCRIPTOR"


class TaxonomyLevel(StrEnum):
    """The level of an occupation. Souk's ontology ends with services; it has no specializations."""

    CATEGORY = "CATEGORY"
    SUBCATEGORY = "SUBCATEGORY"
    SERVICE = "SERVICE"
    SPECIALIZATION = "SPECIALIZATION"


@dataclass(eq=False, slots=True, kw_only=True)
class OntologyEntity:
    """What skills and occupations have in common. Made by the loader, and not changed after it."""

    id: str
    """A 64-bit number; given once, never to another entity."""
    slug: str
    """Lower case with hyphens; as fixed as the id, while the label may be improved."""
    preferred_label: str
    definition: str | None
    alt_label: tuple[str, ...]
    entity_status: EntityStatus
    created_date_time: str
    modified_date_time: str


@dataclass(eq=False, slots=True, kw_only=True)
class Occupation(OntologyEntity):
    """A category, a subcategory or a service: the three levels of the work that is offered and sought."""

    graphql_type: ClassVar[str] = "Occupation"

    level: TaxonomyLevel
    parent: "Occupation | None" = field(default=None, repr=False)
    children: list["Occupation"] = field(default_factory=list, repr=False)
    own_skills: list["Skill"] = field(default_factory=list, repr=False)
    """Those of a service; what lies above a service has the skills of its services."""

    @property
    def ontology_id(self) -> str:
        """A name that is the same in every deployment."""
        return f"soukOccupation:{self.slug}"

    @property
    def type(self) -> tuple[EntityType, ...]:
        """Always an occupation."""
        return (EntityType.OCCUPATION,)

    @property
    def category(self) -> "Occupation":
        """The category it belongs to, or itself."""
        return self.parent.category if self.parent else self

    @property
    def subcategories(self) -> list["Occupation"]:
        """A category's subcategories that are in use."""
        return [child for child in self.children if child.entity_status is EntityStatus.ACTIVE]

    @property
    def services(self) -> list["Occupation"]:
        """The services below it that are in use."""
        if self.level is not TaxonomyLevel.CATEGORY:
            return [child for child in self.children if child.entity_status is EntityStatus.ACTIVE]
        return [service for child in self.subcategories for service in child.services]

    @property
    def skills(self) -> list["Skill"]:
        """The skills that the work asks for, the most telling first, each once."""
        if self.level is TaxonomyLevel.SERVICE:
            return self.own_skills
        return list({skill.id: skill for service in self.services for skill in service.own_skills}.values())


@dataclass(eq=False, slots=True, kw_only=True)
class Skill(OntologyEntity):
    """A skill, or an attribute group: a set of skills that are offered together, itself a skill in the contract.

    Relations are to entities; the resolvers make the contract's pairs of fields (`broader`, `broaderIds`) of them.
    """

    graphql_type: ClassVar[str] = "Skill"

    is_group: bool
    kind: EntityType = EntityType.SKILL
    """What the group's members are besides skills."""
    priority: int
    """The order in which groups appear, and members in their first group; from 1."""
    groups: list["Skill"] = field(default_factory=list, repr=False)
    members: list["Skill"] = field(default_factory=list, repr=False)
    needs: list["Skill"] = field(default_factory=list, repr=False)
    """The skills on which a group depends: without JavaScript no React."""
    similar: list["Skill"] = field(default_factory=list, repr=False)
    asked_by: list[Occupation] = field(default_factory=list, repr=False)
    """The services that ask for a skill of this group."""
    parts: list["Skill"] = field(default_factory=list, repr=False)
    """What a deprecated skill was split into."""
    merged: "Skill | None" = field(default=None, repr=False)
    replacement: "Skill | None" = field(default=None, repr=False)

    # What the contract has room for, and this ontology does not say of any skill.
    scope_note: ClassVar[None] = None
    comment: ClassVar[None] = None
    external_link: ClassVar[tuple[str, ...]] = ()
    client_question: ClassVar[None] = None
    client_tip: ClassVar[None] = None
    freelancer_question: ClassVar[None] = None
    freelancer_tip: ClassVar[None] = None
    other_client_label: ClassVar[None] = None
    other_freelancer_label: ClassVar[None] = None
    presentation_mode: ClassVar[None] = None
    legacy_skill_nid: ClassVar[None] = None
    legacy_skill_id: ClassVar[None] = None
    exact_match: ClassVar[tuple[str, ...]] = ()
    exact_match_ids: ClassVar[tuple[str, ...]] = ()
    advanced_client: ClassVar[bool] = False
    required_client: ClassVar[bool] = False
    required_freelancer: ClassVar[bool] = False

    @property
    def ontology_id(self) -> str:
        """A name that is the same in every deployment."""
        return f"souk:{self.slug}"

    @property
    def type(self) -> tuple[EntityType, ...]:
        """A skill, and what its groups make of it."""
        kinds = {group.kind: None for group in self.groups if group.kind is not EntityType.SKILL}
        return (EntityType.SKILL, *kinds)

    @property
    def pretty_name(self) -> str:
        """The slug: how a skill is written in addresses and in search."""
        return self.slug

    @property
    def attribute_level(self) -> tuple[str, ...]:
        """Says of an attribute group that it is one."""
        return ("Attribute Group",) if self.is_group else ()

    @property
    def client(self) -> bool:
        """Whether clients are offered it."""
        return self.entity_status is EntityStatus.ACTIVE

    @property
    def freelancer(self) -> bool:
        """Whether freelancers are offered it."""
        return self.entity_status is EntityStatus.ACTIVE

    @property
    def allow_multiple_client(self) -> bool:
        """Whether clients may choose several of a group's members; they may of every group."""
        return self.is_group

    @property
    def allow_multiple_freelancer(self) -> bool:
        """Whether freelancers may choose several of a group's members; they may of every group."""
        return self.is_group

    @property
    def allow_other(self) -> bool:
        """Whether a group's members may be complemented in free text; those of every group may."""
        return self.is_group


class ResultOrder(StrEnum):
    """How entities that were found are sorted."""

    RANDOM = "RANDOM"
    ALPHABET = "ALPHABET"
    MATCH_START = "MATCH_START"


@dataclass(frozen=True, slots=True)
class EntityFilter:
    """Which entities to find, and their order; None matches all."""

    text: str = ""
    """What the label holds, in any case."""
    type: EntityType | None = None
    level: TaxonomyLevel | None = None
    status: EntityStatus = EntityStatus.ACTIVE
    include_groups: bool = False
    order: ResultOrder = ResultOrder.MATCH_START
