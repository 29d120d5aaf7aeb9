"""Rules of saved searches: their names, the size of their filters, and when their owner is told of matches."""

from datetime import datetime, timedelta
from typing import Final

import orjson

from souk.domains.savedsearches.inputs import SavedFilter
from souk.domains.savedsearches.model import MatchState
from souk.values import texts
from souk.values.problems import Problems

MAX_NAME: Final = 100
MAX_FILTER: Final = 20_000
"""Bytes of a filter as JSON."""


def name(problems: Problems, given: str) -> str:
    """Return the name of a search as it is stored."""
    return texts.line(problems, "name", given, 1, MAX_NAME)


def check_filter(problems: Problems, job_filter: SavedFilter) -> None:
    """Report a filter with a page, or one that is too large."""
    if job_filter.pagination_eq is not None:
        problems.add("filter.pagination_eq", "leave it out: a saved search matches postings one by one.")
    size = len(orjson.dumps(job_filter.given))
    if size > MAX_FILTER:
        problems.add("filter", f"must have at most {MAX_FILTER} bytes as JSON; it has {size}.")


def minute(moment: datetime) -> str:
    """Return the minute of a point in time: `2026-07-01T09:30`."""
    return f"{moment:%Y-%m-%dT%H:%M}"


def next_minute(moment: datetime) -> datetime:
    """Return the beginning of the next minute."""
    return moment.replace(second=0, microsecond=0) + timedelta(minutes=1)


def tells_now(state: MatchState, moment: datetime) -> bool:
    """Return whether an event may tell of matches now: no other has done so in this minute."""
    return state.told_minute != minute(moment)
