"""Stored gigs. Names and times match the contract, so most fields are shown as they are stored."""

from enum import StrEnum
from typing import Any, Final

from souk.domains.moderation.model import Takedown
from souk.storage import Entity, Model
from souk.values.money import Money

CURRENCY: Final = "MAD"
"""The currency of gigs."""


class Status(StrEnum):
    """The status of a gig: the contract's GigStatus."""

    DRAFT = "draft"
    PUBLISHED = "published"
    PAUSED = "paused"
    DELETED = "deleted"


class MediaKind(StrEnum):
    """The kind of an attachment: the contract's GigMediaKind."""

    IMAGE = "image"
    VIDEO = "video"
    DOCUMENT = "document"


class Tier(StrEnum):
    """The size of a package: the contract's GigTier."""

    BASIC = "basic"
    STANDARD = "standard"
    PREMIUM = "premium"


class Tag(Model):
    """A search tag of a gig. The id is chosen by the owner."""

    id: str
    text: str


class Package(Model):
    """A package of a gig, with its price."""

    name: str
    description: str
    price_minor: int
    """In centimes of a dirham."""
    delivery_time: int
    """In days."""
    revisions: int

    @property
    def price(self) -> Money:
        """The price."""
        return Money(self.price_minor, CURRENCY)


class Packages(Model):
    """The packages of a gig: the contract's GigPackages."""

    basic: Package | None = None
    standard: Package | None = None
    premium: Package | None = None

    @property
    def all(self) -> list[Package]:
        """The existing packages, smallest first."""
        return [one for one in (self.basic, self.standard, self.premium) if one]

    def of(self, tier: Tier) -> Package | None:
        """Return the package of a tier; None without one."""
        return {Tier.BASIC: self.basic, Tier.STANDARD: self.standard, Tier.PREMIUM: self.premium}[tier]


class Faq(Model):
    """A frequently asked question with its answer."""

    question: str
    answer: str


class Attachment(Model):
    """An image, video or document: a URL or an uploaded file."""

    id: str
    kind: MediaKind
    address: str | None = None
    file_id: str | None = None
    file_key: str | None = None
    """The key of an uploaded file in the attachments bucket."""
    file_name: str | None = None

    @property
    def source(self) -> str | None:
        """The owner's input: the URL, or the id of the file."""
        return self.address or self.file_id


class GigNumber(Entity):
    """The number of a gig. The search index identifies gigs by numbers, everything else by CUIDs."""

    number: str
    gig_id: str


class Gig(Entity):
    """A service that a freelancer offers."""

    id: str
    """CUID."""
    number: str
    """The id in the search index, greater than those of older gigs."""
    owner_id: str
    status: Status = Status.DRAFT
    title: str | None = None
    slug: str | None = None
    """The unique name in URLs, set at the first publication."""
    former_slugs: tuple[str, ...] = ()
    """Earlier slugs. They always lead to this gig."""
    category_id: str | None = None
    subcategory_id: str | None = None
    tags: tuple[Tag, ...] = ()
    set_packages: Packages = Packages()
    """All packages that the owner has set, also those that are not offered."""
    offers_multiple_packages: bool = False
    description: dict[str, Any] | None = None
    """A sanitized EditorJS document."""
    faq: tuple[Faq, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    created_date_time: str
    """ISO 8601, UTC, like the other times."""
    modified_date_time: str
    published_date_time: str | None = None
    """The time of the first publication."""
    takedown: Takedown | None = None
    """Why only the owner and operators see it, while an operator has taken it down."""

    @property
    def public(self) -> bool:
        """Whether everybody sees it, and can order it."""
        return self.status is Status.PUBLISHED and self.takedown is None

    @property
    def packages(self) -> Packages:
        """The offered packages: standard and premium only if it offers multiple packages."""
        return self.set_packages if self.offers_multiple_packages else Packages(basic=self.set_packages.basic)

    @property
    def images(self) -> list[Attachment]:
        """The images, in the owner's order."""
        return self._attachments_of(MediaKind.IMAGE)

    @property
    def videos(self) -> list[Attachment]:
        """The videos, in the owner's order."""
        return self._attachments_of(MediaKind.VIDEO)

    @property
    def documents(self) -> list[Attachment]:
        """The documents, in the owner's order."""
        return self._attachments_of(MediaKind.DOCUMENT)

    def _attachments_of(self, kind: MediaKind) -> list[Attachment]:
        return [one for one in self.attachments if one.kind is kind]
