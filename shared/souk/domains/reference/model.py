"""What the reference queries answer with. Immutable, and shared by every request of a process."""

from dataclasses import dataclass, field
from enum import StrEnum


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
    """A reason that a person can give for an action."""

    id: str
    alias: str
    reason: str
    visible: bool
    """Whether it is offered. A hidden one is kept because old answers refer to it, or is given by Souk alone."""


@dataclass(frozen=True, slots=True)
class EngagementDuration:
    """How long a piece of work is expected to take."""

    id: str
    label: str
    weeks: int
