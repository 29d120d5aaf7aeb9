"""The members of the organization: `/account/members`, with the forms to invite and to remove people."""

from collections.abc import Mapping
from typing import Any, Final

from souk.authentication.principal import Role
from souk.console.site import PageError, Visit
from souk.values.errors import Forbidden, NotFound
from souk.web import Response

_PATH: Final = "/account/members"
_ACTIVE: Final = 1
_MOST: Final = 10
_ROLES: Final = (Role.OWNER, Role.ADMIN, Role.HIRING_MANAGER, Role.MEMBER)


def show_members(visit: Visit, errors: Mapping[str, str] | None = None) -> Response:
    """GET: show the members, and to administrators the open invitations."""
    data = visit.ask("account/members", admin=visit.principal.administers, after=visit.query.get("after"))
    staffs = data["organization"]["staffs"]
    invitations = data.get("teamInvitations") or {"edges": []}
    values: dict[str, Any] = {
        "members": [edge["node"] for edge in staffs["edges"] if edge["node"]["activationStatus"] == _ACTIVE],
        "invitations": [edge["node"] for edge in invitations["edges"]],
        "next": staffs["pageInfo"]["endCursor"] if staffs["pageInfo"]["hasNextPage"] else "",
        "may_change": visit.principal.administers,
        "roles": _roles(visit),
        "own_id": visit.principal.user_id,
    }
    return visit.render("account/members.html", status=422 if errors else 200, row_errors=errors or {}, **values)


def change_member(visit: Visit) -> Response:
    """POST: change a member's role and permissions, or withdraw an invitation."""
    given = visit.fields
    if given.get("do") == "withdraw":
        visit.ask("account/withdraw", id=given.get("invitation", ""))
        return visit.redirect(_PATH, said="invitation-withdrawn")
    user_id = given.get("user", "")
    wanted = {
        "userId": user_id,
        "organizationId": visit.principal.organization_id,
        "role": given.get("role", ""),
        "permissions": list(visit.http.values("permission")),
    }
    result = visit.run("account/save_member", input=wanted)
    if result.error:
        return show_members(visit, {user_id: result.error.message})
    return visit.redirect(_PATH, said="member-saved")


def show_invite(visit: Visit) -> Response:
    """GET: show the form to invite people."""
    return visit.render("account/invite.html", **_invite_values(visit), form={"role": Role.MEMBER.value})


def invite(visit: Visit) -> Response:
    """POST: invite people. Those who could not be invited stay in the form, each with the reason."""
    given = visit.fields
    values = _invite_values(visit)
    emails = [line.strip() for line in given.get("emails", "").splitlines() if line.strip()]
    if not 0 < len(emails) <= _MOST:
        return visit.render_faults("account/invite.html", {"emails": f"Enter 1 to {_MOST} addresses."}, **values)
    common: dict[str, Any] = {
        "flow": "CLIENT_INVITE_TO_TEAM" if values["client"] else "AGENCY_INVITE_TO_TEAM",
        "landingUrl": visit.url("/account"),
        "frankoRolesToBeAssigned": [given.get("role", "")],
    }
    if teams := list(visit.http.values("teams")):
        common["invitedToOrganizationsIds"] = teams
    if given.get("message"):
        common["emailParams"] = {"message": given["message"]}
    result = visit.run("account/send_invitations", invitations=[common | {"inviteeEmail": email} for email in emails])
    if result.error:
        return visit.render_errors("account/invite.html", result.error, **values)
    failed = result.data["inviteToTeam"]["failed"]
    if failed:
        names = [one["invitation"]["email"] or one["invitation"]["username"] or "" for one in failed]
        reasons = " ".join(f"{name}: {one['message']}" for name, one in zip(names, failed, strict=True))
        sent = len(result.data["inviteToTeam"]["succeeded"])
        form = dict(given) | {"emails": "\n".join(names)}
        return visit.render(
            "account/invite.html", status=422, errors={"emails": reasons}, form=form, **(values | {"sent": sent})
        )
    return visit.redirect(_PATH, said="invited")


def ask_removal(visit: Visit) -> Response:
    """GET: ask whether to remove the member that the parameter `user` names."""
    if not visit.principal.administers:
        raise Forbidden("Only owners and admins of the organization can remove members.")
    found = visit.run("account/member", id=visit.query.get("user", ""))
    if found.error or not found.data.get("userDetails"):
        raise NotFound("There is no such member.")
    return visit.render("account/member_remove.html", member=found.data["userDetails"])


def remove(visit: Visit) -> Response:
    """POST: end a membership."""
    wanted = {"userId": visit.fields.get("user", ""), "organizationId": visit.principal.organization_id}
    result = visit.run("account/save_member", input=wanted | {"active": False})
    if result.error:
        raise PageError(result.error)
    return visit.redirect(_PATH, said="member-removed")


def _invite_values(visit: Visit) -> dict[str, Any]:
    if not visit.principal.administers:
        raise Forbidden("Only owners and admins of the organization can invite people.")
    organization = visit.ask("account/invite")["organization"]
    own = (organization["id"], f"{visit.frame.organization.name if visit.frame else ''}")
    teams = [(one["id"], one["name"]) for one in organization["childOrganizations"] or ()]
    return {
        "teams": [own, *teams] if teams else [],
        "roles": _roles(visit),
        "client": organization["flag"]["client"],
        "chosen": visit.http.values("teams") or (own[0],),
        "sent": 0,
    }


def _roles(visit: Visit) -> list[tuple[str, str]]:
    """Return the roles that the person may give: none above their own."""
    roles = _ROLES[_ROLES.index(visit.principal.role) :] if visit.principal.role in _ROLES else ()
    return [(role.value, role.value.replace("_", " ").capitalize()) for role in roles]
