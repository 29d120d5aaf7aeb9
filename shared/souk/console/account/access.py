"""Who acts as the person: their browsers, and the programs that they have connected."""

from souk.authentication.scopes import grouped, scope_of
from souk.console.site import Visit
from souk.web import Response

_SESSIONS = "/account/sessions"
_PROGRAMS = "/account/programs"


def show_sessions(visit: Visit) -> Response:
    """GET: show the browsers that the person is logged in with."""
    return visit.render("account/sessions.html", rows=visit.ask("account/sessions")["accountSessions"])


def end_sessions(visit: Visit) -> Response:
    """POST: log out one browser, or all others."""
    if visit.fields.get("do") == "end_others":
        visit.ask("account/end_other_sessions")
        return visit.redirect(_SESSIONS, said="sessions-ended")
    visit.ask("account/end_session", id=visit.fields.get("session", ""))
    return visit.redirect(_SESSIONS, said="session-ended")


def show_programs(visit: Visit) -> Response:
    """GET: show the programs; with the parameter `disconnect`, ask whether to disconnect one."""
    programs = visit.ask("account/programs")["connectedPrograms"]
    asked = next((one for one in programs if one["apiKey"]["id"] == visit.query.get("disconnect")), None)
    if asked:
        return visit.render("account/disconnect.html", program=asked)
    rows = [(one, grouped(scope for named in one["scopes"] if (scope := scope_of(named["id"])))) for one in programs]
    return visit.render("account/programs.html", programs=rows)


def disconnect_program(visit: Visit) -> Response:
    """POST: end the access of a program."""
    visit.ask("account/disconnect", id=visit.fields.get("key", ""))
    return visit.redirect(_PROGRAMS, said="program-disconnected")
