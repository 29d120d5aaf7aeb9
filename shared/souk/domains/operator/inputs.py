"""The arguments of operators' queries and mutations, checked."""

from typing import Annotated, Final, Literal, NamedTuple

from pydantic import Field

from souk.domains.audit.inputs import MAX_REASON, reason_of
from souk.domains.moderation.model import ContentKind, ReportReason
from souk.domains.operator.model import AccountState
from souk.domains.reviews.model import ReviewKind, ReviewState
from souk.graph.lists import DateTimeRange
from souk.storage import Input
from souk.values import texts
from souk.values.ids import Id
from souk.values.problems import Problems

__all__ = [
    "MAX_REASON",
    "ActionFilter",
    "CheckedSuspension",
    "OrganizationFilter",
    "ReportContent",
    "ResolveReport",
    "ReviewFilter",
    "Suspend",
    "TakeDownContent",
    "UserFilter",
    "reason_of",
]

MAX_EXPRESSION: Final = 200
"""Characters."""
_Expression = Annotated[str, Field(max_length=MAX_EXPRESSION)]


class UserFilter(Input):
    """OperatorUserFilter."""

    search_expression_eq: _Expression | None = None
    state_eq: AccountState | None = None
    operator_eq: bool | None = None
    organization_id_eq: Id | None = None
    created_date_time_bt: DateTimeRange | None = None


class OrganizationFilter(Input):
    """OperatorOrganizationFilter."""

    search_expression_eq: _Expression | None = None
    state_eq: AccountState | None = None
    side_eq: Literal["client", "freelancer", "agency"] | None = None
    enterprise_eq: bool | None = None
    payment_verified_eq: bool | None = None
    created_date_time_bt: DateTimeRange | None = None


class ActionFilter(Input):
    """OperatorActionFilter."""

    operator_id_eq: Id | None = None
    action_eq: str | None = None
    subject_id_eq: str | None = None
    """Not all subjects have numbers as ids."""
    created_date_time_bt: DateTimeRange | None = None


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
    decided_eq: bool | None = None
    organization_id_eq: Id | None = None


class Suspend(Input):
    """SuspendInput."""

    id: str
    reason: str
    note: str | None = None
    end_access: bool | None = None
    notify: bool | None = None

    def checked(self) -> "CheckedSuspension":
        """Return it with its texts checked. Raises Unprocessable if one is empty or too long."""
        problems = Problems("input")
        reason = texts.paragraphs(problems, "reason", self.reason, 1, MAX_REASON)
        note = texts.optional_text(problems, "note", self.note, MAX_REASON)
        problems.raise_if_any()
        return CheckedSuspension(self.id, reason, note, bool(self.end_access), self.notify is not False)


class CheckedSuspension(NamedTuple):
    """A suspension that an operator wants."""

    id: str
    reason: str
    note: str | None
    end_access: bool
    notify: bool

    @property
    def trail(self) -> str:
        """What the audit trail says."""
        return f"{self.reason}\n\n{self.note}" if self.note else self.reason
