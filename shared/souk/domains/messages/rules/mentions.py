"""Mentions in a story: `@nickname` or `@[user id]` of a member. Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from souk.domains.rooms.model import Member

MAX_MENTIONS: Final = 20
"""The members whom one story mentions; others are not counted."""
_MENTION: Final = re.compile(r"(?<![\w@])@(?:\[(\d{1,20})\]|([A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?))", re.ASCII)


def has_nickname(text: str | None) -> bool:
    """Return whether a text may mention somebody by nickname."""
    return any(nickname for _, nickname in _MENTION.findall(text or ""))


def mentioned(text: str | None, members: Sequence[Member], nicknames: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return the members whom a text mentions, each once, in its order. `nicknames` hold user ids."""
    named = [id_ or nicknames.get(nickname.lower(), "") for id_, nickname in _MENTION.findall(text or "")]
    found = dict.fromkeys(member.place for user_id in named for member in members if member.user_id == user_id)
    return tuple(found)[:MAX_MENTIONS]
