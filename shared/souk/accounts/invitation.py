"""Accepting an invitation to an organization."""

from urllib.parse import urlsplit

from souk.accounts.request import PageRequest
from souk.domains.identity.commands import invitations
from souk.domains.identity.model import User
from souk.domains.identity.rules.invitations import check_invited
from souk.web import Response


def show_invitation(request: PageRequest, user: User) -> Response:
    """GET: ask the invited person whether to join."""
    invitation = invitations.find(request.site.table, request.http.query.get("token", ""), request.site.clock.market())
    check_invited(invitation, user)
    return request.render("invitation.html", company=invitation.company_name, inviter=invitation.inviter_name)


def accept(request: PageRequest, user: User) -> Response:
    """POST: accept. The inviter's landing page is shown as a link; the browser is not redirected to it."""
    token = request.http.query.get("token", "")
    accepted = invitations.accept(request.site.table, token, user, request.site.clock.market())
    return request.render(
        "invitation_accepted.html", company=accepted.company_name, landing=_web_url(accepted.landing_url)
    )


def _web_url(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in ("http", "https") and parts.netloc else ""
