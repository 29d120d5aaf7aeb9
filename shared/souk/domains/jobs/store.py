"""The table's items of job postings.

JOB#<id>     JOB                a posting      GSI1 COMPANY#<company> / JOB#<id>: of a company, oldest first
                                               GSI2 TEAM#<organization> / JOB#<id>: of a team, oldest first
JOB#BY#<company>   POSTED       counter of the postings that a company has published
"""

from typing import Final

from souk.domains.jobs.model import Job
from souk.storage import Collection, Key, Table

WRITES: Final = ("JOB#",)
"""The key prefixes that only this domain writes."""


def job_key(job_id: str) -> Key:
    """Return the key of a posting."""
    return Key(f"JOB#{job_id}", "JOB")


def posted_key(company_id: str) -> Key:
    """Return the key of a company's counter of published postings."""
    return Key(f"JOB#BY#{company_id}", "POSTED")


JOBS: Collection[Job] = Collection(
    name="JobPosting",
    model=Job,
    key=job_key,
    key_of=lambda job: job_key(job.id),
    indexes={
        "GSI1": lambda job: Key(f"COMPANY#{job.company_id}", f"JOB#{job.id}"),
        "GSI2": lambda job: Key(f"TEAM#{job.organization_id}", f"JOB#{job.id}"),
    },
)


def jobs_of_company(table: Table, company_id: str) -> list[Job]:
    """Return all postings of a company and its teams, oldest first."""
    return table.query_all(JOBS, f"COMPANY#{company_id}", index="GSI1", prefix="JOB#")


def jobs_of_team(table: Table, organization_id: str) -> list[Job]:
    """Return all postings of one team, oldest first."""
    return table.query_all(JOBS, f"TEAM#{organization_id}", index="GSI2", prefix="JOB#")
