"""What a person writes about themselves, and what a submission needs. Pure."""

from collections.abc import Callable
from typing import Any, Final

from souk.domains.agreements.inputs import MoneyInput
from souk.domains.identity.rules.profile_fields import phone
from souk.domains.talent.inputs import UpdateProfile
from souk.domains.talent.model import SUBMITTED, Commitment, Profile
from souk.domains.talent.rules import ontology
from souk.domains.talent.rules.fields import CANNOT_BE_NULL, Text, given_values, read_texts
from souk.values.errors import Unprocessable
from souk.values.money import MAX_MINOR, Money
from souk.values.problems import Problems

MAX_SKILLS: Final = 50
_MAX_SERVICES: Final = 50
_TEXTS: Final = {"title": Text(100), "overview": Text(5_000, lines=True)}
_PREFERENCES: Final = (
    "hide_earnings",
    "expose_full_name",
    "hide_jss",
    "client_feedback_optional",
    "contract_to_hire",
)
_REQUIRED: Final = {
    "title": "title",
    "overview": "overview",
    "rate": "chargeRate",
    "skills": "skills",
}
"""What a submission needs: the stored fields, and their names in the input."""


def apply_change(profile: Profile, wanted: UpdateProfile, now: str) -> Profile:
    """Return the changed profile. Raises Unprocessable with all problems.

    Fields that are left out stay. Null clears those that can be empty, and is refused for the others.
    """
    problems = Problems("input")
    changes: dict[str, Any] = {name: text or "" for name, text in read_texts(problems, wanted, _TEXTS).items()}
    given = wanted.model_fields_set
    if "charge_rate" in given:
        given_values(problems, wanted, "charge_rate")
        changes["rate"] = read_rate(problems, "chargeRate", wanted.charge_rate, profile.currency)
    for name, path, most, read in _LISTS:
        if name in given:
            listed = getattr(wanted, name)
            if listed is None:
                problems.add(path, CANNOT_BE_NULL)
            else:
                changes[name] = read(problems, path, listed, most)
    if "work_phone" in given:
        changes["work_phone"] = phone(problems, "workPhone", wanted.work_phone)
    if "visibility_level" in given_values(problems, wanted, "visibility_level"):
        changes["visibility"] = wanted.visibility_level
    preferences = given_values(problems, wanted, *_PREFERENCES)
    if "project_type_preference" in given:
        preferences["project_type"] = wanted.project_type_preference
    changes["preferences"] = profile.preferences.model_copy(update=preferences)
    if "committed_response_time" in given:
        changes["commitment"] = _commitment(profile, wanted, now)
    after = profile.model_copy(update=changes)
    if profile.state in SUBMITTED:
        for name, path in _REQUIRED.items():
            if getattr(profile, name) and not getattr(after, name):
                problems.add(path, "a profile that has been submitted needs it.")
    problems.raise_if_any()
    return after


def check_complete(profile: Profile) -> None:
    """Raise Unprocessable, with the names of what is missing, for a profile that cannot be submitted."""
    missing = [path for name, path in _REQUIRED.items() if not getattr(profile, name)]
    if missing:
        needed = ", ".join(missing)
        raise Unprocessable(f"Before it can be submitted, the profile needs: {needed}.", missing=missing)


_LISTS: Final[tuple[tuple[str, str, int, Callable[..., tuple[str, ...]]], ...]] = (
    ("skills", "skills", MAX_SKILLS, ontology.skills),
    ("category_ids", "categoryIds", _MAX_SERVICES, ontology.categories),
    ("service_ids", "serviceIds", _MAX_SERVICES, ontology.services),
)


def read_rate(problems: Problems, path: str, given: MoneyInput | None, currency: str) -> int | None:
    """Return a rate for an hour in minor units; None without one."""
    if given is None:
        return None
    if given.currency != currency:
        problems.add(f"{path}.currency", f"rates of this marketplace are in {currency}.")
        return None
    try:
        minor = Money.parse(given.amount, currency).minor
    except Unprocessable as wrong:
        problems.add(f"{path}.amount", str(wrong))
        return None
    if not 0 < minor <= MAX_MINOR:
        problems.add(f"{path}.amount", f"must be above 0 and at most {Money(MAX_MINOR, currency).raw_value}.")
    return minor


def _commitment(profile: Profile, wanted: UpdateProfile, now: str) -> Commitment | None:
    chosen, before = wanted.committed_response_time, profile.commitment
    if chosen is None or (before and before.response_time is chosen):
        return before if chosen else None
    return Commitment(response_time=chosen, created=before.created if before else now, updated=now)
