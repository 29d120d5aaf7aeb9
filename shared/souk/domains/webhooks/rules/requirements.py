"""Checks of addresses, event filters and time ranges."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol

from souk.domains.webhooks.model import EventFilter
from souk.values import addresses
from souk.values.errors import Forbidden, Unprocessable
from souk.values.moments import Period
from souk.values.problems import Problems

MAX_URL: Final = 1_000
"""In characters."""
_MAX_SHOWN: Final = 40
"""Characters of an unknown name in a message."""


class RequestedEvents(Protocol):
    """The requested events of one entity."""

    @property
    def entity(self) -> str:
        """The entity of the events."""

    @property
    def actions(self) -> tuple[str, ...]:
        """The actions on the entity. None means all of them."""


def url(problems: Problems, path: str, text: str, *, allow_local: bool) -> str:
    """Return a webhook address in normal form. `allow_local` also accepts addresses of this machine."""
    address = addresses.normalized(text) if len(text) <= MAX_URL else text
    if len(address) > MAX_URL:
        problems.add(path, f"an address has at most {MAX_URL} characters.")
    elif problem := addresses.problem(address, loopback=allow_local):
        problems.add(path, problem)
    elif "#" in address:
        problems.add(path, "an address has no fragment (`#...`).")
    return address


def events(
    problems: Problems, path: str, requested: Sequence[RequestedEvents], known: Mapping[str, Sequence[str]]
) -> tuple[EventFilter, ...]:
    """Return the requested events, with each entity once. `known` maps each entity of the catalog to its actions."""
    if not requested:
        problems.add(path, "name at least one entity.")
    if len(requested) > len(known):
        problems.add(path, f"there are only {len(known)} entities, but {len(requested)} entries.")
        return ()
    filters: dict[str, EventFilter] = {}
    for number, entry in enumerate(requested):
        at = f"{path}.{number}"
        possible = known.get(entry.entity)
        if possible is None:
            problems.add(f"{at}.entity", f"{entry.entity[:_MAX_SHOWN]!r} is not one of {', '.join(known)}.")
        elif entry.entity in filters:
            problems.add(f"{at}.entity", f"{entry.entity} appears twice. List all of its actions in one entry.")
        elif unknown := next((action for action in entry.actions if action not in possible), None):
            problems.add(f"{at}.actions", f"{unknown[:_MAX_SHOWN]!r} is not an action of {entry.entity}.")
        else:
            actions = tuple(action for action in possible if action in entry.actions)
            filters[entry.entity] = EventFilter(entity=entry.entity, actions=actions)
    return tuple(filters.values())


def check_entities_allowed(events: Sequence[EventFilter], allowed: Collection[str]) -> None:
    """Raise Forbidden for entities that the organization cannot subscribe to."""
    refused = [one.entity for one in events if one.entity not in allowed]
    if refused:
        raise Forbidden(
            f"This organization cannot subscribe to {', '.join(refused)}. It can subscribe to {', '.join(allowed)}: "
            "see webhookEventCatalog."
        )


def time_range(period: Period, now: datetime, retention: timedelta) -> tuple[datetime, datetime]:
    """Return the start and the end of a period, both inclusive.

    The start is at least `retention` before now, and the end is at most now. Those are also the defaults. Raises
    Unprocessable if the period begins after now.
    """
    begin = now - retention if period.first is None else datetime.fromisoformat(period.first)
    end = now if period.last is None else datetime.fromisoformat(period.last)
    if begin > now:
        raise Unprocessable("timeRange: the range begins after now.")
    return max(begin, now - retention), min(end, now)
