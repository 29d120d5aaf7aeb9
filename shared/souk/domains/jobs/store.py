"""Where job postings are kept.

JOB#<id>     JOB                a posting      GSI1 COMPANY#<company> / JOB#<id>: a company's, in the order of making
                                               GSI2 TEAM#<organization> / JOB#<id>: a team's, likewise
JOB#BY#<company>   POSTED       how many postings a company has published here

What binds people of the market to postings and clients. Talent clouds, invitations, proposals and contracts write
these; here they are read, to know what somebody sees and whether they applied.

CLOUD#<id>     MEMBER#<user>      a member of a talent cloud        |
APPLIED#<job>  INVITED#<user>     somebody invited to a posting     | GSI1 MARKET#<user> / <KIND>#<id of the other side>
CLIENT#<id>    FREELANCER#<user>  somebody who worked for a client  |
APPLIED#<job>  APPLICANT#<user>   somebody who applied; in no index
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from souk.domains.jobs.model import Job
from souk.domains.jobs.rules.visibility import LastContract, Relations
from souk.storage import Collection, Entity, Key, Table

WRITES: Final = ("JOB#",)
"""The beginnings of the partition keys that only the owner of this domain writes."""


class RelationKind(StrEnum):
    """What binds somebody of the market to the other side."""

    CLOUD = "CLOUD"
    INVITATION = "INVITATION"
    CLIENT = "CLIENT"
    APPLICATION = "APPLICATION"


_KEYS: Final[Mapping[RelationKind, tuple[str, str]]] = {
    RelationKind.CLOUD: ("CLOUD", "MEMBER"),
    RelationKind.INVITATION: ("APPLIED", "INVITED"),
    RelationKind.CLIENT: ("CLIENT", "FREELANCER"),
    RelationKind.APPLICATION: ("APPLIED", "APPLICANT"),
}


class Relation(Entity):
    """Something that binds a person to a talent cloud, a posting or a client."""

    kind: RelationKind
    user_id: str
    target_id: str
    """The id of the cloud, the posting or the client's company."""
    record_id: str = ""
    """Of a CLIENT the last contract, which the rest describes; of an APPLICATION the proposal; of an INVITATION it."""
    title: str = ""
    platform: str = ""
    hired_by_id: str = ""
    company_name: str = ""


def job_key(job_id: str) -> Key:
    """Return the key of a posting."""
    return Key(f"JOB#{job_id}", "JOB")


def posted_key(company_id: str) -> Key:
    """Return the key of the counter of what a company has published."""
    return Key(f"JOB#BY#{company_id}", "POSTED")


def relation_key(kind: RelationKind, target_id: str, user_id: str) -> Key:
    """Return the key of a relation."""
    partition, sort = _KEYS[kind]
    return Key(f"{partition}#{target_id}", f"{sort}#{user_id}")


def _by_person(relation: Relation) -> Key | None:
    if relation.kind is RelationKind.APPLICATION:  # there are many, and they are asked for by posting
        return None
    return Key(f"MARKET#{relation.user_id}", f"{relation.kind}#{relation.target_id}")


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
RELATIONS: Collection[Relation] = Collection(
    name="MarketRelation",
    model=Relation,
    key=relation_key,
    key_of=lambda one: relation_key(one.kind, one.target_id, one.user_id),
    indexes={"GSI1": _by_person},
)


def jobs_of_company(table: Table, company_id: str) -> list[Job]:
    """Return all postings of a company and its teams, oldest first."""
    return table.query_all(JOBS, f"COMPANY#{company_id}", index="GSI1", prefix="JOB#")


def jobs_of_team(table: Table, organization_id: str) -> list[Job]:
    """Return all postings of one team, oldest first."""
    return table.query_all(JOBS, f"TEAM#{organization_id}", index="GSI2", prefix="JOB#")


def relations_of(table: Table, user_id: str) -> Relations:
    """Return what binds a person to clouds, postings and clients."""
    found = table.query_all(RELATIONS, f"MARKET#{user_id}", index="GSI1")
    return Relations(
        clouds=frozenset(one.target_id for one in found if one.kind is RelationKind.CLOUD),
        invitations=frozenset(one.target_id for one in found if one.kind is RelationKind.INVITATION),
        clients={
            one.target_id: LastContract(one.record_id, one.title, one.platform, one.hired_by_id, one.company_name)
            for one in found
            if one.kind is RelationKind.CLIENT
        },
    )
