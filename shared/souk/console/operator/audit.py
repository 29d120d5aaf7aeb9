"""What operators did: `/operator/audit`."""

from collections.abc import Mapping
from typing import Any, Final

from souk.console.graph import ApiError
from souk.console.operator.exports import LIST, export
from souk.console.operator.forms import asked, given, in_path, make, new_key, period, show_list
from souk.console.site import Visit
from souk.web import Response

_PAGES: Final[Mapping[str, str]] = {
    "User": "/operator/people/{}",
    "Organization": "/operator/organizations/{}",
    "JobPosting": "/operator/content/JOB_POSTING/{}",
    "Gig": "/operator/content/GIG/{}",
    "FreelancerProfile": "/operator/content/FREELANCER_PROFILE/{}",
    "LedgerBooking": "/operator/money/bookings/{}",
    "PaymentOrder": "/operator/money/payments/{}",
}
"""The pages of subjects, by their types."""
_CHANGES: Final = {"export": export("OPERATOR_ACTIONS", "CSV")}


def show_actions(visit: Visit, error: ApiError | None = None) -> Response:
    """GET: show actions, newest first."""
    criteria = given(
        operatorId_eq=asked(visit, "operator"),
        action_eq=asked(visit, "action"),
        subjectId_eq=asked(visit, "subject"),
        createdDateTime_bt=period(visit),
    )
    return show_list(visit, "audit", "operatorActions", criteria, error, path_of=_path, key=new_key())


def export_actions(visit: Visit) -> Response:
    """POST: export the actions of a span."""
    return make(visit, _CHANGES, show_actions, path=LIST)


def _path(action: Mapping[str, Any]) -> str | None:
    page = _PAGES.get(action["subjectType"] or "")
    return page.format(in_path(action["subjectId"])) if page and action["subjectId"] else None
