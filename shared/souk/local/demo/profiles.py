"""The profiles of the demo data's freelancers, with their badges and job success scores."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from souk.domains.reference.ontology import ontology
from souk.domains.talent.model import English, Profile, TalentBadge
from souk.local.demo.people import user_id
from souk.values.times import stamp

_PROFILES: Final[tuple[dict[str, Any], ...]] = (
    {
        "user": 101,
        "title": "Photographer and writer for shops",
        "overview": "Fifteen years of products on white, rooms in daylight, and texts that say what a thing is for.",
        "english": English.FLUENT,
        "languages": ("en", "es", "pt"),
        "services": ("photography", "graphic-design"),
        "skills": ("photography", "product-photography", "copywriting", "illustration", "translation"),
        "standing": TalentBadge.TOP_RATED,
        "job_success": 97,
        "days": 1,
    },
    {
        "user": 102,
        "title": "Web developer, front and back",
        "overview": "I make sites fast, and keep them so with tests. TypeScript by preference, C++ by upbringing.",
        "english": English.NATIVE_OR_BILINGUAL,
        "languages": ("en", "fr"),
        "services": ("full-stack-development", "front-end-development", "back-end-development"),
        "skills": ("typescript", "javascript", "react", "python", "amazon-web-services"),
        "standing": TalentBadge.HIPO,
        "job_success": None,
        "days": 20,
    },
    {
        "user": 110,
        "title": "Design director at Pixel Agency",
        "overview": "Logos, screens and moving pictures by a team of eight in Berlin, with one who answers for it.",
        "english": English.CONVERSATIONAL,
        "languages": ("de", "en"),
        "services": ("logo-design", "graphic-design"),
        "skills": ("logo-design", "figma", "user-interface-design", "motion-graphics"),
        "standing": TalentBadge.TOP_RATED_PLUS,
        "job_success": 89,
        "days": 4,
    },
)


def profiles(now: datetime) -> Iterator[Profile]:
    """Yield all profiles, with times relative to `now`."""
    by_slug = {occupation.slug: occupation for occupation in ontology().occupations.values()}
    for row in _PROFILES:
        services = [by_slug[slug] for slug in row["services"]]
        yield Profile(
            user_id=user_id(row["user"]),
            title=row["title"],
            overview=row["overview"],
            english=row["english"],
            languages=row["languages"],
            category_ids=tuple(dict.fromkeys(service.category.id for service in services)),
            service_ids=tuple(service.id for service in services),
            skills=row["skills"],
            standing=row["standing"],
            job_success=row["job_success"],
            last_active=stamp(now - timedelta(days=row["days"])),
        )
