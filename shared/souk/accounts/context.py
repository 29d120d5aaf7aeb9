"""The organization that a person works for in this browser."""

from souk.accounts.redirects import HOME, safe_redirect
from souk.accounts.request import PageRequest
from souk.domains.identity.model import User
from souk.values.errors import NotFound
from souk.web import Response


def choose_organization(request: PageRequest, _user: User) -> Response:
    """POST: work for another organization. The form's `next` is the page to go on with."""
    wanted = request.fields.get("organization", "")
    known = {one.organization.id for one in request.organizations}
    if wanted not in known:
        raise NotFound("There is no such organization, or you are not a member of it.")
    request.choose_organization(wanted)
    return request.redirect(safe_redirect(request.fields.get("next", "")) or HOME, said="organization-chosen")
