"""How pages are declared: an address, and what shows it and processes its form."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from souk.console.site import Site, Visit
from souk.web import Response, Route
from souk.web.frame import Section

Show = Callable[[Visit], Response]


@dataclass(frozen=True, slots=True)
class Page:
    """A page. Parts of its path such as `{id}` are in `Visit.parameters`."""

    path: str
    get: Show | None = None
    post: Show | None = None
    too_large: str = ""
    """What is said of a file that is so large that the form is not read; by default, the limit of all forms."""

    def routes(self, section: Section, resource: str = "") -> Iterator[Route[Site]]:
        """Yield its routes. `resource` is the path of the resource in API Gateway that several pages share."""
        shared = resource if self.path.count("/") >= resource.count("/") else ""
        for method, show in (("GET", self.get), ("POST", self.post)):
            if show:
                yield Route(method, self.path, _served(show, section, self.too_large), resource=shared)


def redirect_to(path: str) -> Show:
    """Return a page that leads to another address."""
    return lambda visit: visit.redirect(path)


def _served(show: Show, section: Section, too_large: str) -> Callable[[Site], Callable[..., Response]]:
    return lambda site: site.page(show, section, too_large)
