"""Signing up, and the way back to a forgotten password."""

import re
from typing import Final

from souk.accounts import registration
from souk.accounts.problems import Invalid
from souk.accounts.visit import Visit
from souk.domains.identity.store import user_by_email
from souk.domains.reference.world import countries
from souk.values.errors import NotFound
from souk.web import Response

_ACCOUNT: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MAILED: Final = "mailed"  # what the address of a sign-up is sealed for, to have a new code sent there


def show_signup(visit: Visit) -> Response:
    """GET: ask who wants an account."""
    return visit.page("signup.html", countries=_countries())


def sign_up(visit: Visit) -> Response:
    """POST: begin an account. The answer is the same for an address that has one."""
    try:
        said, email, password = registration.sign_up(visit.fields, _countries())
        visit.site.admit_mail(email, visit.now)
        account = visit.site.directory.sign_up(email, password, said)
    except Invalid as invalid:
        return visit.corrected("signup.html", invalid, countries=_countries())
    mailed = visit.site.sealer.seal(_MAILED, account, {"email": email}, visit.now)
    return visit.to("/account/confirm", account=account, mailed=mailed, next=visit.next)


def show_confirm(visit: Visit) -> Response:
    """GET: ask for the code that was mailed."""
    _account(visit)
    return visit.page("confirm.html", sent_again=False)


def confirm(visit: Visit) -> Response:
    """POST: end a sign-up, or have a new code mailed."""
    account = _account(visit)
    if "again" in visit.fields:
        # By address and not by account: whoever signs up often with one address has no more mails sent to it.
        mailed = visit.site.sealer.open(_MAILED, account, visit.request.query.get("mailed", ""), visit.now)
        visit.site.admit_mail(mailed["email"], visit.now)
        visit.site.directory.resend(account)
        return visit.page("confirm.html", sent_again=True)
    try:
        visit.site.directory.confirm(account, registration.code(visit.fields.get("code", "")))
    except Invalid as invalid:
        return visit.corrected("confirm.html", invalid, sent_again=False)
    return visit.to("/account/login", next=visit.next, said="confirmed")


def show_forgot(visit: Visit) -> Response:
    """GET: ask whose password is forgotten."""
    return visit.page("forgot.html")


def forgot(visit: Visit) -> Response:
    """POST: have a code mailed, if somebody has the address; the answer is the same if nobody has."""
    try:
        email = registration.email(visit.fields.get("email", ""))
    except Invalid as invalid:
        return visit.corrected("forgot.html", invalid)
    visit.site.admit_mail(email, visit.now)
    visit.site.directory.forgot(email)
    return visit.page("reset.html", form={"email": email}, mailed=True)


def show_reset(visit: Visit) -> Response:
    """GET: ask for the code that was mailed and a new password."""
    return visit.page("reset.html", mailed=False)


def reset(visit: Visit) -> Response:
    """POST: set a new password, and log its owner out everywhere."""
    fields = visit.fields
    try:
        email = registration.email(fields.get("email", ""))
        code = registration.code(fields.get("code", ""))
        visit.site.directory.reset(email, code, registration.new_password(fields.get("password", "")))
    except Invalid as invalid:
        return visit.corrected("reset.html", invalid, mailed=False)
    if user := user_by_email(visit.site.table, email):
        visit.site.sessions.end_all(user.id, visit.site.clock.real())
    return visit.to("/account/login", next=visit.next, said="reset")


def _account(visit: Visit) -> str:
    account = visit.request.query.get("account", "")
    if not _ACCOUNT.fullmatch(account):
        raise NotFound("This is not an address that a sign-up leads to. Please sign up again.")
    return account


def _countries() -> dict[str, str]:
    """Return the names of the countries that one can live in, by code, in their order."""
    return {one.two_letter_abbreviation: one.name for one in countries() if one.registration_allowed}
