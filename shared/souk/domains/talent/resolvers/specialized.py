"""Specialized profiles: their mutations, and the fields of TalentProfile that show them."""

from typing import Any

from souk.domains.identity.model import User
from souk.domains.talent.commands import specialized as commands
from souk.domains.talent.model import SpecializedProfile
from souk.domains.talent.portfolio_inputs import NewSpecialized, SpecializedChange
from souk.domains.talent.resolvers.declared import PROFILES as PROFILE_SCOPES
from souk.domains.talent.resolvers.declared import domain
from souk.domains.talent.rules import privacy
from souk.domains.talent.rules import specialized as rules
from souk.domains.talent.store import PROFILES
from souk.domains.talent.views import specialized as views
from souk.domains.talent.views.people import profile_of
from souk.domains.talent.views.portfolio import projects_shown
from souk.graph import Context


@domain.mutation("createSpecializedProfile", scopes=PROFILE_SCOPES)
def create(ctx: Context, input: NewSpecialized) -> dict[str, Any]:
    """Create a draft of a specialized profile."""
    return _own(ctx, commands.create(ctx, input))


@domain.mutation("updateSpecializedProfile", scopes=PROFILE_SCOPES)
def update(ctx: Context, input: SpecializedChange) -> dict[str, Any]:
    """Change a specialized profile of the caller."""
    return _own(ctx, commands.change(ctx, input))


@domain.mutation("publishSpecializedProfile", scopes=PROFILE_SCOPES)
def publish(ctx: Context, profile_id: str) -> dict[str, Any]:
    """Publish a specialized profile of the caller."""
    return _own(ctx, commands.publish(ctx, profile_id))


@domain.mutation("deleteSpecializedProfile", scopes=PROFILE_SCOPES)
def delete(ctx: Context, profile_id: str) -> bool:
    """Delete a specialized profile of the caller."""
    return commands.delete(ctx, profile_id)


@domain.field("TalentProfile.specializedProfiles")
def specialized_profiles(source: User, ctx: Context) -> list[dict[str, Any]]:
    """Return the specialized profiles that the caller sees, in their order."""
    profile = profile_of(ctx, source)
    return [views.specialized(profile, one, rank) for rank, one in enumerate(_shown(source, ctx), 1)]


@domain.field("TalentProfile.specializedProfilesSkills")
def specialized_skills(source: User, ctx: Context) -> list[dict[str, Any]]:
    """Return the skills of each specialized profile that the caller sees, in their order."""
    return [views.skills(one) for one in _shown(source, ctx)]


@domain.connection("TalentProfile.specializedProfilesProjects")
def specialized_projects(source: User, ctx: Context) -> list[dict[str, Any]]:
    """Return the projects of the specialized profiles, of both those that the caller sees."""
    profile = profile_of(ctx, source)
    specialized = [one for one in _shown(source, ctx) if one.project_ids]
    if not specialized:
        return []
    shown = {one.id: one for one in projects_shown(ctx, source, profile)}
    return [row for one in specialized for row in views.projects(profile, one, shown, ctx)]


def _shown(source: User, ctx: Context) -> list[SpecializedProfile]:
    return rules.shown(profile_of(ctx, source), own=privacy.own(source.id, ctx))


def _own(ctx: Context, one: SpecializedProfile) -> dict[str, Any]:
    """Return a specialized profile of the caller as it was stored, with its rank after the change."""
    profile = ctx.table.get(PROFILES, ctx.principal.user_id, consistent=True)
    assert profile is not None  # noqa: S101 - it has just been written
    ids = [each.id for each in profile.specialized]
    rank = ids.index(one.id) + 1 if one.id in ids else len(ids) + 1  # it may be deleted already
    return views.specialized(profile, one, rank)
