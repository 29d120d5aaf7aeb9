"""The completeness of a gig, which is required before others can see it."""

from collections.abc import Iterator

from souk.domains.gigs.model import Gig
from souk.domains.gigs.rules import editorjs
from souk.values.errors import Unprocessable


def check(gig: Gig) -> None:
    """Raise Unprocessable with everything that is missing from a gig."""
    missing = list(_missing(gig))
    if missing:
        fields = [{"path": path, "message": message} for path, message in missing]
        message = "; ".join(message for _, message in missing) + "."
        raise Unprocessable(message, fields=fields, missing=[path for path, _ in missing])


def _missing(gig: Gig) -> Iterator[tuple[str, str]]:
    if not gig.title:
        yield "title", "Title not set"
    if not (gig.category_id and gig.subcategory_id):
        yield "category", "Category not set"
    if not gig.set_packages.basic:
        yield "packages.basic", "Basic package not set"
    if gig.offers_multiple_packages and len(gig.set_packages.all) < 2:  # noqa: PLR2004 - several
        yield "packages", "The gig offers multiple packages, but neither standard nor premium package is set"
    if not editorjs.plain_texts(gig.description):
        yield "description", "Description not set"
    if not gig.images:
        yield "images", "No image set"
