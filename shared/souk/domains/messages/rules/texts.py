"""The texts of rooms. Pure."""

from typing import Final

from souk.domains.rooms.model import RoomRole
from souk.values import texts
from souk.values.problems import Problems

MAX_NAME: Final = 100
MAX_TOPIC: Final = 250
MAX_REASON: Final = texts.MAX_MESSAGE


def message(problems: Problems, given: str | None, *, attached: bool) -> str | None:
    """Return the text of a story. Only a story with attachments may have none."""
    if given is None or (attached and not given.strip()):
        if not attached:
            problems.add("message", "is required unless there are attachments.", missing=True)
        return None
    return texts.paragraphs(problems, "message", given, 1, texts.MAX_MESSAGE)


def room_name(problems: Problems, given: str | None) -> str | None:
    """Return the name of a group room; None without one."""
    return texts.line(problems, "roomName", given, 1, MAX_NAME) if given is not None else None


def topic(problems: Problems, given: str | None) -> str | None:
    """Return the topic of a group room; None without one."""
    return (texts.line(problems, "topic", given, 0, MAX_TOPIC) or None) if given is not None else None


def role(problems: Problems, path: str, given: str | None) -> RoomRole | None:
    """Return the role of a member; None if it is left out."""
    if given is None:
        return None
    try:
        return RoomRole(given.lower())
    except ValueError:
        problems.add(path, f"must be one of {', '.join(RoomRole)}.")
        return None
