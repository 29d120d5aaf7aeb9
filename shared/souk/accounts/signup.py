"""Sign-up pages: the form, and the confirmation of the e-mail address."""

import re
from dataclasses import replace
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from souk.accounts import forms
from souk.accounts.errors import FormError
from souk.accounts.redirects import INVITATION
from souk.accounts.request import PageRequest
from souk.domains.identity.commands.invitations import find
from souk.domains.identity.model import Invitation
from souk.domains.reference.world import countries, time_zones
from souk.values.errors import NotFound, SoukError
from souk.values.times import stamp
from souk.web import Response
from souk.web.translations import Text

_ACCOUNT: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MAILED: Final = "mailed"  # the purpose of the state that holds a sign-up's address, for sending a new code


def show_signup(request: PageRequest) -> Response:
    """GET: show the sign-up form."""
    if not is_open(request):
        return _closed(request)
    return request.render("signup.html", **_choices(request), form={})


def sign_up(request: PageRequest) -> Response:
    """POST: create an account. The response is the same if the address has an account already."""
    if not is_open(request):
        return _closed(request)
    try:
        terms = request.marketplace.terms_to_accept
        registration, email, password = forms.read_signup(request.fields, _countries(), terms)
        _require_invited(request, email)
        registration = replace(registration, terms_accepted=stamp(request.site.clock.market()))
        request.site.admit_mail(email, request.now)
        account = request.site.directory.sign_up(email, password, registration)
    except FormError as error:
        return request.render_errors("signup.html", error, **_choices(request))
    return ask_for_code(request, account, email)


def ask_for_code(request: PageRequest, account: str, email: str) -> Response:
    """Lead on to the page that asks for the code that was mailed."""
    mailed = request.site.form_state.encrypt(_MAILED, account, {"email": email}, request.now)
    return request.redirect("/account/confirm", account=account, mailed=mailed, next=request.next)


def show_confirm(request: PageRequest) -> Response:
    """GET: ask for the code from the mail."""
    _account(request)
    return request.render("confirm.html", sent_again=False)


def confirm(request: PageRequest) -> Response:
    """POST: confirm the e-mail address, or send a new code."""
    account = _account(request)
    if "again" in request.fields:
        # The limit is per address and not per account: many sign-ups with one address send it no more mails.
        mailed = request.site.form_state.decrypt(_MAILED, account, request.http.query.get("mailed", ""), request.now)
        request.site.admit_mail(mailed["email"], request.now)
        request.site.directory.resend(account)
        return request.render("confirm.html", sent_again=True)
    try:
        request.site.directory.confirm(account, forms.code(request.fields.get("code", "")))
    except FormError as error:
        return request.render_errors("confirm.html", error, sent_again=False)
    return request.redirect("/account/login", next=request.next, said="confirmed")


def is_open(request: PageRequest) -> bool:
    """Return whether a person may sign up: everybody, or somebody who follows an invitation."""
    return request.marketplace.sign_up_open or _invitation(request) is not None


def _closed(request: PageRequest) -> Response:
    return request.render("signup_closed.html", status=403)


def _invitation(request: PageRequest) -> Invitation | None:
    """Return the invitation that the person follows: the page to return to after the login has its token."""
    target = urlsplit(request.next)
    token = parse_qs(target.query).get("token", [""])[-1]
    if target.path != INVITATION or not token:
        return None
    try:
        return find(request.site.table, token, request.site.clock.market())
    except SoukError:
        return None


def _require_invited(request: PageRequest, email: str) -> None:
    """Raise FormError for an address that was not invited, while only invited people may sign up."""
    invitation = None if request.marketplace.sign_up_open else _invitation(request)
    if invitation and invitation.email.lower() != email:
        raise FormError(Text("Use the e-mail address that was invited."), "email")


def _account(request: PageRequest) -> str:
    account = request.http.query.get("account", "")
    if not _ACCOUNT.fullmatch(account):
        raise NotFound(Text("This confirmation link is not valid. Please sign up again."))
    return account


def _choices(request: PageRequest) -> dict[str, Any]:
    """Return the countries and the time zones of the form, by their values."""
    zones = {zone.time_zone_name: zone.time_zone_description for zone in time_zones(request.now.year)}
    return {
        "countries": _countries(),
        "time_zones": zones,
        "terms_version": request.marketplace.terms_to_accept,
    }


def _countries() -> dict[str, str]:
    """Return the names of the countries that are open for registration, by code."""
    return {one.two_letter_abbreviation: one.name for one in countries() if one.registration_allowed}
