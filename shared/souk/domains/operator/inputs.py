"""The arguments of operators' mutations, checked."""

from typing import Final

from souk.domains.moderation.model import ContentKind, ReportReason
from souk.domains.reviews.model import ReviewKind, ReviewState
from souk.storage import Input
from souk.values import texts
from souk.values.ids import Id
from souk.values.problems import Problems

MAX_REASON: Final = 1_000
"""Characters."""


class TakeDownContent(Input):
    """TakeDownContentInput."""

    kind: ContentKind
    id: str
    reason: str
    note: str | None = None
    notify: bool | None = None


class ReportContent(Input):
    """ReportContentInput."""

    kind: ContentKind
    content_id: str
    reason: ReportReason
    details: str | None = None
    idempotency_key: str | None = None


class ResolveReport(Input):
    """ResolveContentReportInput."""

    id: str
    take_down: bool
    note: str
    notify_reporter: bool | None = None


class ReviewFilter(Input):
    """OperatorReviewFilter."""

    kind_eq: ReviewKind | None = None
    state_eq: ReviewState | None = None
    organization_id_eq: Id | None = None


def reason_of(text: str) -> str:
    """Return the reason of a change. Raises Unprocessable if it is empty or too long."""
    problems = Problems("reason")
    reason = texts.paragraphs(problems, "", text, 1, MAX_REASON)
    problems.raise_if_any()
    return reason
