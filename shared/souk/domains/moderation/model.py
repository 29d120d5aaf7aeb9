"""Takedowns and reports, and the way in which a domain declares how its content is taken down and reported.

A domain makes one `Content` for each kind. `souk.domains.operator.commands.moderation` names them all.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from souk.domains.reviews.model import ReviewKind, ReviewState
from souk.storage import Entity, Model

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


class ReportReason(StrEnum):
    """The contract's ContentReportReason."""

    SPAM = "SPAM"
    FRAUD = "FRAUD"
    ILLEGAL = "ILLEGAL"
    OFFENSIVE = "OFFENSIVE"
    OFF_PLATFORM_PAYMENT = "OFF_PLATFORM_PAYMENT"
    OTHER = "OTHER"


class Report(Entity):
    """A report of content by a person. Times are ISO 8601, UTC."""

    id: str
    kind: ContentKind
    content_id: str
    reason: ReportReason
    details: str | None = None
    """Words of the reporter."""
    reporter_id: str
    title: str
    """The content's title at that time."""
    content: str
    """The words of the content at that time: the first 2,000 characters."""
    state: ReviewState = ReviewState.OPEN
    created: str
    """When its review was opened, too."""
    fingerprint: str | None = None
    """The SHA-256 of the request, if it had an idempotency key."""

    @property
    def review(self) -> tuple[ReviewKind, str, str]:
        """The key of its open review."""
        return ReviewKind.CONTENT_REPORT, self.id, self.created


class ReportCount(Entity):
    """How often a piece of content was reported."""

    reports: int = 0


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
    words: Callable[[T], str]
    """Returns the words that other people read of it."""
    personal: bool = False
    """Whether its title is about a person, so that the audit trail does not keep it."""
