"""The stored format of points in time, and the contract's time of day."""

from datetime import UTC, datetime


def stamp(moment: datetime) -> str:
    """Return a point in time as ISO 8601 in UTC, with milliseconds. These strings sort in the order of time."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def time_of_day(stamped: str) -> dict[str, str]:
    """Return the contract's DateTime, a time of day, of a stored point in time, in UTC."""
    moment = datetime.fromisoformat(stamped).astimezone(UTC)
    return {
        "rawValue": str(moment.hour * 3_600 + moment.minute * 60 + moment.second),
        "displayValue": f"{moment:%H:%M}",
    }
