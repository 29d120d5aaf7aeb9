"""Lookups of reasons and durations, and the search of the ontology. Pure."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

import orjson

from souk.domains.reference.model import (
    EngagementDuration,
    EntityFilter,
    Occupation,
    Reason,
    ResultOrder,
    Skill,
)
from souk.domains.reference.ontology import ontology

_REASONS: Final = Path(__file__).parent / "data" / "reasons.json"

ENGAGEMENT_DURATIONS: Final = (
    EngagementDuration("1", "Less than a week", 1, "WEEK"),
    EngagementDuration("2", "Less than a month", 4, "MONTH"),
    EngagementDuration("3", "1 to 3 months", 13, "QUARTER"),
    EngagementDuration("4", "3 to 6 months", 26, "SEMESTER"),
    EngagementDuration("5", "More than 6 months, or ongoing", 52, "ONGOING"),
)
"""The choices of `proposalMetadata`, shortest first. The weeks are an upper limit; ongoing work counts as a year."""


def engagement_duration(duration_id: str) -> EngagementDuration | None:
    """Return the duration with this id, or None."""
    return next((one for one in ENGAGEMENT_DURATIONS if one.id == duration_id), None)


def reasons(reason_type: str | None = None, *, hidden: bool = False) -> list[Reason]:
    """Return the reasons for an action (a ReasonType), or for all actions. `hidden` includes hidden ones."""
    return [one for one in _reasons().values() if reason_type in (None, one.reason_type) and (hidden or not one.hidden)]


def reason(reason_id: str, reason_type: str | None = None) -> Reason | None:
    """Return the reason with this id, also a hidden one; None if there is none, or if it is for another action."""
    found = _reasons().get(reason_id)
    return found if found and reason_type in (None, found.reason_type) else None


@lru_cache(1)
def _reasons() -> dict[str, Reason]:
    by_type: dict[str, list[dict[str, Any]]] = orjson.loads(_REASONS.read_bytes())
    return {
        row["id"]: Reason(row["id"], row["alias"], row["reason"], reason_type, hidden=row.get("hidden", False))
        for reason_type, rows in by_type.items()
        for row in rows
    }


def find_entities(entity_filter: EntityFilter, seed: str) -> list[Skill | Occupation]:
    """Return the entities that match a filter, in its order.

    Case does not matter. `seed` determines a random order, so that all pages of a list use the same one.
    """
    text = entity_filter.text.strip().casefold()
    everything: Iterable[Skill | Occupation] = ontology().by_ontology_id.values()
    found = [one for one in everything if text in one.preferred_label.casefold() and _matches(one, entity_filter)]
    return sorted(found, key=_order(entity_filter.order, text, seed))


def _matches(one: Skill | Occupation, entity_filter: EntityFilter) -> bool:
    if one.entity_status is not entity_filter.status or entity_filter.type not in (None, *one.type):
        return False
    if isinstance(one, Skill):
        return entity_filter.level is None and (entity_filter.include_groups or not one.is_group)
    return entity_filter.level in (None, one.level)


def _order(order: ResultOrder, text: str, seed: str) -> Callable[[Skill | Occupation], Any]:
    def by_label(one: Skill | Occupation) -> tuple[str, str]:
        return one.preferred_label.casefold(), one.id

    if order is ResultOrder.RANDOM:
        return lambda one: blake2b(f"{seed} {one.id}".encode()).digest()
    if order is ResultOrder.MATCH_START:
        return lambda one: (one.preferred_label.casefold().index(text), by_label(one))
    return by_label
