"""Concurrent writes to one posting: one succeeds, the other gets a conflict and writes nothing."""

from typing import Any

import pytest

from souk.domains.jobs.store import JOBS
from souk.storage import Transaction
from tests.support.worlds.jobs import ACME, JobsWorld, fixed_price


def test_concurrent_update_conflicts(world: JobsWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    job_id = world.post()
    committed = Transaction.commit
    answers: list[Any] = []

    def commit(self: Transaction) -> None:
        monkeypatch.setattr(Transaction, "commit", committed)
        answers.append(world.change(job_id, jobPostingInfo={"title": "The quick one"}))
        committed(self)

    assert world.olivia.token  # her own records are written before the race
    monkeypatch.setattr(Transaction, "commit", commit)
    late = world.change(job_id, jobPostingInfo={"title": "The late one"})
    assert answers[0].data["updateJobPosting"]["version"] == 2
    assert late.code == "CONFLICT"
    job = world.souk.table.get(JOBS, job_id)
    assert job
    assert (job.info.title, job.version) == ("The quick one", 2)
    assert world.events() == [("NEW", job_id), ("UPDATE", job_id)]


def test_refused_create_changes_nothing(world: JobsWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = world.post()
    monkeypatch.setattr(world.souk.tables["jobs"], "new_id", lambda: taken)
    create = "mutation ($request: JobPostingCreateRequest!) { createJobPosting(jobPostingRequest: $request) { id } }"
    request = {"organizationId": ACME, "jobPostingInfo": fixed_price(title="Another")}
    assert world.olivia.call(create, {"request": request}).code == "CONFLICT"
    job = world.souk.table.get(JOBS, taken)
    assert job
    assert job.info.title == fixed_price()["title"]
    assert world.events() == [("NEW", taken)]
