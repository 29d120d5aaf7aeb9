"""People, as operators see them, and what operators change: `/operator/people`."""

from collections.abc import Mapping
from typing import Any, Final

from souk.console.graph import ApiError
from souk.console.operator.forms import (
    Change,
    asked,
    given,
    make,
    nodes,
    period,
    show_form,
    show_list,
    text,
    wrong,
    yes,
)
from souk.console.site import Visit
from souk.values.errors import NotFound
from souk.web import Response

STATES: Final = ("ACTIVE", "SUSPENDED", "DELETING", "DELETED")
"""The states of an account or an organization."""
IDENTITY: Final = ("NOT_VERIFIED", "PENDING", "VERIFIED", "REJECTED")
_TYPED: Final = frozenset({"make_operator", "remove_operator"})
"""The buttons that ask for the person's name."""


def show_people(visit: Visit) -> Response:
    """GET: search people."""
    criteria = given(
        searchExpression_eq=asked(visit, "q"),
        state_eq=asked(visit, "state"),
        operator_eq=yes(visit, "operator"),
        organizationId_eq=asked(visit, "organization"),
        createdDateTime_bt=period(visit),
    )
    return show_list(visit, "people", "operatorUsers", criteria, states=STATES)


def show_person(visit: Visit, error: ApiError | None = None) -> Response:
    """GET: show a person and what operators can change."""
    data = visit.ask("operator/person", id=visit.parameters["id"])
    person = _found(data)
    alone = [one for one in person["memberships"] if one["active"] and one["role"] == "OWNER"]
    profile = person["freelancerProfile"]
    return show_form(
        visit,
        "operator/person.html",
        error,
        person=person,
        owned=alone,
        profile=profile,
        waiting=[one for one in profile["certificates"] if one["active"] and not one["verified"]] if profile else [],
        actions=nodes(data["operatorActions"]),
        identity=IDENTITY,
    )


def change_person(visit: Visit) -> Response:
    """POST: suspend, reactivate, verify, make an operator, and so on."""
    do = visit.fields.get("do", "")
    if do in _TYPED:
        person = _found(visit.ask("operator/person", id=visit.parameters["id"]))
        if visit.fields.get("confirm", "").strip() != name_of(person):
            return show_person(visit, wrong("confirm", f"Type the name as it is written here: {name_of(person)}"))
    return make(visit, _CHANGES, show_person)


def name_of(person: Mapping[str, Any]) -> str:
    """Return the full name of a person."""
    return f"{person['firstName']} {person['lastName']}".strip()


def suspension(visit: Visit) -> dict[str, Any]:
    """Return the variables of a suspension, of a person or an organization."""
    return {
        "input": {
            "id": visit.parameters["id"],
            "reason": visit.fields.get("reason", ""),
            "note": text(visit, "note"),
            "notify": visit.fields.get("notify") == "yes",
            "endAccess": visit.fields.get("end_access") == "yes",
        }
    }


def reasoned(visit: Visit) -> dict[str, Any]:
    """Return the variables of a change that takes an id and a reason."""
    return {"id": visit.parameters["id"], "reason": visit.fields.get("reason", "")}


def _found(data: Mapping[str, Any]) -> Mapping[str, Any]:
    person: Mapping[str, Any] | None = data["operatorUser"]
    if person is None:
        raise NotFound("There is no such person.")
    return person


def _lock(visit: Visit, *, locked: bool) -> dict[str, Any]:
    return {
        "input": {
            "userId": visit.parameters["id"],
            "locked": locked,
            "reason": visit.fields.get("reason", ""),
        }
    }


def _checks(visit: Visit) -> dict[str, Any]:
    return {
        "input": {
            "userId": visit.parameters["id"],
            "phoneVerified": visit.fields.get("phone") == "yes",
            "webcamVerified": visit.fields.get("webcam") == "yes",
            "reason": visit.fields.get("reason", ""),
        }
    }


_CHANGES: Final = {
    "suspend": Change("operator/changes/suspend_user", "person-suspended", suspension),
    "reactivate": Change("operator/changes/reactivate_user", "person-reactivated", reasoned),
    "make_operator": Change(
        "operator/changes/set_operator", "operator-made", lambda visit: reasoned(visit) | {"operator": True}
    ),
    "remove_operator": Change(
        "operator/changes/set_operator", "operator-removed", lambda visit: reasoned(visit) | {"operator": False}
    ),
    "verify_identity": Change(
        "operator/changes/verify_identity",
        "identity-recorded",
        lambda visit: reasoned(visit) | {"status": visit.fields.get("status", "")},
    ),
    "reset_authenticator": Change("operator/changes/reset_authenticator", "authenticator-reset", reasoned),
    "verify_certificate": Change(
        "operator/changes/review_certificate",
        "certificate-verified",
        lambda visit: {
            "id": visit.parameters["id"],
            "certificate": visit.fields.get("certificate", ""),
            "approve": True,
            "note": visit.fields.get("reason", ""),
        },
    ),
    "record_checks": Change("operator/changes/verifications", "checks-recorded", _checks),
    "lock_profile": Change("operator/changes/lock_profile", "profile-locked", lambda visit: _lock(visit, locked=True)),
    "unlock_profile": Change(
        "operator/changes/lock_profile", "profile-unlocked", lambda visit: _lock(visit, locked=False)
    ),
}
