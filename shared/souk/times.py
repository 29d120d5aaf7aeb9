"""Points in time as they are stored and shown."""

from datetime import UTC, datetime


def stamp(moment: datetime) -> str:
    """Return a point in time as ISO 8601 in UTC, with milliseconds: such texts sort as the times do."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
