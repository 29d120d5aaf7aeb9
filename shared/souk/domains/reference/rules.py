"""Choosing among the reference data: reasons, durations, and what a search of the ontology finds. Pure."""

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
"""What `proposalMetadata` offers, the shortest first. The weeks are the most that each can take; a year if ongoing."""


def engagement_duration(duration_id: str) -> EngagementDuration | None:
    """Return the duration with this id, or None."""
    return next((one for one in ENGAGEMENT_DURATIONS if one.id == duration_id), None)


def reasons(reason_type: str | None = None, *, hidden: bool = False) -> list[Reason]:
    """Return the reasons for an action (a ReasonType), or for all actions; `hidden` adds those that are not offered."""
    return [one for one in _reasons().values() if reason_type in (None, one.reason_type) and (hidden or not one.hidden)]


def reason(reason_id: str, reason_type: str | None = None) -> Reason | None:
    """Return the reason with this id, hidden or not; None when there is none, or none for this action."""
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


def find_entities(wanted: EntityFilter, seed: str) -> list[Skill | Occupation]:
    """Return the entities whose label holds the wanted text, in the wanted order.

    The case does not matter. `seed` decides the order where it is to be random, so that a second page can continue it.
    """
    text = wanted.text.strip().casefold()
    everything: Iterable[Skill | Occupation] = ontology().by_ontology_id.values()
    found = [one for one in everything if text in one.preferred_label.casefold() and _fits(one, wanted)]
    return sorted(found, key=_order(wanted.order, text, seed))


def _fits(one: Skill | Occupation, wanted: EntityFilter) -> bool:
    if one.entity_status is not wanted.status or wanted.type not in (None, *one.type):
        return False
    if isinstance(one, Skill):
        return wanted.level is None and (wanted.include_groups or not one.is_group)
    return wanted.level in (None, one.level)


def _order(order: ResultOrder, text: str, seed: str) -> Callable[[Skill | Occupation], Any]:
    def by_label(one: Skill | Occupation) -> tuple[str, str]:
        return one.preferred_label.casefold(), one.id

    if order is ResultOrder.RANDOM:
        return lambda one: blake2b(f"{seed} {one.id}".encode()).digest()
    if order is ResultOrder.MATCH_START:
        return lambda one: (one.preferred_label.casefold().index(text), by_label(one))
    return by_label
