"""The gigs of the demo data."""

from collections import Counter
from datetime import timedelta

import pytest

from souk.domains.gigs.model import Gig, Status
from souk.domains.gigs.rules import completeness, slugs
from souk.domains.gigs.search.index import document
from souk.domains.gigs.store import gig_id_of, gigs_of, put
from souk.domains.reference.ontology import subcategory
from souk.local.demo.gigs import gigs, texts
from souk.local.demo.people import demo_people
from souk.storage import Table
from souk.values import addresses
from souk.values.times import stamp
from tests.domains.gigs.test_api import CUID
from tests.support.demo import NOW

OWNERS = {user.email: user.id for user in demo_people(NOW).users}
FREELANCERS = ("sofia@studio.test", "noah@studio.test", "mia@pixelagency.test")


@pytest.fixture(scope="module")
def all_gigs() -> list[Gig]:
    return list(gigs(OWNERS, NOW))


def test_gigs_cover_all_variants(all_gigs: list[Gig]) -> None:
    states = Counter(gig.status for gig in all_gigs)
    assert set(states) == set(Status)
    assert states[Status.PUBLISHED] >= 10
    assert {gig.owner_id for gig in all_gigs} == {OWNERS[email] for email in FREELANCERS}
    found = [subcategory(gig.subcategory_id or "") for gig in all_gigs]
    assert len({one.category.id for one in found if one}) >= 6
    assert {gig.offers_multiple_packages for gig in all_gigs} == {True, False}
    assert any(gig.set_packages.premium for gig in all_gigs)
    assert any(gig.former_slugs for gig in all_gigs)
    assert any(gig.faq for gig in all_gigs)


def test_gigs_are_complete_and_unique(all_gigs: list[Gig]) -> None:
    for gig in all_gigs:
        assert CUID.fullmatch(gig.id)
        assert all(addresses.problem(one.address or "") is None for one in gig.attachments)
        assert gig.created_date_time < gig.modified_date_time <= stamp(NOW)
        if gig.status is not Status.DRAFT:
            completeness.check(gig)
            assert gig.slug == slugs.base(gig.title or "")
        assert (document(gig) is not None) is (gig.status is Status.PUBLISHED)
    taken = [slug for gig in all_gigs for slug in (*gig.former_slugs, gig.slug) if slug]
    assert len(set(taken)) == len(taken)
    assert len({gig.id for gig in all_gigs}) == len({gig.number for gig in all_gigs}) == len(texts())
    pictures = [one.id for gig in all_gigs for one in gig.attachments]
    assert len({*pictures, *(gig.id for gig in all_gigs)}) == len(pictures) + len(all_gigs)
    assert all(map(CUID.fullmatch, pictures))


def test_gigs_are_newer_than_their_owners(all_gigs: list[Gig]) -> None:
    joined = {user.id: user.creation_date for user in demo_people(NOW).users}
    assert all(joined[gig.owner_id] < gig.created_date_time for gig in all_gigs)


def test_gigs_are_the_same_on_every_day(all_gigs: list[Gig]) -> None:
    def still(gig: Gig) -> object:
        return gig.model_dump(exclude={"created_date_time", "modified_date_time", "published_date_time"})

    assert [still(gig) for gig in gigs(OWNERS, NOW + timedelta(days=3))] == [still(gig) for gig in all_gigs]


def test_gigs_are_stored_like_published_ones(table: Table, all_gigs: list[Gig]) -> None:
    tx = table.transaction()
    for gig in all_gigs:
        put(tx, gig)
    tx.commit()
    for gig in all_gigs:
        for slug in (*gig.former_slugs, gig.slug):
            assert slug is None or gig_id_of(table, slug) == gig.id
    assert len(gigs_of(table, OWNERS["sofia@studio.test"], deleted=True)) == sum(
        gig.owner_id == OWNERS["sofia@studio.test"] for gig in all_gigs
    )
