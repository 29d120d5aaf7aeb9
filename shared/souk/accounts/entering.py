"""Logging in and out."""

from typing import Any

from souk.accounts import registration
from souk.accounts.directory import Challenge, Proven, Step
from souk.accounts.onward import HOME, login_hint
from souk.accounts.problems import Invalid
from souk.accounts.visit import Visit
from souk.web import Response

_LOGIN = "login"  # what the state of a login is sealed for


def show_login(visit: Visit) -> Response:
    """GET: ask who is there; who is logged in goes on at once."""
    if visit.site.user(visit):
        return visit.to(visit.next or HOME)
    return visit.page("login.html", form={"email": login_hint(visit.next)})


def log_in(visit: Visit) -> Response:
    """POST: a password, or the answer to what the directory asked for besides."""
    try:
        outcome = proof(visit, _LOGIN)
    except Invalid as invalid:
        return refused(visit, invalid, _LOGIN, "login.html")
    if isinstance(outcome, Challenge):
        return challenge(visit, outcome, _LOGIN)
    user = visit.site.people.enter(outcome.person, visit.site.clock.market())
    visit.log_in(user)
    return visit.to(visit.next or HOME)


def log_out(visit: Visit) -> Response:
    """POST: end this browser's session; `next` is where another person may log in."""
    visit.log_out()
    return visit.to("/account/login", next=visit.next, said="logged-out")


# Proving who one is, at login and before a change to one's account


def proof(visit: Visit, purpose: str, email: str = "") -> Proven | Challenge:
    """Take the form of a password, or of a step that follows it. `email` is whose, where that is known.

    Raises Invalid for what proves nothing.
    """
    fields, directory = visit.fields, visit.site.directory
    if sealed := fields.get("state"):
        state = visit.site.sealer.open(purpose, visit.browser.cookie, sealed, visit.now)
        pending = Challenge(Step(state["step"]), state["username"], state["session"])
        given = fields.get("response", "")
        authenticator = pending.step is Step.AUTHENTICATOR
        response = (
            registration.code(given, "response") if authenticator else registration.new_password(given, "response")
        )
        return directory.answer(pending, response)
    address = registration.email(email or fields.get("email", ""))
    return directory.log_in(address, registration.password(fields.get("password", "")))


def challenge(visit: Visit, pending: Challenge, purpose: str, invalid: Invalid | None = None) -> Response:
    """Ask for what the directory wants besides the password."""
    content = {"step": pending.step.value, "username": pending.username, "session": pending.session}
    return visit.page(
        "challenge.html",
        status=422 if invalid else 200,
        step=pending.step.name,
        state=visit.site.sealer.seal(purpose, visit.browser.cookie, content, visit.now),
        errors=invalid.fields if invalid else {},
        action=visit.url(visit.request.path, next=visit.next),
    )


def refused(visit: Visit, invalid: Invalid, purpose: str, template: str, **values: Any) -> Response:
    """Show the form again that proved nothing: a step as long as it can be tried again, else that of the password."""
    sealed = visit.fields.get("state")
    if sealed and "response" in invalid.fields:
        state = visit.site.sealer.open(purpose, visit.browser.cookie, sealed, visit.now)
        return challenge(visit, Challenge(Step(state["step"]), state["username"], state["session"]), purpose, invalid)
    return visit.corrected(template, invalid, **values)
