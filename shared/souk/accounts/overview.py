"""The first page of the account: the person's details and organizations."""

from souk.accounts.request import PageRequest
from souk.domains.identity.model import User
from souk.web import Response


def show_account(request: PageRequest, user: User) -> Response:
    """GET: show the user's details and organizations, with links to the other pages."""
    return request.render("account.html", user=user, organizations=request.organizations)
