"""Account settings: the overview, the password and the authenticator app."""

from typing import Final
from urllib.parse import quote, urlencode

from markupsafe import Markup

from souk.accounts import forms
from souk.accounts.directory import Authenticated, Challenge
from souk.accounts.errors import FormError, ProofExpired, StaleForm
from souk.accounts.login import authenticate, show_challenge, show_failure
from souk.accounts.request import PageRequest
from souk.domains.identity.model import User
from souk.web import Response
from souk.web.translations import Text

_SECURITY: Final = "security"  # the purpose of the form state while a person confirms their identity
_CHANGES: Final = "changes"  # and after they have


def show_account(request: PageRequest, user: User) -> Response:
    """GET: show the user's details and organizations, with links to the other pages."""
    return request.render(
        "account.html",
        user=user,
        organizations=request.site.users.organizations(user),
    )


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
    return _show_settings(request, user, outcome.access_token, authenticator=outcome.authenticator)


def _change(request: PageRequest, user: User) -> Response:
    gate = request.site.form_state.decrypt(_CHANGES, _binding(request, user), request.fields["gate"], request.now)
    token, secret = gate["token"], gate.get("secret", "")
    authenticator = gate["authenticator"] == "on"
    directory = request.site.directory
    try:
        match request.fields.get("do"):
            case "password":
                return _change_password(request, user, token)
            case "new-authenticator":
                secret = directory.create_authenticator(token)
            case "use-authenticator":
                directory.enable_authenticator(token, forms.code(request.fields.get("code", "")))
                request.site.users.set_authenticator(user.id, used=True)
                return request.redirect("/account", said="authenticator-on")
            case "drop-authenticator":
                directory.disable_authenticator(token)
                request.site.users.set_authenticator(user.id, used=False)
                return request.redirect("/account", said="authenticator-off")
            case _:
                raise StaleForm
    except ProofExpired as expired:
        return request.render_errors("confirm_password.html", expired, user=user)
    except FormError as error:
        return _show_settings(request, user, token, authenticator=authenticator, secret=secret, error=error)
    return _show_settings(request, user, token, authenticator=authenticator, secret=secret)


def _change_password(request: PageRequest, user: User, token: str) -> Response:
    current = forms.password(request.fields.get("current", ""), "current")
    request.site.directory.change_password(token, current, forms.new_password(request.fields.get("password", "")))
    now = request.site.clock.real()
    request.site.sessions.end_all(user.id, now)
    request.log_in(user, now)
    return request.redirect("/account", said="password")


def _show_settings(
    request: PageRequest,
    user: User,
    token: str,
    *,
    authenticator: bool,
    secret: str = "",
    error: FormError | None = None,
) -> Response:
    """Show the security settings. The forms carry Cognito's access token encrypted; it is not stored."""
    otpauth = _otpauth(request.brand.name, user.email, secret) if secret else ""
    content = {"token": token, "authenticator": "on" if authenticator else "off", "secret": secret}
    return request.render(
        "security.html",
        status=422 if error else 200,
        user=user,
        gate=request.site.form_state.encrypt(_CHANGES, _binding(request, user), content, request.now),
        authenticator=authenticator,
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        otpauth=otpauth,
        qr=_qr_code(otpauth) if secret else "",
        errors=error.fields if error else {},
    )


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
