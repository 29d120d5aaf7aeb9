"""Looking after an account: what it is, its password, its authenticator, and the programs that act for it."""

from typing import Final
from urllib.parse import quote, urlencode

from souk.accounts import registration
from souk.accounts.connections import connections, disconnect
from souk.accounts.directory import Challenge, Proven
from souk.accounts.entering import challenge, proof, refused
from souk.accounts.problems import Invalid, ProofOver, Stale
from souk.accounts.visit import Visit
from souk.domains.identity.model import User
from souk.web import Response

_SECURITY: Final = "security"  # what the state of a proof is sealed for
_CHANGES: Final = "changes"  # and what its result is


def show_home(visit: Visit, user: User) -> Response:
    """GET: who is logged in, whom they can act for, and which programs can act for them."""
    return visit.page(
        "home.html",
        user=user,
        organizations=visit.site.people.organizations(user),
        connections=connections(visit.site.table, user.id, visit.now),
    )


def change_connections(visit: Visit, user: User) -> Response:
    """POST: have a program act for one no more."""
    disconnect(visit.site.table, user.id, visit.fields.get("key", ""))
    return visit.to("/account", said="disconnected")


def show_security(visit: Visit, user: User) -> Response:
    """GET: who wants to change their account proves first that it is they."""
    return visit.page("prove.html", user=user)


def secure(visit: Visit, user: User) -> Response:
    """POST: the proof, or a change to the account that follows it."""
    if "gate" in visit.fields:
        return _change(visit, user)
    try:
        outcome = proof(visit, _SECURITY, user.email)
        if isinstance(outcome, Proven) and outcome.person.subject != user.subject:
            raise Invalid("This is not your account.")
    except Invalid as invalid:
        return refused(visit, invalid, _SECURITY, "prove.html", user=user)
    if isinstance(outcome, Challenge):
        return challenge(visit, outcome, _SECURITY)
    return _offer(visit, user, outcome.access_token, authenticator=outcome.authenticator)


def _change(visit: Visit, user: User) -> Response:
    gate = visit.site.sealer.open(_CHANGES, _bond(visit, user), visit.fields["gate"], visit.now)
    token, secret = gate["token"], gate.get("secret", "")
    authenticator = gate["authenticator"] == "on"
    directory = visit.site.directory
    try:
        match visit.fields.get("do"):
            case "password":
                return _change_password(visit, user, token)
            case "new-authenticator":
                secret = directory.new_authenticator(token)
            case "use-authenticator":
                directory.use_authenticator(token, registration.code(visit.fields.get("code", "")))
                return visit.to("/account", said="authenticator-on")
            case "drop-authenticator":
                directory.drop_authenticator(token)
                return visit.to("/account", said="authenticator-off")
            case _:
                raise Stale
    except ProofOver as over:
        return visit.corrected("prove.html", over, user=user)
    except Invalid as invalid:
        return _offer(visit, user, token, authenticator=authenticator, secret=secret, invalid=invalid)
    return _offer(visit, user, token, authenticator=authenticator, secret=secret)


def _change_password(visit: Visit, user: User, token: str) -> Response:
    current = registration.password(visit.fields.get("current", ""), "current")
    visit.site.directory.change_password(token, current, registration.new_password(visit.fields.get("password", "")))
    now = visit.site.clock.real()
    visit.site.sessions.end_all(user.id, now)
    visit.log_in(user, now)
    return visit.to("/account", said="password")


def _offer(
    visit: Visit,
    user: User,
    token: str,
    *,
    authenticator: bool,
    secret: str = "",
    invalid: Invalid | None = None,
) -> Response:
    """Show what can be changed. Cognito's token travels sealed in the forms: nothing of it is stored."""
    content = {"token": token, "authenticator": "on" if authenticator else "off", "secret": secret}
    return visit.page(
        "security.html",
        status=422 if invalid else 200,
        user=user,
        gate=visit.site.sealer.seal(_CHANGES, _bond(visit, user), content, visit.now),
        authenticator=authenticator,
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        otpauth=_otpauth(user.email, secret) if secret else "",
        errors=invalid.fields if invalid else {},
    )


def _bond(visit: Visit, user: User) -> str:
    return f"{visit.browser.cookie}\n{user.id}"


def _otpauth(email: str, secret: str) -> str:
    """Return the address that an authenticator app takes a secret from (Google's Key URI format)."""
    return f"otpauth://totp/{quote(f'Souk:{email}')}?{urlencode({'secret': secret, 'issuer': 'Souk'})}"
