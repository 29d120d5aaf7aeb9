"""Two writers at once on one posting: one wins, the other is told, and nothing is half-written."""

from typing import Any

import pytest

from souk.domains.jobs.store import JOBS
from souk.storage import Transaction
from tests.domains.jobs.market import ACME, Market, fixed_price


def test_of_two_writers_one_wins(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    job_id = market.post()
    committed = Transaction.commit
    meanwhile: list[Any] = []

    def commit(self: Transaction) -> None:
        monkeypatch.setattr(Transaction, "commit", committed)
        meanwhile.append(market.change(job_id, jobPostingInfo={"title": "The quick one"}))
        committed(self)

    assert market.olivia.token  # her own records are written before the race
    monkeypatch.setattr(Transaction, "commit", commit)
    late = market.change(job_id, jobPostingInfo={"title": "The late one"})
    assert meanwhile[0].data["updateJobPosting"]["version"] == 2
    assert late.code == "CONFLICT"
    job = market.souk.table.get(JOBS, job_id)
    assert job
    assert (job.info.title, job.version) == ("The quick one", 2)
    assert market.events() == [("NEW", job_id), ("UPDATE", job_id)]


def test_what_is_refused_leaves_nothing_behind(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = market.post()
    monkeypatch.setattr(market.souk.tables["jobs"], "new_id", lambda: taken)
    create = "mutation ($request: JobPostingCreateRequest!) { createJobPosting(jobPostingRequest: $request) { id } }"
    request = {"organizationId": ACME, "jobPostingInfo": fixed_price(title="Another")}
    assert market.olivia.call(create, {"request": request}).code == "CONFLICT"
    job = market.souk.table.get(JOBS, taken)
    assert job
    assert job.info.title == fixed_price()["title"]
    assert market.events() == [("NEW", taken)]
