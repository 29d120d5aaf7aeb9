"""Reviews: whoever opens one tells the operators, and nobody else."""

from pathlib import Path

import pytest

import souk
from souk.domains.identity.store import reserve_operators_organization
from souk.domains.reviews.model import Review, ReviewKind
from souk.domains.reviews.store import open_review
from souk.storage import Table
from souk.storage.transaction import OUTBOX

OPENED = "2026-07-01T09:00:00.000Z"


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
