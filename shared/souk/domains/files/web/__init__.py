"""The HTTP route that shows portraits and logos."""

from collections.abc import Callable
from typing import Final

from souk.domains.files.model import Picture, PictureState
from souk.domains.files.store import PICTURES
from souk.storage import Table
from souk.values.errors import NotFound
from souk.values.pictures import DEFAULT_SIZE, PATH
from souk.web import Request, Response, Route, Router

Link = Callable[[Picture, int], str]
"""Returns a link to a size of a picture, which is valid for 15 minutes."""
_CACHED: Final = ("Cache-Control", "public, max-age=600")  # less than the link is valid


class PictureRoute:
    """Redirects the permanent URL of a picture to a link of the bucket."""

    def __init__(self, table: Table, link: Link) -> None:
        self._table = table
        self._link = link

    def show(self, request: Request) -> Response:
        """GET: redirect to the smallest size that is not smaller than the wanted one. Raises NotFound."""
        file_id, _, token = request.query.get("name", "").partition("-")
        wanted = request.query.get("size", str(DEFAULT_SIZE))
        picture = self._table.get(PICTURES, file_id)
        if picture is None or picture.private or picture.state is not PictureState.READY or picture.token != token:
            raise NotFound("There is no picture at this address.")
        if not (wanted.isascii() and wanted.isdecimal()) or int(wanted[:5]) < 1:
            raise NotFound("The size of a picture is a number of pixels.")
        size = next((size for size in picture.sizes if size >= int(wanted[:5])), picture.sizes[-1])
        return Response(302, "", (("Location", self._link(picture, size)), _CACHED))


ROUTES: tuple[Route[PictureRoute], ...] = (Route("GET", PATH, lambda app: app.show),)


def application(
    table: Table,
    link: Link,
    *,
    behind_proxy: bool = False,
    admit: Callable[[Request], None] | None = None,
) -> Router:
    """Return the router of pictures. `behind_proxy` and `admit` are as in `Router`."""
    router = Router(table.clock, behind_proxy=behind_proxy, admit=admit)
    router.serve(ROUTES, PictureRoute(table, link))
    return router
