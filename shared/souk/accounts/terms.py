"""The page of the marketplace's terms, which comes before any other page while there is something to accept."""

from souk.accounts.errors import FormError
from souk.accounts.redirects import HOME
from souk.accounts.request import PageRequest
from souk.domains.identity.commands import terms
from souk.domains.identity.model import User
from souk.values.errors import Conflict
from souk.web import Response
from souk.web.translations import Text


def show_terms(request: PageRequest, user: User) -> Response:
    """GET: ask the person to accept the terms, or continue if there is nothing to accept."""
    version = terms.to_accept(request.site.table, user)
    if version is None:
        return request.redirect(request.next or HOME)
    return request.render("terms.html", user=user, terms_version=version)


def accept(request: PageRequest, user: User) -> Response:
    """POST: accept the version that the page has shown."""
    site = request.site
    version = terms.to_accept(site.table, user)
    if version is None:
        return request.redirect(request.next or HOME)
    try:
        if not request.fields.get("terms"):
            raise FormError(Text("Accept the terms to continue."), "terms")
        terms.accept(site.table, user.id, request.fields["terms"], site.clock.market())
    except Conflict:
        error = FormError(Text("The terms have changed meanwhile. Please read them again."), "terms")
        return request.render_errors("terms.html", error, user=user, terms_version=version)
    except FormError as error:
        return request.render_errors("terms.html", error, user=user, terms_version=version)
    return request.redirect(request.next or HOME)
