"""A bazaar for the tests of gigs: two freelancers, a client, and gigs in whatever state a test wants."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from souk.domains.gigs.model import Gig
from souk.domains.gigs.search.index import INDEX
from souk.domains.gigs.search.projection import GigsProjection
from souk.domains.gigs.store import GIGS
from souk.domains.identity.store import ORGANIZATIONS, create_user
from souk.domains.reference.ontology import ontology
from souk.search import SearchIndex
from souk.search.indexer import documents
from souk.search.memory import MemoryIndex
from souk.storage.transaction import OUTBOX
from tests.support.api import Answer, Person, Souk, person
from tests.support.worlds.jobs import ACME, LISBON, NOAH, OLIVIA, SOFIA, STUDIO, organization, user

SUBCATEGORY = next(one for one in ontology().occupations.values() if one.slug == "web-development")
CATEGORY = SUBCATEGORY.category
OTHER_CATEGORY = next(one for one in ontology().categories if one is not CATEGORY)
NOBODYS = "tz4a98xxat96iws9zmbrgj3a"
"""The id of no gig."""

PICTURE = "https://pictures.souk.test/logo.png"
DOCUMENT = {
    "time": 1_767_600_000_000,
    "version": "2.31.0",
    "blocks": [{"id": "p1", "type": "paragraph", "data": {"text": "I draw <b>logos</b> by hand."}}],
}
FAQ = [{"question": "How many drafts?", "answer": "Three."}]

_GIG = "{ id title slug status offersMultiplePackages }"


def mutation(name: str, arguments: str, selected: str) -> str:
    """Return a document of one mutation; `arguments` are `name: Type`, separated by commas."""
    given = ", ".join(f"{one.split(':')[0].strip()}: ${one.split(':')[0].strip()}" for one in arguments.split(","))
    declared = ", ".join(f"${one.strip()}" for one in arguments.split(","))
    return f"mutation ({declared}) {{ {name}({given}) {selected} }}"


CREATE_DRAFT = f"mutation {{ createDraft {_GIG} }}"
OVERVIEW = mutation("updateOverview", "input: UpdateGigOverviewInput!", "{ id title slug tags { id text } }")
PACKAGES = mutation(
    "createPackages",
    "input: CreateGigPackagesInput!",
    """{ basic { ...P } standard { ...P } premium { ...P } } }
    fragment P on GigPackage { name description price { rawValue currency displayValue } deliveryTime revisions """,
)
DESCRIPTION = mutation(
    "updateDescriptionFaq", "input: UpdateGigDescriptionFaqInput!", "{ success description faqCount }"
)
GALLERY = mutation("updateGallery", "input: UpdateGigGalleryInput!", "{ success attachments { id kind url } }")
PUBLISH, PAUSE, RESUME, DELETE = (
    mutation(name, "gigId: ID!", "{ id title slug status owner { name username } publishedDateTime }")
    for name in ("publish", "pauseGig", "resumeGig", "delete")
)
ORDER = mutation(
    "orderGig",
    "input: OrderGigInput!",
    """{ contract { id title status deliveryModel }
    milestone { id state checkout { id url state amount { rawValue currency } } } }""",
)
OFFERS = mutation("updateOffersMultiplePackages", "gigId: ID!, offersMultiplePackages: Boolean!", _GIG)
MISSPELT = mutation("udpateOffersMultiplePackages", "gigId: ID!, offersMultiplePackages: Boolean!", _GIG)
DOES_OFFER = "query ($id: ID!) { doesOffersMultiplePackages(gigId: $id) }"
WHOLE = """{ id title slug status category { id name parentId } tags { id text } offersMultiplePackages
  packages { basic { name price { rawValue } } standard { name } premium { name } } description
  faq { question answer } images { id kind url } videos { url } documents { url } owner { id name username }
  createdDateTime modifiedDateTime publishedDateTime }"""
ONE = f"query ($id: ID!) {{ gig(id: $id) {WHOLE} }}"
BY_SLUG = f"query ($slug: String!) {{ gigBySlug(slug: $slug) {WHOLE} }}"
OF_USER = f"query ($id: ID!) {{ getUserGigs(userId: $id) {WHOLE} }}"
SEARCH = """query ($filter: GigsSearchFilter, $page: Pagination) { gigsSearch(filter: $filter, pagination: $page) {
  totalCount edges { cursor node { id title owner { username } } } pageInfo { endCursor hasNextPage } } }"""


def overview(**changes: Any) -> dict[str, Any]:
    """Return an overview that is right; without `gigId`."""
    return {"title": "Draw a logo", "parentCategoryId": CATEGORY.id, "subcategoryId": SUBCATEGORY.id, **changes}


def package(**changes: Any) -> dict[str, Any]:
    """Return a package that is right."""
    return {
        "name": "Basic logo",
        "description": "One logo, black and white.",
        "price": 250.5,
        "deliveryTime": 3,
        "revisions": 2,
        **changes,
    }


def draft(owner: Person) -> str:
    """Make a draft, and return its id."""
    made: str = owner.call(CREATE_DRAFT).data["createDraft"]["id"]
    return made


def complete(owner: Person, **changes: Any) -> str:
    """Make a draft that can be published; `changes` are of its overview."""
    gig_id = draft(owner)
    assert owner.call(OVERVIEW, {"input": {"gigId": gig_id, **overview(**changes)}}).data
    assert owner.call(PACKAGES, {"input": {"gigId": gig_id, "basic": package()}}).data
    described = {"gigId": gig_id, "description": DOCUMENT, "faq": FAQ}
    assert owner.call(DESCRIPTION, {"input": described}).data
    assert owner.call(GALLERY, {"input": {"gigId": gig_id, "images": [PICTURE]}}).data
    return gig_id


def published(owner: Person, **changes: Any) -> str:
    """Make a gig and publish it."""
    gig_id = complete(owner, **changes)
    assert owner.call(PUBLISH, {"gigId": gig_id}).data
    return gig_id


@dataclass
class GigsWorld:
    """The API with its people, and an index that is brought in step when a test says so."""

    souk: Souk
    index: SearchIndex = field(default_factory=lambda: MemoryIndex(INDEX))

    def __post_init__(self) -> None:
        tx = self.souk.table.transaction()
        for id_, name in ((STUDIO, "Studio"), (ACME, "Acme")):
            tx.create(ORGANIZATIONS, organization(id_, name))
        for id_, name, home in ((SOFIA, "Sofia", STUDIO), (NOAH, "Noah", STUDIO), (OLIVIA, "Olivia", ACME)):
            create_user(tx, user(id_, name, home, LISBON))
        tx.commit()

    @cached_property
    def sofia(self) -> Person:
        """A freelancer."""
        return person(self.souk, SOFIA, STUDIO)

    @cached_property
    def noah(self) -> Person:
        """Another one, of the same organization."""
        return person(self.souk, NOAH, STUDIO)

    @cached_property
    def olivia(self) -> Person:
        """A client."""
        return person(self.souk, OLIVIA, ACME)

    def draft(self, who: Person | None = None) -> str:
        """Make a draft, and return its id."""
        return draft(who or self.sofia)

    def complete(self, who: Person | None = None, **changes: Any) -> str:
        """Make a draft that can be published; `changes` are of its overview."""
        return complete(who or self.sofia, **changes)

    def published(self, who: Person | None = None, **changes: Any) -> str:
        """Make a gig and publish it."""
        return published(who or self.sofia, **changes)

    def stored(self, gig_id: str) -> Gig:
        """Return a gig as it is in the table."""
        found = self.souk.table.get(GIGS, gig_id)
        assert found
        return found

    def rename(self, gig_id: str, title: str) -> Answer:
        """Give a gig of Sofia's another title."""
        return self.sofia.call(OVERVIEW, {"input": {"gigId": gig_id, **overview(title=title)}})

    def refresh(self) -> None:
        """Bring the index in step with the table."""
        numbers = [item["PK"]["S"].removeprefix("GIG#NUMBER#") for item in self._items() if item["SK"]["S"] == "NUMBER"]
        self.index.rebuild(documents(GigsProjection(self.souk.table), numbers))

    def found(self, who: Person | None = None, **wanted: Any) -> list[str]:
        """Return the titles that somebody finds."""
        answer = (who or self.olivia).call(SEARCH, {"filter": wanted}).data["gigsSearch"]
        titles = [edge["node"]["title"] for edge in answer["edges"]]
        assert answer["totalCount"] == len(titles)
        return titles

    def events(self) -> list[tuple[str, str, str]]:
        """Return what was told, in order."""
        items = (item for item in self._items() if item["PK"]["S"].startswith("OUTBOX#"))
        told = sorted((OUTBOX.decode(item) for item in items), key=lambda event: int(event.event_id))
        return [(event.entity, event.action, event.id) for event in told]

    def _items(self) -> list[dict[str, Any]]:
        table = self.souk.table
        found: list[dict[str, Any]] = table.client.scan(TableName=table.name)["Items"]
        return found
