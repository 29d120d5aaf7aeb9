"""Visibility of users and companies for strangers, at any place in the graph.

A test domain replaces the jobs domain, with the same types and nothing else.
"""

from dataclasses import dataclass
from typing import Any

import pytest

from souk.authentication.principal import Role
from souk.domains.identity.resolvers import domain as identity
from souk.domains.identity.rules import privacy
from souk.domains.identity.store import ORGANIZATIONS, USERS
from souk.graph import Context, Domain, Graph, Scope
from souk.graph.assembly import assemble
from souk.storage import Table
from tests.domains.identity.people import ACME, LIAM, OLIVIA, OMAR, RIVAL, SOFIA, SOLO, WEB, settle
from tests.support.api import Person, Souk, person


@dataclass(frozen=True)
class Posting:
    """A job with its links."""

    id: str
    user_id: str
    team_id: str
    company_id: str = ACME

    @property
    def ownership(self) -> "Posting":
        return self


def _jobs() -> Domain:
    jobs = Domain("jobs", function="jobs")

    @jobs.query("jobPosting", scopes=[Scope.JOB_POSTINGS_READ])
    def job_posting(_ctx: Context, job_posting_id: str, load_annotation: bool | None = None) -> Posting:  # noqa: ARG001
        return Posting("1", user_id=job_posting_id, team_id=WEB)

    @jobs.query("marketplaceJobPosting", scopes=[Scope.MARKETPLACE_JOBS_READ])
    def marketplace_job_posting(_ctx: Context, id: str) -> Posting:
        return Posting(id, user_id=OLIVIA, team_id=WEB)

    jobs.link("JobPostingOwnership.user", to=USERS, by="user_id")
    jobs.link("JobPostingOwnership.clientCompany", to=ORGANIZATIONS, by="company_id")
    jobs.link("MarketplacePostingOwnership.team", to=ORGANIZATIONS, by="team_id")
    jobs.link("MarketplaceJobPosting.clientCompanyPublic", to=ORGANIZATIONS, by="company_id")
    jobs.link("MarketplaceJobPosting.clientCompany", to=ORGANIZATIONS, by="company_id", visible=privacy.company_shown)
    return jobs


GRAPH = Graph([identity, _jobs()], assemble())


@pytest.fixture
def souk(table: Table) -> Souk:
    settle(table)
    return Souk(table, GRAPH, {"graphql": ()})


def _caller(souk: Souk, name: str) -> Person:
    if name == "olivia":
        return person(souk, OLIVIA, ACME)
    if name == "liam":
        return person(souk, LIAM, WEB, company_id=ACME, role=Role.HIRING_MANAGER)
    return person(souk, *{"omar": (OMAR, RIVAL), "sofia": (SOFIA, SOLO)}[name])


MEET = """query ($id: ID!) { jobPosting(jobPostingId: $id) { ownership { user {
  id nid rid name firstName lastName photoUrl email
  location { countryName cityName stateCode timezone timezoneName offsetToUTC street zip } } } } }"""


@pytest.mark.parametrize(
    ("caller", "own"),
    [
        ("sofia", {"lastName": "Silva", "email": "Sofia@Example.test", "street": "Torstr. 1", "zip": "10115"}),
        ("omar", {"lastName": None, "email": None, "street": None, "zip": None}),
        ("olivia", {"lastName": None, "email": None, "street": None, "zip": None}),
    ],
)
def test_person_seen_by_stranger(souk: Souk, caller: str, own: dict[str, Any]) -> None:
    user = _caller(souk, caller).call(MEET, {"id": SOFIA}).data["jobPosting"]["ownership"]["user"]
    location = user.pop("location")
    assert location.pop("offsetToUTC") in (60, 120)
    assert "Germany" in location.pop("timezoneName")
    assert location == {
        "countryName": "Germany",
        "cityName": "Berlin",
        "stateCode": "Berlin",
        "timezone": "Europe/Berlin",
        "street": own["street"],
        "zip": own["zip"],
    }
    assert user == {
        "id": SOFIA,
        "nid": "sofia",
        "rid": SOFIA,
        "name": "Sofia S.",
        "firstName": "Sofia",
        "lastName": own["lastName"],
        "photoUrl": "https://studio.test/sofia.jpg",
        "email": own["email"],
    }


def test_person_seen_by_colleague(souk: Souk) -> None:
    user = _caller(souk, "liam").call(MEET, {"id": OLIVIA}).data["jobPosting"]["ownership"]["user"]
    assert (user["lastName"], user["email"], user["location"]) == ("Ortega", "Olivia@Example.test", None)


POST = """query { marketplaceJobPosting(id: "1") {
  clientCompany { id phone }
  clientCompanyPublic {
    id legacyType teamsEnabled canHire hidden includeInStats country { twoLetterAbbreviation } state city timezone
    accountingEntity billingType paymentVerification { status paymentVerified } agencyDetails { vetted } }
  ownership { team { id name company { id } parentOrganization { id name company { phone } } } }
} }"""


@pytest.mark.parametrize(("caller", "member"), [("liam", True), ("omar", False), ("sofia", False)])
def test_client_seen_by_stranger(souk: Souk, caller: str, member: bool) -> None:
    post = _caller(souk, caller).call(POST).data["marketplaceJobPosting"]
    assert post["clientCompanyPublic"] == {
        "id": ACME,
        "legacyType": "CLIENT",
        "teamsEnabled": True,
        "canHire": True,
        "hidden": False,
        "includeInStats": None,
        "country": {"twoLetterAbbreviation": "US"},
        "state": "CA",
        "city": "San Francisco",
        "timezone": "America/Los_Angeles",
        "accountingEntity": "US" if member else None,
        "billingType": "BILL" if member else None,
        "paymentVerification": {"status": "DECLINED" if member else None, "paymentVerified": False},
        "agencyDetails": None,
    }
    phone = "+1 415 555 0100"
    assert post["clientCompany"] == ({"id": ACME, "phone": phone} if member else None)
    assert post["ownership"]["team"] == {
        "id": WEB,
        "name": "Web",
        "company": {"id": ACME} if member else None,
        "parentOrganization": {"id": ACME, "name": "Acme", "company": {"phone": phone} if member else None},
    }


@pytest.mark.parametrize(
    "field", ["staffs { totalCount }", "childOrganizations { id }", 'childOrganization(id: "202") { id }']
)
def test_strangers_cannot_see_members(souk: Souk, field: str) -> None:
    query = f'{{ jobPosting(jobPostingId: "1") {{ ownership {{ clientCompany {{ id {field} }} }} }} }}'
    assert _caller(souk, "omar").call(query).code == "FORBIDDEN"
    assert _caller(souk, "olivia").call(query).data
