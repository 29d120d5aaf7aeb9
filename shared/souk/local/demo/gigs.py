"""The gigs of the demo data, created from `gigs.toml` by the rules of the gigs domain."""

import tomllib
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from souk.domains.gigs.inputs import DescriptionInput, GalleryInput, OverviewInput, PackagesInput
from souk.domains.gigs.model import Gig, Status
from souk.domains.gigs.rules import completeness, description, gallery, overview, packages, slugs
from souk.domains.reference.ontology import ontology
from souk.values.times import stamp

_FILE = Path(__file__).parent / "gigs.toml"
_NUMBERS = 1_480_000_000_000_000_000
_TIERS = ("basic", "standard", "premium")


def gig_id(number: int) -> str:
    """Return the id of a gig."""
    return f"soukdemogig{number:013}"


@cache
def texts() -> tuple[dict[str, Any], ...]:
    """Return the entries of `gigs.toml`."""
    return tuple(tomllib.loads(_FILE.read_text("utf-8"))["gig"])


def gigs(owners: dict[str, str], now: datetime) -> Iterator[Gig]:
    """Yield all gigs, with times relative to `now`. `owners` are ids of people by their e-mail addresses."""
    for number, text in enumerate(texts()):
        created = now - timedelta(days=text["days"])
        status = Status(text.get("status", Status.PUBLISHED))
        blank = Gig(
            id=gig_id(number),
            number=str(_NUMBERS + number),
            owner_id=owners[text["owner"]],
            status=status,
            created_date_time=stamp(created),
            modified_date_time=stamp(created + timedelta(hours=5)),
        )
        gig = blank.model_copy(update=_parts(blank, text))
        yield gig if status is Status.DRAFT else _published(gig, text, created + timedelta(hours=2))


def _published(gig: Gig, text: dict[str, Any], published: datetime) -> Gig:
    """Return a published gig. All current and former titles of the demo data have different slugs."""
    completeness.check(gig)
    return gig.model_copy(
        update={
            "slug": slugs.base(text["title"]),
            "former_slugs": (slugs.base(text["former"]),) if "former" in text else (),
            "published_date_time": stamp(published),
        }
    )


def _parts(gig: Gig, text: dict[str, Any]) -> dict[str, Any]:
    """Return the fields that the mutations would set."""
    subcategory = next(each for each in ontology().occupations.values() if each.slug == text["subcategory"])
    parts = overview.checked(
        OverviewInput.model_validate(
            {
                "gig_id": gig.id,
                "title": text["title"],
                "parent_category_id": subcategory.category.id,
                "subcategory_id": subcategory.id,
                "tags": [{"id": slugs.base(tag), "text": tag} for tag in text["tags"]],
            }
        )
    )
    if text["packages"]:
        named = {tier: _package(row) for tier, row in zip(_TIERS, text["packages"], strict=False)}
        parts |= packages.checked(PackagesInput.model_validate({"gig_id": gig.id, **named}))
    if text["text"]:
        faq = [{"question": question, "answer": answer} for question, answer in text["faq"]]
        described = {"gig_id": gig.id, "description": _document(text), "faq": faq}
        parts |= description.checked(DescriptionInput.model_validate(described))
    if pictures := _pictures(text):
        lists = gallery.read_lists(GalleryInput.model_validate({"gig_id": gig.id, "images": pictures}))
        ids = (f"soukdemopicture{gig.id[-3:]}{at:06}" for at in count(1))
        parts["attachments"] = gallery.checked(gig, lists, {}, lambda: next(ids))
    return parts


def _package(row: list[Any]) -> dict[str, Any]:
    return dict(zip(("name", "description", "price", "delivery_time", "revisions"), row, strict=True))


def _document(text: dict[str, Any]) -> dict[str, Any]:
    blocks: list[dict[str, Any]] = [{"type": "paragraph", "data": {"text": text["text"]}}]
    if text["includes"]:
        blocks.append({"type": "header", "data": {"text": "What you get", "level": 3}})
        blocks.append({"type": "list", "data": {"style": "unordered", "items": text["includes"]}})
    return {"blocks": blocks}


def _pictures(text: dict[str, Any]) -> list[str]:
    name = slugs.base(text["title"])
    return [f"https://pictures.souk.test/{name}-{number}.jpg" for number in range(1, text["pictures"] + 1)]
