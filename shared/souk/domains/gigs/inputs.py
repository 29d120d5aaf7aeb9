"""Inputs of the requests about gigs. The rules check their values."""

from typing import Any, Self

from pydantic import model_validator

from souk.domains.gigs.model import Tier
from souk.storage import Input
from souk.values.ids import Id


class TagInput(Input):
    """The contract's GigTagInput."""

    id: str
    text: str


class OverviewInput(Input):
    """The contract's UpdateGigOverviewInput."""

    gig_id: str
    title: str
    parent_category_id: str
    subcategory_id: str
    tags: tuple[TagInput, ...] | None = None


class PackageInput(Input):
    """The contract's GigPackageInput."""

    name: str
    description: str
    price: float
    delivery_time: int
    revisions: int


class PackagesInput(Input):
    """The contract's CreateGigPackagesInput."""

    gig_id: str
    basic: PackageInput
    standard: PackageInput | None = None
    premium: PackageInput | None = None


class FaqInput(Input):
    """The contract's GigFaqInput."""

    question: str
    answer: str


class DescriptionInput(Input):
    """The contract's UpdateGigDescriptionFaqInput."""

    gig_id: str
    description: Any
    faq: tuple[FaqInput, ...]


class GalleryInput(Input):
    """The contract's UpdateGigGalleryInput."""

    gig_id: str
    images: tuple[str, ...]
    videos: tuple[str, ...] | None = None
    documents: tuple[str, ...] | None = None


class OrderInput(Input):
    """The contract's OrderGigInput."""

    gig_id: str
    tier: Tier
    client_team_id: str
    requirements: str | None = None
    idempotency_key: str | None = None
    return_url: str | None = None


class Range(Input):
    """The contract's IntRange. Both ends are inclusive; a missing end is open."""

    range_start: int | None = None
    range_end: int | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.range_start is not None and self.range_end is not None and self.range_start > self.range_end:
            raise ValueError("rangeStart is above rangeEnd")
        return self


class GigsFilter(Input):
    """The contract's GigsSearchFilter."""

    search_expression_eq: str | None = None
    category_ids_any: tuple[Id, ...] | None = None
    price_range_eq: Range | None = None
    max_delivery_time_eq: int | None = None
    owner_id_eq: Id | None = None
