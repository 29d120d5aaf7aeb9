"""The teams of a company: `/account/teams`."""

from collections.abc import Mapping
from typing import Final

from souk.console.site import Visit
from souk.web import Response

_PATH: Final = "/account/teams"


def show_teams(visit: Visit, errors: Mapping[str, str] | None = None) -> Response:
    """GET: show the teams, and to administrators the forms to create and change them."""
    organization = visit.ask("account/teams")["organization"]
    enabled = bool(organization["company"] and organization["company"]["teamsEnabled"])
    return visit.render(
        "account/teams.html",
        status=422 if errors else 200,
        errors=errors or {},
        form=visit.fields,
        teams=organization["childOrganizations"] or [],
        company=organization["parentOrganization"],
        may_change=visit.principal.administers and enabled and not organization["parentOrganization"],
        enabled=enabled,
    )


def change_teams(visit: Visit) -> Response:
    """POST: create a team, or change one."""
    given = visit.fields
    if given.get("do") == "create":
        wanted = {"parentOrganizationId": visit.principal.organization_id, "organizationName": given.get("name", "")}
        result = visit.run("account/create_team", input=wanted)
        if result.error:
            return show_teams(visit, {"name": result.error.message})
        return visit.redirect(_PATH, said="team-created")
    team_id = given.get("team", "")
    change = {"id": team_id, "organizationName": given.get("name", ""), "hidden": given.get("hidden") == "yes"}
    result = visit.run("account/save_team", input=change)
    if result.error:
        return show_teams(visit, {f"name-{team_id}": result.error.message})
    return visit.redirect(_PATH, said="team-saved")
