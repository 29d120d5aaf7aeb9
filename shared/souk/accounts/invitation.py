"""Accepting an invitation to an organization or to a room."""

from urllib.parse import urlsplit

from souk.accounts.request import PageRequest
from souk.domains.identity.commands import invitations
from souk.domains.identity.model import Invitation, User
from souk.domains.identity.rules.invitations import check_invited
from souk.web import Response


def show_invitation(request: PageRequest, user: User) -> Response:
    """GET: ask the invited person whether to join."""
    invitation = _find(request)
    check_invited(invitation, user)
    return request.render("invitation.html", invitation=invitation)


def accept(request: PageRequest, user: User) -> Response:
    """POST: accept. The inviter's landing page is shown as a link if it is of another site. Nobody is sent there."""
    table, now = request.site.table, request.site.clock.market()
    if _find(request).room_id:
        # Rooms are loaded only for the few who are invited to one.
        from souk.domains.messages.commands.invitations import accept as join_room  # noqa: PLC0415

        accepted = join_room(table, _token(request), user, now)
    else:
        accepted = invitations.accept(table, _token(request), user, now)
    landing = "" if accepted.landing_url.startswith(request.http.base_url) else _web_url(accepted.landing_url)
    return request.render("invitation_accepted.html", invitation=accepted, landing=landing)


def _find(request: PageRequest) -> Invitation:
    return invitations.find(request.site.table, _token(request), request.site.clock.market())


def _token(request: PageRequest) -> str:
    return request.http.query.get("token", "")


def _web_url(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in ("http", "https") and parts.netloc else ""
