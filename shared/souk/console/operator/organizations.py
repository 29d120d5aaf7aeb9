"""Companies and teams, as operators see them, and what operators change: `/operator/organizations`."""

from typing import Final

from souk.console.graph import ApiError
from souk.console.operator.forms import Change, asked, given, make, nodes, show_form, show_list, text, yes
from souk.console.operator.people import STATES, reasoned, suspension
from souk.console.site import Visit
from souk.values.errors import NotFound
from souk.web import Response

SIDES: Final = ("client", "agency", "freelancer")
BILLING: Final = ("BILL", "MANAGED_EMPLOYER", "MANAGED_SERVICES")
PAYMENT: Final = (
    "VERIFIED",
    "DECLINED",
    "EXPIRED",
    "ONHOLD",
    "VERIFICATIONINPROGRESS",
    "VERIFICATIONFAILED",
    "DEPOSIT_UNSUPPORTED",
    "ACTIVE",
)


def show_organizations(visit: Visit) -> Response:
    """GET: search organizations."""
    criteria = given(
        searchExpression_eq=asked(visit, "q"),
        state_eq=asked(visit, "state"),
        side_eq=asked(visit, "side"),
        enterprise_eq=yes(visit, "enterprise"),
        paymentVerified_eq=yes(visit, "payment"),
    )
    return show_list(visit, "organizations", "operatorOrganizations", criteria, states=STATES, sides=SIDES)


def show_organization(visit: Visit, error: ApiError | None = None) -> Response:
    """GET: show an organization and what operators can change."""
    data = visit.ask("operator/organization", id=visit.parameters["id"])
    organization = data["operatorOrganization"]
    if organization is None:
        raise NotFound("There is no such organization.")
    return show_form(
        visit,
        "operator/organization.html",
        error,
        organization=organization,
        actions=nodes(data["operatorActions"]),
        billing=BILLING,
        payment=PAYMENT,
    )


def change_organization(visit: Visit) -> Response:
    """POST: suspend, reactivate, mark as an enterprise, or verify the payment method."""
    return make(visit, _CHANGES, show_organization)


_CHANGES: Final = {
    "suspend": Change("operator/changes/suspend_organization", "organization-suspended", suspension),
    "reactivate": Change("operator/changes/reactivate_organization", "organization-reactivated", reasoned),
    "mark_enterprise": Change(
        "operator/changes/set_enterprise",
        "enterprise-marked",
        lambda visit: reasoned(visit) | {"enterprise": True, "billingType": text(visit, "billing_type")},
    ),
    "end_enterprise": Change(
        "operator/changes/set_enterprise", "enterprise-ended", lambda visit: reasoned(visit) | {"enterprise": False}
    ),
    "verify_payment": Change(
        "operator/changes/verify_payment",
        "payment-recorded",
        lambda visit: reasoned(visit) | {"status": visit.fields.get("status", "")},
    ),
}
