"""Writes the demo data to a table, through the collections of the domains that own it."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from souk.authentication.records import API_KEYS, MEMBERSHIPS, ApiKey, held_keys_key
from souk.domains.clouds.store import CLOUDS
from souk.domains.feedback.store import FEEDBACKS
from souk.domains.gigs.model import Gig
from souk.domains.gigs.model import Status as GigStatus
from souk.domains.gigs.store import GIGS
from souk.domains.gigs.store import count as count_gigs
from souk.domains.gigs.store import put as put_gig
from souk.domains.identity.store import ORGANIZATIONS, USERS, create_user
from souk.domains.jobs.model import Access, Job, Status
from souk.domains.jobs.store import JOBS
from souk.domains.market.model import Activity
from souk.domains.market.store import ACTIVITY, RELATIONS, activity_key
from souk.domains.offers.store import OFFERS
from souk.domains.operator.commands.bootstrap import bootstrap
from souk.domains.proposals.model import JobInvitation
from souk.domains.proposals.store import INVITATIONS, PROPOSALS, create_invitation
from souk.domains.savedsearches.store import SEARCHES
from souk.domains.workflow.store import WORKFLOWS
from souk.local.demo.accounts import fill_in, signed_up_organization, signed_up_user
from souk.local.demo.activities import add_activities
from souk.local.demo.applications import LAST, Application, applications, invitations
from souk.local.demo.clouds import CLOUD, WORKFLOW, make_clouds
from souk.local.demo.conversations import write_conversations
from souk.local.demo.customfields import LAST as LAST_FIELD
from souk.local.demo.customfields import define_fields
from souk.local.demo.deals import OPEN, deals
from souk.local.demo.decisions import decide, undecided
from souk.local.demo.gigs import gig_id, gigs
from souk.local.demo.gigs import texts as gig_texts
from souk.local.demo.hours import track_weeks
from souk.local.demo.past import WORK, write_past
from souk.local.demo.people import (
    SERVICE_KEY_ID,
    DemoPeople,
    api_key,
    demo_people,
    operator,
    organization_id,
    service_key,
)
from souk.local.demo.posts import briefs, job_id, posts
from souk.local.demo.profiles import write_profiles
from souk.local.demo.savedsearches import LAST as LAST_SEARCH
from souk.local.demo.savedsearches import save_searches
from souk.storage import Collection, Entity, Key, Table

_BATCH = 20
"""Entities in one transaction. A person takes three writes, and a posting four with its counters."""
_ACME = organization_id(1)


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entity of the demo data."""

    collection: Collection[Any]
    entity: Entity

    @property
    def key(self) -> Key:
        return self.collection.key_of(self.entity)


def load(table: Table, say: Callable[[str], object], now: datetime | None = None) -> int:
    """Write the missing demo data and return the number of entities written.

    `table` must be allowed to write every key. Existing entities are not changed, so the next load completes an
    interrupted one. Times are relative to `now`. No events are published.
    """
    # The entities that are written last.
    ends = [
        JOBS.key(job_id(len(briefs()) - 1)),
        API_KEYS.key(SERVICE_KEY_ID),
        GIGS.key(gig_id(len(gig_texts()) - 1)),
        OFFERS.key(OPEN),
        PROPOSALS.key(LAST),
        FEEDBACKS.key(WORK[-1].id),
        SEARCHES.key(LAST_SEARCH),
        CLOUDS.key(CLOUD),
        LAST_FIELD,
        WORKFLOWS.key(WORKFLOW),
    ]
    moment = now or table.clock.market()
    bootstrap(table, operator(), "The demo data", moment - timedelta(days=3000))
    if len(table.batch_get(ends, consistent=True)) == len(ends):
        return 0
    people = demo_people(moment)
    all_posts = list(posts(people.clients, moment))
    posted = [post.job for post in all_posts]
    proposals = list(applications(posted, moment))
    with_proposals = {application.proposal.job_id for application in proposals}  # these count their own activity
    activities = {post.job.id: Activity() if post.job.id in with_proposals else post.activity for post in all_posts}
    entries = list(_entries(people, posted, moment))
    present = table.batch_get([entry.key for entry in entries], consistent=True)
    missing = [entry for entry in entries if entry.key not in present]
    if missing:
        say(f"Loading demo data: {len(missing)} of {len(entries)} records")
    accounts = {ORGANIZATIONS.name, USERS.name, MEMBERSHIPS.name}
    _write(table, [entry for entry in missing if entry.collection.name in accounts], activities)
    fill_in(table, people, moment)
    decide(table, people)
    made = make_clouds(table, people.memberships, posted, moment)
    _write(table, [entry for entry in missing if entry.collection.name not in accounts], activities)
    written = len(missing) + made + write_profiles(table, people.memberships, moment)
    written += _write_applications(table, proposals) + _write_deals(table, people, posted, moment)
    written += write_past(table, people.organizations, posted, moment)
    written += add_activities(table, people.memberships, moment)
    written += track_weeks(table, people.memberships, moment)
    written += write_conversations(table, people.memberships, moment)
    written += save_searches(table, people.memberships, posted, moment)
    return written + define_fields(table, people.memberships, posted, moment)


def _write(table: Table, missing: list[_Entry], activities: Mapping[str, Activity]) -> None:
    """Write entities that are missing. `activities` are those of the postings, by id."""
    for start in range(0, len(missing), _BATCH):
        tx, part = table.transaction(), missing[start : start + _BATCH]
        for entry in part:
            if entry.collection is USERS:
                create_user(tx, USERS.model.model_validate(entry.entity))
            elif isinstance(entry.entity, Gig):
                put_gig(tx, entry.entity)
            elif isinstance(entry.entity, JobInvitation):
                create_invitation(tx, entry.entity)
            else:
                tx.create(entry.collection, entry.entity)
            if isinstance(entry.entity, Job):
                counts = activities[entry.entity.id].model_dump(exclude={"version"})
                tx.tally(ACTIVITY, activity_key(entry.entity.id), **counts)
            elif isinstance(entry.entity, JobInvitation):
                tx.tally(ACTIVITY, activity_key(entry.entity.job_id), invites_sent=1, invites_unanswered=1)
        keys = (entry.entity for entry in part if isinstance(entry.entity, ApiKey))
        for company_id, number in Counter(key.root_id for key in keys).items():
            tx.count(held_keys_key(company_id), number)
        new_gigs = (entry.entity for entry in part if isinstance(entry.entity, Gig))
        for owner_id, number in Counter(
            gig.owner_id for gig in new_gigs if gig.status is not GigStatus.DELETED
        ).items():
            count_gigs(tx, owner_id, number)
        tx.commit()


def _write_applications(table: Table, proposals: list[Application]) -> int:
    """Write the missing proposals with their related records, and return their number."""
    present = table.batch_get([PROPOSALS.key(each.proposal.id) for each in proposals], consistent=True)
    missing = [each for each in proposals if PROPOSALS.key(each.proposal.id) not in present]
    for application in missing:
        application.write(table)
    return len(missing)


def _write_deals(table: Table, people: DemoPeople, posted: list[Job], now: datetime) -> int:
    """Write the missing offers with their related records, and return their number."""
    acme = next(company for company in people.organizations if company.id == _ACME)
    missing = [deal for deal in deals(acme, posted, now) if table.get(OFFERS, deal.offer.id, consistent=True) is None]
    for deal in missing:
        deal.write(table, acme)
    return len(missing)


def _entries(people: DemoPeople, posted: list[Job], now: datetime) -> Iterator[_Entry]:
    published = Counter(job.company_id for job in posted if job.published)
    for organization in people.organizations:
        total = organization.total_posted_jobs + published[organization.id]
        counted = organization.model_copy(update={"total_posted_jobs": total})
        yield _Entry(ORGANIZATIONS, undecided(signed_up_organization(counted)))
    yield from (_Entry(USERS, signed_up_user(user)) for user in people.users)
    yield from (_Entry(MEMBERSHIPS, membership) for membership in people.memberships)
    yield from (_Entry(API_KEYS, key) for key in (api_key(now), service_key(now)))
    private = [job for job in posted if job.access is Access.ACCESS_PRIVATE and job.status is Status.REQUESTED]
    for invitation, relation in invitations(private[:2], now):
        yield _Entry(RELATIONS, relation)
        yield _Entry(INVITATIONS, invitation)
    yield from (_Entry(JOBS, job) for job in posted)
    yield from (_Entry(GIGS, gig) for gig in gigs({user.email: user.id for user in people.users}, now))
