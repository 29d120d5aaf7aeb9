"""Weekly limits of hourly work. Pure."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from souk.domains.agreements.model import PayType
from souk.domains.contracts.model import Contract, HourLimit
from souk.values.errors import Conflict, Unprocessable
from souk.values.times import stamp

HOURS_OF_A_WEEK: Final = 168
MAX_LIMITS: Final = 300
"""The weekly limits of a contract, one after the other, beyond which clients set no more."""
_HOURS: Final = re.compile(r"[0-9]{1,3}", re.ASCII)
_WEEK: Final = timedelta(weeks=1)


def read(path: str, text: str | None) -> int | None:
    """Parse whole hours per week. None means no limit; `0` is a limit. Raises Unprocessable for anything else."""
    if text is None:
        return None
    if not _HOURS.fullmatch(text) or int(text) > HOURS_OF_A_WEEK:
        raise Unprocessable(
            f"{path}: give whole hours per week, 0 to {HOURS_OF_A_WEEK}, such as 40; or null for no limit."
        )
    return int(text)


def require_hourly(contract: Contract, noun: str = "a weekly limit") -> None:
    """Raise Conflict unless the contract is hourly."""
    if contract.pay is not PayType.HOURLY:
        raise Conflict(f"Only hourly contracts have {noun}.")


def require_room(contract: Contract) -> None:
    """Raise Conflict if the contract had as many limits as it can hold."""
    if len(contract.hour_limits) >= MAX_LIMITS:
        raise Conflict(f"This contract had {MAX_LIMITS} weekly limits already, which is the most.")


def current(contract: Contract) -> int | None:
    """Return the hours per week of the latest limit; None for no limit."""
    return contract.hour_limits[-1].hours if contract.hour_limits else None


def limit_of_week(contract: Contract, monday: date | str) -> int | None:
    """Return the hours that can be billed in the week of a Monday, from Monday 00:00 to Sunday 24:00 UTC.

    It is the highest limit in force at any moment of the week: a raise holds for the whole running week, and a cut from
    the next Monday on. None means no limit; 0 means that nothing can be billed. A week in which the contract is not in
    force has its latest limit. `monday` is a date, or its text such as `2026-11-23`. Raises ValueError for another day.
    """
    day = date.fromisoformat(monday) if isinstance(monday, str) else monday
    if day.weekday():
        raise ValueError(f"{day} is no Monday.")
    midnight = datetime.combine(day, time(), UTC)
    begin, end = stamp(midnight), stamp(midnight + _WEEK)
    in_force = [hours for starts, ends, hours in _periods(contract) if starts < end and (ends is None or ends > begin)]
    if not in_force:
        return current(contract)
    limited = [hours for hours in in_force if hours is not None]
    return max(limited) if len(limited) == len(in_force) else None


def _periods(contract: Contract) -> Iterator[tuple[str, str | None, int | None]]:
    """Yield the limits with their periods: start, end and hours. A contract without a limit has no HourLimit."""
    limits = contract.hour_limits
    until = limits[0].starts if limits else None
    if until is None or contract.starts < until:
        yield contract.starts, until, None
    for one in limits:
        if one.ends is None or one.starts < one.ends:
            yield one.starts, one.ends, one.hours


def replaced(contract: Contract, hours: int | None, limit_id: str, now: str) -> tuple[HourLimit, ...]:
    """Return the limits with a new one, which starts now, or with a contract that has not started.

    Limits follow each other without a gap. A limit that was never in force is dropped.
    """
    starts = max(now, contract.starts)
    earlier = tuple(one for one in contract.hour_limits if one.starts < starts)
    if earlier:
        earlier = (*earlier[:-1], earlier[-1].model_copy(update={"ends": starts, "modified": now}))
    new = HourLimit(id=limit_id, hours=hours, created=now, modified=now, starts=starts)
    return (*earlier, new)


def ended(contract: Contract, now: str) -> tuple[HourLimit, ...]:
    """Return the limits of a contract that ends now."""
    if not contract.hour_limits:
        return ()
    *before, last = contract.hour_limits
    return (*before, last.model_copy(update={"ends": max(now, last.starts), "modified": now}))
