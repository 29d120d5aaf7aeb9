"""Whose a gig is: nobody else changes it, and nobody else sees it before it is published."""

from typing import Any

import pytest

from tests.support.api import person
from tests.support.worlds.gigs import (
    BY_SLUG,
    DELETE,
    DOES_OFFER,
    GALLERY,
    MISSPELT,
    NOBODYS,
    OF_USER,
    OFFERS,
    ONE,
    OVERVIEW,
    PACKAGES,
    PAUSE,
    PICTURE,
    PUBLISH,
    RESUME,
    GigsWorld,
    overview,
    package,
)
from tests.support.worlds.jobs import ACME, SOFIA

MUTATIONS: list[tuple[str, dict[str, Any]]] = [
    (OVERVIEW, {"input": overview()}),
    (PACKAGES, {"input": {"basic": package()}}),
    (OFFERS, {"offersMultiplePackages": True}),
    (MISSPELT, {"offersMultiplePackages": True}),
    (GALLERY, {"input": {"images": [PICTURE]}}),
    (PUBLISH, {}),
    (PAUSE, {}),
    (RESUME, {}),
    (DELETE, {}),
]


@pytest.mark.parametrize(("document", "variables"), MUTATIONS, ids=[one[0].split("{ ")[1][:20] for one in MUTATIONS])
def test_only_owner_changes_gig(world: GigsWorld, document: str, variables: dict[str, Any]) -> None:
    for gig_id in (world.published(), world.draft(), NOBODYS, "", "NUMBER#1", "x" * 3_000):
        before = world.events()
        given = {"input": {"gigId": gig_id, **variables["input"]}} if "input" in variables else {"gigId": gig_id}
        answer = world.noah.call(document, {**variables, **given})
        assert answer.code == "NOT_FOUND"
        assert answer.error["message"] == "Gig not found or not owned by user"
        assert world.events() == before


def test_ownership_is_independent_of_organization(world: GigsWorld) -> None:
    gig_id = world.draft()
    elsewhere = person(world.souk, SOFIA, ACME)
    assert elsewhere.call(OVERVIEW, {"input": overview(gigId=gig_id)}).data


def test_drafts_of_others_are_invisible(world: GigsWorld) -> None:
    hidden = {
        "draft": world.complete(title="Hidden draft"),
        "paused": world.published(title="Hidden pause"),
        "deleted": world.published(title="Hidden end"),
    }
    world.refresh()  # the index is late: it holds what was published a moment ago
    assert world.sofia.call(PAUSE, {"gigId": hidden["paused"]}).data
    assert world.sofia.call(DELETE, {"gigId": hidden["deleted"]}).data
    for who in (world.noah, world.olivia):
        for gig_id in hidden.values():
            assert who.call(ONE, {"id": gig_id}).data == {"gig": None}
            assert who.call(DOES_OFFER, {"id": gig_id}).code == "NOT_FOUND"
        assert who.call(OF_USER, {"id": SOFIA}).data == {"getUserGigs": []}
        for slug in ("hidden-draft", "hidden-pause", "hidden-end"):
            assert who.call(BY_SLUG, {"slug": slug}).data == {"gigBySlug": None}
        answer = who.call("{ gigsSearch { edges { node { id title } } } }").data
        assert answer == {"gigsSearch": {"edges": []}}
    world.refresh()
    assert world.found() == []
