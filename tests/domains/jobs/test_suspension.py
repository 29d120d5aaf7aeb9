"""Postings of suspended clients: nobody finds them, and they come back as they were."""

from souk.domains.jobs.search.projection import JobsProjection
from souk.domains.market.model import RelationKind
from souk.search.query import AnyOf
from tests.support.standing import reactivate, suspend
from tests.support.worlds.jobs import ACME, DESIGN, SOFIA, JobsWorld

POSTING = "query ($id: ID!) { marketplaceJobPosting(id: $id) { id } }"
CONTENTS = "query ($ids: [ID!]!) { marketplaceJobPostingsContents(ids: $ids) { id } }"


def test_postings_of_suspended_client_disappear(world: JobsWorld) -> None:
    table = world.souk.table
    public, of_team = world.post(), world.post(organization_id=DESIGN)
    world.relate(RelationKind.INVITATION, of_team, SOFIA)
    world.refresh()
    shown = sorted({public, of_team}, key=int)
    assert sorted(world.search(world.sofia), key=int) == shown
    suspend(table, ACME)
    for indexed in (False, True):  # what is read leaves them out before the indexer has seen it
        assert world.search(world.sofia) == [], indexed
        world.refresh()
    for id_ in shown:
        assert world.sofia.call(POSTING, {"id": id_}).code == "NOT_FOUND"
    assert world.sofia.call(CONTENTS, {"ids": shown}).data["marketplaceJobPostingsContents"] == [None, None]
    reactivate(table, ACME)
    world.refresh()
    assert sorted(world.search(world.sofia), key=int) == shown
    answer = world.sofia.call(POSTING, {"id": public})
    assert (answer.data["marketplaceJobPosting"], answer.trips) == ({"id": public}, 3)
    record = {"dynamodb": {"Keys": {"PK": {"S": f"ORG#{ACME}"}, "SK": {"S": "STANDING"}}}}
    assert JobsProjection(table).shown_in(record) == [AnyOf("company", (ACME,))]
