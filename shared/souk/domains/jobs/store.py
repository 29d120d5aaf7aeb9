"""Where job postings are kept.

JOB#<id>     JOB                a posting      GSI1 COMPANY#<company> / JOB#<id>: a company's, in the order of making
                                               GSI2 TEAM#<organization> / JOB#<id>: a team's, likewise
JOB#BY#<company>   POSTED       how many postings a company has published here
"""

from typing import Final

from souk.domains.jobs.model import Job
from souk.storage import Collection, Key, Table

WRITES: Final = ("JOB#",)
"""The beginnings of the partition keys that only the owner of this domain writes."""


def job_key(job_id: str) -> Key:
    """Return the key of a posting."""
    return Key(f"JOB#{job_id}", "JOB")


def posted_key(company_id: str) -> Key:
    """Return the key of the counter of what a company has published."""
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
