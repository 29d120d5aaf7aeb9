"""Points in time as they are stored and shown."""

from datetime import UTC, datetime


def stamp(moment: datetime) -> str:
    """Return a point in time as ISO 8601 in UTC, with milliseconds: such texts sort as the times do."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def time_of_day(stamped: str) -> dict[str, str]:
    """Return the contract's DateTime, which is a time of day, of a point in time as it is stored: in UTC."""
    moment = datetime.fromisoformat(stamped).astimezone(UTC)
    return {
        "rawValue": str(moment.hour * 3_600 + moment.minute * 60 + moment.second),
        "displayValue": f"{moment:%H:%M}",
    }
