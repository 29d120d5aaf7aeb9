"""Portfolio projects: what their inputs may contain, their order, and who sees them. Pure.

Problems are collected; the caller raises them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from souk.domains.files.model import File, Picture, PictureState
from souk.domains.reference import ontology
from souk.domains.reference.model import EntityStatus, Occupation
from souk.domains.talent.model import Profile
from souk.domains.talent.portfolio import Project, ProjectAttachment, ProjectFile
from souk.domains.talent.portfolio_inputs import NewAttachment, NewProject, ProjectChange
from souk.domains.talent.rules import ontology as chosen
from souk.domains.talent.rules.fields import Text, given_values, read_texts, read_url
from souk.values import moments
from souk.values.problems import Problems

PORTFOLIO_UPLOAD: Final = "talent.portfolio"
"""The purpose of the uploads, and the deadline that runs when a picture has been processed."""
MAX_ATTACHMENTS: Final = 20
MAX_SKILLS: Final = 20
_TEXTS: Final = {
    "title": Text(100, required=True),
    "description": Text(5_000, lines=True),
    "role": Text(100),
    "project_goal": Text(2_000, lines=True),
    "solution": Text(2_000, lines=True),
}
_URLS: Final = {"project_url": "projectUrl", "video_url": "videoUrl"}
_OCCUPATIONS: Final[dict[str, tuple[str, str, Callable[[str], Occupation | None]]]] = {
    "category_id": ("categoryId", "the id of a category", ontology.category),
    "sub_category_id": ("subCategoryId", "the id of a subcategory", ontology.subcategory),
    "occupation_id": ("occupationId", "the id of a service", ontology.service),
}
_SHOWN: Final = 40
"""Characters of a wrong value in a message."""


def read_fields(
    problems: Problems, request: NewProject | ProjectChange, project: Project | None, today: str
) -> dict[str, Any]:
    """Return the stored fields that a request gives, without its attachments, contract and specialized profiles."""
    given = request.model_fields_set
    fields: dict[str, Any] = read_texts(problems, request, _TEXTS)
    for name, path in _URLS.items():
        if name in given:
            fields[name] = read_url(problems, path, getattr(request, name))
    if "completion_date_time" in given:
        fields["completed"] = _completed(problems, request.completion_date_time, today)
    if "skills" in given:
        fields["skills"] = chosen.skills(problems, "skills", request.skills or (), MAX_SKILLS)
    fields |= given_values(problems, request, "public", "project_type")
    for name in _OCCUPATIONS:
        if name in given:
            fields[name] = _occupation(problems, name, getattr(request, name))
    _check_category(problems, fields, project)
    return fields


def _completed(problems: Problems, given: str | None, today: str) -> str | None:
    if not given:
        return None
    moment = moments.parse(given)
    if moment is None:
        problems.add("completionDateTime", moments.EXPECTED)
        return None
    if moment.first[: len(today)] > today:
        problems.add("completionDateTime", "must not be after today.")
    return moment.first


def _occupation(problems: Problems, name: str, wanted: str | None) -> str | None:
    path, noun, look_up = _OCCUPATIONS[name]
    if not wanted:
        return None
    found = look_up(wanted)
    if found is None or found.entity_status is not EntityStatus.ACTIVE:
        problems.add(path, f"{wanted[:_SHOWN]!r} is not {noun} that can be chosen.")
        return None
    return found.id


def _check_category(problems: Problems, fields: Mapping[str, Any], project: Project | None) -> None:
    """Report a subcategory of another category."""
    category, below = (
        fields.get(name, getattr(project, name) if project else None) for name in ("category_id", "sub_category_id")
    )
    found = ontology.subcategory(below) if category and below else None
    if found and found.category.id != category:
        path = "subCategoryId" if "sub_category_id" in fields else "categoryId"
        problems.add(path, "the subcategory does not belong to the category.")


def attachments(
    problems: Problems,
    given: Sequence[NewAttachment],
    known: Mapping[str, tuple[File | None, Picture | None]],
    before: Project,
    *,
    now: str,
    new_id: Callable[[], str],
) -> tuple[ProjectAttachment, ...]:
    """Return the attachments of a request. `known` are the files that it names.

    A file has to be the person's own, uploaded for portfolios and confirmed. All others get the same error.
    """
    if len(given) > MAX_ATTACHMENTS:
        problems.add("attachments", f"at most {MAX_ATTACHMENTS} are allowed; there are {len(given)}.")
        return ()
    kept = {one.file.id if one.file else one.video_url: one for one in before.attachments}
    found: dict[str, ProjectAttachment] = {}
    for at, one in enumerate(given):
        path = f"attachments.{at}"
        texts = read_texts(problems.below(path), one, {"title": Text(100), "description": Text(1_000, lines=True)})
        video = read_url(problems, f"{path}.videoUrl", one.video_url)
        if bool(one.file_id) is bool(video):
            problems.add(path, "name exactly one of fileId and videoUrl.")
            continue
        file = _file(problems, f"{path}.fileId", known, one.file_id, before.user_id) if one.file_id else None
        source = file.id if file else video
        if source is None:
            continue
        if source in found:
            problems.add(path, "the same file or video is there twice.")
        old = kept.get(source)
        found[source] = ProjectAttachment(
            id=old.id if old else file.id if file else new_id(),
            file=file,
            video_url=video,
            title=texts.get("title"),
            description=texts.get("description"),
            created=old.created if old else now,
        )
    return tuple(found.values())


def _file(
    problems: Problems,
    path: str,
    known: Mapping[str, tuple[File | None, Picture | None]],
    file_id: str,
    user_id: str,
) -> ProjectFile | None:
    file, picture = known[file_id]
    if (
        file is None
        or file.size is None
        or file.discarded
        or file.user_id != user_id
        or file.purpose != PORTFOLIO_UPLOAD
    ):
        problems.add(path, f"you have no confirmed file {file_id[:_SHOWN]!r} for portfolios.")
        return None
    if picture and picture.state is PictureState.REFUSED:
        problems.add(path, picture.problem or "this is not a picture.")
        return None
    return ProjectFile(
        id=file.id,
        file_name=file.file_name,
        key=file.key,
        content_type=file.content_type,
        size=file.size,
        picture=file.picture is not None,
        picture_name=picture.name if picture else None,
    )


def check_primary_image(problems: Problems, project: Project, *, given: bool) -> str | None:
    """Return the primary image after a change; None if its attachment has gone. Reports one that is no picture."""
    pictures = {one.file.id for one in project.attachments if one.file and one.file.picture}
    if project.primary_image_id is None or project.primary_image_id in pictures:
        return project.primary_image_id
    if given:
        problems.add("primaryImageId", "must be the fileId of an attached picture.")
    return None


def specialized_with(problems: Problems, profile: Profile, project_id: str, wanted: Iterable[str] | None) -> Profile:
    """Return a profile in which exactly the wanted specialized profiles name a project. None changes nothing."""
    if wanted is None:
        return profile
    ids = set(wanted)
    if unknown := ids - {one.id for one in profile.specialized}:
        problems.add("specializedProfileIds", f"you have no specialized profile {min(unknown)[:_SHOWN]!r}.")
    changed = []
    for one in profile.specialized:
        others = tuple(each for each in one.project_ids if each != project_id)
        if one.id in ids:
            others = one.project_ids if project_id in one.project_ids else (project_id, *others)
        changed.append(one.model_copy(update={"project_ids": others}))
    return profile.model_copy(update={"specialized": tuple(changed)})
