"""Who acts as the person: their browsers, and the programs that they have connected."""

from operator import itemgetter

from souk.authentication.scopes import grouped, scope_of
from souk.console.account.paging import part_of
from souk.console.site import Visit
from souk.web import Response

_SESSIONS = "/account/sessions"
_PROGRAMS = "/account/programs"
_PROGRAMS_SHOWN = 10
"""Each has up to all permissions."""


def show_sessions(visit: Visit) -> Response:
    """GET: show the browsers that the person is logged in with."""
    every = visit.ask("account/sessions")["accountSessions"]
    rows, following = part_of(every, visit.query.get("after"), itemgetter("id"))
    return visit.render("account/sessions.html", rows=rows, next=following, others=len(every) > 1)


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
    shown, following = part_of(programs, visit.query.get("after"), lambda one: one["apiKey"]["id"], _PROGRAMS_SHOWN)
    rows = [(one, grouped(scope for named in one["scopes"] if (scope := scope_of(named["id"])))) for one in shown]
    return visit.render("account/programs.html", programs=rows, next=following)


def disconnect_program(visit: Visit) -> Response:
    """POST: end the access of a program."""
    visit.ask("account/disconnect", id=visit.fields.get("key", ""))
    return visit.redirect(_PROGRAMS, said="program-disconnected")
