"""The stored profiles of freelancers."""

from enum import StrEnum

from souk.storage import Entity


class English(StrEnum):
    """Levels of English, lowest first."""

    BASIC = "BASIC"
    CONVERSATIONAL = "CONVERSATIONAL"
    FLUENT = "FLUENT"
    NATIVE_OR_BILINGUAL = "NATIVE_OR_BILINGUAL"


class TalentBadge(StrEnum):
    """The badge that the marketplace gives to a freelancer."""

    TOP_RATED = "TOP_RATED"
    TOP_RATED_PLUS = "TOP_RATED_PLUS"
    HIPO = "HIPO"
    """A promising newcomer (high potential)."""


class Profile(Entity):
    """A freelancer's profile. Not every freelancer has one."""

    user_id: str
    title: str = ""
    overview: str = ""
    english: English | None = None
    languages: tuple[str, ...] = ()
    """ISO 639 codes, including English."""
    category_ids: tuple[str, ...] = ()
    """Ids of ontology categories."""
    service_ids: tuple[str, ...] = ()
    """Ids of ontology services."""
    skills: tuple[str, ...] = ()
    """Slugs of ontology skills."""
    standing: TalentBadge | None = None
    job_success: int | None = None
    """Percent."""
    last_active: str | None = None
    """ISO 8601, UTC."""
