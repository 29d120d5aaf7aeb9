"""Who sees the console of operators.

A session has the operator scope only in the operators' organization. An operator who works for another organization is
shown where to choose that one. For everybody else these pages do not exist. Only while nobody is an operator, they say
how to become one; they make nobody an operator by themselves.
"""

from functools import wraps

from souk.authentication.records import operators_organization_id
from souk.console.routing import Show
from souk.console.site import Visit
from souk.values.errors import NotFound
from souk.web import Response
from souk.web.sections import PUBLIC

_FORBIDDEN = 403
_NOT_FOUND = 404


def for_operators(show: Show) -> Show:
    """Return a page that only operators see. The others that are logged in get 404; visitors are sent to log in."""

    @wraps(show)
    def guarded(visit: Visit) -> Response:
        if visit.logged_in and visit.principal.operator:
            return show(visit)
        own, visit.section = visit.section, PUBLIC  # the menu would tell what is here
        house = operators_organization_id(visit.site.table)
        if house is None:
            return visit.render("front/unfounded.html", status=_NOT_FOUND, local=visit.site.local)
        visit.run("frame_only")
        if visit.frame is None or not visit.frame.operator:
            raise NotFound("There is no such page, or it is not yours to see.")
        visit.section = own
        return visit.render("operator/choose.html", status=_FORBIDDEN, house=house)

    return guarded
