"""Portfolio projects: their mutations, their uploads, and the fields of both views that show them."""

from datetime import datetime
from typing import Any

from souk.domains.identity.model import User
from souk.domains.talent.commands import portfolio as commands
from souk.domains.talent.portfolio_inputs import NewProject, ProjectChange
from souk.domains.talent.resolvers.declared import PROFILES as PROFILE_SCOPES
from souk.domains.talent.resolvers.declared import domain
from souk.domains.talent.rules.portfolio import PORTFOLIO_UPLOAD
from souk.domains.talent.store import PROJECTS
from souk.domains.talent.views import portfolio as views
from souk.domains.talent.views.people import profile_of
from souk.graph import Context
from souk.storage import Table
from souk.values.pictures import PictureKind


@domain.mutation("createPortfolioProject", scopes=PROFILE_SCOPES)
def create_project(ctx: Context, input: NewProject) -> dict[str, Any]:
    """Add a project to the caller's portfolio."""
    profile, project = commands.create(ctx, input)
    return views.freelancer_project(project, profile, ctx)


@domain.mutation("updatePortfolioProject", scopes=PROFILE_SCOPES)
def update_project(ctx: Context, input: ProjectChange) -> dict[str, Any]:
    """Change a project of the caller's portfolio."""
    profile, project = commands.change(ctx, input)
    return views.freelancer_project(project, profile, ctx)


@domain.mutation("deletePortfolioProject", scopes=PROFILE_SCOPES)
def delete_project(ctx: Context, id: str) -> bool:
    """Delete a project of the caller's portfolio."""
    return commands.delete(ctx, id)


@domain.mutation("reorderPortfolioProjects", scopes=PROFILE_SCOPES)
def reorder_projects(ctx: Context, ids: list[str]) -> list[dict[str, Any]]:
    """Put the projects of the caller's portfolio into a new order."""
    profile, projects = commands.reorder(ctx, ids)
    return [views.freelancer_project(one, profile, ctx) for one in projects]


@domain.upload(PORTFOLIO_UPLOAD, picture=PictureKind.PORTFOLIO, documents=True, personal=True)
def may_upload(ctx: Context) -> None:
    """Allow everybody to upload files for their own portfolio."""


@domain.due(PORTFOLIO_UPLOAD)
def show_picture(table: Table, entity_id: str, now: datetime) -> None:
    """Show a picture that has been processed."""
    commands.show_picture(table, entity_id, now)


@domain.due(commands.RELEASE)
def release(table: Table, entity_id: str, now: datetime) -> None:
    """Delete a file that has left the portfolio."""
    commands.release(table, entity_id, now)


@domain.connection("FreelancerProfile.project")
def project(source: User, ctx: Context, id: str) -> dict[str, Any] | None:
    """Return a project; None if there is none with this id, or the caller may not see it."""
    profile = profile_of(ctx, source)
    if id not in profile.project_ids:
        return None
    found = ctx.load(PROJECTS, source.id, id)
    if found is None or not views.shown_to(ctx, source)(found):
        return None
    return views.freelancer_project(found, profile, ctx)


@domain.connection("TalentProfile.projectList")
def project_list(source: User, ctx: Context) -> dict[str, Any]:
    """Return the projects that the caller sees."""
    profile = profile_of(ctx, source)
    found = views.projects_shown(ctx, source, profile)
    return {
        "projects": [views.talent_project(one, profile, ctx) for one in found],
        "totalProjects": len(found),
        "updatedDateTime": max((one.updated for one in found), default=None),
    }


domain.list_size("TalentProjectList.projects", size=20)


@domain.field("FreelancerProfileProjectAttachment.link")
@domain.field("TalentProfileProjectAttachment.originalAttachment")
def link(source: dict[str, Any], ctx: Context) -> str | None:
    """Return the address of an attachment."""
    return views.link(source["stored"], ctx.base_url)
