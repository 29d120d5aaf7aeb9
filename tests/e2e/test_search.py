"""The search indexes of the deployed stack: rebuilt while they are searched, verified, and following their clients."""

from threading import Event, Thread
from typing import Any

import pytest

from souk.domains.identity.store import ORGANIZATIONS
from souk.domains.jobs.search.index import INDEX
from souk.search.snapshot import SnapshotWriter, read_pointer
from souk.storage import Table
from souk.values.clock import Clock
from tests.e2e.test_jobs import wait_until
from tests.support.running import Run

SEARCH = """query ($filter: MarketplaceJobPostingsSearchFilter) {
  marketplaceJobPostingsSearch(marketPlaceJobFilter: $filter) { totalCount edges { node { id } } } }"""
HIRES = 4_711
"""A number of hires that no client of the demo data has."""
INDEXED_SECONDS = 120
"""The time in which the demo data is indexed after a start, on a busy machine."""


@pytest.fixture(scope="module")
def freelancer(souk: Run) -> str:
    return souk.token("sofia@studio.test")


def found(souk: Run, token: str, **conditions: Any) -> int:
    answer = souk.post(SEARCH, token, filter=conditions)
    assert "errors" not in answer, answer
    return int(answer["data"]["marketplaceJobPostingsSearch"]["totalCount"])


def is_verified(souk: Run) -> bool:
    return souk.souk("search", "verify").returncode == 0


def test_searches_find_everything_during_a_rebuild(souk: Run, freelancer: str) -> None:
    wait_until(lambda: is_verified(souk), INDEXED_SECONDS)
    before = found(souk, freelancer)
    assert before >= 200
    totals, over = list[int](), Event()

    def search() -> None:
        while not over.is_set():
            totals.append(found(souk, freelancer))

    searching = Thread(target=search)
    searching.start()
    try:
        rebuilt = souk.souk("search", "rebuild")
    finally:
        over.set()
        searching.join()
    assert rebuilt.returncode == 0, rebuilt.stdout + rebuilt.stderr
    assert int(rebuilt.stdout.split()[1]) >= 300
    assert min(totals) == max(totals) == before
    assert is_verified(souk)


def test_spoilt_index_is_found_and_rebuilt(souk: Run) -> None:
    bucket, s3 = souk.running.outputs["SearchBucket"], souk.client("s3")
    writer = SnapshotWriter(INDEX, s3, bucket, Clock())
    spoilt = min(writer.ids())
    writer.apply({spoilt: None})
    verified = souk.souk("search", "verify")
    assert verified.returncode == 1
    assert f"jobs: missing: {spoilt}" in verified.stdout
    assert souk.souk("search", "rebuild").returncode == 0
    assert is_verified(souk)
    assert read_pointer("jobs", s3, bucket).build is None


def test_postings_follow_the_facts_of_their_client(souk: Run, freelancer: str) -> None:
    table = Table(souk.client("dynamodb"), souk.running.outputs["TableName"], Clock(), writes=("ORG#",))
    answer = souk.post("{ organization { id } }", souk.token("olivia@acme.test"))
    company = table.get(ORGANIZATIONS, str(answer["data"]["organization"]["id"]))
    assert company
    hires = {"rangeStart": HIRES - 100, "rangeEnd": HIRES + 100}
    assert found(souk, freelancer, clientHiresRange_eq=hires) == 0

    def set_hires(number: int) -> None:
        current = table.get(ORGANIZATIONS, company.id, consistent=True)
        assert current
        tx = table.transaction()
        tx.update(ORGANIZATIONS, current.model_copy(update={"total_hires": number}))
        tx.commit()

    set_hires(HIRES)
    wait_until(lambda: found(souk, freelancer, clientHiresRange_eq=hires) > 0)
    wait_until(lambda: is_verified(souk))
    set_hires(company.total_hires)
    wait_until(lambda: found(souk, freelancer, clientHiresRange_eq=hires) == 0)
