"""Stored reviews."""

from enum import StrEnum

from souk.storage import Entity


class ReviewKind(StrEnum):
    """The kind of subject that operators review: the contract's OperatorReviewKind."""

    API_KEY = "API_KEY"
    WEBHOOK_SUBSCRIPTION = "WEBHOOK_SUBSCRIPTION"
    FREELANCER_PROFILE = "FREELANCER_PROFILE"
    FREELANCER_CERTIFICATE = "FREELANCER_CERTIFICATE"
    CONTENT_REPORT = "CONTENT_REPORT"
    ROOM_STORY = "ROOM_STORY"
    TIMESHEET_DISPUTE = "TIMESHEET_DISPUTE"
    TIMESHEET_WRITTEN_OFF = "TIMESHEET_WRITTEN_OFF"
    """Not in the contract: there is nothing to decide about a week that was not paid, so only `timesheets` shows it."""


class ReviewState(StrEnum):
    """The state of a review: the contract's OperatorReviewState."""

    OPEN = "OPEN"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    RESOLVED = "RESOLVED"
    WITHDRAWN = "WITHDRAWN"
    """What was to be reviewed is gone, or was replaced."""


class Review(Entity):
    """A review of one subject. Times are ISO 8601, UTC."""

    kind: ReviewKind
    subject_id: str
    organization_id: str | None = None
    """The organization that the subject belongs to."""
    requested_by_id: str | None = None
    opened: str
    state: ReviewState = ReviewState.OPEN
    decided_by_id: str | None = None
    decided: str | None = None
    note: str | None = None

    @property
    def id(self) -> str:
        """The id in events: the kind, the time and the subject, which are its key."""
        return f"{self.kind}/{self.opened}/{self.subject_id}"
