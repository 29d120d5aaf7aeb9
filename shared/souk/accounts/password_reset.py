"""Password reset pages: ask for a code by mail, and set a new password with it."""

from souk.accounts import forms
from souk.accounts.errors import FormError
from souk.accounts.request import PageRequest
from souk.domains.identity.store import user_by_email
from souk.web import Response


def show_forgot(request: PageRequest) -> Response:
    """GET: ask for the e-mail address."""
    return request.render("forgot.html")


def forgot(request: PageRequest) -> Response:
    """POST: mail a code. The response is the same if the address has no account."""
    try:
        email = forms.email(request.fields.get("email", ""))
    except FormError as error:
        return request.render_errors("forgot.html", error)
    request.site.admit_mail(email, request.now)
    request.site.directory.request_password_reset(email)
    return request.render("reset.html", form={"email": email}, mailed=True)


def show_reset(request: PageRequest) -> Response:
    """GET: ask for the code from the mail and a new password."""
    return request.render("reset.html", mailed=False)


def reset(request: PageRequest) -> Response:
    """POST: set a new password, and log the user out everywhere."""
    fields = request.fields
    try:
        email = forms.email(fields.get("email", ""))
        code = forms.code(fields.get("code", ""))
        request.site.directory.reset_password(email, code, forms.new_password(fields.get("password", "")))
    except FormError as error:
        return request.render_errors("reset.html", error, mailed=False)
    if user := user_by_email(request.site.table, email):
        request.site.sessions.end_all(user.id, request.site.clock.real())
    return request.redirect("/account/login", next=request.next, said="reset")
