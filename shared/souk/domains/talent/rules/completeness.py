"""The completeness of a profile, from one table of weights. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

from souk.domains.talent.model import Profile


class Section(NamedTuple):
    """A part of a profile, and what it adds to the completeness."""

    weight: int
    """Percent."""
    action: str
    """What to do if it is empty."""
    filled: Callable[[Profile], object]


PORTRAIT: Final = Section(10, "Add a portrait", lambda _: False)
"""It belongs to the account, and not to the profile."""
SECTIONS: Final = (
    Section(15, "Write an overview", lambda one: one.overview),
    Section(15, "Add your skills", lambda one: one.skills),
    Section(10, "Add a title", lambda one: one.title),
    Section(10, "Set your hourly rate", lambda one: one.rate),
    Section(10, "Add an employment", lambda one: one.employment),
    PORTRAIT,
    Section(5, "Add a portfolio project", lambda one: one.project_ids),
    Section(5, "Add a school or university", lambda one: one.education),
    Section(5, "Add the languages that you speak", lambda one: one.languages),
    Section(5, "Say when you are available", lambda one: one.availability),
    Section(5, "Add a certificate", lambda one: one.certificates),
    Section(5, "Link an account elsewhere", lambda one: any(not it.revoked for it in one.accounts)),
)
"""The greatest weight first: the next step is the first one that is empty."""


@dataclass(frozen=True, slots=True)
class Completeness:
    """How complete a profile is, in percent, and the best next step."""

    percent: int
    next_step: Section | None


def completeness(profile: Profile, *, portrait: bool) -> Completeness:
    """Return the completeness of a profile. `portrait` says whether the person has one."""
    empty = [one for one in SECTIONS if not (portrait if one is PORTRAIT else one.filled(profile))]
    return Completeness(sum(one.weight for one in SECTIONS) - sum(one.weight for one in empty), next(iter(empty), None))
