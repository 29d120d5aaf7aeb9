"""The viewers of the matrix, and a table that is restored after each change."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import orjson
from moto.backends import get_backend
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models.dynamo_type import DynamoType, Item

from souk.authentication.issuance import issue_access_token, make_grant
from souk.authentication.principal import Role
from souk.authentication.records import (
    API_KEYS,
    GRANTS,
    MEMBERSHIPS,
    SESSIONS,
    TOKENS,
    ApiKey,
    KeyState,
    Membership,
)
from souk.authentication.standing import STANDINGS
from souk.authentication.tokens import digest
from souk.domains.audit.store import ACTIONS
from souk.domains.contracts.store import CHANGES as CONTRACT_CHANGES
from souk.domains.contracts.store import CONTRACTS, create_contract
from souk.domains.dataexports.store import EXPORTS
from souk.domains.dataimports.store import IMPORTS
from souk.domains.feedback.store import FEEDBACKS
from souk.domains.files.store import FILES
from souk.domains.gigs.search.index import INDEX as GIGS_INDEX
from souk.domains.gigs.search.projection import GigsProjection
from souk.domains.gigs.store import put as put_gig
from souk.domains.identity.store import CHANGES, INVITATIONS, ORGANIZATIONS, create_user
from souk.domains.jobs.search.index import INDEX
from souk.domains.jobs.search.projection import JobsProjection
from souk.domains.jobs.store import JOBS
from souk.domains.mails.model import MailTemplate, StoredText
from souk.domains.mails.store import TEXTS
from souk.domains.market.store import RELATIONS
from souk.domains.marketplace.model import Settings
from souk.domains.marketplace.store import SETTINGS
from souk.domains.messages.search.index import INDEX as STORIES_INDEX
from souk.domains.messages.search.projection import StoriesProjection
from souk.domains.offers.store import OFFERS
from souk.domains.operator.search import organizations
from souk.domains.operator.search import people as operators_people
from souk.domains.rooms.model import Person as RoomPerson
from souk.domains.talent.search.index import INDEX as PEOPLE_INDEX
from souk.domains.talent.search.projection import FreelancersProjection
from souk.search import SearchIndex
from souk.search.indexer import documents
from souk.search.memory import MemoryIndex
from souk.storage import Collection, Entity, Table
from souk.values.times import stamp
from tests.authority import fixtures, machinery
from tests.authority.activities import ActivityRecords
from tests.authority.clouds import CloudRecords
from tests.authority.contracts import FINISHED, WORKING
from tests.authority.customfields import CustomFieldRecords
from tests.authority.diaries import DiaryRecords
from tests.authority.fixtures import (
    ACME,
    AGENCY,
    ATTIC,
    BUILD,
    DESIGN,
    GARAGE,
    OPERATIONS,
    PIXEL,
    RIVAL,
    STUDIO,
    Records,
)
from tests.authority.messages import STORIES, MessageRecords
from tests.authority.milestones import MilestoneRecords
from tests.authority.moderation import ModerationRecords
from tests.authority.offers import OfferRecords
from tests.authority.proposals import ProposalRecords
from tests.authority.savedsearches import SavedSearchRecords
from tests.authority.secrets import Audience, Secrets
from tests.authority.talent import TalentRecords
from tests.authority.time import TimeRecords
from tests.authority.timesheets import TimesheetRecords
from tests.authority.webhooks import WebhookRecords
from tests.authority.workflow import WorkflowRecords
from tests.conftest import REGION
from tests.support.api import EVERY_SCOPE, Answer, Person, Souk
from tests.support.clock import CLOCK, new_id

Dump = dict[tuple[str, str], dict[str, Any]]
"""Items of the table as DynamoDB's JSON, by key."""

_EVERYTHING: Final = frozenset(Audience) - {Audience.OPERATORS, Audience.NOBODY}
_INTEGRATOR = ApiKey(
    id="integrator",
    name="A program",
    organization_id=ATTIC,
    created_by=fixtures.NOAH,
    scopes=EVERY_SCOPE,
    grants=(),
    redirect_uris=(),
)


@dataclass(frozen=True)
class Viewer:
    """A caller, and the secrets of Acme that the caller may see."""

    name: str
    user_id: str
    organization_id: str
    """The caller's organization."""
    knows: frozenset[Audience] = frozenset()
    key_id: str = _INTEGRATOR.id

    def __str__(self) -> str:
        return self.name


OWNER = Viewer("owner", fixtures.OLIVIA, ACME, _EVERYTHING)
MANAGER = Viewer("manager", fixtures.LIAM, DESIGN, _EVERYTHING - {Audience.GOVERNING, Audience.PERSON})
COLLEAGUE = Viewer("colleague", fixtures.MAX, BUILD, frozenset({Audience.COMPANY}))
IDLE = Viewer("colleague without a role", fixtures.NORA, ACME)
SERVICE = Viewer("service account", fixtures.ROBOT, ACME, key_id=fixtures.SERVICE_KEY)
RIVAL_OWNER = Viewer("rival's owner", fixtures.OMAR, RIVAL)
AGENT = Viewer("agency's owner", fixtures.ADA, AGENCY)
FREELANCER = Viewer("freelancer", fixtures.SOFIA, STUDIO)
INVITED = Viewer("invited freelancer", fixtures.IVY, GARAGE, frozenset({Audience.INVITED, Audience.PARTIES}))
OUTSIDER = Viewer("outsider", fixtures.NOAH, ATTIC)
OPERATOR = Viewer("operator", fixtures.ODA, OPERATIONS, _EVERYTHING | {Audience.OPERATORS})
TERMS = Settings(
    terms_url="https://example.com/terms",
    terms_version="2026-1",
    require_terms=True,
    terms_since=stamp(CLOCK.market()),
)
"""The settings of the marketplace: there are terms to accept, and programs go on meanwhile."""
_REPLACED = StoredText(
    template=MailTemplate.RESET,
    language="en",
    subject="Your code",
    text="It is {{ code }}.",
    modified=stamp(CLOCK.market()),
    modified_by_id=fixtures.ODA,
)
"""The operator of the deployment, who is the owner in rows that are only for operators."""
LEADER = Viewer("leader of another agency", fixtures.ZOE, PIXEL)
"""The owner in rows about an agency's freelancers. She is one of them."""
VIEWERS: Final = (
    OWNER,
    MANAGER,
    COLLEAGUE,
    IDLE,
    SERVICE,
    RIVAL_OWNER,
    AGENT,
    FREELANCER,
    INVITED,
    OUTSIDER,
)


class World:
    """The API with the records and all viewers."""

    def __init__(self, souk: Souk) -> None:
        self.souk = souk
        self.table: Table = souk.table
        self.secrets = Secrets()
        self.mails: list[str] = []
        """The recipients of mails."""
        self.seen: dict[Any, Any] = {}
        """Cached values by row and viewer."""
        self._store_records()
        self._people = {viewer: self._with_token(viewer) for viewer in (*VIEWERS, OPERATOR, LEADER)}
        self.revoked = dict(self._revoked())
        """The owner with ended tokens, by the way they ended; and former members."""
        self._limited: dict[tuple[Viewer, frozenset[str]], Person] = {}
        self._before = self._stored()

    def __getitem__(self, viewer: Viewer) -> Person:
        """Return a person who can call the API."""
        return self._people[viewer]

    @cached_property
    def index(self) -> SearchIndex:
        """The index of all postings."""
        index = MemoryIndex(INDEX)
        index.rebuild(documents(JobsProjection(self.table), list(fixtures.POSTINGS)))
        return index

    @cached_property
    def gigs_index(self) -> SearchIndex:
        """The index of all gigs."""
        index = MemoryIndex(GIGS_INDEX)
        index.rebuild(documents(GigsProjection(self.table), [gig.number for gig in self._gigs]))
        return index

    @cached_property
    def people_index(self) -> SearchIndex:
        """The index of freelancers and clients."""
        index = MemoryIndex(PEOPLE_INDEX)
        people = (fixtures.CLEO, fixtures.IVY, fixtures.ZOE, fixtures.OLIVIA, fixtures.LIAM, fixtures.OMAR)
        index.rebuild(documents(FreelancersProjection(self.table), people))
        return index

    @cached_property
    def operators_people_index(self) -> SearchIndex:
        """The operators' index of people, with two of them."""
        index = MemoryIndex(operators_people.INDEX)
        index.rebuild(documents(operators_people.PeopleProjection(self.table), (fixtures.OLIVIA, fixtures.ODA)))
        return index

    @cached_property
    def organizations_index(self) -> SearchIndex:
        """The operators' index of organizations, with two of them."""
        index = MemoryIndex(organizations.INDEX)
        index.rebuild(documents(organizations.OrganizationsProjection(self.table), (ACME, DESIGN)))
        return index

    @cached_property
    def stories_index(self) -> SearchIndex:
        """The index of all stories."""
        index = MemoryIndex(STORIES_INDEX)
        index.rebuild(documents(StoriesProjection(self.table), STORIES))
        return index

    def send_mail(self, to: str, *_content: str | None, sender: str) -> None:  # noqa: ARG002 - the brand's
        """Record a mail. Replaces `souk.runtime.mail.send`."""
        self.mails.append(to)

    def limited(self, viewer: Viewer, scopes: frozenset[str]) -> Person:
        """Return a person whose token has only some scopes."""
        if (viewer, scopes) not in self._limited:
            self._limited[viewer, scopes] = self._with_token(viewer, tuple(scopes))
            self._before = self._stored()
        return self._limited[viewer, scopes]

    def leaked(self, answer: Answer, request: Any, viewer: Viewer = OUTSIDER) -> set[str]:
        """Return the secrets in a response that a viewer may not see."""
        return self.secrets.leaked(answer.json, request, viewer.knows, viewer.user_id)

    def changes(self) -> Dump:
        """Return the items written since the world was created; deleted ones are empty."""
        before, now = self._before, self._stored()
        touched = sorted(key for key in before.keys() | now.keys() if before.get(key) is not now.get(key))
        return {key: item for key in touched if (item := _plain(now.get(key))) != _plain(before.get(key))}

    def is_new(self, key: tuple[str, str]) -> bool:
        """Return whether an item was added after the world was created."""
        return key not in self._before

    def others_in(self, item: dict[str, Any], viewer: Viewer) -> set[str]:
        """Return the ids of other users and organizations in an item."""
        home = self.table.get(ORGANIZATIONS, viewer.organization_id)
        assert home is not None
        ids = {pk.partition("#")[2] for pk, sk in self._before if sk in ("USER", "ORG")}
        named = set(re.findall(r"\w+", orjson.dumps(item).decode()))
        return named & ids - {viewer.user_id, viewer.organization_id, home.company_id}

    @contextmanager
    def restored(self) -> Iterator[None]:
        """Restore the table at the end of the block."""
        try:
            yield
        finally:
            self._put_back(self.changes())

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        """Check that the block writes nothing and sends no mail."""
        changes, mails = Dump(), list[str]()
        try:
            yield
        finally:
            changes, mails = self.changes(), self.mails
            self._put_back(changes)
        assert not changes
        assert not mails

    def _put_back(self, changes: Dump) -> None:
        self.mails = []
        for pk, sk in changes:
            partition, at = self._partitions()[DynamoType({"S": pk})], DynamoType({"S": sk})
            if before := self._before.get((pk, sk)):
                partition[at] = before
            else:
                del partition[at]

    def _stored(self) -> dict[tuple[str, str], Item]:
        """Return moto's own items, by key. It never changes an item: each write makes a new one."""
        return {
            (pk.value, sk.value): item for pk, partition in self._partitions().items() for sk, item in partition.items()
        }

    def _partitions(self) -> dict[DynamoType, dict[DynamoType, Item]]:
        """Return the table in moto's memory. A scan takes a quarter of a second."""
        partitions: dict[DynamoType, dict[DynamoType, Item]]
        partitions = get_backend("dynamodb")[DEFAULT_ACCOUNT_ID][REGION].tables[self.table.name].items
        return partitions

    def _store_records(self) -> None:
        fixture_records = Records(self.secrets)
        stored: tuple[tuple[Collection[Any], Iterable[Entity]], ...] = (
            (ORGANIZATIONS, fixture_records.organizations()),
            (MEMBERSHIPS, fixture_records.memberships()),
            (STANDINGS, fixture_records.standings()),
            (JOBS, fixture_records.jobs()),
            (FILES, fixture_records.files()),
            (API_KEYS, fixture_records.keys()),
            (RELATIONS, fixture_records.relations()),
            (CHANGES, fixture_records.changes()),
            (ACTIONS, fixture_records.actions()),
            (EXPORTS, fixture_records.exports()),
            (IMPORTS, fixture_records.imports()),
            (FILES, fixture_records.import_files()),
            (INVITATIONS, fixture_records.invitations()),
            (API_KEYS, [_INTEGRATOR]),
            (SESSIONS, fixture_records.sessions()),
            (GRANTS, fixture_records.grants()),
        )
        for collection, records in stored:
            tx = self.table.transaction()
            for record in records:
                tx.create(collection, record)
            tx.commit()
        tx = self.table.transaction()
        for user in fixture_records.users():
            create_user(tx, user)
        tx.commit()
        contracts = fixture_records.contract_records()
        tx = self.table.transaction()
        for contract in contracts.contracts():
            create_contract(tx, contract)
        contract_items: tuple[tuple[Collection[Any], Iterable[Entity]], ...] = (
            (CONTRACT_CHANGES, contracts.changes()),
            (OFFERS, contracts.offers()),
            (FEEDBACKS, contracts.feedback()),
        )
        for collection, records in contract_items:
            for record in records:
                tx.create(collection, record)
        tx.commit()
        worked_on = self.table.get(CONTRACTS, WORKING)
        assert worked_on is not None
        DiaryRecords(self.secrets, worked_on).store(self.table)
        MilestoneRecords(self.secrets, contracts.parties).store(self.table)
        ActivityRecords(self.secrets, ACME, DESIGN, fixtures.LIAM, WORKING).store(self.table)
        TimeRecords(self.secrets, contracts.parties).store(self.table)
        TimesheetRecords(self.secrets, contracts.parties).store(self.table)
        jobs = fixtures.OPEN, fixtures.CLOUDED, fixtures.PRIVATE
        ProposalRecords(self.secrets, contracts.parties, *jobs).store(self.table)
        OfferRecords(self.secrets, contracts.parties, contracts.job_id).store(self.table)
        MessageRecords(
            self.secrets,
            *(
                RoomPerson(user_id=user, organization_id=team, company_id=ACME)
                for user, team in ((fixtures.OLIVIA, ACME), (fixtures.LIAM, DESIGN), (fixtures.NORA, ACME))
            ),
        ).store(self.table)
        WebhookRecords(self.secrets, ACME, fixtures.OLIVIA).store(self.table)
        CustomFieldRecords(self.secrets, ACME, DESIGN, fixtures.OLIVIA, fixtures.OPEN).store(self.table)
        SavedSearchRecords(self.secrets, ACME, fixtures.OLIVIA, fixtures.OPEN).store(self.table)
        people = (fixtures.IVY, ACME, fixtures.ZOE, fixtures.NOAH, fixtures.OLIVIA, fixtures.CLEO)
        TalentRecords(self.secrets, *people, contract_id=FINISHED).store(self.table)
        clients = fixtures.CLOUD, ACME, DESIGN, fixtures.OLIVIA
        CloudRecords(self.secrets, *clients, (fixtures.IVY, fixtures.CLEO), fixtures.IVY).store(self.table)
        WorkflowRecords(self.secrets, contracts.parties).store(self.table)
        machinery.schedule_work(self.table)
        ModerationRecords(self.secrets, ACME, fixtures.OLIVIA, fixtures.OPEN, fixtures.NOAH).store(self.table)
        tx = self.table.transaction()
        tx.create(SETTINGS, TERMS)
        tx.create(TEXTS, _REPLACED)
        tx.commit()
        self._gigs = list(fixture_records.gigs())
        tx = self.table.transaction()
        for gig in self._gigs:
            put_gig(tx, gig)
        tx.commit()

    def _with_token(self, viewer: Viewer, scopes: tuple[str, ...] = EVERY_SCOPE) -> Person:
        key = self.table.get(API_KEYS, viewer.key_id)
        assert key is not None
        return self._person(viewer, key, scopes)

    def _person(self, viewer: Viewer, key: ApiKey, scopes: tuple[str, ...] = EVERY_SCOPE, **grant: Any) -> Person:
        tx = self.table.transaction()
        made = make_grant(key, viewer.user_id, viewer.organization_id, CLOCK.real(), scopes)
        made = made.model_copy(update=grant)
        tx.create(GRANTS, made)
        token = issue_access_token(tx, made, CLOCK.real())
        tx.commit()
        return Person(self.souk, viewer.user_id, viewer.organization_id, token)

    def _revoked(self) -> Iterator[tuple[str, Person]]:
        for state in set(KeyState) - {KeyState.ACTIVE}:
            yield f"key in {state}", self._person(OWNER, self._key(f"key-{state}", state=state))
        yield "older generation", self._person(OWNER, self._key("renewed-key", generation=2), generation=1)
        yield "revoked grant", self._person(OWNER, _INTEGRATOR, revoked=True)
        tx = self.table.transaction()
        for how in ("deleted", "expired"):
            person = self._person(OWNER, _INTEGRATOR)
            token = self.table.get(TOKENS, digest(person.token))
            assert token is not None
            if how == "deleted":
                tx.delete(TOKENS, token)
            else:
                tx.update(TOKENS, token.model_copy(update={"expires": int(CLOCK.real().timestamp()) - 1}))
            yield f"{how} token", person
        tx.create(
            MEMBERSHIPS,
            Membership(id=new_id(), user_id="76", organization_id=ACME, company_id=ACME, role=Role.OWNER, active=False),
        )
        tx.commit()
        yield "membership that ended", self._person(Viewer("former owner", "76", ACME), _INTEGRATOR)
        yield "membership that is gone", self._person(Viewer("once an owner", "77", ACME), _INTEGRATOR)

    def _key(self, id_: str, **fields: Any) -> ApiKey:
        tx = self.table.transaction()
        key = tx.create(API_KEYS, _INTEGRATOR.model_copy(update={"id": id_, **fields}))
        tx.commit()
        return key


def _plain(item: Item | None) -> dict[str, Any]:
    """Return an item as DynamoDB's JSON; an empty one for None."""
    return {name: value.to_regular_json() for name, value in item.attrs.items()} if item else {}
