"""Reviews: whoever opens one tells the operators, and nobody else."""

from pathlib import Path

import pytest

import souk
from souk.domains.identity.store import reserve_operators_organization
from souk.domains.reviews.model import Review, ReviewKind, ReviewState
from souk.domains.reviews.store import OPEN_REVIEWS, SHARDS, close_review, open_review, review_by_id
from souk.storage import Table, View
from souk.storage.merged import Group, MergedList
from souk.storage.transaction import OUTBOX

OPENED = "2026-07-01T09:00:00.000Z"


def minute(at: int) -> str:
    """Return a time that grows with the number."""
    return f"2026-07-01T{at // 60:02}:{at % 60:02}:00.000Z"


def told(table: Table) -> list[tuple[str, str, str, tuple[str, ...]]]:
    """Return the events, with their audiences."""
    items = table.client.scan(TableName=table.name)["Items"]
    events = [OUTBOX.decode(item) for item in items if item["PK"]["S"].startswith("OUTBOX#")]
    return [(one.entity, one.action, one.id, one.audience) for one in events]


@pytest.mark.parametrize("kind", ReviewKind)
def test_operators_are_told_of_an_open_review(table: Table, kind: ReviewKind) -> None:
    before = table.transaction()
    open_review(before, table, Review(kind=kind, subject_id="early", opened=OPENED))
    before.commit()
    assert told(table) == [], "there are no operators before `souk admin bootstrap`"
    tx = table.transaction()
    reserve_operators_organization(tx, "900")
    tx.commit()
    after = table.transaction()
    open_review(after, table, Review(kind=kind, subject_id="7.8", organization_id="1", opened=OPENED))
    after.commit()
    assert told(table) == [("REVIEW", "OPEN", f"{kind}/{OPENED}/7.8", ("900",))]


def test_reviews_are_opened_in_one_place() -> None:
    package = Path(souk.__file__).parent
    makers = [path for path in package.rglob("*.py") if "create(REVIEWS" in path.read_text()]
    assert makers == [package / "domains" / "reviews" / "store.py"]


def test_page_merges_partitions_and_costs_one_round_trip(table: Table) -> None:
    kinds = [ReviewKind.API_KEY, ReviewKind.ROOM_STORY]
    opened = [Review(kind=kinds[at % 2], subject_id=str(at), opened=minute(at)) for at in range(70)]
    for one in opened:
        tx = table.transaction()
        open_review(tx, table, one)
        tx.commit()
    shards = Group([(kind, str(shard)) for kind in ReviewKind for shard in range(SHARDS)])
    listed = MergedList(OPEN_REVIEWS, table, [shards])
    everything: View[Review, Review] = View()
    seen: list[str] = []
    after, trips = None, table.trips
    while True:
        page = listed.page(everything, 25, after=after)
        seen += [one.subject_id for one in page.rows]
        if not page.more:
            break
        after = page.end
    assert seen == [one.subject_id for one in opened]
    assert table.trips - trips <= 3 * 4, "as many for a queue of any length"
    assert listed.count(everything) == 70
    rare: View[Review, Review] = View([lambda one: one.subject_id in {"3", "66"}])
    assert [one.subject_id for one in listed.page(rare, 5).rows] == ["3", "66"]


def test_decision_is_told_and_a_withdrawal_is_not(table: Table) -> None:
    tx = table.transaction()
    reserve_operators_organization(tx, "900")
    tx.commit()
    for subject, operator in (("7", "1"), ("8", None)):
        first = table.transaction()
        review = open_review(first, table, Review(kind=ReviewKind.API_KEY, subject_id=subject, opened=OPENED))
        first.commit()
        last = table.transaction()
        close_review(last, table, review, ReviewState.REJECTED, decided_by_id=operator, note="No")
        last.commit()
        found = review_by_id(table, review.id)
        assert found is not None
        assert (found.state, found.note) == (ReviewState.REJECTED, "No")
    decided = [event for event in told(table) if event[1] == "DECIDE"]
    assert decided == [("REVIEW", "DECIDE", f"API_KEY/{OPENED}/7", ("900",))]
    assert review_by_id(table, "API_KEY/nothing") is None
    assert review_by_id(table, f"API_KEY/{OPENED}/9") is None
