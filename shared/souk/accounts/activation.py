"""The page where people whose account was imported set their password (`souk admin import users --invite`).

It takes any address and answers all in the same way, so nobody learns who was imported. Somebody who was not is refused
at the first login, while only invited people may sign up.
"""

from dataclasses import replace

from souk.accounts import forms
from souk.accounts.errors import FormError
from souk.accounts.request import PageRequest
from souk.accounts.signup import ask_for_code
from souk.values.times import stamp
from souk.web import Response


def show_activation(request: PageRequest) -> Response:
    """GET: show the form. The mail to imported people leads here with their address."""
    form = {"email": request.http.query.get("email", "")}
    return request.render("activate.html", terms_version=request.marketplace.terms_to_accept, form=form)


def activate(request: PageRequest) -> Response:
    """POST: create the login of an account, and mail a code."""
    try:
        registration, email, password = forms.read_activation(request.fields, request.marketplace.terms_to_accept)
        registration = replace(registration, terms_accepted=stamp(request.site.clock.market()))
        request.site.admit_mail(email, request.now)
        account = request.site.directory.sign_up(email, password, registration)
    except FormError as error:
        return request.render_errors("activate.html", error, terms_version=request.marketplace.terms_to_accept)
    return ask_for_code(request, account, email)
