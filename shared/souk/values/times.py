"""The stored format of points in time, and the contract's other formats."""

from datetime import UTC, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def stamp(moment: datetime) -> str:
    """Return a point in time as ISO 8601 in UTC, with milliseconds. These strings sort in the order of time."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def date_time(stamped: str) -> dict[str, str]:
    """Return the contract's DateTime of a stored point in time: milliseconds since 1970, and the time of day in UTC.

    The contract says that `rawValue` is the seconds of the day; its programs read milliseconds (ADR 24).
    """
    moment = datetime.fromisoformat(stamped).astimezone(UTC)
    return {"rawValue": str((moment - _EPOCH) // timedelta(milliseconds=1)), "displayValue": f"{moment:%H:%M}"}


def date_time_in_seconds(moment: datetime, offset: timedelta) -> dict[str, str]:
    """Return the contract's DateTime in cells of the work diary: seconds since 1970, and the time of day in a zone.

    Programs read seconds there, and milliseconds elsewhere (ADR 24).
    """
    shown = moment.astimezone(UTC) + offset
    return {"rawValue": str((moment - _EPOCH) // timedelta(seconds=1)), "displayValue": f"{shown:%H:%M}"}


def offset_time(stamped: str | None) -> str | None:
    """Return a stored point in time as `2026-11-28T16:00:00+0000`: the contract's format in job postings."""
    return stamped and f"{datetime.fromisoformat(stamped).astimezone(UTC):%Y-%m-%dT%H:%M:%S%z}"
