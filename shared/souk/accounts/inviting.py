"""Accepting an invitation to an organization."""

from urllib.parse import urlsplit

from souk.accounts.visit import Visit
from souk.domains.identity.commands import invitations
from souk.domains.identity.model import User
from souk.domains.identity.rules.invitations import check_invited
from souk.web import Response


def show_invitation(visit: Visit, user: User) -> Response:
    """GET: ask whether to accept, whoever the invitation is for."""
    invitation = invitations.find(visit.site.table, visit.request.query.get("token", ""), visit.site.clock.market())
    check_invited(invitation, user)
    return visit.page("invitation.html", company=invitation.company_name, inviter=invitation.inviter_name)


def join(visit: Visit, user: User) -> Response:
    """POST: accept it. Where the inviter wants the person to go next is shown, and not gone to unasked."""
    token = visit.request.query.get("token", "")
    accepted = invitations.accept(visit.site.table, token, user, visit.site.clock.market())
    return visit.page("joined.html", company=accepted.company_name, landing=_web_address(accepted.landing_url))


def _web_address(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in ("http", "https") and parts.netloc else ""
