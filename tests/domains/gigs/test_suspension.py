"""Gigs of suspended freelancers: only their owners see them, and nobody orders them."""

import pytest

from souk.domains.gigs.store import GIGS
from tests.support.racing import meanwhile
from tests.support.standing import reactivate, suspend
from tests.support.worlds.gig_orders import GigOrdersWorld
from tests.support.worlds.gigs import GigsWorld
from tests.support.worlds.jobs import SOFIA, STUDIO

GIG = "query ($id: ID!) { gig(id: $id) { id } }"
SLUG = "query ($slug: String!) { gigBySlug(slug: $slug) { id } }"
GIGS_OF = "query ($id: ID!) { getUserGigs(userId: $id) { id } }"


def test_gigs_of_the_suspended_disappear(world: GigsWorld) -> None:
    table, gig = world.souk.table, world.published()
    slug = world.stored_gig(gig).slug
    assert world.noah.call("{ user { id } }").data
    world.refresh()

    def seen() -> tuple[bool, bool, bool, bool]:
        """Return whether a client finds it: by id, by its slug, among those of its owner, and by a search."""
        by_id = world.olivia.call(GIG, {"id": gig}).data["gig"]
        by_slug = world.olivia.call(SLUG, {"slug": slug}).data["gigBySlug"]
        listed = world.olivia.call(GIGS_OF, {"id": SOFIA}).data["getUserGigs"]
        found = world.olivia.call("{ gigsSearch { edges { node { id } } } }").data["gigsSearch"]["edges"]
        return by_id is not None, by_slug is not None, bool(listed), bool(found)

    assert seen() == (True,) * 4
    for who in ({"user_id": SOFIA}, {}):  # the person, and their only organization
        suspend(table, *([] if who else [STUDIO]), **who)
        assert seen() == (False,) * 4
        reactivate(table, *([] if who else [STUDIO]), **who)
        assert seen() == (True,) * 4
    assert table.get(GIGS, gig) == world.stored_gig(gig)


def test_gig_of_the_suspended_is_not_ordered(orders_world: GigOrdersWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    table = orders_world.souk.table
    assert orders_world.olivia
    suspend(table, STUDIO)
    refused = orders_world.try_order()
    assert (refused.code, refused.error["message"]) == ("CONFLICT", "This freelancer takes no orders right now.")
    reactivate(table, STUDIO)
    meanwhile(monkeypatch, lambda: suspend(table, user_id=SOFIA))
    refused = orders_world.try_order()
    assert (refused.code, refused.error["extensions"]["reason"]) == ("FORBIDDEN", "SUSPENDED")
    assert orders_world.contracts() == []
    reactivate(table, user_id=SOFIA)
    assert orders_world.order()
