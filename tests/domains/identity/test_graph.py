"""Queries of users and organizations."""

from typing import Any

import pytest

from souk.authentication.principal import Role
from tests.domains.identity.people import (
    ACME,
    LIAM,
    OLIVIA,
    OMAR,
    OPS,
    RIVAL,
    SINCE,
    SOFIA,
    SOLO,
    WEB,
    settle,
)
from tests.support.api import Person, Souk, person


class Callers:
    """The API with its callers."""

    def __init__(self, souk: Souk) -> None:
        settle(souk.table)
        self.olivia = person(souk, OLIVIA, ACME)
        self.liam = person(souk, LIAM, WEB, company_id=ACME, role=Role.HIRING_MANAGER)
        self.omar = person(souk, OMAR, RIVAL)
        self.sofia = person(souk, SOFIA, SOLO)


@pytest.fixture
def callers(souk: Souk) -> Callers:
    return Callers(souk)


def test_user_returns_caller(callers: Callers) -> None:
    answer = callers.olivia.call("{ user { id nid rid name email photoUrl ciphertext } }")
    assert answer.data["user"] == {
        "id": OLIVIA,
        "nid": "olivia",
        "rid": OLIVIA,
        "name": "Olivia O.",
        "email": "Olivia@Example.test",
        "photoUrl": None,
        "ciphertext": "~01101",
    }


ORGANIZATION = """{ organization {
  id rid legacyId name type legacyType flag { client vendor agency individual } active hidden photoUrl creationDate
  parentOrganization { id name parentOrganization { id } }
  company { id displayName }
} }"""


def test_organization_of_request(callers: Callers) -> None:
    assert callers.liam.call(ORGANIZATION).data["organization"] == {
        "id": WEB,
        "rid": WEB,
        "legacyId": WEB,
        "name": "Web",
        "type": "BUSINESS",
        "legacyType": "CLIENT",
        "flag": {"client": True, "vendor": False, "agency": False, "individual": False},
        "active": True,
        "hidden": False,
        "photoUrl": None,
        "creationDate": SINCE,
        "parentOrganization": {"id": ACME, "name": "Acme", "parentOrganization": None},
        "company": {"id": ACME, "displayName": "Acme"},
    }


def test_freelancers_organization(callers: Callers) -> None:
    found = callers.sofia.call(ORGANIZATION).data["organization"]
    assert (found["type"], found["legacyType"], found["parentOrganization"]) == ("SOLE_PROPRIETOR", "VENDOR", None)
    assert found["flag"] == {"client": False, "vendor": True, "agency": False, "individual": True}


PRIVATE = """query ($id: ID!) { company(id: $id) {
  public { id name description legacyType logoURL }
  private {
    id name description legacyType logoURL contactUser { name email lastName } phone displayName teamsEnabled canHire
    hidden companyName country { twoLetterAbbreviation name } state city address zip timezone accountingEntity
    billingType summary paymentVerification { status paymentVerified } paymentVerificationStatus includeInStats
    agencyDetails { vetted }
  }
} }"""


def test_company_for_members_has_private_data(callers: Callers) -> None:
    for member in (callers.olivia, callers.liam):
        sides = member.call(PRIVATE, {"id": ACME}).data["company"]
        assert sides["private"] == {
            "id": ACME,
            "name": "Acme",
            "description": "Anvils and more.",
            "legacyType": "CLIENT",
            "logoURL": "https://acme.test/logo.png",
            "contactUser": {"name": "Olivia O.", "email": "Olivia@Example.test", "lastName": "Ortega"},
            "phone": "+1 415 555 0100",
            "displayName": "Acme",
            "teamsEnabled": True,
            "canHire": True,
            "hidden": False,
            "companyName": "Acme Trading, Inc.",
            "country": {"twoLetterAbbreviation": "US", "name": "United States"},
            "state": "CA",
            "city": "San Francisco",
            "address": "1 Market Street",
            "zip": "94105",
            "timezone": "America/Los_Angeles",
            "accountingEntity": "US",
            "billingType": "BILL",
            "summary": None,
            "paymentVerification": {"status": "DECLINED", "paymentVerified": False},
            "paymentVerificationStatus": "DECLINED",
            "includeInStats": None,
            "agencyDetails": None,
        }


def test_company_for_others_has_no_private_data(callers: Callers) -> None:
    public = {
        "id": ACME,
        "name": "Acme",
        "description": "Anvils and more.",
        "legacyType": "CLIENT",
        "logoURL": "https://acme.test/logo.png",
    }
    for outsider in (callers.omar, callers.sofia):
        assert outsider.call(PRIVATE, {"id": ACME}).data["company"] == {"public": public, "private": None}


@pytest.mark.parametrize("company", ["9999", WEB, "", "x" * 500])
def test_company_of_team_or_unknown_id_is_null(callers: Callers, company: str) -> None:
    assert callers.olivia.call(PRIVATE, {"id": company}).data["company"] is None


def test_company_selector_lists_valid_tenants(callers: Callers) -> None:
    query = """{ companySelector { items { title photoUrl organizationId organizationRid organizationType
      organizationLegacyType organizationEnterpriseType legacyEnterpriseOrganization typeTitle } } }"""
    assert callers.liam.call(query).data["companySelector"]["items"] == [
        {
            "title": "Acme - Web",
            "photoUrl": "https://acme.test/logo.png",
            "organizationId": WEB,
            "organizationRid": WEB,
            "organizationType": "Business",
            "organizationLegacyType": "Client",
            "organizationEnterpriseType": "Standard",
            "legacyEnterpriseOrganization": False,
            "typeTitle": "Client",
        }
    ]
    [item] = callers.sofia.call(query).data["companySelector"]["items"]
    assert (item["title"], item["typeTitle"], item["organizationType"]) == ("Sofia", "Freelancer", "SoleProprietor")
    for item in callers.olivia.call(query).data["companySelector"]["items"]:
        answer = callers.olivia.call("{ organization { id } }", tenant=item["organizationId"])
        assert answer.data["organization"]["id"] == item["organizationId"]


CHILDREN = """query ($user: ID, $page: Pagination) { organization {
  childOrganizations(userId: $user, pagination: $page) { id name parentOrganization { id } } } }"""


def _children(caller: Person, **variables: Any) -> list[str]:
    return [team["id"] for team in caller.call(CHILDREN, variables).data["organization"]["childOrganizations"]]


def test_owner_sees_all_teams(callers: Callers) -> None:
    assert _children(callers.olivia) == [WEB, OPS]
    assert _children(callers.olivia, user=LIAM) == [WEB]
    assert _children(callers.olivia, user=OMAR) == []


def test_teams_are_paged(callers: Callers) -> None:
    assert _children(callers.olivia, page={"first": 1}) == [WEB]
    assert _children(callers.olivia, page={"first": 1, "after": "0"}) == [WEB]
    assert _children(callers.olivia, page={"first": 1, "after": WEB}) == [OPS]
    assert _children(callers.olivia, page={"first": 1, "after": OPS}) == []
    assert callers.olivia.call(CHILDREN, {"page": {"first": 1, "after": "17"}}).code == "UNPROCESSABLE_CONTENT"
    assert callers.olivia.call(CHILDREN, {"page": {"first": 0}}).code == "UNPROCESSABLE_CONTENT"


def test_team_manager_sees_own_team(callers: Callers) -> None:
    query = """query ($user: ID) { organization { childOrganizations { id }
      parentOrganization { childOrganizations(userId: $user) { id }
        web: childOrganization(id: "202") { id } ops: childOrganization(id: "203") { id } } } }"""
    assert callers.liam.call(query).data["organization"] == {
        "childOrganizations": None,
        "parentOrganization": {"childOrganizations": [{"id": WEB}], "web": {"id": WEB}, "ops": None},
    }
    assert callers.liam.call(query, {"user": OLIVIA}).code == "FORBIDDEN"


def test_staff_is_paged(callers: Callers) -> None:
    person(callers.omar.souk, LIAM, ACME, role=Role.MEMBER)
    query = """query ($page: Pagination) { organization { staffs(pagination: $page) {
      totalCount pageInfo { hasNextPage endCursor }
      edges { node { id staffType activationStatus creationDate user { name email } } } } } }"""
    first = callers.olivia.call(query, {"page": {"first": 1}}).data["organization"]["staffs"]
    [edge] = first["edges"]
    assert edge["node"] == {
        "id": first["pageInfo"]["endCursor"],
        "staffType": 3,
        "activationStatus": 1,
        "creationDate": SINCE,
        "user": {"name": "Olivia O.", "email": "Olivia@Example.test"},
    }
    assert (first["totalCount"], first["pageInfo"]["hasNextPage"]) == (2, True)
    page = {"first": 1, "after": first["pageInfo"]["endCursor"]}
    second = callers.olivia.call(query, {"page": page}).data["organization"]["staffs"]
    assert [edge["node"]["user"]["name"] for edge in second["edges"]] == ["Liam L."]
    assert (second["edges"][0]["node"]["staffType"], second["pageInfo"]["hasNextPage"]) == (2, False)


def test_i18n_settings_by_country(callers: Callers) -> None:
    query = """query ($of: ID) { user { i18NSettings(companyReferencedId: $of) {
      countrySupported location { country { threeLetterAbbreviation } } } } }"""
    berlin = {"countrySupported": True, "location": {"country": {"threeLetterAbbreviation": "DEU"}}}
    assert callers.sofia.call(query).data["user"]["i18NSettings"] == berlin
    nowhere = {"countrySupported": False, "location": {"country": None}}
    assert callers.olivia.call(query).data["user"]["i18NSettings"] == nowhere
    of_acme = callers.olivia.call(query, {"of": ACME}).data["user"]["i18NSettings"]
    assert of_acme["location"]["country"] == {"threeLetterAbbreviation": "USA"}
    for other in (RIVAL, "77"):
        assert callers.olivia.call(query, {"of": other}).code == "FORBIDDEN"


def test_i18n_settings_agree_with_visitor(callers: Callers) -> None:
    settings = """{ countrySupported status locationViewType userPreferredLocationType
      settingsFlags { showJobSearch defaultDomesticEnabled } }"""
    query = f'{{ user {{ i18NSettings {settings} }} visitor {{ i18n(countryName: "Germany") {settings} }} }}'
    found = callers.sofia.call(query).data
    assert found["user"]["i18NSettings"] == found["visitor"]["i18n"]
    assert found["visitor"]["i18n"]["countrySupported"] is True


def test_time_reports_without_work_are_empty(callers: Callers) -> None:
    """They are required: an error would null the user or the organization."""
    report = "(timeReportDate_bt: {}, pagination: {first: 5}) { totalCount edges { __typename } }"
    query = f"{{ user {{ contractTimeReport{report} }} organization {{ clientContractTimeReport{report} }} }}"
    empty = {"totalCount": 0, "edges": []}
    assert callers.olivia.call(query).data == {
        "user": {"contractTimeReport": empty},
        "organization": {"clientContractTimeReport": empty},
    }


def test_staff_page_needs_one_read_per_level(callers: Callers) -> None:
    query = "{ organization { staffs { edges { node { user { name } } } } } }"
    few = callers.olivia.call(query)
    for number in range(30):
        person(callers.olivia.souk, str(700 + number), ACME, role=Role.MEMBER)
    many = callers.olivia.call(query)
    assert len(many.data["organization"]["staffs"]["edges"]) == 31
    assert many.trips == few.trips
