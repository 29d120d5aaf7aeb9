"""Writing the demo data to a table, through the collections of the domains that own it."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from souk.authentication.records import API_KEYS, MEMBERSHIPS, ApiKey, held_keys_key
from souk.domains.gigs.model import Gig
from souk.domains.gigs.model import Status as GigStatus
from souk.domains.gigs.store import GIGS
from souk.domains.gigs.store import count as count_gigs
from souk.domains.gigs.store import put as put_gig
from souk.domains.identity.store import ORGANIZATIONS, USERS, create_user
from souk.domains.jobs.model import Access, Job, Status
from souk.domains.jobs.store import JOBS
from souk.domains.market.model import Activity, Relation, RelationKind
from souk.domains.market.store import ACTIVITY, RELATIONS, activity_key
from souk.domains.offers.store import OFFERS
from souk.domains.proposals.model import JobInvitation
from souk.domains.proposals.store import INVITATIONS, PROPOSALS
from souk.domains.talent.store import PROFILES
from souk.local.demo.applications import LAST, Application, applications, invitations
from souk.local.demo.deals import OPEN, deals
from souk.local.demo.gigs import gig_id, gigs
from souk.local.demo.gigs import texts as gig_texts
from souk.local.demo.people import (
    SERVICE_KEY_ID,
    DemoPeople,
    api_key,
    demo_people,
    organization_id,
    service_key,
    user_id,
)
from souk.local.demo.posts import CLOUD, briefs, job_id, posts
from souk.local.demo.profiles import profiles
from souk.storage import Collection, Entity, Key, Table

_AT_ONCE = 25
"""Entities in one transaction: few enough to be quick, and a person is three writes."""
_ACME, _SOFIA = organization_id(1), user_id(101)


@dataclass(frozen=True, slots=True)
class _Entry:
    """Something that shall be in the table."""

    collection: Collection[Any]
    entity: Entity

    @property
    def key(self) -> Key:
        return self.collection.key_of(self.entity)


def load(table: Table, say: Callable[[str], object], now: datetime | None = None) -> int:
    """Write what is missing of the demo data, and return how many entities that were.

    `table` must be allowed to write every key. What is there already stays as it is, changed by people or not, so a
    load that was interrupted is finished by the next one. Times are counted back from `now`. No events are told of
    it: to subscribers the demo's past is no news.
    """
    # Written last, and added last.
    ends = [
        JOBS.key(job_id(len(briefs()) - 1)),
        API_KEYS.key(SERVICE_KEY_ID),
        GIGS.key(gig_id(len(gig_texts()) - 1)),
        OFFERS.key(OPEN),
        PROPOSALS.key(LAST),
    ]
    if len(table.batch_get(ends, consistent=True)) == len(ends):
        return 0
    moment = now or table.clock.market()
    people = demo_people(moment)
    made = list(posts(people.clients, moment))
    posted = [post.job for post in made]
    applied = list(applications(posted, moment))
    counted = {one.proposal.job_id for one in applied}  # by the proposals themselves
    happened = {post.job.id: Activity() if post.job.id in counted else post.activity for post in made}
    wanted = list(_entries(people, posted, moment))
    present = table.batch_get([entry.key for entry in wanted], consistent=True)
    missing = [entry for entry in wanted if entry.key not in present]
    if missing:
        say(f"Loading demo data: {len(missing)} of {len(wanted)} records")
    for start in range(0, len(missing), _AT_ONCE):
        tx, part = table.transaction(), missing[start : start + _AT_ONCE]
        for entry in part:
            if entry.collection is USERS:
                create_user(tx, USERS.model.model_validate(entry.entity))
            elif isinstance(entry.entity, Gig):
                put_gig(tx, entry.entity)
            else:
                tx.create(entry.collection, entry.entity)
            if isinstance(entry.entity, Job):
                counts = happened[entry.entity.id].model_dump(exclude={"version"})
                tx.tally(ACTIVITY, activity_key(entry.entity.id), **counts)
            elif isinstance(entry.entity, JobInvitation):
                tx.tally(ACTIVITY, activity_key(entry.entity.job_id), invites_sent=1, invites_unanswered=1)
        keys = (entry.entity for entry in part if isinstance(entry.entity, ApiKey))
        for company_id, held in Counter(key.root_id for key in keys).items():
            tx.count(held_keys_key(company_id), held)
        kept = (entry.entity for entry in part if isinstance(entry.entity, Gig))
        for owner_id, owned in Counter(gig.owner_id for gig in kept if gig.status is not GigStatus.DELETED).items():
            count_gigs(tx, owner_id, owned)
        tx.commit()
    return len(missing) + _settle_applications(table, applied) + _settle_deals(table, people, posted, moment)


def _settle_applications(table: Table, applied: list[Application]) -> int:
    """Write the proposals that are not in the table with all that belongs to them, and return how many those were."""
    there = table.batch_get([PROPOSALS.key(one.proposal.id) for one in applied], consistent=True)
    missing = [one for one in applied if PROPOSALS.key(one.proposal.id) not in there]
    for application in missing:
        application.settle(table)
    return len(missing)


def _settle_deals(table: Table, people: DemoPeople, posted: list[Job], now: datetime) -> int:
    """Write the offers that are not in the table with all that belongs to them, and return how many those were."""
    acme = next(one for one in people.organizations if one.id == _ACME)
    missing = [one for one in deals(acme, posted, now) if table.get(OFFERS, one.offer.id, consistent=True) is None]
    for deal in missing:
        deal.settle(table, acme)
    return len(missing)


def _entries(people: DemoPeople, posted: list[Job], now: datetime) -> Iterator[_Entry]:
    published = Counter(job.company_id for job in posted if job.published)
    for organization in people.organizations:
        total = organization.total_posted_jobs + published[organization.id]
        yield _Entry(ORGANIZATIONS, organization.model_copy(update={"total_posted_jobs": total}))
    yield from (_Entry(USERS, user) for user in people.users)
    yield from (_Entry(MEMBERSHIPS, membership) for membership in people.memberships)
    yield from (_Entry(API_KEYS, key) for key in (api_key(now), service_key(now)))
    yield _Entry(RELATIONS, Relation(kind=RelationKind.CLOUD, user_id=_SOFIA, target_id=CLOUD))
    private = [job for job in posted if job.access is Access.ACCESS_PRIVATE and job.status is Status.REQUESTED]
    for invitation, relation in invitations(private[:2], now):
        yield _Entry(RELATIONS, relation)
        yield _Entry(INVITATIONS, invitation)
    yield from (_Entry(PROFILES, profile) for profile in profiles(now))
    yield from (_Entry(JOBS, job) for job in posted)
    yield from (_Entry(GIGS, gig) for gig in gigs({user.email: user.id for user in people.users}, now))
