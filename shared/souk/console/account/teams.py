"""The teams of a company: `/account/teams`."""

import secrets
from collections.abc import Mapping
from typing import Any, Final

from souk.console.account.paging import ROWS
from souk.console.site import Visit
from souk.console.versions import changed_meanwhile, version_of
from souk.web import Response
from souk.web.translations import Text

_PATH: Final = "/account/teams"
_HIDDEN: Final = "yes"


def show_teams(visit: Visit) -> Response:
    """GET: show the teams, and to administrators the forms to create and change them."""
    return _show(visit, _ask(visit))


def change_teams(visit: Visit) -> Response:
    """POST: create a team, or change one."""
    given = visit.fields
    if given.get("do") == "create":
        wanted = {
            "parentOrganizationId": visit.principal.organization_id,
            "organizationName": given.get("name", ""),
            "idempotencyKey": given.get("idempotency") or None,
        }
        result = visit.run("account/create_team", input=wanted)
        if result.error:
            return _show(visit, _ask(visit), {"name": result.error.message})
        return visit.redirect(_PATH, said="team-created")
    team_id = given.get("team", "")
    data = _ask(visit)
    team = next((one for one in data["organization"]["childOrganizations"] or () if one["id"] == team_id), None)
    asked = {"name": given.get("name", ""), "hidden": given.get("hidden", ""), "version": given.get("version", "")}
    if team and changed_meanwhile(asked, _values(team)):
        return _show(visit, data, {f"name-{team_id}": _changed(team)}, status=409)
    change = {"id": team_id, "organizationName": asked["name"], "hidden": asked["hidden"] == _HIDDEN}
    result = visit.run("account/save_team", input=change)
    if result.error:
        return _show(visit, data, {f"name-{team_id}": result.error.message})
    return visit.redirect(_PATH, said="team-saved")


def _ask(visit: Visit) -> Mapping[str, Any]:
    return visit.ask("account/teams", first=ROWS + 1, after=visit.query.get("after"))


def _show(
    visit: Visit, data: Mapping[str, Any], errors: Mapping[str, str] | None = None, *, status: int = 0
) -> Response:
    """Show the page. The row of the form that was sent is shown as it was filled."""
    organization = data["organization"]
    enabled = bool(organization["company"] and organization["company"]["teamsEnabled"])
    given = visit.fields if errors else {}
    found = organization["childOrganizations"] or ()
    rows = [
        {
            **one,
            "version": version_of(_values(one)),
            "shown": given if one["id"] == given.get("team") else _values(one),
        }
        for one in found[:ROWS]
    ]
    return visit.render(
        "account/teams.html",
        status=status or (422 if errors else 200),
        errors=errors or {},
        form=given if "team" not in given else {},
        idempotency=secrets.token_urlsafe(16),
        teams=rows,
        next=rows[-1]["id"] if len(found) > ROWS else "",
        company=organization["parentOrganization"],
        may_change=visit.principal.administers and enabled and not organization["parentOrganization"],
        enabled=enabled,
    )


def _values(team: Mapping[str, Any]) -> dict[str, str]:
    """Return the values of the form of a team."""
    return {"name": team["name"], "hidden": _HIDDEN if team["hidden"] else ""}


def _changed(team: Mapping[str, Any]) -> Text:
    state = Text("hidden") if team["hidden"] else Text("shown")
    return Text(
        "Somebody has changed this team meanwhile. It is now: %(name)s, %(state)s. Save again to replace it.",
        name=team["name"],
        state=state,
    )
