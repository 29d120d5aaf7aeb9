"""The table's items of the market.

CLIENT#<company>    RECORD             tally of a company: hires, spent, reviews
FREELANCER#<user>   RECORD             tally of a freelancer: contracts, earned, reviews
FREELANCER#<user>   D#<yyyy-mm-dd>     tally of a freelancer's day (UTC)
FREELANCER#<user>#HIDDEN   <reason>    tally of a freelancer's proposals that clients have hidden for a reason
CONTRACT#<id>       TOTALS             tally of a contract: earned; its other items are those of contracts
APPLIED#<job>       ACTIVITY           tally of the activity around a posting
OFFERED#<job>       PERSON#<user>      the open offer to a person for a posting, at most one

Relations of a person to a talent cloud, a posting or a client:

CLOUD#<id>          MEMBER#<user>      a member of a talent cloud        |
                    GSI2 CLOUDMEMBERS#<cloud> / <joined>#<user>       |
APPLIED#<job>       INVITED#<user>     a person invited to a posting     | GSI1 MARKET#<user> / <KIND>#<target>
CLIENT#<company>    FREELANCER#<user>  a person who worked for a client  |
APPLIED#<job>       APPLICANT#<user>   a person who applied; not indexed
CLIENT#<company>    CONTACT#<user>     a person whom a client has made an offer, or written to; not indexed
CLIENT#<company>    AGENCY#<company>   the agency that such a person works for; not indexed

CLOUD#<id>          MEMBERS            the number of members of a talent cloud
CLOUD#OF#<user>     COUNT              the number of a person's talent clouds
CLOUDS#<company>    PERSON#<user>      tally of the talent clouds of a company that a person is in

The domain whose command causes a change writes it in the same transaction.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from souk.deadlines.model import schedule
from souk.domains.agreements.model import Parties
from souk.domains.market import rules
from souk.domains.market.model import (
    Activity,
    ClientRecord,
    CloudTies,
    ContractTotals,
    DayTally,
    FreelancerRecord,
    HiddenReason,
    OpenOffer,
    Payment,
    Relation,
    RelationKind,
    Relations,
)
from souk.storage import Collection, Key, Page, Series, StoredList, Table, Tally, Transaction
from souk.storage.partition import Partition
from souk.values.errors import Conflict

WRITES: Final = ("CLIENT#", "FREELANCER#")
"""The key prefixes of both track records. Proposals own APPLIED#, and offers own OFFERED#."""
_CHUNK: Final = 100
_MOST_SEARCHED: Final = 1_000
"""Relations of a kind that a search takes into account."""

_KEYS: Final[Mapping[RelationKind, tuple[str, str]]] = {
    RelationKind.CLOUD: ("CLOUD", "MEMBER"),
    RelationKind.INVITATION: ("APPLIED", "INVITED"),
    RelationKind.CLIENT: ("CLIENT", "FREELANCER"),
    RelationKind.APPLICATION: ("APPLIED", "APPLICANT"),
    RelationKind.CONTACT: ("CLIENT", "CONTACT"),
    RelationKind.AGENCY: ("CLIENT", "AGENCY"),
}
_ONLY_BY_TARGET: Final = frozenset({RelationKind.APPLICATION, RelationKind.CONTACT, RelationKind.AGENCY})
"""Relations that are never listed by person: applications are numerous, and contacts decide only who sees whom."""


def relation_key(kind: RelationKind, target_id: str, user_id: str) -> Key:
    """Return the key of a relation."""
    partition, sort = _KEYS[kind]
    return Key(f"{partition}#{target_id}", f"{sort}#{user_id}")


def _by_person(relation: Relation) -> Key | None:
    if relation.kind in _ONLY_BY_TARGET:
        return None
    return Key(f"MARKET#{relation.user_id}", f"{relation.kind}#{relation.target_id}")


def _members(relation: Relation) -> Key | None:
    """Return the key in the list of a cloud's members. Those of an earlier release come last."""
    if relation.kind is not RelationKind.CLOUD:
        return None
    return Key(f"CLOUDMEMBERS#{relation.target_id}", f"{relation.joined}#{relation.user_id}")


def members_key(cloud_id: str) -> Key:
    """Return the key of the number of members of a talent cloud."""
    return Key(f"CLOUD#{cloud_id}", "MEMBERS")


def person_clouds_key(user_id: str) -> Key:
    """Return the key of the number of a person's talent clouds."""
    return Key(f"CLOUD#OF#{user_id}", "COUNT")


RELATIONS: Collection[Relation] = Collection(
    name="MarketRelation",
    model=Relation,
    key=relation_key,
    key_of=lambda one: relation_key(one.kind, one.target_id, one.user_id),
    indexes={"GSI1": _by_person, "GSI2": _members},
    counters={
        "GSI1": lambda one: person_clouds_key(one.user_id) if one.kind is RelationKind.CLOUD else None,
        "GSI2": lambda one: members_key(one.target_id) if one.kind is RelationKind.CLOUD else None,
    },
)
PERSON_CLOUDS: Final = StoredList(
    "personTalentClouds", RELATIONS, "MARKET#{}".format, index="GSI1", prefix="CLOUD#", counter=person_clouds_key
)
"""The memberships of a person in talent clouds."""
CLOUD_MEMBERS: Final = StoredList(
    "talentCloudMembers", RELATIONS, "CLOUDMEMBERS#{}".format, index="GSI2", counter=members_key
)
"""The members of a talent cloud, those who joined last first."""
LISTS: Final = (PERSON_CLOUDS, CLOUD_MEMBERS)
MAX_PERSON_CLOUDS: Final = 1_000
"""The talent clouds of a person: a search takes them all into account."""


def record_contact(tx: Transaction, parties: Parties) -> None:
    """Record in a transaction that a client has made a person an offer, or written to them. It can be repeated."""
    _record(tx, RelationKind.CONTACT, parties.client_company_id, parties.vendor_user_id)
    record_agency(tx, parties)


def record_agency(tx: Transaction, parties: Parties) -> None:
    """Record in a transaction that a client knows the agency of the other side, if it has one. It can be repeated."""
    if parties.agency:
        _record(tx, RelationKind.AGENCY, parties.client_company_id, parties.vendor_company_id)


def _record(tx: Transaction, kind: RelationKind, target_id: str, user_id: str) -> None:
    tx.replace(RELATIONS, Relation(kind=kind, user_id=user_id, target_id=target_id, version=1))


def relations_for_search(table: Table, user_id: str, *, with_clients: bool = False) -> Relations:
    """Return the relations of a person that a search needs as sets: to clouds and postings, and to clients if asked.

    Each kind has at most 1,000 relations: the invitations to the newest postings. The index is eventually consistent.
    It takes one round trip for a person with fewer relations.
    """
    kinds = (RelationKind.CLOUD, RelationKind.CLIENT) if with_clients else (RelationKind.CLOUD,)
    page = _related(table, user_id, kinds[-1], RelationKind.INVITATION)
    found = page.items
    if page.next_key is not None:
        found = [*found, *(one for kind in kinds for one in _related(table, user_id, kind, kind).items)]
    return Relations.of(found)


def _related(table: Table, user_id: str, first: RelationKind, last: RelationKind) -> Page[Relation]:
    """Return relations of a person, of the kinds from `first` to `last` by their names, the last ones first."""
    between = (f"{first}#", f"{last}#~")
    return table.query(
        RELATIONS, f"MARKET#{user_id}", index="GSI1", between=between, limit=_MOST_SEARCHED, newest_first=True
    )


def cloud_ties_key(company_id: str, user_id: str) -> Key:
    """Return the key of the tally of a company's talent clouds that a person is in."""
    return Key(f"CLOUDS#{company_id}", f"PERSON#{user_id}")


CLOUD_TIES: Tally[CloudTies] = Tally("CloudTies", CloudTies, cloud_ties_key)


def add_to_cloud(tx: Transaction, member: Relation) -> Relation:
    """Add a new membership in a talent cloud to a transaction. Its client sees a private profile from now on."""
    tx.tally(CLOUD_TIES, cloud_ties_key(member.company_id, member.user_id), clouds=1)
    return tx.create(RELATIONS, member)


def remove_from_cloud(tx: Transaction, member: Relation) -> None:
    """Add the end of a membership in a talent cloud to a transaction."""
    if member.joined:  # those of earlier releases were not counted
        tx.tally(CLOUD_TIES, cloud_ties_key(member.company_id, member.user_id), clouds=-1)
    tx.delete(RELATIONS, member)


def complete_membership(tx: Transaction, member: Relation) -> Relation:
    """Add to a transaction what the membership of an earlier release lacks."""
    tx.tally(CLOUD_TIES, cloud_ties_key(member.company_id, member.user_id), clouds=1)
    return tx.update(RELATIONS, member)


def cloud_clients(table: Table, user_id: str) -> list[str]:
    """Return the companies whose talent clouds a person belongs to. The index is eventually consistent."""
    companies = (one.company_id for one in _related(table, user_id, RelationKind.CLOUD, RelationKind.CLOUD).items)
    return sorted({company for company in companies if company})


def client_record_key(company_id: str) -> Key:
    """Return the key of a company's track record."""
    return Key(f"CLIENT#{company_id}", "RECORD")


def freelancer_record_key(user_id: str) -> Key:
    """Return the key of a freelancer's track record."""
    return Key(f"FREELANCER#{user_id}", "RECORD")


def day_key(user_id: str, at: str) -> Key:
    """Return the key of a freelancer's day, from a day or a time (ISO 8601, UTC)."""
    return Key(f"FREELANCER#{user_id}", f"D#{at[:10]}")


def totals_key(contract_id: str) -> Key:
    """Return the key of a contract's totals."""
    return Key(f"CONTRACT#{contract_id}", "TOTALS")


def hidden_key(user_id: str, reason_id: str) -> Key:
    """Return the key of the tally of a freelancer's proposals that were hidden for a reason."""
    return Key(f"FREELANCER#{user_id}#HIDDEN", reason_id)


CLIENT_RECORDS: Tally[ClientRecord] = Tally("ClientRecord", ClientRecord, client_record_key)
FREELANCER_RECORDS: Tally[FreelancerRecord] = Tally("FreelancerRecord", FreelancerRecord, freelancer_record_key)
DAYS: Tally[DayTally] = Tally("DayTally", DayTally, day_key, sort_key="day")
CONTRACT_TOTALS: Tally[ContractTotals] = Tally("ContractTotals", ContractTotals, totals_key)
HIDDEN_REASONS: Tally[HiddenReason] = Tally("HiddenReason", HiddenReason, hidden_key, sort_key="reason_id")
LAST_DAYS: Final = Series(
    "lastDays",
    DAYS,
    partition="FREELANCER#{}".format,
    between=lambda _, today: (f"D#{rules.first_day(today, rules.LONGEST)}", f"D#{today}"),
    most=rules.LONGEST,
)
"""The days of the longest period until a day (yyyy-mm-dd) of which something is shown, oldest first."""
WHY_HIDDEN: Final = Series(
    "whyHidden", HIDDEN_REASONS, partition="FREELANCER#{}#HIDDEN".format, between=lambda _: ("0", "~"), most=100
)
"""The reasons of the reference data for which a freelancer's proposals were hidden."""
SCORE: Final = "reputation.score"
"""The deadline kind that computes the job success score and the standing of a freelancer."""
MOST_CONTRACTS: Final = 100
"""Contracts that a day holds: less than 4 KB. More contracts on one day do not count as recent."""


def record_hire(tx: Transaction, user_id: str, at: str) -> None:
    """Add a contract that begins to the tallies of its freelancer, in a transaction."""
    at_record = freelancer_record_key(user_id)
    tx.tally(FREELANCER_RECORDS, at_record, contracts=1, current=1)
    tx.latest(at_record, last_hired=at)
    tx.tally(DAYS, day_key(user_id, at), hired=1)
    _schedule_score(tx, user_id)


def record_end(tx: Transaction, user_id: str) -> None:
    """Add the end of a contract to the record of its freelancer, in a transaction."""
    tx.tally(FREELANCER_RECORDS, freelancer_record_key(user_id), current=-1)
    _schedule_score(tx, user_id)


def _schedule_score(tx: Transaction, user_id: str) -> None:
    """Schedule the next computation of a freelancer's score. Scheduling it again changes nothing."""
    schedule(tx, SCORE, user_id, rules.next_scoring(user_id, tx.clock.market()))


def record_review(tx: Transaction, user_id: str, at: str, counts: Mapping[str, int]) -> None:
    """Add the change of a shown review to the tallies of a freelancer and of the day `at` when it was shown first."""
    tx.tally(FREELANCER_RECORDS, freelancer_record_key(user_id), **counts)
    tx.tally(DAYS, day_key(user_id, at), **counts)


def record_payment(tx: Transaction, payment: Payment) -> None:
    """Add a payment to the tallies of its contract, its day and its freelancer, in a transaction.

    Call it once for each contract in a transaction. Payments at the same time all count: a contract that has changed
    since its totals were read is read again.
    """
    at_totals, at_day = totals_key(payment.contract_id), day_key(payment.user_id, payment.at)
    at_record = freelancer_record_key(payment.user_id)

    def add() -> None:
        found = tx.read_tallies({at_totals: CONTRACT_TOTALS, at_day: DAYS})
        before, contracts = found[at_totals].earned, found[at_day].contracts
        tx.depend(at_totals, earned=before)
        totals = {"earned": payment.earned, "received": payment.received, "minutes": payment.minutes}
        tx.tally(CONTRACT_TOTALS, at_totals, **totals)
        tx.tally(FREELANCER_RECORDS, at_record, **rules.crossings(payment, before))
        mark = rules.job_mark(payment)
        if payment.earned > 0 and mark not in contracts and len(contracts) < MOST_CONTRACTS:
            tx.mark(at_day, "contracts", mark, most=MOST_CONTRACTS)

    counts = rules.amounts(payment) | {"minutes": payment.minutes}
    tx.tally(FREELANCER_RECORDS, at_record, **counts)
    tx.tally(DAYS, at_day, **counts)
    if payment.earned > 0:
        tx.latest(at_record, last_paid=payment.at)
    tx.derive(add)


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


def open_offers_for(table: Table, job_id: str) -> Iterator[str]:
    """Yield the ids of the open offers for a posting, read in chunks. The reads are strongly consistent."""
    offers = Partition(OPEN_OFFERS, f"OFFERED#{job_id}", newest_first=False)
    for chunk in offers.chunks(table, _CHUNK):
        yield from (one.offer_id for one in chunk)


def check_open_offer(tx: Transaction, job_id: str, user_id: str, seen: OpenOffer | None) -> None:
    """Add a check to a transaction: the open offer to a person for a posting must still be the one that was read."""
    changed = Conflict("An offer for this job was made or answered in the meantime. Look at it and try again.")
    if seen is None:
        tx.check_absent(OPEN_OFFERS, job_id, user_id, refused=changed)
    else:
        tx.check(OPEN_OFFERS, seen, changed)
