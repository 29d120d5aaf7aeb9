"""A gig that an operator takes down, and restores."""

from souk.domains.operator.commands.bootstrap import Founder, bootstrap
from tests.domains.operator.conftest import ADA, HOUSE
from tests.support.api import Person, person
from tests.support.clock import CLOCK
from tests.support.worlds.gigs import OVERVIEW, PAUSE, GigsWorld, overview

TAKE_DOWN = """mutation ($id: ID!) { takeDownContent(input: {kind: GIG, id: $id, reason: "Copied"}) {
  status takenDown writer { id } } }"""
RESTORE = """mutation ($id: ID!) { restoreContent(kind: GIG, id: $id, reason: "A mistake") { takenDown title } }"""
GIG = "query ($id: ID!) { gig(id: $id) { id } }"


def operator(world: GigsWorld) -> Person:
    founder = Founder("ada@example.com", "Ada", "Lovelace", "Bazaar", user_id=ADA, organization_id=HOUSE)
    bootstrap(world.souk.table, founder, "A test", CLOCK.market())
    return person(world.souk, ADA, HOUSE)


def test_hidden_gig_is_seen_by_owner_and_operators(world: GigsWorld) -> None:
    gig_id, ada = world.published(), operator(world)
    world.refresh()
    (title,) = world.search_titles()
    item = ada.call(TAKE_DOWN, {"id": gig_id}).data["takeDownContent"]
    assert item == {"status": "published", "takenDown": True, "writer": {"id": world.sofia.user_id}}
    seen = [by.call(GIG, {"id": gig_id}).data["gig"] for by in (world.sofia, ada, world.olivia, world.noah)]
    assert seen == [{"id": gig_id}, {"id": gig_id}, None, None]
    world.refresh()
    assert world.search_titles() == []
    assert world.events()[-2:] == [("GIG", "UPDATE", gig_id), ("CONTENT", "TAKEDOWN", gig_id)]
    assert world.sofia.call(OVERVIEW, {"input": {"gigId": gig_id, **overview(title="Another title for it")}}).data
    restored = ada.call(RESTORE, {"id": gig_id}).data["restoreContent"]
    assert (restored["takenDown"], restored["title"] != title) == (False, True)
    world.refresh()
    assert world.search_titles() == [restored["title"]]


def test_paused_gig_stays_paused_when_it_is_restored(world: GigsWorld) -> None:
    gig_id, ada = world.published(), operator(world)
    assert ada.call(TAKE_DOWN, {"id": gig_id}).data
    assert world.sofia.call(PAUSE, {"gigId": gig_id}).data
    events = world.events()
    assert ada.call(RESTORE, {"id": gig_id}).data
    assert [event[:2] for event in world.events()[len(events) :]] == [("GIG", "UPDATE"), ("CONTENT", "RESTORE")]
    assert world.olivia.call(GIG, {"id": gig_id}).data == {"gig": None}
