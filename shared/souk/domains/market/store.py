"""The table's items of the market.

CLIENT#<company>    RECORD             tally of a company: hires, spent, reviews
FREELANCER#<user>   RECORD             tally of a freelancer: contracts, earned, reviews
APPLIED#<job>       ACTIVITY           tally of the activity around a posting
OFFERED#<job>       PERSON#<user>      the open offer to a person for a posting, at most one

Relations of a person to a talent cloud, a posting or a client:

CLOUD#<id>          MEMBER#<user>      a member of a talent cloud        |
APPLIED#<job>       INVITED#<user>     a person invited to a posting     | GSI1 MARKET#<user> / <KIND>#<target>
CLIENT#<company>    FREELANCER#<user>  a person who worked for a client  |
APPLIED#<job>       APPLICANT#<user>   a person who applied; not indexed

The domain whose command causes a change writes it in the same transaction.
"""

from collections.abc import Mapping
from typing import Final

from souk.domains.market.model import (
    Activity,
    ClientRecord,
    FreelancerRecord,
    LastContract,
    OpenOffer,
    Relation,
    RelationKind,
    Relations,
)
from souk.storage import Collection, Key, Table, Tally, Transaction
from souk.values.errors import Conflict

WRITES: Final = ("CLIENT#", "FREELANCER#")
"""The key prefixes of both track records. Proposals own APPLIED#, and offers own OFFERED#."""

_KEYS: Final[Mapping[RelationKind, tuple[str, str]]] = {
    RelationKind.CLOUD: ("CLOUD", "MEMBER"),
    RelationKind.INVITATION: ("APPLIED", "INVITED"),
    RelationKind.CLIENT: ("CLIENT", "FREELANCER"),
    RelationKind.APPLICATION: ("APPLIED", "APPLICANT"),
}


def relation_key(kind: RelationKind, target_id: str, user_id: str) -> Key:
    """Return the key of a relation."""
    partition, sort = _KEYS[kind]
    return Key(f"{partition}#{target_id}", f"{sort}#{user_id}")


def _by_person(relation: Relation) -> Key | None:
    if relation.kind is RelationKind.APPLICATION:  # numerous, and only read by posting
        return None
    return Key(f"MARKET#{relation.user_id}", f"{relation.kind}#{relation.target_id}")


RELATIONS: Collection[Relation] = Collection(
    name="MarketRelation",
    model=Relation,
    key=relation_key,
    key_of=lambda one: relation_key(one.kind, one.target_id, one.user_id),
    indexes={"GSI1": _by_person},
)


def relations_of(table: Table, user_id: str) -> Relations:
    """Return the relations of a person to clouds, postings and clients."""
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


def client_record_key(company_id: str) -> Key:
    """Return the key of a company's track record."""
    return Key(f"CLIENT#{company_id}", "RECORD")


def freelancer_record_key(user_id: str) -> Key:
    """Return the key of a freelancer's track record."""
    return Key(f"FREELANCER#{user_id}", "RECORD")


CLIENT_RECORDS: Tally[ClientRecord] = Tally("ClientRecord", ClientRecord, client_record_key)
FREELANCER_RECORDS: Tally[FreelancerRecord] = Tally("FreelancerRecord", FreelancerRecord, freelancer_record_key)


def activity_key(job_id: str) -> Key:
    """Return the key of a posting's activity."""
    return Key(f"APPLIED#{job_id}", "ACTIVITY")


ACTIVITY: Tally[Activity] = Tally(name="Activity", model=Activity, key=activity_key)


def _open_key(job_id: str, user_id: str) -> Key:
    return Key(f"OFFERED#{job_id}", f"PERSON#{user_id}")


OPEN_OFFERS: Collection[OpenOffer] = Collection(
    name="OpenOffer", model=OpenOffer, key=_open_key, key_of=lambda one: _open_key(one.job_id, one.user_id)
)
"""Loaded by the ids of the posting and of the person."""


def open_offers_for(table: Table, job_id: str) -> list[str]:
    """Return the ids of the open offers for a posting. The read is strongly consistent."""
    return [one.offer_id for one in table.query_all(OPEN_OFFERS, f"OFFERED#{job_id}", consistent=True)]


def check_open_offer(tx: Transaction, job_id: str, user_id: str, seen: OpenOffer | None) -> None:
    """Add a check to a transaction: the open offer to a person for a posting must still be the one that was read."""
    changed = Conflict("An offer for this job was made or answered in the meantime. Look at it and try again.")
    if seen is None:
        tx.check_absent(OPEN_OFFERS, job_id, user_id, refused=changed)
    else:
        tx.check(OPEN_OFFERS, seen, changed)
