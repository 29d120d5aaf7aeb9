"""The test world of job postings: two clients, one of them with teams, and people on both sides."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from souk.authentication.principal import Role
from souk.authentication.records import MEMBERSHIPS
from souk.domains.clouds.model import Cloud
from souk.domains.clouds.store import create_cloud
from souk.domains.customfields.model import FieldDefinition, FieldType
from souk.domains.customfields.store import FIELDS
from souk.domains.identity.model import (
    Location,
    Organization,
    OrganizationLegacyType,
    OrganizationType,
    PaymentVerificationStatus,
    User,
)
from souk.domains.identity.store import ORGANIZATIONS, USERS
from souk.domains.jobs.search.index import INDEX
from souk.domains.jobs.search.projection import JobsProjection
from souk.domains.market.model import Relation, RelationKind
from souk.domains.market.store import RELATIONS
from souk.domains.reference.ontology import ontology, skill_by_slug
from souk.search import SearchIndex
from souk.search.indexer import documents
from souk.search.memory import MemoryIndex
from souk.storage import Table
from souk.storage.transaction import OUTBOX
from tests.support.api import Person, Souk, person

SINCE = "2026-01-05T08:00:00.000Z"
ACME, DESIGN, BUILD, RIVAL, STUDIO = "1001", "1002", "1003", "2001", "3001"
FIELD = "72"
"""The id of `store_field`."""
OLIVIA, LIAM, MAX, OMAR, SOFIA, NOAH = "501", "502", "503", "504", "505", "506"

BERLIN = Location(country="DE", city="Berlin", timezone="Europe/Berlin", latitude=52.52437, longitude=13.41053)
AUSTIN = Location(country="US", state="TX", city="Austin", timezone="America/Chicago")
LISBON = Location(country="PT", city="Lisbon", timezone="Europe/Lisbon")

_SERVICE = next(one for one in ontology().occupations.values() if one.slug == "back-end-development")
SERVICE = _SERVICE.id
SUBCATEGORY = _SERVICE.parent.id if _SERVICE.parent else ""
CATEGORY = _SERVICE.category.id


def skill_id(slug: str) -> str:
    """Return the id of a skill of the ontology."""
    found = skill_by_slug(slug)
    assert found is not None
    return found.id


def organization(id_: str, name: str, **fields: Any) -> Organization:
    """Return an organization. Default: a client's company."""
    return Organization(
        **{
            "id": id_,
            "name": name,
            "type": OrganizationType.BUSINESS,
            "legacy_type": OrganizationLegacyType.CLIENT,
            "company_id": id_,
            "creation_date": SINCE,
            **fields,
        }
    )


ALL_ORGANIZATIONS = (
    organization(
        ACME,
        "Acme",
        location=BERLIN,
        payment_verification_status=PaymentVerificationStatus.VERIFIED,
        total_hires=12,
        total_spent=1_234_567,
        feedback_score=4.8,
        feedback_count=9,
        enterprise=True,
    ),
    organization(DESIGN, "Acme Design", company_id=ACME, parent_id=ACME),
    organization(BUILD, "Acme Build", company_id=ACME, parent_id=ACME),
    organization(RIVAL, "Rival", location=AUSTIN, total_hires=1, feedback_score=3.5, feedback_count=2),
    organization(
        STUDIO,
        "Sofia",
        type=OrganizationType.SOLE_PROPRIETOR,
        legacy_type=OrganizationLegacyType.VENDOR,
        location=LISBON,
    ),
)


def user(id_: str, first_name: str, organization_id: str, location: Location) -> User:
    """Return a person."""
    return User(
        id=id_,
        nickname=first_name.lower(),
        email=f"{first_name.lower()}@souk.test",
        first_name=first_name,
        last_name="Example",
        location=location,
        creation_date=SINCE,
        organization_id=organization_id,
        company_ids=(organization_id,),
    )


ALL_PEOPLE = (
    user(OLIVIA, "Olivia", ACME, BERLIN),
    user(LIAM, "Liam", ACME, BERLIN),
    user(MAX, "Max", ACME, BERLIN),
    user(OMAR, "Omar", RIVAL, AUSTIN),
    user(SOFIA, "Sofia", STUDIO, LISBON),
    user(NOAH, "Noah", STUDIO, LISBON),
)


def fixed_price(**changes: Any) -> dict[str, Any]:
    """Return the `jobPostingInfo` of a complete fixed-price posting."""
    return {
        "title": "Build a Django shop",
        "description": "A small shop with a basket and card payments.",
        "type": "FIXED_PRICE",
        "amount": "1250.50",
        "categoryId": SUBCATEGORY,
        **changes,
    }


def hourly(**changes: Any) -> dict[str, Any]:
    """Return the `jobPostingInfo` of a complete hourly posting."""
    return {
        "title": "Keep our servers running",
        "description": "Ten hours a week of operations.",
        "type": "HOURLY",
        "hourlyBudgetType": "MANUAL",
        "hourlyBudgetMin": "25",
        "hourlyBudgetMax": "40.50",
        "engagementType": "PART_TIME",
        "categoryId": SUBCATEGORY,
        **changes,
    }


CREATE = """mutation ($request: JobPostingCreateRequest!) {
  createJobPosting(jobPostingRequest: $request) { id version }
}"""
UPDATE = """mutation ($id: ID!, $request: JobPostingUpdateRequest!) {
  updateJobPosting(id: $id, jobPostingRequest: $request) { id version }
}"""
DEFINE = """mutation ($input: CreateCustomFieldInput!) { createCustomField(input: $input) { id } }"""
SEARCH = """query ($filter: MarketplaceJobPostingsSearchFilter, $sort: [MarketplaceJobPostingSearchSortAttribute]) {
  marketplaceJobPostingsSearch(marketPlaceJobFilter: $filter, sortAttributes: $sort) {
    totalCount edges { cursor node { id } } pageInfo { endCursor hasNextPage }
  }
}"""
OLDER_SEARCH = SEARCH.replace("MarketplaceJobPostingsSearchFilter", "MarketplaceJobFilter").replace(
    "marketplaceJobPostingsSearch", "marketplaceJobPostings"
)


def store_field(table: Table, **changes: Any) -> str:
    """Store a custom field of Acme, a line of text, and return its id."""
    fields = {"id": FIELD, "company_id": ACME, "label": "Cost centre", "type": FieldType.TEXT_FIELD}
    author = {"creator_id": OLIVIA, "created": SINCE, "modified": SINCE}
    tx = table.transaction()
    stored = tx.create(FIELDS, FieldDefinition.model_validate({**fields, **author, **changes}))
    tx.commit()
    return stored.id


@dataclass
class People:
    """The API with people. A person gets a membership and a token on first use."""

    souk: Souk

    @cached_property
    def olivia(self) -> Person:
        """Acme's owner, for the whole company."""
        return person(self.souk, OLIVIA, ACME)

    @cached_property
    def liam(self) -> Person:
        """A hiring manager of Acme Design, for that team."""
        return person(self.souk, LIAM, DESIGN, company_id=ACME, role=Role.HIRING_MANAGER)

    @cached_property
    def max(self) -> Person:
        """A plain member of Acme Design."""
        return person(self.souk, MAX, DESIGN, company_id=ACME, role=Role.MEMBER)

    @cached_property
    def omar(self) -> Person:
        """The other client."""
        return person(self.souk, OMAR, RIVAL)

    @cached_property
    def sofia(self) -> Person:
        """A freelancer."""
        return person(self.souk, SOFIA, STUDIO)

    @cached_property
    def noah(self) -> Person:
        """Another freelancer."""
        return person(self.souk, NOAH, STUDIO)

    def define(self, label: str, type_: str = "TEXT_FIELD", who: Person | None = None, **fields: Any) -> str:
        """Define a custom field of Acme, and return its id. `options` are values."""
        options = fields.pop("options", None)
        given = {"label": label, "type": type_, **fields}
        if options is not None:
            given["options"] = [{"value": one} if isinstance(one, str) else one for one in options]
        id_: str = (who or self.olivia).call(DEFINE, {"input": given}).data["createCustomField"]["id"]
        return id_

    def end_membership(self, who: Person) -> None:
        """End a person's membership of the organization of their requests."""
        table = self.souk.table
        membership = table.get(MEMBERSHIPS, who.user_id, who.organization_id, consistent=True)
        assert membership is not None
        tx = table.transaction()
        tx.update(MEMBERSHIPS, membership.model_copy(update={"active": False}))
        tx.commit()

    def change_organization(self, organization_id: str, **changes: Any) -> None:
        """Change a stored organization."""
        table = self.souk.table
        found = table.get(ORGANIZATIONS, organization_id, consistent=True)
        assert found is not None
        tx = table.transaction()
        tx.update(ORGANIZATIONS, found.model_copy(update=changes))
        tx.commit()


@dataclass
class JobsWorld(People):
    """The API with its people, and a search index that is updated by `refresh`."""

    index: SearchIndex = field(default_factory=lambda: MemoryIndex(INDEX))

    def __post_init__(self) -> None:
        tx = self.souk.table.transaction()
        for one in ALL_ORGANIZATIONS:
            tx.create(ORGANIZATIONS, one)
        for member in ALL_PEOPLE:
            tx.create(USERS, member)
        tx.commit()

    def post(self, who: Person | None = None, organization_id: str | None = None, **request: Any) -> str:
        """Create a posting, and return its id. Default: a fixed-price posting."""
        author = who or self.olivia
        fields = {
            "organizationId": organization_id or author.organization_id,
            "jobPostingInfo": fixed_price(),
            **request,
        }
        answer = author.call(CREATE, {"request": fields})
        created: str = answer.data["createJobPosting"]["id"]
        return created

    def change(self, job_id: str, who: Person | None = None, organization_id: str = ACME, **request: Any) -> Any:
        """Update a posting, and return the whole answer."""
        fields = {"organizationId": organization_id, **request}
        return (who or self.olivia).call(UPDATE, {"id": job_id, "request": fields})

    def relate(self, kind: RelationKind, target_id: str, user_id: str, **fields: str) -> None:
        """Store a relation of a person to a cloud, a posting or a client."""
        tx = self.souk.table.transaction()
        tx.create(RELATIONS, Relation(kind=kind, target_id=target_id, user_id=user_id, **fields))
        tx.commit()

    def add_clouds(self, *ids: str, company_id: str = ACME, **fields: Any) -> None:
        """Store talent clouds of a client's company, without members."""
        tx = self.souk.table.transaction()
        for id_ in ids:
            named = {"organization_id": company_id, "name": f"Cloud {id_}", "creator_id": OLIVIA, **fields}
            create_cloud(tx, Cloud(id=id_, company_id=company_id, created=SINCE, modified=SINCE, **named))
        tx.commit()

    def refresh(self) -> None:
        """Rebuild the index from the table."""
        table = self.souk.table
        items = table.client.scan(TableName=table.name)["Items"]
        ids = [item["PK"]["S"].removeprefix("JOB#") for item in items if item["SK"]["S"] == "JOB"]
        self.index.rebuild(documents(JobsProjection(table), ids))

    def search(
        self, who: Person, sort: list[str] | None = None, *, older: bool = False, **conditions: Any
    ) -> list[str]:
        """Return the ids of the postings that a person finds."""
        variables = {"filter": conditions, "sort": [{"field": one} for one in sort or []]}
        name = "marketplaceJobPostings" if older else "marketplaceJobPostingsSearch"
        found = who.call(OLDER_SEARCH if older else SEARCH, variables).data[name]
        ids = [edge["node"]["id"] for edge in found["edges"]]
        assert found["totalCount"] >= len(ids)
        return ids

    def events(self) -> list[tuple[str, str]]:
        """Return the action and id of every posting event, in order."""
        table = self.souk.table
        items = table.client.scan(TableName=table.name)["Items"]
        outbox = sorted((item for item in items if item["SK"]["S"] == "EVENT"), key=lambda item: item["PK"]["S"])
        events = [OUTBOX.decode(item) for item in outbox]
        return [(one.action, one.id) for one in events if one.entity == "JP"]
