"""The projection of postings into the search index, and the fan-out of their client's facts."""

from collections.abc import Collection, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from souk.domains.identity.model import Location, PaymentVerificationStatus
from souk.domains.identity.store import ORGANIZATIONS
from souk.domains.jobs.model import Status
from souk.domains.jobs.search.index import INDEX
from souk.domains.jobs.search.projection import JobsProjection
from souk.domains.jobs.store import JOBS
from souk.domains.market.store import CLIENT_RECORDS, client_record_key
from souk.search import AnyOf, Document, IndexSchema
from souk.search.fanout import Piece
from souk.search.indexer import Indexer, verify
from souk.search.snapshot import SnapshotWriter
from souk.search.tantivy_index import TantivyIndex
from souk.storage import Table
from tests.support.worlds.jobs import ACME, DESIGN, SEARCH, JobsWorld


def record(pk: str, sk: str, **images: Any) -> dict[str, Any]:
    """Return a record of the table's stream, as far as the projection reads it."""
    return {"eventName": "MODIFY", "dynamodb": {"Keys": {"PK": {"S": pk}, "SK": {"S": sk}}, **images}}


def test_projection_affected_by_relevant_changes(world: JobsWorld) -> None:
    projection = JobsProjection(world.souk.table)
    job_id = world.post(organization_id=DESIGN)
    assert list(projection.affected(record(f"JOB#{job_id}", "JOB"))) == [job_id]
    assert list(projection.affected(record(f"JOB#{job_id}", "PROPOSAL#1"))) == []
    assert list(projection.affected(record(f"APPLIED#{job_id}", "ACTIVITY"))) == [job_id]
    assert list(projection.affected(record(f"APPLIED#{job_id}", "APPLICANT#1"))) == []
    assert list(projection.affected(record(f"ORG#{ACME}", "ORG"))) == []
    assert projection.documents(["1"]) == {"1": None}


SHOWN = {
    "location": Location(country="DE", city="Munich", timezone="Europe/Berlin"),
    "total_hires": 13,
    "total_spent": 7,
    "currency": "JPY",
    "financial_privacy": True,
    "feedback_score": 1.5,
    "feedback_count": 77,  # with reviews on this marketplace, the rating depends on it
    "payment_verification_status": PaymentVerificationStatus.VERIFIED,
    "enterprise": True,
}


@pytest.mark.parametrize("field", SHOWN)
def test_change_that_documents_show_is_fanned_out(world: JobsWorld, field: str) -> None:
    acme = world.souk.table.get(ORGANIZATIONS, ACME)
    assert acme
    before = acme.model_copy(update={"payment_verification_status": None, "enterprise": False})
    after = before.model_copy(update={field: SHOWN[field]})
    images = {"OldImage": ORGANIZATIONS.encode(before), "NewImage": ORGANIZATIONS.encode(after)}
    projection = JobsProjection(world.souk.table)
    assert list(projection.shown_in(record(f"ORG#{ACME}", "ORG", **images))) == [AnyOf("company", (ACME,))]


def test_change_that_no_document_shows_is_not_fanned_out(world: JobsWorld) -> None:
    acme, team = (world.souk.table.get(ORGANIZATIONS, id_) for id_ in (ACME, DESIGN))
    assert acme
    assert team
    projection, before = JobsProjection(world.souk.table), ORGANIZATIONS.encode(acme)
    street = acme.location.model_copy(update={"address": "1 New Street"})
    unseen = {"name": "New", "version": 2, "vat_id": "1", "total_posted_jobs": 99, "location": street}
    for name, value in unseen.items():
        after = ORGANIZATIONS.encode(acme.model_copy(update={name: value}))
        assert list(projection.shown_in(record(f"ORG#{ACME}", "ORG", OldImage=before, NewImage=after))) == []
    assert list(projection.shown_in(record(f"ORG#{ACME}", "ORG", NewImage=before))) == []  # it has no postings yet
    teams = [ORGANIZATIONS.encode(one) for one in (team, team.model_copy(update={"total_hires": 9}))]
    assert list(projection.shown_in(record(f"ORG#{DESIGN}", "ORG", OldImage=teams[0], NewImage=teams[1]))) == []
    assert list(projection.shown_in(record("JOB#1", "JOB", OldImage=before, NewImage=before))) == []


def test_payment_is_fanned_out_unless_the_client_hides_spending(world: JobsWorld) -> None:
    projection = JobsProjection(world.souk.table)

    def shown_after(**counts: int) -> list[AnyOf]:
        image = {f"n_{name}": {"N": str(number)} for name, number in counts.items()}
        return list(projection.shown_in(record(f"CLIENT#{ACME}", "RECORD", NewImage=image)))

    assert shown_after(spent=500) == [AnyOf("company", (ACME,))]
    assert shown_after(spent=0) == []
    assert list(projection.shown_in(record(f"CLIENT#{ACME}", "FREELANCER#1"))) == []
    tx = world.souk.table.transaction()
    acme = world.souk.table.get(ORGANIZATIONS, ACME)
    assert acme
    tx.update(ORGANIZATIONS, acme.model_copy(update={"financial_privacy": True}))
    tx.commit()
    assert shown_after(spent=500) == []
    assert shown_after(spent=500, hires=1) == [AnyOf("company", (ACME,))]


class Recorded(JobsProjection):
    """A projection that records the postings that it reads."""

    def __init__(self, table: Table) -> None:
        super().__init__(table)
        self.read: list[str] = []

    def documents(self, ids: Collection[str]) -> Mapping[str, Document | None]:
        self.read += ids
        return super().documents(ids)


def test_payment_of_client_indexes_no_closed_posting(world: JobsWorld) -> None:
    table = world.souk.table
    open_id = world.post(organization_id=DESIGN)
    example = table.get(JOBS, open_id)
    assert example
    closed = [str(int(open_id) + 1 + number) for number in range(40)]
    tx = table.transaction()
    for id_ in closed:
        tx.create(JOBS, example.model_copy(update={"id": id_, "status": Status.CANCELLED}))
    tx.commit()
    s3 = boto3.client("s3", region_name="us-east-1")
    s3.create_bucket(Bucket="souk-search")
    projection, pieces = Recorded(table), list[Piece]()
    index = SnapshotWriter(INDEX, s3, "souk-search", table.clock)
    index.update([open_id, *closed], projection.documents)
    indexer = Indexer([(projection, index)], SimpleNamespace(send=pieces.extend))
    tx = table.transaction()
    tx.tally(CLIENT_RECORDS, client_record_key(ACME), spent=500)
    tx.commit()
    before = table.trips
    image = {"n_spent": {"N": "500"}}
    indexer.handle({"Records": [record(f"CLIENT#{ACME}", "RECORD", NewImage=image)]})
    assert table.trips - before == 1  # the client, whether it hides its spending
    assert pieces == [Piece("jobs", "company", ACME)]
    projection.read.clear()
    indexer.take(pieces[0])
    assert projection.read == [open_id]
    assert pieces[1:] == []
    assert not verify(projection, index, [open_id, *closed])


def test_search_with_the_index_of_an_older_version(world: JobsWorld, tmp_path: Path) -> None:
    """The older version did not index ratings and time zones."""
    job_id = world.post(organization_id=DESIGN)
    missing = ("client_rating", "timezones")
    older = IndexSchema(
        "jobs", tuple(field for field in INDEX.fields if field.name not in missing), INDEX.default, INDEX.searchable
    )
    found = JobsProjection(world.souk.table).documents([job_id])[job_id]
    assert found
    values = {name: value for name, value in found.values.items() if name not in missing}
    TantivyIndex(older, tmp_path).rebuild([Document(job_id, values)])
    world.index = TantivyIndex(INDEX, tmp_path)
    assert world.search(world.sofia) == [job_id]
    assert world.search(world.sofia, titleExpression_eq=found.values["title"]) == [job_id]
    for variables in (
        {"filter": {}, "sort": [{"field": "CLIENT_RATING"}]},
        {"filter": {"timezone_eq": "Europe/Berlin"}, "sort": []},
    ):
        assert world.sofia.call(SEARCH, variables).code == "SERVICE_UNAVAILABLE"
    world.index.apply({job_id: found})  # what the indexer writes until the rebuild
    assert world.search(world.sofia) == [job_id]
