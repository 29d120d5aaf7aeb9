"""What is stored of freelancers beside what everybody has (`souk.domains.identity.model.User`)."""

from enum import StrEnum

from souk.storage import Entity


class English(StrEnum):
    """How well somebody knows English, from little to all."""

    BASIC = "BASIC"
    CONVERSATIONAL = "CONVERSATIONAL"
    FLUENT = "FLUENT"
    NATIVE_OR_BILINGUAL = "NATIVE_OR_BILINGUAL"


class Standing(StrEnum):
    """What the marketplace distinguishes freelancers by."""

    TOP_RATED = "TOP_RATED"
    TOP_RATED_PLUS = "TOP_RATED_PLUS"
    HIPO = "HIPO"
    """A promising newcomer."""


class Profile(Entity):
    """A freelancer's profile. Whoever has none has said nothing of themselves."""

    user_id: str
    title: str = ""
    overview: str = ""
    english: English | None = None
    languages: tuple[str, ...] = ()
    """ISO 639 codes, English among them."""
    category_ids: tuple[str, ...] = ()
    """Of the ontology, as the next."""
    service_ids: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    """Slugs of the ontology."""
    standing: Standing | None = None
    job_success: int | None = None
    """Percent."""
    last_active: str | None = None
    """ISO 8601, UTC."""
