"""The security page: the password, the e-mail address and the authenticator app."""

from typing import Final, NamedTuple
from urllib.parse import quote, urlencode

from markupsafe import Markup

from souk.accounts import forms
from souk.accounts.directory import WRONG_CODE, Authenticated, Challenge
from souk.accounts.errors import FormError, ProofExpired, StaleForm
from souk.accounts.login import authenticate, show_challenge, show_failure
from souk.accounts.request import PageRequest
from souk.domains.identity.commands import emails
from souk.domains.identity.model import User
from souk.domains.identity.rules.invitations import same_address
from souk.values.errors import Conflict
from souk.web import Response
from souk.web.translations import Text

_SECURITY: Final = "security"  # the purpose of the form state while a person confirms their identity
_CHANGES: Final = "changes"  # and after they have


class Gate(NamedTuple):
    """What the forms carry from step to step, encrypted, after the person has entered their password."""

    token: str
    """Cognito's access token. It is not stored."""
    authenticator: bool
    """Whether an authenticator app is set up."""
    secret: str = ""
    """Of a new authenticator app, until its first code is entered; in Base32."""
    email: str = ""
    """A new e-mail address, until its code is entered."""


def show_security(request: PageRequest, user: User) -> Response:
    """GET: ask for the password before the security settings are shown."""
    return request.render("confirm_password.html", user=user)


def change_security(request: PageRequest, user: User) -> Response:
    """POST: check the password, or change a setting after that."""
    if "gate" in request.fields:
        return _change(request, user)
    try:
        outcome = authenticate(request, _SECURITY, user.email)
        if isinstance(outcome, Authenticated) and outcome.user.subject != user.subject:
            raise FormError(Text("This is not your account's password."))
    except FormError as error:
        return show_failure(request, error, _SECURITY, "confirm_password.html", user=user)
    if isinstance(outcome, Challenge):
        return show_challenge(request, outcome, _SECURITY)
    return _show_settings(request, user, Gate(outcome.access_token, outcome.authenticator))


def _change(request: PageRequest, user: User) -> Response:
    gate = _read_gate(request, user)
    try:
        return _apply(request, user, gate)
    except ProofExpired as expired:
        return request.render_errors("confirm_password.html", expired, user=user)
    except FormError as error:
        return _show_settings(request, user, gate, error=error)


def _apply(request: PageRequest, user: User, gate: Gate) -> Response:
    match request.fields.get("do"):
        case "password":
            return _change_password(request, user, gate)
        case "email":
            return _show_settings(request, user, gate._replace(email=_request_email(request, user, gate)))
        case "confirm-email":
            return _confirm_email(request, user, gate)
        case "new-authenticator":
            secret = request.site.directory.create_authenticator(gate.token)
            return _show_settings(request, user, gate._replace(secret=secret))
        case "use-authenticator" | "drop-authenticator" as chosen:
            return _set_authenticator(request, user, gate, used=chosen == "use-authenticator")
    raise StaleForm


def _set_authenticator(request: PageRequest, user: User, gate: Gate, *, used: bool) -> Response:
    if used:
        request.site.directory.enable_authenticator(gate.token, forms.code(request.fields.get("code", "")))
    else:
        request.site.directory.disable_authenticator(gate.token)
    request.site.users.set_authenticator(user.id, used=used)
    return request.redirect("/account", said="authenticator-on" if used else "authenticator-off")


def _change_password(request: PageRequest, user: User, gate: Gate) -> Response:
    current = forms.password(request.fields.get("current", ""), "current")
    request.site.directory.change_password(gate.token, current, forms.new_password(request.fields.get("password", "")))
    now = request.site.clock.real()
    request.site.sessions.end_all(user.id, now)
    request.log_in(user, now)
    return request.redirect("/account", said="password")


def _request_email(request: PageRequest, user: User, gate: Gate) -> str:
    """Have a code mailed to a new address, and return the address.

    The page does not tell whether the address is another person's: its owner gets a mail instead of the code.
    """
    site = request.site
    address = forms.email(request.fields.get("email", ""))
    if same_address(address, user.email):
        raise FormError(Text("This is your e-mail address already."), "email")
    site.admit_mail(f"changes of {user.id}", request.now)  # as many as to one address
    site.admit_mail(address, request.now)
    if emails.is_taken(site.table, address, user.id) or not site.directory.request_email(gate.token, address):
        emails.tell_owner(site.table, address, user.id, site.clock.market())
    return address


def _confirm_email(request: PageRequest, user: User, gate: Gate) -> Response:
    site = request.site
    code = forms.code(request.fields.get("code", ""))
    if emails.is_taken(site.table, gate.email, user.id):  # perhaps since the code was mailed
        raise FormError(WRONG_CODE, "code")
    person = site.directory.confirm_email(gate.token, code)
    # If this function ends here, the user gets the address at the next login.
    after = site.users.follow_email(user.id, person, site.clock.market())
    if not same_address(after.email, person.email):
        raise Conflict(
            Text("Log in with your new e-mail address. Another user has it here, too: please contact support.")
        )
    return request.redirect("/account", said="email")


def _show_settings(request: PageRequest, user: User, gate: Gate, *, error: FormError | None = None) -> Response:
    """Show the security settings, or the next step of a change."""
    secret = gate.secret
    otpauth = _otpauth(request.brand.name, user.email, secret) if secret else ""
    content = {**gate._asdict(), "authenticator": "on" if gate.authenticator else "off"}
    return request.render(
        "security.html",
        status=422 if error else 200,
        user=user,
        gate=request.site.form_state.encrypt(_CHANGES, _binding(request, user), content, request.now),
        authenticator=gate.authenticator,
        new_email=gate.email,
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        otpauth=otpauth,
        qr=_qr_code(otpauth) if secret else "",
        errors=error.fields if error else {},
        form={"email": request.fields.get("email", "")} if error else {},
    )


def _read_gate(request: PageRequest, user: User) -> Gate:
    content = request.site.form_state.decrypt(_CHANGES, _binding(request, user), request.fields["gate"], request.now)
    return Gate(content["token"], content["authenticator"] == "on", content["secret"], content["email"])


def _binding(request: PageRequest, user: User) -> str:
    return f"{request.browser.cookie}\n{user.id}"


def _otpauth(name: str, email: str, secret: str) -> str:
    """Return the URI that adds a secret to an authenticator app (Google's Key URI format), as the marketplace's."""
    issuer = name.replace(":", " ")  # the format separates issuer and account by a colon
    query = urlencode({"secret": secret, "issuer": issuer}, quote_via=quote)
    return f"otpauth://totp/{quote(f'{issuer}:{email}')}?{query}"


def _qr_code(text: str) -> Markup:
    """Return a QR code (ISO 18004) as an SVG element: dark on white, as readers expect also on a dark page."""
    import segno  # noqa: PLC0415 - few requests need it

    code = segno.make(text, error="m", micro=False)
    return Markup(code.svg_inline(scale=5, dark="#000", light="#fff", svgid="qr", svgclass=None, lineclass=None))  # noqa: S704 - made of squares
