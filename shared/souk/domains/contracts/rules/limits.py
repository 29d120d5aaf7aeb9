"""Weekly limits of hourly work. Pure."""

import re
from typing import Final

from souk.domains.agreements.model import PayType
from souk.domains.contracts.model import Contract, HourLimit
from souk.values.errors import Conflict, Unprocessable

HOURS_OF_A_WEEK: Final = 168
_HOURS: Final = re.compile(r"[0-9]{1,3}", re.ASCII)


def read(path: str, text: str | None) -> int | None:
    """Parse whole hours per week. None means no limit; `0` is a limit. Raises Unprocessable for anything else."""
    if text is None:
        return None
    if not _HOURS.fullmatch(text) or int(text) > HOURS_OF_A_WEEK:
        raise Unprocessable(
            f"{path}: give whole hours per week, 0 to {HOURS_OF_A_WEEK}, such as 40; or null for no limit."
        )
    return int(text)


def require_hourly(contract: Contract) -> None:
    """Raise Conflict unless the contract is hourly."""
    if contract.pay is not PayType.HOURLY:
        raise Conflict("Only hourly contracts have a weekly limit.")


def current(contract: Contract) -> int | None:
    """Return the hours per week of the latest limit; None for no limit."""
    return contract.hour_limits[-1].hours if contract.hour_limits else None


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
