"""Everybody who calls in the matrix, and a table that is put back after whoever may change it."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import orjson
from moto.backends import get_backend
from moto.core.models import DEFAULT_ACCOUNT_ID

from souk.authentication.issuing import issue_access_token, make_grant
from souk.authentication.principal import Role
from souk.authentication.records import API_KEYS, GRANTS, MEMBERSHIPS, TOKENS, ApiKey, KeyState, Membership
from souk.authentication.tokens import digest
from souk.domains.contracts.store import CHANGES as CONTRACT_CHANGES
from souk.domains.contracts.store import create_contract
from souk.domains.feedback.store import FEEDBACKS
from souk.domains.files.store import FILES
from souk.domains.gigs.search.index import INDEX as GIGS_INDEX
from souk.domains.gigs.search.projection import GigsProjection
from souk.domains.gigs.store import put as put_gig
from souk.domains.identity.store import CHANGES, INVITATIONS, ORGANIZATIONS, create_user
from souk.domains.jobs.search.index import INDEX
from souk.domains.jobs.search.projection import JobsProjection
from souk.domains.jobs.store import JOBS
from souk.domains.market.store import RELATIONS
from souk.domains.offers.store import OFFERS
from souk.search import SearchIndex
from souk.search.indexer import documents
from souk.search.memory import MemoryIndex
from souk.storage import Collection, Entity, Table
from tests.authority import estate
from tests.authority.estate import ACME, AGENCY, ATTIC, BUILD, DESIGN, GARAGE, OPERATIONS, RIVAL, STUDIO, Estate
from tests.authority.hooks import Hooks
from tests.authority.letters import Letters
from tests.authority.promise import Promise
from tests.authority.purse import Purse
from tests.authority.secrets import Circle, Secrets
from tests.conftest import REGION
from tests.support.api import EVERY_SCOPE, Answer, Person, Souk
from tests.support.clock import CLOCK, new_id

Dump = dict[tuple[str, str], dict[str, Any]]
"""Every item of the table, by its key."""

_EVERYTHING: Final = frozenset(Circle) - {Circle.NOBODY}
_INTEGRATOR = ApiKey(
    id="integrator",
    name="Somebody's program",
    organization_id=ATTIC,
    created_by=estate.NOAH,
    scopes=EVERY_SCOPE,
    grants=(),
    redirect_uris=(),
)


@dataclass(frozen=True)
class Viewer:
    """Somebody who calls, and what they may know of Acme."""

    name: str
    user_id: str
    organization_id: str
    """Where they belong."""
    knows: frozenset[Circle] = frozenset()
    key_id: str = _INTEGRATOR.id

    def __str__(self) -> str:
        return self.name


OWNER = Viewer("owner", estate.OLIVIA, ACME, _EVERYTHING)
MANAGER = Viewer("manager", estate.LIAM, DESIGN, _EVERYTHING - {Circle.GOVERNING, Circle.PERSON})
COLLEAGUE = Viewer("colleague", estate.MAX, BUILD, frozenset({Circle.COMPANY}))
IDLE = Viewer("colleague without a role", estate.NORA, ACME)
SERVICE = Viewer("service account", estate.ROBOT, ACME, key_id=estate.SERVICE_KEY)
RIVAL_OWNER = Viewer("rival's owner", estate.OMAR, RIVAL)
AGENT = Viewer("agency's owner", estate.ADA, AGENCY)
FREELANCER = Viewer("freelancer", estate.SOFIA, STUDIO)
INVITED = Viewer("invited freelancer", estate.IVY, GARAGE, frozenset({Circle.INVITED, Circle.PARTIES}))
OUTSIDER = Viewer("outsider", estate.NOAH, ATTIC)
OPERATOR = Viewer("operator", estate.ODA, OPERATIONS, _EVERYTHING)
"""Who runs the deployment, and may see what others may not: the owner of rows that are for operators alone."""
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
    """The API over the estate, with all who call it."""

    def __init__(self, souk: Souk) -> None:
        self.souk = souk
        self.table: Table = souk.table
        self.secrets = Secrets()
        self.letters: list[str] = []
        """Whom mail was sent to."""
        self.seen: dict[Any, Any] = {}
        """What some were answered who are asked once."""
        self._settle()
        self._people = {viewer: self._with_token(viewer) for viewer in (*VIEWERS, OPERATOR)}
        self.revoked = dict(self._revoked())
        """The owner again, with tokens that have ended, by how; and others who are members no more."""
        self._limited: dict[tuple[Viewer, frozenset[str]], Person] = {}
        self._before = self._dump()

    def __getitem__(self, viewer: Viewer) -> Person:
        """Return somebody, ready to call."""
        return self._people[viewer]

    @cached_property
    def index(self) -> SearchIndex:
        """The index of all postings."""
        index = MemoryIndex(INDEX)
        index.rebuild(documents(JobsProjection(self.table), list(estate.POSTINGS)))
        return index

    @cached_property
    def gigs_index(self) -> SearchIndex:
        """The index of all gigs."""
        index = MemoryIndex(GIGS_INDEX)
        index.rebuild(documents(GigsProjection(self.table), [gig.number for gig in self._gigs]))
        return index

    def post(self, to: str, *_letter: str | None) -> None:
        """Take a letter, in the place of `souk.runtime.mail.send`."""
        self.letters.append(to)

    def limited(self, viewer: Viewer, scopes: frozenset[str]) -> Person:
        """Return somebody with a token that holds some scopes only."""
        if (viewer, scopes) not in self._limited:
            self._limited[viewer, scopes] = self._with_token(viewer, tuple(scopes))
            self._before = self._dump()
        return self._limited[viewer, scopes]

    def leaked(self, answer: Answer, request: Any, viewer: Viewer = OUTSIDER) -> set[str]:
        """Return the secrets in an answer that somebody may not know."""
        return self.secrets.leaked(answer.json, request, viewer.knows, viewer.user_id)

    def changes(self) -> Dump:
        """Return what has been written since the world was made: items as they are now, empty where one is gone."""
        now = self._dump()
        keys = sorted(self._before.keys() | now.keys())
        return {key: now.get(key, {}) for key in keys if self._before.get(key) != now.get(key)}

    def is_new(self, key: tuple[str, str]) -> bool:
        """Say whether an item was not there when the world was made."""
        return key not in self._before

    def others_in(self, item: dict[str, Any], viewer: Viewer) -> set[str]:
        """Return the ids of people and organizations in an item that are not the viewer's."""
        home = self.table.get(ORGANIZATIONS, viewer.organization_id)
        assert home is not None
        ids = {pk.partition("#")[2] for pk, sk in self._before if sk in ("USER", "ORG")}
        named = set(re.findall(r"\w+", orjson.dumps(item).decode()))
        return named & ids - {viewer.user_id, viewer.organization_id, home.company_id}

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Put the table back as it was, whatever happens in the meantime."""
        try:
            yield
        finally:
            self._put_back(self.changes())

    @contextmanager
    def untouched(self) -> Iterator[None]:
        """Check that nothing is written in the meantime, and no mail sent."""
        changes, letters = Dump(), list[str]()
        try:
            yield
        finally:
            changes, letters = self.changes(), self.letters
            self._put_back(changes)
        assert not changes
        assert not letters

    def _put_back(self, changes: Dump) -> None:
        self.letters = []
        for key, item in changes.items():
            if before := self._before.get(key):
                self.table.client.put_item(TableName=self.table.name, Item=before)
            else:
                at = {name: item[name] for name in ("PK", "SK")}
                self.table.client.delete_item(TableName=self.table.name, Key=at)

    def _dump(self) -> Dump:
        """Read the whole table where moto keeps it: its answer to a scan takes a quarter of a second."""
        stored = get_backend("dynamodb")[DEFAULT_ACCOUNT_ID][REGION].tables[self.table.name]
        entries = (one for partition in stored.items.values() for one in partition.values())
        items = ({name: value.to_regular_json() for name, value in one.attrs.items()} for one in entries)
        return {(item["PK"]["S"], item["SK"]["S"]): item for item in items}

    def _settle(self) -> None:
        there = Estate(self.secrets)
        settled: tuple[tuple[Collection[Any], Iterable[Entity]], ...] = (
            (ORGANIZATIONS, there.organizations()),
            (MEMBERSHIPS, there.memberships()),
            (JOBS, there.jobs()),
            (FILES, there.files()),
            (API_KEYS, there.keys()),
            (RELATIONS, there.relations()),
            (CHANGES, there.changes()),
            (INVITATIONS, there.invitations()),
            (API_KEYS, [_INTEGRATOR]),
        )
        for collection, records in settled:
            tx = self.table.transaction()
            for record in records:
                tx.create(collection, record)
            tx.commit()
        tx = self.table.transaction()
        for user in there.users():
            create_user(tx, user)
        tx.commit()
        agreement = there.agreement()
        tx = self.table.transaction()
        for contract in agreement.contracts():
            create_contract(tx, contract)
        agreed: tuple[tuple[Collection[Any], Iterable[Entity]], ...] = (
            (CONTRACT_CHANGES, agreement.changes()),
            (OFFERS, agreement.offers()),
            (FEEDBACKS, agreement.feedback()),
        )
        for collection, records in agreed:
            for record in records:
                tx.create(collection, record)
        tx.commit()
        Purse(self.secrets, agreement.parties).settle(self.table)
        Letters(self.secrets, agreement.parties, estate.OPEN, estate.CLOUDED, estate.PRIVATE).settle(self.table)
        Promise(self.secrets, agreement.parties, agreement.job_id).settle(self.table)
        Hooks(self.secrets, ACME, estate.OLIVIA).settle(self.table)
        self._gigs = list(there.gigs())
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
