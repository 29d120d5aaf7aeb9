"""Takedowns, and the way in which a domain declares how its content is taken down.

A domain makes one `Content` for each kind. `souk.domains.operator.commands.moderation` names them all.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from souk.storage import Model

T = TypeVar("T")


class ContentKind(StrEnum):
    """The kind of content: the contract's ContentKind of operators."""

    JOB_POSTING = "JOB_POSTING"
    GIG = "GIG"
    FREELANCER_PROFILE = "FREELANCER_PROFILE"


class Takedown(Model):
    """Why an operator has hidden content, and since when. It is stored in the content."""

    reason: str
    """Shown to the owner."""
    at: str
    """ISO 8601, UTC."""


@dataclass(frozen=True, slots=True)
class Item:
    """A piece of content, as operators see it."""

    kind: ContentKind
    id: str
    title: str
    owner_id: str | None
    """The id of the owner's organization."""
    writer_id: str | None
    """The user id of the person who wrote it. They get the mail about a takedown."""
    status: str
    """As the content's own domain calls it."""
    takedown: Takedown | None
    created: str
    """ISO 8601, UTC."""
    concerns: tuple[str, ...] = ()
    """The ids of the organizations that hear of the takedown."""


@dataclass(frozen=True, slots=True)
class Content(Generic[T]):
    """How one kind of content is found, described and hidden. `T` is what `read` returns."""

    subject: str
    """The GraphQL type, for the audit trail."""
    read: Callable[[Any, str], T | None]
    """Reads a piece of content consistently: `(ctx, id)`."""
    describe: Callable[[T], Item]
    """Describes what was read."""
    change: Callable[[Any, Any, T, Takedown | None], T]
    """Takes it down, or restores it with None, and adds its own events: `(ctx, tx, content, takedown)`."""
    personal: bool = False
    """Whether its title is about a person, so that the audit trail does not keep it."""
