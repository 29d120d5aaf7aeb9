"""Slugs: unique, readable, and leading to their gig for good, whoever publishes at the same moment."""

from typing import Any

import pytest

from souk.domains.gigs.rules import slugs
from souk.storage import Transaction
from tests.support.worlds.gigs import BY_SLUG, DELETE, PAUSE, PUBLISH, RESUME, GigsWorld


def by_slug(world: GigsWorld, slug: str) -> str | None:
    """Return the id of the gig that a client finds under a slug."""
    found = world.olivia.call(BY_SLUG, {"slug": slug}).data["gigBySlug"]
    return found["id"] if found else None


def test_slugs_are_unique(world: GigsWorld) -> None:
    gigs = [world.published(title="Draw a logo") for _ in range(5)]
    found = [world.stored(gig_id).slug for gig_id in gigs]
    assert found[:3] == ["draw-a-logo", "draw-a-logo-2", "draw-a-logo-3"]
    assert found[3:] == [f"draw-a-logo-{gig_id[:8]}" for gig_id in gigs[3:]]
    assert [by_slug(world, slug or "") for slug in found] == gigs


def test_title_without_latin_letters_gets_subcategory_slug(world: GigsWorld) -> None:
    assert world.stored(world.published(title="تصميم شعار")).slug == "web-development"


def test_concurrent_publishers_get_different_slugs(world: GigsWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """Noah publishes in the moment between Sofia's decision and her write."""
    hers, his = world.complete(title="Draw a logo"), world.complete(world.noah, title="Draw a logo!")
    committed = Transaction.commit
    meanwhile: list[Any] = []

    def commit(self: Transaction) -> None:
        monkeypatch.setattr(Transaction, "commit", committed)
        meanwhile.append(world.noah.call(PUBLISH, {"gigId": his}))
        committed(self)

    monkeypatch.setattr(Transaction, "commit", commit)
    late = world.sofia.call(PUBLISH, {"gigId": hers}).data["publish"]
    first = meanwhile[0].data["publish"]
    assert (first["slug"], late["slug"]) == ("draw-a-logo", "draw-a-logo-2")
    assert (by_slug(world, "draw-a-logo"), by_slug(world, "draw-a-logo-2")) == (his, hers)
    assert world.events()[-2:] == [("GIG", "PUBLISH", his), ("GIG", "PUBLISH", hers)]


def test_concurrent_publish_happens_once(world: GigsWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    gig_id = world.complete()
    committed = Transaction.commit
    meanwhile: list[Any] = []

    def commit(self: Transaction) -> None:
        monkeypatch.setattr(Transaction, "commit", committed)
        meanwhile.append(world.sofia.call(PUBLISH, {"gigId": gig_id}))
        committed(self)

    monkeypatch.setattr(Transaction, "commit", commit)
    assert world.sofia.call(PUBLISH, {"gigId": gig_id}).code == "CONFLICT"
    assert meanwhile[0].data["publish"]["slug"] == "draw-a-logo"
    assert [action for _, action, _ in world.events()].count("PUBLISH") == 1


def test_slug_survives_renames(world: GigsWorld) -> None:
    gig_id = world.published(title="First name")
    for title, slug in (
        ("Second name", "second-name"),
        ("SECOND name!", "second-name"),
        ("Third name", "third-name"),
        ("First name", "first-name"),
    ):
        assert world.rename(gig_id, title).data["updateOverview"]["slug"] == slug
    for slug in ("first-name", "second-name", "third-name"):
        assert by_slug(world, slug) == gig_id
    assert world.stored(gig_id).former_slugs == ("second-name", "third-name")
    other = world.stored(world.published(world.noah, title="Second name"))
    assert other.slug == "second-name-2", "a former slug is never another gig's"


def test_draft_has_no_slug(world: GigsWorld) -> None:
    gig_id = world.complete(title="First name")
    assert world.rename(gig_id, "Second name").data["updateOverview"]["slug"] is None
    assert world.sofia.call(PUBLISH, {"gigId": gig_id}).data["publish"]["slug"] == "second-name"
    assert by_slug(world, "first-name") is None


def test_gig_at_limit_of_slugs_keeps_slug(world: GigsWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slugs, "MAX_FORMER", 2)
    gig_id = world.published(title="Name zero")
    for name in ("one", "two", "three"):
        assert world.rename(gig_id, f"Name {name}").data
    stored = world.stored(gig_id)
    assert (stored.title, stored.slug, stored.former_slugs) == ("Name three", "name-two", ("name-zero", "name-one"))
    assert by_slug(world, "name-three") is None


def test_slug_leads_only_to_published_gig_and_stays_reserved(world: GigsWorld) -> None:
    gig_id = world.published(title="First name")
    assert world.sofia.call(PAUSE, {"gigId": gig_id}).data
    assert by_slug(world, "first-name") is None
    assert world.sofia.call(RESUME, {"gigId": gig_id}).data
    assert by_slug(world, "first-name") == gig_id
    assert world.sofia.call(DELETE, {"gigId": gig_id}).data
    assert by_slug(world, "first-name") is None
    again = world.published(world.noah, title="First name")
    assert world.stored(again).slug == "first-name-2", "an old link never leads to somebody else's"


@pytest.mark.parametrize("slug", ["", "nothing", "x" * 3_000, "First-Name", "first-name/", "\u0000"])
def test_unknown_slug_returns_null(world: GigsWorld, slug: str) -> None:
    world.published(title="First name")
    assert by_slug(world, slug) is None


def test_concurrent_writers_one_wins(world: GigsWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    gig_id = world.published(title="First name")
    committed = Transaction.commit

    def commit(self: Transaction) -> None:
        monkeypatch.setattr(Transaction, "commit", committed)
        assert world.rename(gig_id, "Quick name").data
        committed(self)

    monkeypatch.setattr(Transaction, "commit", commit)
    assert world.rename(gig_id, "Late name").code == "CONFLICT"
    assert (world.stored(gig_id).slug, by_slug(world, "late-name")) == ("quick-name", None)
