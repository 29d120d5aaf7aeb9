"""What is stored of gigs. Names and times are the contract's, so most fields are shown as they are stored."""

from enum import StrEnum
from typing import Any, Final

from souk.storage import Entity, Model
from souk.values.money import Money

CURRENCY: Final = "MAD"
"""What gigs are priced in."""


class Status(StrEnum):
    """Who can see a gig: the contract's GigStatus."""

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
    """A word that a gig is found by. The id is the owner's own."""

    id: str
    text: str


class Package(Model):
    """One size of a gig, and what it costs."""

    name: str
    description: str
    price_minor: int
    """Centimes of a dirham."""
    delivery_time: int
    """Days."""
    revisions: int

    @property
    def price(self) -> Money:
        """What it costs."""
        return Money(self.price_minor, CURRENCY)


class Packages(Model):
    """What a gig offers: the contract's GigPackages."""

    basic: Package | None = None
    standard: Package | None = None
    premium: Package | None = None

    @property
    def all(self) -> list[Package]:
        """Those that there are, the smallest first."""
        return [one for one in (self.basic, self.standard, self.premium) if one]

    def of(self, tier: Tier) -> Package | None:
        """Return the package of one size; None where it is not offered."""
        return {Tier.BASIC: self.basic, Tier.STANDARD: self.standard, Tier.PREMIUM: self.premium}[tier]


class Faq(Model):
    """A question that clients ask, and its answer."""

    question: str
    answer: str


class Attachment(Model):
    """A picture, video or document: at an address of the web, or an uploaded file."""

    id: str
    kind: MediaKind
    address: str | None = None
    file_id: str | None = None
    file_key: str | None = None
    """Where an uploaded file lies in the attachments bucket."""
    file_name: str | None = None

    @property
    def source(self) -> str | None:
        """What the owner named: the address, or the id of the file."""
        return self.address or self.file_id


class GigNumber(Entity):
    """Which gig has a number: the search index knows gigs by numbers, and everybody else by their CUIDs."""

    number: str
    gig_id: str


class Gig(Entity):
    """A service that a freelancer offers."""

    id: str
    """CUID."""
    number: str
    """Its id in the search index; greater than those of older gigs."""
    owner_id: str
    status: Status = Status.DRAFT
    title: str | None = None
    slug: str | None = None
    """Its name in addresses; set when it is first published."""
    former_slugs: tuple[str, ...] = ()
    """Names that it had before; they lead to it for ever."""
    category_id: str | None = None
    subcategory_id: str | None = None
    tags: tuple[Tag, ...] = ()
    set_packages: Packages = Packages()
    """All that its owner has set, whether or not the gig offers more than the first."""
    offers_multiple_packages: bool = False
    description: dict[str, Any] | None = None
    """EditorJS document, sanitized."""
    faq: tuple[Faq, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    created_date_time: str
    """ISO 8601, UTC; so are the others."""
    modified_date_time: str
    published_date_time: str | None = None
    """When it was first published."""

    @property
    def packages(self) -> Packages:
        """What it offers: standard and premium only while it offers several."""
        return self.set_packages if self.offers_multiple_packages else Packages(basic=self.set_packages.basic)

    @property
    def images(self) -> list[Attachment]:
        """Its pictures, in the owner's order; so are the others."""
        return self._of(MediaKind.IMAGE)

    @property
    def videos(self) -> list[Attachment]:
        """Its videos."""
        return self._of(MediaKind.VIDEO)

    @property
    def documents(self) -> list[Attachment]:
        """Its documents."""
        return self._of(MediaKind.DOCUMENT)

    def _of(self, kind: MediaKind) -> list[Attachment]:
        return [one for one in self.attachments if one.kind is kind]
