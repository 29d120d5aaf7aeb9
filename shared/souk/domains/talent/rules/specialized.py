"""Specialized profiles: what their inputs may contain, what publishing needs, and who sees them. Pure.

Problems are collected; the caller raises them.
"""

from collections.abc import Sequence
from typing import Any, Final

from souk.domains.reference import ontology as reference
from souk.domains.reference.model import EntityStatus
from souk.domains.talent.model import Profile, ProfileState, SpecializedProfile
from souk.domains.talent.portfolio_inputs import NewSpecialized, SpecializedChange
from souk.domains.talent.rules import ontology
from souk.domains.talent.rules.fields import CANNOT_BE_NULL, Text, given_values, read_texts, read_url
from souk.domains.talent.rules.profile import MAX_SKILLS, read_rate
from souk.values.errors import Conflict, Unprocessable
from souk.values.problems import Problems

_TEXTS: Final = {"title": Text(100, required=True), "description": Text(5_000, lines=True)}
_REQUIRED: Final = {"title": "title", "description": "description", "rate": "hourlyRate", "skills": "skills"}
"""What publishing needs: the stored fields, and their names in the input."""
_ACCEPTED: Final = frozenset({ProfileState.ACCEPTED, ProfileState.AUTO_ACCEPTED})


def read_fields(problems: Problems, request: NewSpecialized | SpecializedChange, currency: str) -> dict[str, Any]:
    """Return the stored fields that a request gives, without the service, the rank and whether it is primary.

    The projects still have to be compared with the portfolio (`check_projects`).
    """
    given = request.model_fields_set
    fields: dict[str, Any] = read_texts(problems, request, _TEXTS)
    if "hourly_rate" in given:
        fields["rate"] = read_rate(problems, "hourlyRate", request.hourly_rate, currency)
    if "weblink" in given:
        fields["weblink"] = read_url(problems, "weblink", request.weblink)
    if "skills" in given:
        fields["skills"] = ontology.skills(problems, "skills", request.skills or (), MAX_SKILLS)
    if "project_ids" in given:
        fields["project_ids"] = tuple(request.project_ids or ())
    return fields


def check_projects(problems: Problems, profile: Profile, given: Sequence[str]) -> None:
    """Report projects that are not in the portfolio, or are named twice."""
    known: set[str] = set()
    for at, one in enumerate(given):
        if one not in profile.project_ids:
            problems.add(f"projectIds.{at}", f"your portfolio has no project {one[:40]!r}.")
        elif one in known:
            problems.add(f"projectIds.{at}", f"{one!r} is named twice.")
        known.add(one)


def service(problems: Problems, service_id: str) -> str:
    """Return the id of a service that a profile can be for."""
    found = reference.service(service_id)
    if found is None or found.entity_status is not EntityStatus.ACTIVE:
        problems.add("occupationId", f"{service_id[:40]!r} is not the id of a service that can be chosen.")
    return service_id


def check_new(profile: Profile, new: SpecializedProfile) -> None:
    """Raise Conflict if there is a profile for the same service, and Unprocessable for unknown projects."""
    problems = Problems("input")
    check_projects(problems, profile, new.project_ids)
    problems.raise_if_any()
    if any(one.occupation_id == new.occupation_id for one in profile.specialized):
        raise Conflict("You have a specialized profile for this service already.")


def apply_change(profile: Profile, request: SpecializedChange, before: SpecializedProfile, now: str) -> Profile:
    """Return a profile with a changed specialized profile. Raises Unprocessable with all problems."""
    problems = Problems("input")
    fields = read_fields(problems, request, profile.currency) | given_values(problems, request, "primary")
    after = before.model_copy(update=fields)
    check_projects(problems, profile, after.project_ids)
    if before.published:
        for name, path in _REQUIRED.items():
            if not getattr(after, name):
                problems.add(path, "a published profile needs it.")
    if after.primary and not after.published:
        problems.add("primary", "publish the profile first.")
    if after != before:
        after = after.model_copy(update={"updated": now})
    listed = [after if one.id == after.id else one for one in profile.specialized]
    if after.primary:
        listed = [one if one.id == after.id else one.model_copy(update={"primary": False}) for one in listed]
    if "rank" in request.model_fields_set:
        listed = _moved(problems, listed, after, request.rank)
    problems.raise_if_any()
    return profile.model_copy(update={"specialized": tuple(listed)})


def _moved(
    problems: Problems, listed: list[SpecializedProfile], moved: SpecializedProfile, rank: int | None
) -> list[SpecializedProfile]:
    if rank is None:
        problems.add("rank", CANNOT_BE_NULL)
        return listed
    if not 1 <= rank <= len(listed):
        problems.add("rank", f"must be 1 to {len(listed)}, the number of your specialized profiles.")
        return listed
    others = [one for one in listed if one.id != moved.id]
    return [*others[: rank - 1], moved, *others[rank - 1 :]]


def published(profile: Profile, before: SpecializedProfile) -> SpecializedProfile:
    """Return a published specialized profile.

    Raises Unprocessable, with the names of what is missing, and Conflict while the main profile is not accepted.
    """
    missing = [path for name, path in _REQUIRED.items() if not getattr(before, name)]
    if missing:
        raise Unprocessable(f"Before it can be published, the profile needs: {', '.join(missing)}.", missing=missing)
    if profile.state not in _ACCEPTED:
        raise Conflict("Your main profile has to be submitted and accepted first.")
    return before.model_copy(update={"published": True})


def shown(profile: Profile, *, own: bool) -> list[SpecializedProfile]:
    """Return the specialized profiles that a caller sees. Only the person sees drafts."""
    return [one for one in profile.specialized if own or one.published]
