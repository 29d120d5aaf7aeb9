from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from souk.authentication.records import MEMBERSHIPS
from souk.authentication.scopes import Scope
from souk.domains.reference import ontology
from souk.storage import Table
from tests.support import table as table_shape
from tests.support.api import Person, Souk, person
from tests.support.clock import CLOCK


@pytest.fixture(scope="module")
def table() -> Iterator[Table]:
    """Return a table for all tests here: nothing but who calls is ever read from it."""
    with pytest.MonkeyPatch.context() as environment, mock_aws():
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            environment.setenv(name, "testing")
        client = boto3.client("dynamodb", region_name="us-east-1")
        table_shape.create(client, "souk-test")
        yield Table(client, "souk-test", CLOCK, writes=("",))


@pytest.fixture(scope="module")
def souk(table: Table) -> Souk:
    return Souk.whole(table)


@pytest.fixture(scope="module")
def sofia(souk: Souk) -> Person:
    return person(souk, "1001", "2001")


def only(souk: Souk, *scopes: Scope) -> Person:
    """Make a person whose token has just these scopes."""
    return person(souk, "1002", "2002", scopes=tuple(scope.value for scope in scopes))


def skill_id(slug: str) -> str:
    found = ontology.skill_by_slug(slug)
    assert found is not None
    return found.id


def by_label(caller: Person, **conditions: Any) -> list[dict[str, Any]]:
    query = """
        query ($filter: OntologyElementsSearchByPrefLabelFilter) {
          ontologyElementsSearchByPrefLabel(filter: $filter) { __typename id preferredLabel type entityStatus }
        }"""
    found: list[dict[str, Any]] = caller.call(query, {"filter": conditions}).data["ontologyElementsSearchByPrefLabel"]
    return found


FILTERED = """
    query ($filter: OntologyEntityFilter, $page: Pagination) {
      ontologyEntitiesFiltered(ontologyEntityFilter: $filter, pagination: $page) {
        totalCount edges { cursor node { id preferredLabel } } pageInfo { endCursor hasNextPage }
      }
    }"""


def pages(caller: Person, wanted: dict[str, Any], first: int) -> list[list[str]]:
    """Read all pages, by the labels on them."""
    found: list[list[str]] = []
    after = "0"
    while True:
        answer = caller.call(FILTERED, {"filter": wanted, "page": {"first": first, "after": after}})
        listed = answer.data["ontologyEntitiesFiltered"]
        found.append([edge["node"]["preferredLabel"] for edge in listed["edges"]])
        assert sum(map(len, found)) <= listed["totalCount"]
        if not listed["pageInfo"]["hasNextPage"]:
            assert sum(map(len, found)) == listed["totalCount"]
            return found
        after = listed["pageInfo"]["endCursor"]
        assert after == listed["edges"][-1]["cursor"]


def test_countries(sofia: Person) -> None:
    answer = sofia.call("""{ countries {
        id name twoLetterAbbreviation threeLetterAbbreviation region phoneCode active registrationAllowed
        relatedRegion { id name parentRegion { id } } relatedSubRegion { id name parentRegion { id } }
    } }""")
    countries = {one["twoLetterAbbreviation"]: one for one in answer.data["countries"]}
    assert len(countries) == 249
    assert countries["DE"] == {
        "id": "2921044",
        "name": "Germany",
        "twoLetterAbbreviation": "DE",
        "threeLetterAbbreviation": "DEU",
        "region": "EU",
        "phoneCode": "+49",
        "active": True,
        "registrationAllowed": True,
        "relatedRegion": {"id": "150", "name": "Europe", "parentRegion": None},
        "relatedSubRegion": {"id": "155", "name": "Western Europe", "parentRegion": {"id": "150"}},
    }
    assert answer.trips == 1, "reference data needs no storage; the one round trip proves who calls"


def test_regions_languages_and_time_zones(sofia: Person) -> None:
    data = sofia.call("""{
        regions { id name parentRegion { id name } }
        languages { iso639Code active englishName }
        timeZones { timeZoneName timeZoneDescription }
    }""").data
    assert {"id": "002", "name": "Africa", "parentRegion": None} in data["regions"]
    assert {"id": "030", "name": "Eastern Asia", "parentRegion": {"id": "142", "name": "Asia"}} in data["regions"]
    assert {"iso639Code": "fr", "active": True, "englishName": "French"} in data["languages"]
    assert {"timeZoneName": "Asia/Tokyo", "timeZoneDescription": "UTC+09:00 Japan"} in data["timeZones"]


def test_reasons(sofia: Person) -> None:
    query = "query ($all: Boolean) { reasons(reasonType: JOB_POSTING_CLOSE, all: $all) { id reason alias } }"
    offered = sofia.call(query).data["reasons"]
    everything = sofia.call(query, {"all": True}).data["reasons"]
    assert {"id": "1901", "reason": "I hired through this post", "alias": "hired-here"} in offered
    assert sofia.call(query, {"all": False}).data["reasons"] == offered
    assert {one["alias"] for one in everything if one not in offered} == {"expired", "removed-by-operator"}


def test_proposal_metadata(sofia: Person) -> None:
    data = sofia.call("""{ proposalMetadata {
        engagementDurationValues { id label }
        reasons { id }
        declining: reasons(reasonType: PROPOSAL_REJECT) { id reason alias }
    } }""").data["proposalMetadata"]
    assert data["engagementDurationValues"][0] == {"id": "1", "label": "Less than a week"}
    assert {one["id"] for one in data["declining"]} < {one["id"] for one in data["reasons"]}
    assert all(one["id"].startswith("18") for one in data["declining"])


def test_request_metadata_marks_operators(souk: Souk, table: Table, sofia: Person) -> None:
    query = "{ requestMetadata { sudo internal } }"
    assert sofia.call(query).data["requestMetadata"] == {"sudo": False, "internal": False}
    operator = person(souk, "1009", "2009")
    membership = table.get(MEMBERSHIPS, "1009", "2009")
    assert membership is not None
    transaction = table.transaction()
    transaction.update(MEMBERSHIPS, membership.model_copy(update={"operator": True}))
    transaction.commit()
    assert operator.call(query).data["requestMetadata"] == {"sudo": True, "internal": True}


def test_visitor(sofia: Person) -> None:
    query = """query ($country: String!) { visitor {
        i18n(countryName: $country, visitorId: "7") { countrySupported status settingsFlags { showJobSearch } }
        segment(visitorId: "7", segmentName: "returning") { data }
    } }"""
    assert sofia.call(query, {"country": "Kenya"}).data["visitor"] == {
        "i18n": {"countrySupported": True, "status": None, "settingsFlags": None},
        "segment": None,
    }
    assert sofia.call(query, {"country": "Antarctica"}).data["visitor"]["i18n"]["countrySupported"] is False
    assert sofia.call(query, {"country": "Atlantis"}).code == "NOT_FOUND"


def test_categories_as_tree(sofia: Person) -> None:
    parts = "id preferredLabel altLabel slug ontologyId"
    categories = sofia.call(f"""{{ ontologyCategories {{
        {parts} subcategories {{ {parts} services {{ {parts} }} }} services {{ {parts} }}
    }} }}""").data["ontologyCategories"]
    legal = next(one for one in categories if one["slug"] == "legal")
    assert (legal["preferredLabel"], legal["altLabel"], legal["ontologyId"]) == (
        "Legal",
        ["Law"],
        "soukOccupation:legal",
    )
    assert legal["services"] == [service for one in legal["subcategories"] for service in one["services"]]
    assert [one["preferredLabel"] for one in categories] == sorted(one["preferredLabel"] for one in categories)


def test_elements_by_label(sofia: Person) -> None:
    found = by_label(sofia, preferredLabel_any="javas")
    assert [(one["__typename"], one["preferredLabel"], one["type"]) for one in found] == [
        ("Skill", "JavaScript", ["SKILL"])
    ]
    assert len(by_label(sofia, preferredLabel_any="design")) == 10
    assert len(by_label(sofia, preferredLabel_any="design", limit=25)) == 25
    services = by_label(sofia, preferredLabel_any="design", type="OCCUPATION", limit=100)
    assert {one["__typename"] for one in services} == {"Occupation"}
    assert {one["entityStatus"] for one in by_label(sofia, preferredLabel_any="", entityStatus_eq="DEPRECATED")} == {
        "DEPRECATED"
    }


def test_elements_by_label_in_each_order(sofia: Person) -> None:
    def listed(order: str) -> list[str]:
        found = by_label(sofia, preferredLabel_any="design", sortOrder=order, limit=100)
        return [one["preferredLabel"] for one in found]

    assert listed("alphabet") == sorted(listed("alphabet"), key=str.casefold)
    assert all(label.startswith("Design") for label in listed("match-start")[:5])
    assert listed("random") not in (listed("alphabet"), listed("match-start"))


def test_attribute_groups_by_label(sofia: Person) -> None:
    wanted = {"preferredLabel_any": "programming languages"}
    assert by_label(sofia, **wanted) == []
    assert len(by_label(sofia, **wanted, includeAttributeGroups=True)) == 1


@pytest.mark.parametrize(
    "conditions",
    [{"limit": 0}, {"limit": 101}, {"sortOrder": "sideways"}, {"preferredLabel_any": "x" * 101}],
)
def test_invalid_label_search_is_refused(sofia: Person, conditions: dict[str, Any]) -> None:
    query = """query ($filter: OntologyElementsSearchByPrefLabelFilter) {
        ontologyElementsSearchByPrefLabel(filter: $filter) { id } }"""
    answer = sofia.call(query, {"filter": {"preferredLabel_any": "a"} | conditions})
    assert answer.code == "UNPROCESSABLE_CONTENT"
    assert answer.error["extensions"]["fields"][0]["path"].endswith(next(iter(conditions)))


def test_entities_by_id(sofia: Person) -> None:
    legal = next(one for one in ontology.ontology().categories if one.slug == "legal")
    query = """query ($ids: [String!]!) { ontologyEntities(ids: $ids) {
        __typename ... on Skill { id preferredLabel prettyName } ... on Occupation { id preferredLabel skills { id } }
    } }"""
    ids = [skill_id("c-sharp"), "12", legal.id, "not a number", skill_id("c-sharp")]
    skill, occupation = sofia.call(query, {"ids": ids}).data["ontologyEntities"]
    assert skill == {"__typename": "Skill", "id": ids[0], "preferredLabel": "C#", "prettyName": "c-sharp"}
    assert (occupation["__typename"], occupation["preferredLabel"]) == ("Occupation", "Legal")
    assert skill_id("contract-law") in {one["id"] for one in occupation["skills"]}
    assert sofia.call(query, {"ids": [str(one) for one in range(1_001)]}).code == "UNPROCESSABLE_CONTENT"


def test_entity_by_id(sofia: Person) -> None:
    query = "query ($id: ID!) { ontologyEntity(id: $id) { ... on Skill { ontologyId } } }"
    assert sofia.call(query, {"id": skill_id("python")}).data["ontologyEntity"] == {"ontologyId": "souk:python"}
    missing = sofia.call(query, {"id": "1"})
    assert (missing.code, missing.json["data"]) == ("NOT_FOUND", {"ontologyEntity": None})


def test_skill_with_all_relations(sofia: Person) -> None:
    pairs = ["narrower", "broader", "dependsOn", "splitInto", "exactMatch", "closeMatch", "isRequiredBy"]
    query = f"""query ($id: ID!) {{ ontologyEntity(id: $id) {{ ... on Skill {{
        {" ".join(f"{one} {one}Ids" for one in pairs)} mergedInto mergedIntoId replacedBy replacedById attributeLevel
        allowMultipleClient allowMultipleFreelancer allowOther advancedClient client freelancer requiredClient
        requiredFreelancer priority scopeNote externalLink comment clientQuestion clientTip freelancerQuestion
        freelancerTip otherClientLabel otherFreelancerLabel presentationMode legacySkillNid legacySkillId prettyName
        createdDateTime modifiedDateTime definition altLabel
    }} }} }}"""

    def read(slug: str) -> dict[str, Any]:
        found: dict[str, Any] = sofia.call(query, {"id": skill_id(slug)}).data["ontologyEntity"]
        for pair in pairs:
            named = [ontology.entity_by_ontology_id(one) for one in found[pair]]
            assert [one.id for one in named if one] == found[f"{pair}Ids"]
        return found

    react = read("react")
    assert react["broader"] == ["souk:front-end-frameworks-tools"]
    assert react["closeMatch"] == ["souk:preact"]
    assert react["altLabel"] == ["React.js", "ReactJS"]
    assert (react["client"], react["attributeLevel"], react["allowOther"]) == (True, [], False)
    group = read("front-end-frameworks-tools")
    assert "souk:react" in group["narrower"]
    assert group["dependsOn"] == ["souk:javascript"]
    assert "soukOccupation:front-end-development" in group["isRequiredBy"]
    assert (group["attributeLevel"], group["allowOther"]) == (["Attribute Group"], True)
    merged = read("google-adwords")
    assert (merged["mergedInto"], merged["replacedBy"], merged["client"]) == (
        "souk:google-ads",
        "souk:google-ads",
        False,
    )
    assert merged["mergedIntoId"] == merged["replacedById"] == skill_id("google-ads")
    split = read("social-media")
    assert split["splitInto"] == ["souk:social-media-strategy", "souk:social-media-account-management"]
    assert (split["replacedBy"], split["mergedInto"], split["mergedIntoId"]) == (split["splitInto"][0], None, None)


def test_entities_by_ontology_id(sofia: Person) -> None:
    query = """query ($ids: [ID!]!) {
        ontologyEntitySearchRecords(filter: { ontologyIds_any: $ids }) { ontologyEntity { __typename preferredLabel } }
    }"""
    ids = ["soukOccupation:legal", "souk:c-plus-plus", "souk:none", "soukOccupation:legal"]
    records = sofia.call(query, {"ids": ids}).data["ontologyEntitySearchRecords"]
    assert [one["ontologyEntity"] for one in records] == [
        {"__typename": "Occupation", "preferredLabel": "Legal"},
        {"__typename": "Skill", "preferredLabel": "C++"},
    ]


@pytest.mark.parametrize("order", ["ALPHABET", "MATCH_START", "RANDOM"])
def test_pages_hold_each_entity_once(sofia: Person, order: str) -> None:
    wanted = {"preferredLabel_any": "design", "sortOrder": order}
    found = pages(sofia, wanted, first=17)
    labels = [label for page in found for label in page]
    assert {len(page) for page in found[:-1]} == {17}
    [whole] = pages(sofia, wanted | {"limit": 100}, first=100)
    assert len(labels) > 100 == len(whole)
    if order != "RANDOM":
        assert labels[:100] == whole
    ids = sofia.call(FILTERED, {"filter": wanted}).data["ontologyEntitiesFiltered"]
    assert len(ids["edges"]) == 100
    assert ids["totalCount"] == len(labels)


def test_limit_counts_over_all_pages(sofia: Person) -> None:
    wanted = {"preferredLabel_any": "java", "limit": 3}
    assert [len(page) for page in pages(sofia, wanted, first=2)] == [2, 1]


def test_services_by_label(sofia: Person) -> None:
    wanted = {"preferredLabel_any": "development", "taxonomyLevel": "SERVICE"}
    found = [label for page in pages(sofia, wanted, first=50) for label in page]
    assert "Front-End Development" in found
    assert "Web Development" not in found, "it is a subcategory"
    assert pages(sofia, wanted | {"taxonomyLevel": "SPECIALIZATION"}, first=50) == [[]]


def test_cursor_is_bound_to_its_list(souk: Souk, sofia: Person) -> None:
    wanted = {"preferredLabel_any": "design"}
    first = sofia.call(FILTERED, {"filter": wanted, "page": {"first": 2}}).data["ontologyEntitiesFiltered"]
    page = {"first": 2, "after": first["pageInfo"]["endCursor"]}
    assert sofia.call(FILTERED, {"filter": wanted, "page": page}).data["ontologyEntitiesFiltered"]["edges"]
    other = {"preferredLabel_any": "design", "limit": 5}
    assert sofia.call(FILTERED, {"filter": other, "page": page}).code == "UNPROCESSABLE_CONTENT"
    stranger = person(souk, "1003", "2003")
    assert stranger.call(FILTERED, {"filter": wanted, "page": page}).code == "UNPROCESSABLE_CONTENT"
    assert sofia.call(FILTERED, {"filter": wanted, "page": {"first": 0}}).code == "UNPROCESSABLE_CONTENT"


def test_pages_without_filter_hold_all_active_entities(sofia: Person) -> None:
    listed = sofia.call(FILTERED).data["ontologyEntitiesFiltered"]
    assert len(listed["edges"]) == 100
    assert listed["totalCount"] > 1_000
    assert listed["pageInfo"]["hasNextPage"]


def test_categories_and_their_services(sofia: Person) -> None:
    query = """query ($ids: [ID!]) { ontologyOccupationsCategoriesServices(categoryUids: $ids) {
        categories { id preferredLabel } categoryServices { category services { preferredLabel } }
    } }"""
    categories = ontology.ontology().categories
    whole = sofia.call(query).data["ontologyOccupationsCategoriesServices"]
    assert [one["id"] for one in whole["categories"]] == [one.id for one in categories]
    legal = next(one for one in categories if one.slug == "legal")
    ids = [legal.id, legal.services[0].id, "5"]
    some = sofia.call(query, {"ids": ids}).data["ontologyOccupationsCategoriesServices"]
    assert some["categories"] == [{"id": legal.id, "preferredLabel": "Legal"}]
    [entry] = some["categoryServices"]
    assert entry["category"] == legal.id
    assert [one["preferredLabel"] for one in entry["services"]] == [one.preferred_label for one in legal.services]


def test_skills_by_limit_and_offset(sofia: Person) -> None:
    query = "query ($limit: Int!, $offset: Int) { ontologySkills(limit: $limit, offset: $offset) { id } }"
    ids: list[str] = []
    while page := sofia.call(query, {"limit": 1_000, "offset": len(ids)}).data["ontologySkills"]:
        ids += [one["id"] for one in page]
    assert ids == sorted(ontology.ontology().skills, key=int)
    assert [one["id"] for one in sofia.call(query, {"limit": 3}).data["ontologySkills"]] == ids[:3]
    for wrong in ({"limit": 0}, {"limit": -1}, {"limit": 1_001}, {"limit": 1, "offset": -1}):
        assert sofia.call(query, wrong).code == "UNPROCESSABLE_CONTENT"


METADATA = {Scope.COMMON_FUNCTIONS}
ONTOLOGY = {Scope.COMMON_FUNCTIONS, Scope.ONTOLOGY_READ}


@pytest.mark.parametrize(
    ("query", "scopes"),
    [
        ("countries { id }", METADATA),
        ("regions { id }", METADATA),
        ("timeZones { timeZoneName }", METADATA),
        ("reasons(reasonType: OFFER_DECLINE) { id }", METADATA),
        ("requestMetadata { sudo }", METADATA),
        ("visitor { __typename }", METADATA),
        ("ontologyCategories { id }", ONTOLOGY),
        ('ontologyEntities(ids: ["1"]) { __typename }', ONTOLOGY),
        ("ontologyEntitiesFiltered { totalCount }", ONTOLOGY),
        ('ontologyEntity(id: "1861020000000000001") { __typename }', {Scope.ONTOLOGY_READ}),
        ('ontologyEntitySearchRecords(filter: {ontologyIds_any: ["1"]}) { __typename }', {Scope.ONTOLOGY_READ}),
    ],
)
def test_token_needs_one_of_the_scopes(souk: Souk, query: str, scopes: set[Scope]) -> None:
    for number, scope in enumerate((Scope.COMMON_FUNCTIONS, Scope.ONTOLOGY_READ, Scope.JOB_POSTINGS_READ)):
        caller = person(souk, f"30{number}", "2002", scopes=(Scope.COMMON_ENTITIES_READ.value, scope.value))
        answer = caller.call(f"{{ {query} }}")
        if scope in scopes:
            assert answer.data
        else:
            assert answer.code == "FORBIDDEN"


@pytest.mark.parametrize(
    "query",
    [
        "languages { active }",
        "proposalMetadata { __typename }",
        "ontologyElementsSearchByPrefLabel { id }",
        "ontologyOccupationsCategoriesServices { categories { id } }",
        "ontologySkills(limit: 1) { id }",
    ],
)
def test_queries_open_to_every_token(souk: Souk, query: str) -> None:
    assert only(souk, Scope.COMMON_ENTITIES_READ).call(f"{{ {query} }}").data
