"""The availability of a freelancer. Pure."""

from typing import Any, Final

from souk.domains.talent.inputs import CapacityChange
from souk.domains.talent.model import Availability, Capacity
from souk.values import moments
from souk.values.problems import Problems

_WEEK: Final = 168
"""Hours."""
_NAMES: Final = {
    Capacity.FULL_TIME: "More than 30 hrs/week",
    Capacity.PART_TIME: "Less than 30 hrs/week",
    Capacity.LESS_THEN: "Less than 30 hrs/week",
    Capacity.NOT_SURE: "As needed - open to offers",
    Capacity.NONE: "Not given",
    None: "Not given",
}
"""Programs compare these texts (reference, FreelancerProfileAvailability)."""


def apply_change(problems: Problems, before: Availability | None, wanted: CapacityChange, now: str) -> Availability:
    """Return the changed availability. Fields that are left out stay; null clears them."""
    given = wanted.model_fields_set
    changes: dict[str, Any] = {
        name: getattr(wanted, name) for name in ("capacity", "min_hours", "max_hours") if name in given
    }
    if "available_days" in given:
        changes["available_days"] = tuple(dict.fromkeys(wanted.available_days or ()))
    if "source_input" in given:
        changes["source"] = wanted.source_input
    if "availability_date_time" in given:
        changes["available_from"] = _moment(problems, "availabilityDateTime", wanted.availability_date_time)
    _moment(problems, "creationDateTime", wanted.creation_date_time)
    after = (before or Availability(created=now, updated=now)).model_copy(update=changes)
    if after.capacity is Capacity.RANGE_OF_HOURS:
        _check_hours(problems, after)
    elif wanted.min_hours is not None or wanted.max_hours is not None:
        problems.add("minHours", "hours go only with the capacity rangeOfHours.")
    else:
        after = after.model_copy(update={"min_hours": None, "max_hours": None})
    return after if after == before else after.model_copy(update={"updated": now})


def name_of(availability: Availability) -> str:
    """Return the capacity for display."""
    if availability.capacity is Capacity.RANGE_OF_HOURS:
        return f"{availability.min_hours} to {availability.max_hours} hrs/week"
    return _NAMES[availability.capacity]


def _moment(problems: Problems, path: str, text: str | None) -> str | None:
    if not text:
        return None
    parsed = moments.parse(text)
    if parsed is None:
        problems.add(path, moments.EXPECTED)
        return None
    return parsed.first


def _check_hours(problems: Problems, after: Availability) -> None:
    for path, hours in (("minHours", after.min_hours), ("maxHours", after.max_hours)):
        if hours is None:
            problems.add(path, "is required with the capacity rangeOfHours.", missing=True)
        elif not 0 <= hours <= _WEEK:
            problems.add(path, f"must be 0 to {_WEEK} hours a week.")
    if after.min_hours is not None and after.max_hours is not None and after.max_hours < after.min_hours:
        problems.add("maxHours", "must not be less than minHours.")
