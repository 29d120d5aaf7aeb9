"""The search index of gigs. It only holds published gigs, which everybody can see."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Final

from souk.domains.gigs.model import Gig, Package
from souk.domains.gigs.rules import editorjs
from souk.search import Document, IndexSchema, Integer, Keyword, SearchReader, Text, engines

PRICES: Final = ("price_basic", "price_standard", "price_premium")
"""The fields with prices, on the scale of `Money.comparable`."""

INDEX: Final = IndexSchema(
    name="gigs",
    fields=(
        Text("title", weight=3.0),
        Text("tags", weight=2.0),
        Text("description"),
        Keyword("categories"),
        Keyword("owner"),
        *(Integer(name) for name in PRICES),
        Integer("delivery"),  # the shortest delivery time of a package, in days
        Integer("published"),  # milliseconds since 1970
    ),
    default=("title", "tags", "description"),
    searchable={"title": "title", "tags": "tags", "description": "description"},
)


@cache
def reader() -> SearchReader:
    """Return the reader of the index that the deployment's indexer publishes."""
    return engines.reader(INDEX)


def document(gig: Gig) -> Document | None:
    """Return the index document of a gig; None for a gig that is not published."""
    if not gig.public:
        return None
    offered = gig.packages
    return Document(
        gig.number,
        {
            "title": gig.title,
            "tags": tuple(tag.text for tag in gig.tags),
            "description": tuple(editorjs.plain_texts(gig.description)),
            "categories": tuple(filter(None, (gig.category_id, gig.subcategory_id))),
            "owner": gig.owner_id,
            **dict(zip(PRICES, map(_price, (offered.basic, offered.standard, offered.premium)), strict=True)),
            "delivery": _shortest_delivery(offered.all),
            "published": _milliseconds(gig.published_date_time),
        },
    )


def _price(package: Package | None) -> int | None:
    return package.price.comparable if package else None


def _shortest_delivery(packages: Iterable[Package]) -> int | None:
    return min((package.delivery_time for package in packages), default=None)


def _milliseconds(time: str | None) -> int | None:
    return int(datetime.fromisoformat(time).timestamp() * 1000) if time else None
