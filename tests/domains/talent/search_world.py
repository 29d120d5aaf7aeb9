"""The marketplace of `world.py`, with more freelancers and an index that the indexer keeps."""

from collections.abc import Iterable
from typing import Any, Final, cast

from souk.domains.identity.model import Location
from souk.domains.identity.store import USERS, create_user, user_key
from souk.domains.reference.ontology import ontology, skill_by_slug
from souk.domains.talent.model import Employment, Preferences, Profile, ProfileState, TalentBadge, Visibility
from souk.domains.talent.search.index import INDEX
from souk.domains.talent.search.projection import FreelancersProjection
from souk.domains.talent.store import PROFILES, profile_key
from souk.search import SearchIndex
from souk.search.fanout import Piece
from souk.search.indexer import Indexer, documents
from souk.search.memory import MemoryIndex
from souk.search.port import RebuildableIndex
from souk.storage import Collection, Key
from tests.domains.identity.people import OLIVIA, OMAR, SOFIA, user
from tests.domains.talent.world import AGENCY, IVO, MIA, TalentWorld
from tests.support.api import Answer, Person, Souk

WEB: Final = next(one for one in ontology().occupations.values() if one.slug == "web-development")
SERVICES: Final = {one.slug: one.id for one in ontology().occupations.values()}
LISBON = Location(country="PT", city="Lisbon", address="1 Canary Street", zip="canary-zip")
BERLIN = Location(country="DE", city="Berlin")
POTSDAM = Location(country="DE", city="Potsdam", state="Brandenburg")
AUSTIN = Location(country="US", state="TX", city="Austin")
NORA, PAUL, RITA = "107", "108", "109"

SEARCH: Final = """query ($filter: FreelancerProfileSearchFilter!, $page: Pagination!) {
  freelancerProfileSearchRecords(searchFilter: $filter, pagination: $page) {
    totalCount pageInfo { endCursor hasNextPage }
    edges { cursor node { %s } } } }"""
RECORD: Final = "... on FreelancerProfilesSearchRecord { id shortName ciphertext } "


def skill_id(slug: str) -> str:
    """Return the id of a skill."""
    found = skill_by_slug(slug)
    assert found
    return found.id


class SearchWorld(TalentWorld):
    """Six freelancers: Sofia, Mia, Ivo, Nora, Paul and Rita. Ids and texts follow from `PROFILES_OF`."""

    def __init__(self, souk: Souk) -> None:
        super().__init__(souk)
        self.index: SearchIndex = MemoryIndex(INDEX)
        self.projection = FreelancersProjection(self.table)
        tx = self.table.transaction()
        for id_, name in ((NORA, "Nora"), (PAUL, "Paul"), (RITA, "Rita")):
            create_user(tx, user(id_, name, "Canarylast", AGENCY))
        tx.commit()
        for id_, (place, fields) in PROFILES_OF.items():
            self.move(id_, place)
            self.write(id_, **fields)

    def write(self, user_id: str, **fields: Any) -> None:
        """Store a profile that has been accepted, or change one."""
        before = self.table.get(PROFILES, user_id, consistent=True)
        tx = self.table.transaction()
        if before:
            tx.update(PROFILES, before.model_copy(update=fields))
        else:
            tx.create(PROFILES, Profile(**{"user_id": user_id, "state": ProfileState.ACCEPTED, **fields}))
        tx.commit()

    def move(self, user_id: str, place: Location) -> None:
        """Change the place of a person."""
        tx = self.table.transaction()
        found = self.table.get(USERS, user_id, consistent=True)
        assert found
        tx.update(USERS, found.model_copy(update={"location": place}))
        tx.commit()

    def rebuild(self) -> None:
        """Index everybody."""
        self.index.rebuild(documents(self.projection, self.everybody()))

    def everybody(self) -> list[str]:
        """Return the ids of all people."""
        items = self.table.client.scan(TableName=self.table.name)["Items"]
        return [one["PK"]["S"].removeprefix("USER#") for one in items if one["SK"]["S"] == "USER"]

    def stream(self, key: Key, before: Any = None, after: Any = None, of: Collection[Any] | None = None) -> list[Piece]:
        """Pass the record of a changed item to the indexer, and return what it queues."""
        images = {name: of.encode(one) for name, one in (("OldImage", before), ("NewImage", after)) if of and one}
        record = {"eventName": "MODIFY", "dynamodb": {"Keys": {"PK": {"S": key.pk}, "SK": {"S": key.sk}}, **images}}
        queued = _Queue()
        indexer = Indexer([(self.projection, cast("RebuildableIndex", self.index))], queued)
        indexer.handle({"Records": [record]})
        for piece in queued.pieces:
            indexer.take(piece)
        return queued.pieces

    def follow(self, user_id: str) -> None:
        """Pass the records of a person's account and profile to the indexer."""
        self.stream(user_key(user_id))
        self.stream(profile_key(user_id))

    def search(
        self, by: Person | None = None, selected: str = RECORD, page: dict[str, Any] | None = None, **wanted: Any
    ) -> Answer:
        """Search, for freelancers by default."""
        variables = {"filter": {"userType": "Freelancer", **wanted}, "page": page or {"first": 100}}
        return (by or self.omar).call(SEARCH % selected, variables)

    def found(self, by: Person | None = None, **wanted: Any) -> list[str]:
        """Return the ids of the freelancers that are found, in order."""
        answer = self.search(by, **wanted)
        edges = answer.data["freelancerProfileSearchRecords"]["edges"]
        return [edge["node"]["id"] for edge in edges]


class _Queue:
    def __init__(self) -> None:
        self.pieces: list[Piece] = []

    def send(self, pieces: Iterable[Piece]) -> None:
        self.pieces += pieces


def _employment(title: str) -> Employment:
    return Employment(
        id="1",
        created="",
        updated="",
        company_name="Canaryco",
        job_title=title,
        role="canary-role",
        start_date="2019",
        city="Berlin",
        country="DE",
    )


PROFILES_OF: Final[dict[str, tuple[Location, dict[str, Any]]]] = {
    SOFIA: (
        LISBON,
        {
            "title": "Gull illustrator",
            "overview": "I draw birds.",
            "rate": 8500,
            "skills": ("illustration", "photography"),
            "job_success": 97,
            "standing": TalentBadge.TOP_RATED,
            "last_active": "2026-11-20T10:00:00.000Z",
            "work_phone": "+351999888777",
            "state_reason": "canary-reason",
        },
    ),
    MIA: (
        BERLIN,
        {
            "title": "Python developer",
            "overview": "Django and data.",
            "rate": 3333,
            "skills": ("python", "django"),
            "service_ids": (SERVICES["back-end-development"],),
            "job_success": 80,
            "last_active": "2026-11-21T10:00:00.000Z",
        },
    ),
    IVO: (
        POTSDAM,
        {
            "title": "Data engineer",
            "overview": "Python, and more Python.",
            "rate": 9000,
            "skills": ("python",),
            "job_success": 99,
            "preferences": Preferences(hide_jss=True),
            "standing": TalentBadge.TOP_RATED_PLUS,
        },
    ),
    NORA: (
        AUSTIN,
        {
            "title": "Web developer",
            "overview": "Shops.",
            "skills": ("javascript", "react"),
            "service_ids": (SERVICES["front-end-development"],),
            "employment": (_employment("Python teacher"),),
            "last_active": "2026-11-22T10:00:00.000Z",
        },
    ),
    PAUL: (Location(), {"title": "Python writer", "state": ProfileState.UNDER_REVIEW}),
    RITA: (BERLIN, {"title": "Python whisperer", "visibility": Visibility.PRIVATE}),
}
CLIENTS = (OLIVIA, OMAR)
