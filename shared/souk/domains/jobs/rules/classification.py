"""The place of a posting in the ontology, and its skills."""

from collections.abc import Iterable
from typing import NamedTuple

from souk.domains.jobs.model import Job
from souk.domains.reference import ontology
from souk.domains.reference.model import EngagementDuration, Occupation, Skill
from souk.domains.reference.rules import engagement_duration


class Place(NamedTuple):
    """A place in the ontology. A level that the client left out is derived from the level below it."""

    category: Occupation | None
    subcategory: Occupation | None
    service: Occupation | None


def place_of(job: Job) -> Place:
    """Return the place of a posting in the ontology."""
    occupation_id = job.sands_job_post.occupation_id if job.sands_job_post else None
    service = ontology.service(occupation_id) if occupation_id else None
    subcategory = ontology.subcategory(job.info.category_id) if job.info.category_id else service and service.parent
    if job.info.group_id:
        return Place(ontology.category(job.info.group_id), subcategory, service)
    return Place(subcategory.category if subcategory else None, subcategory, service)


def skills_of(job: Job) -> list[Skill]:
    """Return the ontology skills that a posting asks for: the chosen ones, or a whole group."""
    if job.sands_job_post is None:
        return []
    chosen = (
        one.skill_id or (None if one.freetext else one.parent_skill_id) for one in job.sands_job_post.skills or ()
    )
    return _known(chosen_id for chosen_id in chosen if chosen_id)


def additional_skills_of(job: Job) -> list[Skill]:
    """Return the additional ontology skills of a posting."""
    if job.sands_job_post is None:
        return []
    return _known(one.skill_id for one in job.sands_job_post.additional_skills or () if one.skill_id)


def free_text_skills_of(job: Job) -> list[str]:
    """Return the skills in the client's own words."""
    sands = job.sands_job_post
    if sands is None:
        return []
    chosen = [one.freetext for one in sands.skills or () if one.freetext and not one.skill_id]
    return chosen + [one.freetext for one in sands.additional_skills or () if one.freetext and not one.skill_id]


def duration_of(job: Job) -> EngagementDuration | None:
    """Return the expected duration of the work."""
    return engagement_duration(job.info.duration_id) if job.info.duration_id else None


def _known(ids: Iterable[str]) -> list[Skill]:
    found = (ontology.skill(one) for one in ids)
    return [skill for skill in found if skill]
