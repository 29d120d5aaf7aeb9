"""The members of the organization: `/account/members`, with the forms to invite and to remove people."""

from collections.abc import Mapping
from typing import Any, Final

from souk.authentication.principal import Role
from souk.console.graph import in_words
from souk.console.site import Visit
from souk.console.versions import VERSION, changed_meanwhile, version_of
from souk.values.errors import Forbidden, NotFound
from souk.web import Response
from souk.web.translations import Text

_PATH: Final = "/account/members"
_ACTIVE: Final = 1
_MOST: Final = 10
_ROLES: Final = (Role.OWNER, Role.ADMIN, Role.HIRING_MANAGER, Role.MEMBER)


def show_members(visit: Visit) -> Response:
    """GET: show the members, and to administrators the open invitations."""
    return _show(visit, _ask(visit))


def change_member(visit: Visit) -> Response:
    """POST: change a member's role and permissions, or withdraw an invitation."""
    given = visit.fields
    if given.get("do") == "withdraw":
        invitation = given.get("invitation", "")
        withdrawn = visit.run("account/withdraw", id=invitation)
        if withdrawn.error:
            return _show(visit, _ask(visit), {f"invitation-{invitation}": withdrawn.error.message})
        return visit.redirect(_PATH, said="invitation-withdrawn")
    user_id = given.get("user", "")
    row, asked = f"role-{user_id}", _asked(visit)
    data = _ask(visit)
    member = next((one for one in _members(data) if one["user"]["id"] == user_id), None)
    if member and changed_meanwhile({**asked, VERSION: given.get(VERSION, "")}, _values(member)):
        return _show(visit, data, {row: _changed(member)}, status=409)
    wanted = {
        "userId": user_id,
        "organizationId": visit.principal.organization_id,
        "role": asked["role"],
        "permissions": list(visit.http.values("permission")),
    }
    result = visit.run("account/save_member", input=wanted)
    if result.error:
        return _show(visit, data, {row: result.error.message})
    return visit.redirect(_PATH, said="member-saved")


def _ask(visit: Visit) -> Mapping[str, Any]:
    places = {name: visit.query.get(name) for name in ("after", "invited")}
    return visit.ask("account/members", admin=visit.principal.administers, **places)


def _show(
    visit: Visit, data: Mapping[str, Any], errors: Mapping[str, str] | None = None, *, status: int = 0
) -> Response:
    """Show the page. `errors` have the refusals of rows; the row that was sent is shown as it was filled."""
    invitations = data.get("teamInvitations") or {"edges": [], "pageInfo": {"hasNextPage": False}}
    sent = visit.fields.get("user") if errors else None
    rows = [
        {
            **one,
            "version": version_of(_values(one)),
            "shown": _asked(visit) if one["user"]["id"] == sent and visit.fields.get("role") else _values(one),
        }
        for one in _members(data)
    ]
    return visit.render(
        "account/members.html",
        status=status or (422 if errors else 200),
        errors=errors or {},
        members=rows,
        invitations=[edge["node"] for edge in invitations["edges"]],
        next=_next(data["organization"]["staffs"]),
        next_invited=_next(invitations),
        may_change=visit.principal.administers,
        roles=_roles(visit),
        own_id=visit.principal.user_id,
    )


def _next(connection: Mapping[str, Any]) -> str:
    """Return where the next page begins; "" at the end."""
    info = connection["pageInfo"]
    return info["endCursor"] if info["hasNextPage"] else ""


def _members(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    edges = data["organization"]["staffs"]["edges"]
    return [edge["node"] for edge in edges if edge["node"]["activationStatus"] == _ACTIVE]


def _values(member: Mapping[str, Any]) -> dict[str, str]:
    """Return the values of the form of a member."""
    return {"role": member["role"], "permission": " ".join(sorted(member["permissions"]))}


def _asked(visit: Visit) -> dict[str, str]:
    """Return the values of the form that was sent."""
    return {"role": visit.fields.get("role", ""), "permission": " ".join(sorted(visit.http.values("permission")))}


def _changed(member: Mapping[str, Any]) -> Text:
    words = ", ".join(one.replace("_", " ").capitalize() for one in (member["role"], *member["permissions"]))
    return Text("Somebody has changed this meanwhile. It is now: %(present)s. Save again to replace it.", present=words)


def show_invite(visit: Visit) -> Response:
    """GET: show the form to invite people."""
    return visit.render("account/invite.html", **_invite_values(visit), form={"role": Role.MEMBER.value})


def invite(visit: Visit) -> Response:
    """POST: invite people. Those who could not be invited stay in the form, each with the reason."""
    given = visit.fields
    values = _invite_values(visit)
    emails = [line.strip() for line in given.get("emails", "").splitlines() if line.strip()]
    if not 0 < len(emails) <= _MOST:
        return visit.render_faults(
            "account/invite.html", {"emails": Text("Enter 1 to %(most)s addresses.", most=_MOST)}, **values
        )
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
        reasons = " ".join(f"{name}: {in_words(one['message'])}" for name, one in zip(names, failed, strict=True))
        sent = len(result.data["inviteToTeam"]["succeeded"])
        form = dict(given) | {"emails": "\n".join(names)}
        return visit.render(
            "account/invite.html", status=422, errors={"emails": reasons}, form=form, **(values | {"sent": sent})
        )
    return visit.redirect(_PATH, said="invited")


def ask_removal(visit: Visit) -> Response:
    """GET: ask whether to remove the member that the parameter `user` names."""
    if not visit.principal.administers:
        raise Forbidden(Text("Only owners and admins of the organization can remove members."))
    found = visit.run("account/member", id=visit.query.get("user", ""))
    if found.error or not found.data.get("userDetails"):
        raise NotFound(Text("There is no such member."))
    return visit.render("account/member_remove.html", member=found.data["userDetails"])


def remove(visit: Visit) -> Response:
    """POST: end a membership."""
    wanted = {"userId": visit.fields.get("user", ""), "organizationId": visit.principal.organization_id}
    result = visit.run("account/save_member", input=wanted | {"active": False})
    if result.error:
        return _show(visit, _ask(visit), {f"role-{wanted['userId']}": result.error.message})
    return visit.redirect(_PATH, said="member-removed")


def _invite_values(visit: Visit) -> dict[str, Any]:
    if not visit.principal.administers:
        raise Forbidden(Text("Only owners and admins of the organization can invite people."))
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
