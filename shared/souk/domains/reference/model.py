"""The objects that the reference queries return. They are immutable, and all requests of a process share them."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Region:
    """A region or subregion of the world in UN M49."""

    id: str
    """The UN M49 code, three digits."""
    name: str
    parent_region: "Region | None"
    countries: frozenset[str] = field(repr=False)
    """ISO 3166-1 alpha-2 codes."""


class CountryRegion(StrEnum):
    """Whether a country belongs to the European Union."""

    EU = "EU"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True)
class Country:
    """A country or territory of ISO 3166-1."""

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

    @property
    def supported(self) -> bool:
        """Whether the marketplace is open to people from there."""
        return self.active and self.registration_allowed


@dataclass(frozen=True, slots=True)
class Language:
    """A language with an ISO 639 code and an English name in CLDR."""

    iso639_code: str
    """Two letters (ISO 639-1) if the language has such a code, else three."""
    active: bool
    english_name: str


@dataclass(frozen=True, slots=True)
class TimeZoneRecord:
    """A time zone of the IANA database."""

    time_zone_name: str
    time_zone_description: str


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason for an action."""

    id: str
    alias: str
    reason: str
    reason_type: str
    """The action: a ReasonType of the contract."""
    hidden: bool
    """Whether people can no longer choose it, or only Souk uses it."""


@dataclass(frozen=True, slots=True)
class EngagementDuration:
    """The expected duration of work."""

    id: str
    label: str
    weeks: int
    job_duration: str
    """The JobDuration of the contract that job searches use for it."""


class EntityStatus(StrEnum):
    """The status of an ontology entity."""

    ACTIVE = "ACTIVE"
    DEPRECATED = "DEPRECATED"
    PENDING = "PENDING"


class EntityType(StrEnum):
    """The type of an ontology entity. Deliverables and their descriptors are also skills."""

    OCCUPATION = "OCCUPATION"
    SKILL = "SKILL"
    DELIVERABLE = "DELIVERABLE"
    DELIVERABLE_DESCRIPTOR = "DELIVERABLE_DESCRIPTOR"


class TaxonomyLevel(StrEnum):
    """The level of an occupation. Souk's ontology has no specializations below services."""

    CATEGORY = "CATEGORY"
    SUBCATEGORY = "SUBCATEGORY"
    SERVICE = "SERVICE"
    SPECIALIZATION = "SPECIALIZATION"


@dataclass(eq=False, slots=True, kw_only=True)
class OntologyEntity:
    """The shared fields of skills and occupations. Loading the ontology makes them, and nothing changes them later."""

    id: str
    """A 64-bit number. It never changes, and is never reused."""
    slug: str
    """Lower case with hyphens. It never changes, but the label can change."""
    preferred_label: str
    definition: str | None
    alt_label: tuple[str, ...]
    entity_status: EntityStatus
    created_date_time: str
    modified_date_time: str


@dataclass(eq=False, slots=True, kw_only=True)
class Occupation(OntologyEntity):
    """A category, subcategory or service: the three levels of work."""

    graphql_type: ClassVar[str] = "Occupation"

    level: TaxonomyLevel
    parent: "Occupation | None" = field(default=None, repr=False)
    children: list["Occupation"] = field(default_factory=list, repr=False)
    own_skills: list["Skill"] = field(default_factory=list, repr=False)
    """The skills of a service. Higher levels have the skills of their services."""

    @property
    def ontology_id(self) -> str:
        """The id that is the same in every deployment."""
        return f"soukOccupation:{self.slug}"

    @property
    def type(self) -> tuple[EntityType, ...]:
        """Always OCCUPATION."""
        return (EntityType.OCCUPATION,)

    @property
    def category(self) -> "Occupation":
        """The category that it belongs to; for a category, itself."""
        return self.parent.category if self.parent else self

    @property
    def subcategories(self) -> list["Occupation"]:
        """The active subcategories of a category."""
        return [child for child in self.children if child.entity_status is EntityStatus.ACTIVE]

    @property
    def services(self) -> list["Occupation"]:
        """The active services below it."""
        if self.level is not TaxonomyLevel.CATEGORY:
            return [child for child in self.children if child.entity_status is EntityStatus.ACTIVE]
        return [service for child in self.subcategories for service in child.services]

    @property
    def skills(self) -> list["Skill"]:
        """The skills of the work without duplicates, most characteristic first."""
        if self.level is TaxonomyLevel.SERVICE:
            return self.own_skills
        return list({skill.id: skill for service in self.services for skill in service.own_skills}.values())


@dataclass(eq=False, slots=True, kw_only=True)
class Skill(OntologyEntity):
    """A skill, or an attribute group: a set of skills that are offered together. The contract treats groups as skills.

    Relations hold entities. The resolvers turn them into the contract's pairs of fields (`broader`, `broaderIds`).
    """

    graphql_type: ClassVar[str] = "Skill"

    is_group: bool
    kind: EntityType = EntityType.SKILL
    """The additional type of a group's members."""
    priority: int
    """The position among groups, or among the members of the first group; from 1."""
    groups: list["Skill"] = field(default_factory=list, repr=False)
    members: list["Skill"] = field(default_factory=list, repr=False)
    dependencies: list["Skill"] = field(default_factory=list, repr=False)
    """The skills that a group depends on, as React depends on JavaScript."""
    similar: list["Skill"] = field(default_factory=list, repr=False)
    services: list[Occupation] = field(default_factory=list, repr=False)
    """The services that list it."""
    required_by: list[Occupation] = field(default_factory=list, repr=False)
    """The services that ask for a skill of this group."""
    parts: list["Skill"] = field(default_factory=list, repr=False)
    """The skills that a deprecated skill was split into."""
    merged: "Skill | None" = field(default=None, repr=False)
    replacement: "Skill | None" = field(default=None, repr=False)

    # Fields of the contract that this ontology does not use.
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
        """The id that is the same in every deployment."""
        return f"souk:{self.slug}"

    @property
    def type(self) -> tuple[EntityType, ...]:
        """SKILL and the additional types of its groups."""
        kinds = {group.kind: None for group in self.groups if group.kind is not EntityType.SKILL}
        return (EntityType.SKILL, *kinds)

    @property
    def pretty_name(self) -> str:
        """The slug, which web addresses and searches use."""
        return self.slug

    @property
    def attribute_level(self) -> tuple[str, ...]:
        """`Attribute Group` for an attribute group."""
        return ("Attribute Group",) if self.is_group else ()

    @property
    def client(self) -> bool:
        """Whether clients can choose it."""
        return self.entity_status is EntityStatus.ACTIVE

    @property
    def freelancer(self) -> bool:
        """Whether freelancers can choose it."""
        return self.entity_status is EntityStatus.ACTIVE

    @property
    def allow_multiple_client(self) -> bool:
        """Whether clients can choose several members of a group; true for every group."""
        return self.is_group

    @property
    def allow_multiple_freelancer(self) -> bool:
        """Whether freelancers can choose several members of a group; true for every group."""
        return self.is_group

    @property
    def allow_other(self) -> bool:
        """Whether a group accepts free text besides its members; true for every group."""
        return self.is_group


class EntryKind(StrEnum):
    """The kind of an entry of a marketplace's own."""

    CATEGORY = "category"
    SUBCATEGORY = "subcategory"
    OCCUPATION = "occupation"
    """A service."""
    SKILL = "skill"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a marketplace has added to the ontology, or changed in it: all about one entity."""

    id: str
    kind: EntryKind
    slug: str
    label: str
    parents: tuple[str, ...] = ()
    """The ids of the entity above, or of the occupations that have a skill."""
    definition: str | None = None
    synonyms: tuple[str, ...] = ()
    archived: bool = False
    """Whether it is not offered any more. What is below an archived entity is not offered either."""
    created: str
    modified: str


class ResultOrder(StrEnum):
    """The sort order of found entities."""

    RANDOM = "RANDOM"
    ALPHABET = "ALPHABET"
    MATCH_START = "MATCH_START"


@dataclass(frozen=True, slots=True)
class EntityFilter:
    """Conditions and order of a search of entities. None matches all."""

    text: str = ""
    """A part of the label. Case does not matter."""
    type: EntityType | None = None
    level: TaxonomyLevel | None = None
    status: EntityStatus = EntityStatus.ACTIVE
    include_groups: bool = False
    order: ResultOrder = ResultOrder.MATCH_START
