"""Specialized profiles under the contract's names."""

from collections.abc import Mapping
from typing import Any

from souk.domains.reference import ontology as reference
from souk.domains.talent.model import Profile, SpecializedProfile
from souk.domains.talent.portfolio import Project
from souk.domains.talent.rules import ontology
from souk.domains.talent.views.portfolio import talent_project
from souk.graph import Context
from souk.values.money import Money


def specialized(profile: Profile, one: SpecializedProfile, rank: int) -> dict[str, Any]:
    """Return a TalentSpecializedProfile. `rank` is its position among those that the caller sees."""
    service = reference.service(one.occupation_id)
    return {
        "personId": profile.user_id,
        "profileId": one.id,
        "occupationId": one.occupation_id,
        "occupations": [service.preferred_label] if service else [],
        "status": "PUBLISHED" if one.published else "DRAFT",
        "rank": rank,
        "primary": one.primary,
        "title": one.title,
        "description": one.description,
        "hourlyRate": None if one.rate is None else Money(one.rate, profile.currency),
        "weblink": one.weblink,
    }


def skills(one: SpecializedProfile) -> dict[str, Any]:
    """Return a TalentSpecializedProfileSkill: the skills of a specialized profile."""
    return {
        "skills": [
            {
                "ontologySkill": {"skill": skill},
                "parentOntologySkill": {"skill": skill.groups[0]} if skill.groups else None,
            }
            for skill in ontology.skills_of(one.skills)
        ]
    }


def projects(
    profile: Profile, one: SpecializedProfile, shown: Mapping[str, Project], ctx: Context
) -> list[dict[str, Any]]:
    """Return the projects of a specialized profile, of those that are shown: TalentSpecializedProfilesProject."""
    found = [shown[project_id] for project_id in one.project_ids if project_id in shown]
    return [
        {
            "personId": profile.user_id,
            "profileId": one.id,
            "project": talent_project(project, profile, ctx) | {"rank": rank},
        }
        for rank, project in enumerate(found, 1)
    ]
