"""Confirming the log-in again before a sensitive change: the password, and a code where one is set up.

The page of the change sends what was filled in, encrypted, so that it goes on where it was. Nothing of it is in an
address, and nobody else's browser can use it.
"""

from typing import Final

import orjson

from souk.accounts.directory import Authenticated, Challenge
from souk.accounts.errors import FormError
from souk.accounts.form_state import CARRIED
from souk.accounts.login import authenticate, show_challenge, show_failure
from souk.accounts.redirects import HOME
from souk.accounts.request import PageRequest
from souk.domains.identity.model import User
from souk.web import Response
from souk.web.translations import Text

_AGAIN: Final = "again"  # the purpose of the form state while the person confirms


def show_again(request: PageRequest, user: User) -> Response:
    """GET: ask for the password. The parameter `next` is the page to go on with."""
    return request.render("again.html", user=user, carried="")


def confirm_again(request: PageRequest, user: User) -> Response:
    """POST: check the password or the code, and go on with the page that asked for it."""
    carried = request.fields.get("carried", "")
    try:
        outcome = authenticate(request, _AGAIN, user.email)
        if isinstance(outcome, Authenticated) and outcome.user.subject != user.subject:
            raise FormError(Text("This is not your account's password."))
    except FormError as error:
        return show_failure(request, error, _AGAIN, "again.html", user=user, carried=carried)
    if isinstance(outcome, Challenge):
        return show_challenge(request, outcome, _AGAIN, carried=carried)
    if request.browser.session:
        request.site.sessions.confirm(request.browser.session, request.now)
    if not carried:
        return request.redirect(request.next or HOME)
    content = request.site.form_state.decrypt(CARRIED, str(request.browser.cookie), carried, request.now)
    return request.render("continue.html", action=request.url(content["path"]), fields=orjson.loads(content["fields"]))
