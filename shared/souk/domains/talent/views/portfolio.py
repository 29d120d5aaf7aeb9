"""Portfolio projects under the contract's names, and which of them a caller sees."""

from collections.abc import Callable
from typing import Any

from souk.domains.files.store import download_link
from souk.domains.identity.model import User
from souk.domains.identity.rules.privacy import person_shown
from souk.domains.reference import ontology as reference
from souk.domains.reference.model import Skill
from souk.domains.talent.model import Profile
from souk.domains.talent.portfolio import Project, ProjectAttachment, ProjectFile
from souk.domains.talent.rules import ontology, privacy
from souk.domains.talent.store import projects_of
from souk.domains.talent.views import parts
from souk.domains.talent.views.people import other_side
from souk.graph import Context
from souk.values.pictures import SIZES, PictureKind, picture_url

_SMALL, _MIDDLE, _LARGE = SIZES[PictureKind.PORTFOLIO]
_COMMON = {"id", "title", "description", "project_url", "public", "project_type", "role", "project_goal", "solution"}


def projects_shown(ctx: Context, user: User, profile: Profile) -> list[Project]:
    """Return the projects of a person that the caller sees, in their order."""
    projects = projects_of(ctx.table, profile, consistent=ctx.consistent)
    shown = shown_to(ctx, user)
    return [one for one in projects if shown(one)]


def shown_to(ctx: Context, user: User) -> Callable[[Project], bool]:
    """Return the rule which projects of a person the caller sees. For those that are not public it reads relations."""
    return lambda project: project.public or person_shown(user, ctx) or other_side(ctx, user.id)


def freelancer_project(project: Project, profile: Profile, ctx: Context) -> dict[str, Any]:
    """Return a FreelancerProfileProject."""
    return _common(project, profile, ctx.base_url) | {
        "contractLink": _contract(project, ctx),
        "skills": parts.listed(ontology.skills_of(project.skills)),
        "category": reference.category(project.category_id) if project.category_id else None,
        "subCategory": reference.subcategory(project.sub_category_id) if project.sub_category_id else None,
        "createdDateTime": project.created,
    }


def talent_project(project: Project, profile: Profile, ctx: Context) -> dict[str, Any]:
    """Return a TalentProfileProject, which has all fields of a TalentProfileSpecializedProject."""
    skills = ontology.skills_of(project.skills)
    return _common(project, profile, ctx.base_url) | {
        "projectContractLink": _contract(project, ctx),
        "skills": [one.preferred_label for one in skills],
        "tags": [_tag(one) for one in skills],
        "creationDateTime": project.created,
        "modificationDateTime": project.updated,
        "categoryId": project.category_id,
        "category": _label(project.category_id),
        "subCategory": _label(project.sub_category_id),
        "videoUrl": project.video_url,
        "developerId": project.user_id,
    }


def picture(file: ProjectFile | None, size: int, base_url: str) -> str | None:
    """Return the URL of a picture; None for other files, and until it has been processed."""
    return picture_url(base_url, file.picture_name, size) if file and file.picture_name else None


def link(attachment: ProjectAttachment, base_url: str) -> str | None:
    """Return the address of an attachment: of a picture its largest size, of another file a link that expires."""
    file = attachment.file
    if file is None:
        return attachment.video_url
    return picture(file, _LARGE, base_url) if file.picture else download_link(file.key, file.file_name)


def _attachment(attachment: ProjectAttachment, rank: int, base_url: str) -> dict[str, Any]:
    """Return an attachment of both views. The links to download files are made when they are selected (`link`)."""
    file = attachment.file
    return {
        "stored": attachment,
        "id": attachment.id,
        "rank": rank,
        "type": _kind(file),
        "title": attachment.title,
        "description": attachment.description,
        "videoUrl": attachment.video_url,
        "fileName": file and file.file_name,
        "fileSize": file and file.size,
        "attachmentName": file and file.file_name,
        "attachmentSize": file and file.size,
        "imageSmall": picture(file, _SMALL, base_url),
        "imageMiddle": picture(file, _MIDDLE, base_url),
        "imageLarge": picture(file, _LARGE, base_url),
        "imageFixedWidth": picture(file, _MIDDLE, base_url),
        "creationDateTime": attachment.created,
    }


def _kind(file: ProjectFile | None) -> str:
    """Return IMAGE, VIDEO or DOCUMENT."""
    if file is None or file.content_type.lower().startswith("video/"):
        return "VIDEO"
    return "IMAGE" if file.picture else "DOCUMENT"


def _common(project: Project, profile: Profile, base_url: str) -> dict[str, Any]:
    thumbnail = project.thumbnail
    thumbnail_id = thumbnail.id if thumbnail else None
    return project.model_dump(by_alias=True, include=_COMMON) | {
        "thumbnailId": thumbnail_id,
        "thumbnailOriginalId": thumbnail_id,
        "thumbnail": picture(thumbnail, _SMALL, base_url),
        "thumbnailOriginal": picture(thumbnail, _LARGE, base_url),
        "completionDateTime": project.completed,
        "rank": profile.project_ids.index(project.id) + 1,
        "attachments": [_attachment(one, rank, base_url) for rank, one in enumerate(project.attachments, 1)],
        "occupationId": project.occupation_id,
        "primaryImageId": project.primary_image_id or thumbnail_id,
    }


def _contract(project: Project, ctx: Context) -> dict[str, str | None] | None:
    """Return the link to the contract. Others see that there is one, but not its id."""
    if project.contract_id is None:
        return None
    shown = privacy.own(project.user_id, ctx) or ctx.principal.operator
    return {"contractId": project.contract_id if shown else None}


def _label(occupation_id: str | None) -> str | None:
    found = reference.occupation(occupation_id) if occupation_id else None
    return found.preferred_label if found else None


def _tag(skill: Skill) -> dict[str, Any]:
    return {"id": skill.id, "skill": skill, "parentSkill": skill.groups[0] if skill.groups else None}
