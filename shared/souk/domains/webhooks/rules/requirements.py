"""What may be asked for: addresses, events and spans of time."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from souk.domains.webhooks.model import EventFilter
from souk.values import addresses
from souk.values.errors import Forbidden, Unprocessable
from souk.values.problems import Problems

MAX_URL: Final = 1_000
"""Characters."""
FOR_VENDORS: Final = frozenset({"GIG"})
"""What those may ask for that are no clients: they sell gigs. All else is for clients (reference, line 923)."""
_SHOWN: Final = 40  # characters of an unknown word in a message


class Wanted(Protocol):
    """Events as they are asked for."""

    @property
    def entity(self) -> str:
        """The kind of thing."""

    @property
    def actions(self) -> tuple[str, ...]:
        """What happens to it; none means all."""


def url(problems: Problems, path: str, text: str, *, anywhere: bool) -> str:
    """Return an address that events can be sent to. `anywhere` takes addresses of this machine too."""
    if len(text) > MAX_URL:
        problems.add(path, f"an address has at most {MAX_URL} characters.")
    elif wrong := addresses.problem(text, loopback=anywhere):
        problems.add(path, wrong)
    elif "#" in text:
        problems.add(path, "an address has no fragment (`#...`).")
    return text


def events(
    problems: Problems, path: str, wanted: Sequence[Wanted], known: Mapping[str, Sequence[str]]
) -> tuple[EventFilter, ...]:
    """Return events that are asked for, each kind of thing once. `known` are all actions that there are, by kind."""
    if not wanted:
        problems.add(path, "name one kind of thing at least; `webhookEventCatalog` lists them.")
    if len(wanted) > len(known):
        problems.add(path, f"there are {len(known)} kinds of things; these are {len(wanted)} entries.")
        return ()
    taken: dict[str, EventFilter] = {}
    for number, one in enumerate(wanted):
        at = f"{path}.{number}"
        possible = known.get(one.entity)
        if possible is None:
            problems.add(f"{at}.entity", f"{one.entity[:_SHOWN]!r} is none of {', '.join(known)}.")
        elif one.entity in taken:
            problems.add(f"{at}.entity", f"{one.entity} is there twice: name all of its actions in one entry.")
        elif strange := next((action for action in one.actions if action not in possible), None):
            problems.add(f"{at}.actions", f"{strange[:_SHOWN]!r} does not happen to {one.entity}.")
        else:
            actions = tuple(action for action in possible if action in one.actions)
            taken[one.entity] = EventFilter(entity=one.entity, actions=actions)
    return tuple(taken.values())


def check_side(events: Sequence[EventFilter], *, client: bool) -> None:
    """Raise Forbidden for events that an organization of this side of the market is not told of."""
    others = sorted({one.entity for one in events} - FOR_VENDORS)
    if others and not client:
        allowed = ", ".join(sorted(FOR_VENDORS))
        raise Forbidden(f"{', '.join(others)}: for client organizations; others may ask for {allowed}.")


def span(first: str | None, last: str | None, now: datetime, kept: timedelta) -> tuple[datetime, datetime]:
    """Return a span of time, both ends included; an end that is missing is the farthest that there is.

    Raises Unprocessable for what is no time, and where it ends before it begins.
    """
    begin = _moment("rangeStart", first) if first is not None else now - kept
    end = _moment("rangeEnd", last) if last is not None else now
    if end < begin:
        raise Unprocessable("timeRange: it ends before it begins.")
    return max(begin, now - kept), min(end, now)


def _moment(name: str, text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unprocessable(f"timeRange.{name}: a time of ISO 8601, such as 2027-01-31T12:00:00Z.") from None
