"""The table's items of job postings.

JOB#<id>     JOB                a posting      GSI1 COMPANY#<company> / JOB#<id>: of a company, oldest first
                                               GSI2 TEAM#<organization> / JOB#<id>: of a team, oldest first
                                               GSI3 TAKENDOWN#JOB_POSTING / <time>#<id>: while it is taken down
JOB#BY#<company>   POSTED       counter of the postings that a company has published
JOB#BY#<company>   COUNT        counter of all postings of a company and its teams
JOB#TEAM#<organization>  COUNT  counter of all postings of a team
"""

from typing import Final

from souk.domains.jobs.model import Job, Status
from souk.domains.moderation.model import ContentKind
from souk.domains.moderation.store import taken_down, taken_down_key
from souk.storage import Collection, DayCounter, Key, Reading, StoredList, View

NEW_POSTINGS: Final = DayCounter("POSTINGS")
"""The postings that were published for the first time, by day."""
WRITES: Final = ("JOB#", NEW_POSTINGS.prefix)
"""The key prefixes that only this domain writes."""


def job_key(job_id: str) -> Key:
    """Return the key of a posting."""
    return Key(f"JOB#{job_id}", "JOB")


def posted_key(company_id: str) -> Key:
    """Return the key of a company's counter of published postings."""
    return Key(f"JOB#BY#{company_id}", "POSTED")


def company_count_key(company_id: str) -> Key:
    """Return the key of the counter of all postings of a company and its teams."""
    return Key(f"JOB#BY#{company_id}", "COUNT")


def team_count_key(organization_id: str) -> Key:
    """Return the key of the counter of all postings of a team."""
    return Key(f"JOB#TEAM#{organization_id}", "COUNT")


JOBS: Collection[Job] = Collection(
    name="JobPosting",
    model=Job,
    key=job_key,
    key_of=lambda job: job_key(job.id),
    indexes={
        "GSI1": lambda job: Key(f"COMPANY#{job.company_id}", f"JOB#{job.id}"),
        "GSI2": lambda job: Key(f"TEAM#{job.organization_id}", f"JOB#{job.id}"),
        "GSI3": lambda job: taken_down_key(ContentKind.JOB_POSTING, job.takedown, job.id),
    },
    filters={
        "status": lambda job: job.status,
        "access": lambda job: job.access,
        "team": lambda job: job.organization_id,
        "person": lambda job: job.owner_id,
        "contract_type": lambda job: job.info.type and job.info.type.contract_type,
    },
    # The company and the team of a posting never change (`souk.domains.jobs.rules.changes.check_organization`).
    counters={
        "GSI1": lambda job: company_count_key(job.company_id),
        "GSI2": lambda job: team_count_key(job.organization_id),
    },
)

COMPANY_JOBS: Final = StoredList(
    "companyJobPostings", JOBS, "COMPANY#{}".format, index="GSI1", prefix="JOB#", counter=company_count_key
)
"""The postings of a company and its teams."""
TEAM_JOBS: Final = StoredList(
    "teamJobPostings", JOBS, "TEAM#{}".format, index="GSI2", prefix="JOB#", counter=team_count_key
)
"""The postings of one team."""
TAKEN_DOWN_JOBS: Final = StoredList(
    "takenDownJobPostings", JOBS, lambda: taken_down(ContentKind.JOB_POSTING), index="GSI3"
)
"""The postings that are taken down, the latest takedown first."""
_OPEN: Final[View[Job, Job]] = View(
    [lambda one: one.status is Status.REQUESTED], among={"status": frozenset({Status.REQUESTED})}
)
OPEN_POSTINGS: Final = Reading("openPostings", lambda table, id_: COMPANY_JOBS.of(table, id_).count_first(_OPEN))
"""The number of published postings of a company and its teams."""
OPEN_TEAM_POSTINGS: Final = Reading("openTeamPostings", lambda table, id_: TEAM_JOBS.of(table, id_).count_first(_OPEN))
"""The number of published postings of a team."""
LISTS: Final = (COMPANY_JOBS, TEAM_JOBS, TAKEN_DOWN_JOBS)
