"""Sign-up pages: the form, and the confirmation of the e-mail address."""

import re
from typing import Any, Final

from souk.accounts import forms
from souk.accounts.errors import FormError
from souk.accounts.request import PageRequest
from souk.domains.reference.world import countries, time_zones
from souk.values.errors import NotFound
from souk.web import Response

_ACCOUNT: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MAILED: Final = "mailed"  # the purpose of the state that holds a sign-up's address, for sending a new code


def show_signup(request: PageRequest) -> Response:
    """GET: show the sign-up form."""
    return request.render("signup.html", **_choices(request))


def sign_up(request: PageRequest) -> Response:
    """POST: create an account. The response is the same if the address has an account already."""
    try:
        registration, email, password = forms.read_signup(request.fields, _countries())
        request.site.admit_mail(email, request.now)
        account = request.site.directory.sign_up(email, password, registration)
    except FormError as error:
        return request.render_errors("signup.html", error, **_choices(request))
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


def _account(request: PageRequest) -> str:
    account = request.http.query.get("account", "")
    if not _ACCOUNT.fullmatch(account):
        raise NotFound("This confirmation link is not valid. Please sign up again.")
    return account


def _choices(request: PageRequest) -> dict[str, Any]:
    """Return the countries and the time zones of the form, by their values."""
    zones = {zone.time_zone_name: zone.time_zone_description for zone in time_zones(request.now.year)}
    return {"countries": _countries(), "time_zones": zones}


def _countries() -> dict[str, str]:
    """Return the names of the countries that are open for registration, by code."""
    return {one.two_letter_abbreviation: one.name for one in countries() if one.registration_allowed}
