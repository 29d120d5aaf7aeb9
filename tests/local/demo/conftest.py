"""The demo people and their postings, as they are before they are loaded."""

import pytest

from souk.domains.jobs.model import Job
from souk.local.demo.people import DemoPeople, demo_people
from souk.local.demo.posts import jobs
from tests.support.demo import NOW


@pytest.fixture(scope="module")
def people() -> DemoPeople:
    """Return the demo people."""
    return demo_people(NOW)


@pytest.fixture(scope="module")
def posted(people: DemoPeople) -> list[Job]:
    """Return the demo postings."""
    return list(jobs(people.clients, NOW))
