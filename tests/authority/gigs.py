"""Olivia's gigs, which are secret before they are published, also for her company; and Ivy's, for Acme to order."""

from collections.abc import Iterator
from typing import Any, Final

from souk.domains.gigs.model import Attachment, Faq, Gig, MediaKind, Package, Packages, Status, Tag
from souk.domains.reference.ontology import ontology
from tests.authority.secrets import Audience, Secrets

SINCE: Final = "2026-01-05T08:00:00.000Z"
GIG_DRAFT, GIG_SHOWN, GIG_PAUSED, GIG_DELETED = (f"{name}00000000000000000000" for name in ("dra", "sho", "pau", "del"))
GIG_FOR_SALE: Final = f"sal{'0' * 20}"
"""Ivy's gig, which Acme can order."""
SUBCATEGORY: Final = next(one for one in ontology().occupations.values() if one.slug == "web-development")
SLUG: Final = "a-gig-for-everybody"


def gigs(owner_id: str, secrets: Secrets) -> Iterator[Gig]:
    """Return a gig in each state. Only published ones are visible to others."""
    for number, (id_, status) in enumerate(
        (
            (GIG_DRAFT, Status.DRAFT),
            (GIG_SHOWN, Status.PUBLISHED),
            (GIG_PAUSED, Status.PAUSED),
            (GIG_DELETED, Status.DELETED),
        )
    ):
        private = status is not Status.PUBLISHED

        def text(name: str, status: Status = status, *, private: bool = private) -> str:
            return secrets.plant(Audience.PERSON, f"{status}-gig-{name}") if private else f"open-{name}"

        def part(name: str, status: Status = status) -> str:
            """Only the draft has secrets in its parts."""
            return text(name, status, private=True) if status is Status.DRAFT else f"{status}-{name}"

        yield Gig(
            id=secrets.keep(Audience.PERSON, id_) if private else id_,
            number=f"770000000000000000{number}",
            owner_id=owner_id,
            status=status,
            title=text("title"),
            slug=None if status is Status.DRAFT else text("slug") if private else SLUG,
            category_id=SUBCATEGORY.category.id,
            subcategory_id=SUBCATEGORY.id,
            tags=(Tag(id="1", text=part("tag")),),
            set_packages=_packages(part),
            offers_multiple_packages=True,
            description={"blocks": [{"type": "paragraph", "data": {"text": text("description")}}]},
            faq=(Faq(question=part("question"), answer=part("answer")),),
            attachments=(_picture(part("picture")),),
            created_date_time=SINCE,
            modified_date_time=SINCE,
            published_date_time=None if status is Status.DRAFT else SINCE,
        )


def for_sale(owner_id: str) -> Gig:
    """Return a published gig."""
    return Gig(
        id=GIG_FOR_SALE,
        number="7700000000000000009",
        owner_id=owner_id,
        status=Status.PUBLISHED,
        title="A gig for sale",
        slug="a-gig-for-sale",
        category_id=SUBCATEGORY.category.id,
        subcategory_id=SUBCATEGORY.id,
        set_packages=_packages(str),
        description={"blocks": [{"type": "paragraph", "data": {"text": "For sale."}}]},
        attachments=(_picture("sale"),),
        created_date_time=SINCE,
        modified_date_time=SINCE,
        published_date_time=SINCE,
    )


def _packages(text: Any) -> Packages:
    basic, standard = (
        Package(name=text(name), description="A gig.", price_minor=25_000, delivery_time=3, revisions=1)
        for name in ("basic", "standard")
    )
    return Packages(basic=basic, standard=standard)


def _picture(name: str) -> Attachment:
    return Attachment(id=f"picture-{name[:4]}", kind=MediaKind.IMAGE, address=f"https://{name}.souk.test/1.png")
