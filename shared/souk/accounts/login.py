"""Logging in and out."""

from typing import Any

from souk.accounts import forms
from souk.accounts.directory import Authenticated, Challenge, ChallengeName
from souk.accounts.errors import FormError
from souk.accounts.redirects import HOME, login_hint
from souk.accounts.request import PageRequest
from souk.accounts.signup import is_open
from souk.accounts.users import LoginDevice
from souk.authentication.devices import shortened
from souk.authentication.standing import suspension_of
from souk.web import Response
from souk.web.translations import Text

_LOGIN = "login"  # the purpose of a login's form state


def show_login(request: PageRequest) -> Response:
    """GET: show the login form, or continue if the person is logged in."""
    if request.site.current_user(request):
        return request.redirect(request.next or HOME)
    return request.render("login.html", form={"email": login_hint(request.next)})


def log_in(request: PageRequest) -> Response:
    """POST: check a password, or the response to a challenge of the directory."""
    try:
        outcome = authenticate(request, _LOGIN)
    except FormError as error:
        return show_failure(request, error, _LOGIN, "login.html")
    if isinstance(outcome, Challenge):
        return show_challenge(request, outcome, _LOGIN)
    now = request.site.clock.market()
    device = LoginDevice(request.device, shortened(request.http.source_ip))
    user = request.site.users.get_or_create(
        outcome.user,
        now,
        authenticator=outcome.authenticator,
        language=request.language,
        device=device,
        admitted=is_open(request),
    )
    if suspension := suspension_of(request.site.table, user.id):
        return show_failure(request, FormError(_suspended(request, suspension.reason)), _LOGIN, "login.html")
    request.log_in(user)
    return request.redirect(request.next or HOME)


def log_out(request: PageRequest) -> Response:
    """POST: end this browser's session. After the next login, the browser is sent to `next`."""
    request.log_out()
    return request.redirect("/account/login", next=request.next, said="logged-out")


def _suspended(request: PageRequest, reason: str) -> Text:
    """Return what the owner of the password reads, and nobody else. Operators may end a reason with a full stop."""
    shown, support = reason.rstrip("."), request.brand.support_email or request.brand.support_url
    if support:
        return Text("This account is suspended: %(reason)s. Write to %(support)s.", reason=shown, support=support)
    return Text("This account is suspended: %(reason)s. Write to the people who run this marketplace.", reason=shown)


# Authentication, at login and before an account change


def authenticate(request: PageRequest, purpose: str, email: str = "") -> Authenticated | Challenge:
    """Check the password form, or the form of a challenge. Without `email`, the form holds the address.

    Raises FormError if the password, the code or the new password is not accepted.
    """
    fields, directory = request.fields, request.site.directory
    if encrypted := fields.get("state"):
        state = request.site.form_state.decrypt(purpose, str(request.browser.cookie), encrypted, request.now)
        pending = Challenge(ChallengeName(state["step"]), state["username"], state["session"])
        given = fields.get("response", "")
        authenticator = pending.step is ChallengeName.AUTHENTICATOR
        response = forms.code(given, "response") if authenticator else forms.new_password(given, "response")
        return directory.answer(pending, response)
    address = forms.email(email or fields.get("email", ""))
    return directory.log_in(address, forms.password(fields.get("password", "")))


def show_challenge(
    request: PageRequest, pending: Challenge, purpose: str, error: FormError | None = None, carried: str = ""
) -> Response:
    """Show the form for a challenge: a code, or a new password. `carried` is a hidden field for the answer to it."""
    content = {"step": pending.step.value, "username": pending.username, "session": pending.session}
    return request.render(
        "challenge.html",
        status=422 if error else 200,
        step=pending.step.name,
        state=request.site.form_state.encrypt(purpose, str(request.browser.cookie), content, request.now),
        errors=error.fields if error else {},
        carried=carried,
        action=request.url(request.http.path, next=request.next),
    )


def show_failure(request: PageRequest, error: FormError, purpose: str, template: str, **values: Any) -> Response:
    """Show the form again with the error: the challenge's while it can be retried, otherwise the password's."""
    encrypted = request.fields.get("state")
    if encrypted and "response" in error.fields:
        state = request.site.form_state.decrypt(purpose, str(request.browser.cookie), encrypted, request.now)
        pending = Challenge(ChallengeName(state["step"]), state["username"], state["session"])
        return show_challenge(request, pending, purpose, error, values.get("carried", ""))
    return request.render_errors(template, error, **values)
