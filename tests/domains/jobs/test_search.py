"""Searching through the API: who finds what, in which order, page by page, and what a result says."""

from typing import Any

import pytest

from souk.domains.identity.store import ORGANIZATIONS
from souk.domains.jobs.search.projection import JobsProjection
from souk.domains.jobs.store import JOBS
from souk.domains.market.model import RelationKind
from souk.domains.market.store import CLIENT_RECORDS, client_record_key
from tests.support.worlds.jobs import (
    ACME,
    BUILD,
    CATEGORY,
    DESIGN,
    OLDER_SEARCH,
    OLIVIA,
    RIVAL,
    SEARCH,
    SERVICE,
    SOFIA,
    SUBCATEGORY,
    Market,
    fixed_price,
    hourly,
    skill_id,
)

RESULT = """query ($filter: MarketplaceJobPostingsSearchFilter) {
  marketplaceJobPostingsSearch(marketPlaceJobFilter: $filter) { edges { node {
    id job { id additionalSearchInfo { highlightTitle } } title description ciphertext duration durationLabel engagement
    amount { rawValue } recordNumber experienceLevel category subcategory freelancersToHire
    relevance { id effectiveCandidates recommendedEffectiveCandidates uniqueImpressions publishTime hoursInactive }
    enterprise relevanceEncoded totalApplicants preferredFreelancerLocation preferredFreelancerLocationMandatory premium
    clientNotSureFields clientPrivateFields applied createdDateTime publishedDateTime renewedDateTime
    client { memberSinceDateTime totalHires totalPostedJobs totalSpent { displayValue } verificationStatus
      location { city country timezone state offsetToUTC } totalReviews totalFeedback companyRid companyName edcUserId
      lastContractPlatform lastContractRid lastContractTitle companyOrgUid hasFinancialPrivacy }
    skills { id name prettyName highlighted }
    occupations { category { id prefLabel } subCategories { id } occupationService { id } }
    hourlyBudgetType hourlyBudgetMin { rawValue } hourlyBudgetMax { rawValue } localJobUserDistance
    weeklyBudget { rawValue } engagementDuration { id weeks } totalFreelancersToHire teamId
    freelancerClientRelation { companyRid companyName lastContractTitle }
  } } }
}"""


def test_who_finds_and_sees_which_posting(market: Market) -> None:
    posts = {
        "index": market.post(jobPostingInfo=fixed_price(access="PUBLIC_INDEX")),
        "public": market.post(jobPostingInfo=fixed_price(access="ACCESS_PUBLIC")),
        "private": market.post(jobPostingInfo=fixed_price(access="ACCESS_PRIVATE")),
        "draft": market.post(jobPostingInfo=fixed_price(status="DRAFT")),
        "cloud": market.post(ptcInfo={"visibility": "MEMBER_SELECTED_CLOUD", "talentCloudIds": ["91"]}),
        "invited": market.post(ptcInfo={"visibility": "ONLY_INVITED"}),
        "design": market.post(organization_id=DESIGN, jobPostingInfo=fixed_price(access="ACCESS_PRIVATE")),
        "build": market.post(organization_id=BUILD, jobPostingInfo=fixed_price(access="ACCESS_PRIVATE")),
    }
    market.relate(RelationKind.CLOUD, "91", SOFIA)
    market.relate(RelationKind.INVITATION, posts["invited"], SOFIA)
    market.refresh()
    name_of = {id_: name for name, id_ in posts.items()}
    expected = {
        market.olivia: set(posts) - {"draft"},
        market.liam: {"index", "public", "design"},
        market.omar: {"index", "public"},
        market.noah: {"index", "public"},
        market.sofia: {"index", "public", "cloud", "invited"},
    }
    read = "query ($id: ID!) { marketplaceJobPosting(id: $id) { id } }"
    for somebody, names in expected.items():
        assert {name_of[id_] for id_ in market.search(somebody)} == names
        assert {name_of[id_] for id_ in market.search(somebody, older=True)} == names
        for name, id_ in posts.items():
            answer = somebody.call(read, {"id": id_})
            if name in names:
                assert answer.data["marketplaceJobPosting"] == {"id": id_}
            else:
                assert answer.code == "NOT_FOUND"


def test_what_was_hidden_since_it_was_indexed_is_not_shown(market: Market) -> None:
    kept, hidden, closed = market.post(), market.post(), market.post()
    market.refresh()
    market.change(hidden, jobPostingInfo={"access": "ACCESS_PRIVATE"})
    market.olivia.call("mutation ($id: ID!) { closeJobPosting(id: $id) { id } }", {"id": closed})
    answer = market.sofia.call(SEARCH, {}).data["marketplaceJobPostingsSearch"]
    assert hidden not in [edge["node"]["id"] for edge in answer["edges"]]
    market.refresh()
    assert market.search(market.sofia) == [kept]


def test_pages_join_and_cursors_belong_to_one_search_of_one_person(market: Market) -> None:
    posts = [market.post() for _ in range(5)]
    market.refresh()
    seen: list[str] = []
    after = "0"
    while True:
        variables: dict[str, Any] = {"filter": {"pagination_eq": {"first": 2, "after": after}}}
        page = market.sofia.call(SEARCH, variables).data["marketplaceJobPostingsSearch"]
        assert page["totalCount"] == 5
        seen += [edge["node"]["id"] for edge in page["edges"]]
        assert page["edges"][-1]["cursor"] == page["pageInfo"]["endCursor"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == posts[::-1]
    last = {"first": 2, "after": after}
    assert market.noah.call(SEARCH, {"filter": {"pagination_eq": last}}).code == "UNPROCESSABLE_CONTENT"
    other = {"jobType_eq": "FIXED", "pagination_eq": last}
    assert market.sofia.call(SEARCH, {"filter": other}).code == "UNPROCESSABLE_CONTENT"
    for page_size in (0, -1, 101):
        refused = market.sofia.call(SEARCH, {"filter": {"pagination_eq": {"first": page_size}}})
        assert refused.code == "UNPROCESSABLE_CONTENT"


def test_words_of_signs_are_found(market: Market) -> None:
    posts = {
        word: market.post(jobPostingInfo=fixed_price(title=f"Somebody for {word} work"))
        for word in ("C++", "C#", ".NET", "node.js", "C")
    }
    market.refresh()
    for word in ("C++", "C#", ".NET", "node.js"):
        assert market.search(market.sofia, searchExpression_eq=word) == [posts[word]], word
        assert market.search(market.sofia, titleExpression_eq=word) == [posts[word]], word
        assert market.search(market.sofia, searchTerm_eq={"andTerms_all": [word]}) == [posts[word]], word


def test_skills_by_slug_label_and_expression(market: Market) -> None:
    def with_skill(slug: str) -> str:
        parent = skill_id("programming-languages")
        return market.post(sandsJobPost={"skills": [{"parentSkillId": parent, "skillId": skill_id(slug)}]})

    python, javascript, neither = with_skill("python"), with_skill("javascript"), market.post()
    market.refresh()
    assert set(market.search(market.sofia, skillExpression_eq="python, JavaScript")) == {python, javascript}
    assert market.search(market.sofia, older=True, skillExpression_eq="java* AND NOT python") == [javascript]
    assert market.search(market.sofia, older=True, skillExpression_eq="-javascript -python") == [neither]
    assert market.search(market.sofia, ontologySkillIds_all=[skill_id("python"), skill_id("javascript")]) == []


def test_orders(market: Market) -> None:
    acme_weak, rival = market.post(), market.post(market.omar, jobPostingInfo=fixed_price(title="Django Django"))
    acme = market.post(jobPostingInfo=fixed_price(title="Another", description="Django once"))
    market.refresh()
    assert market.search(market.sofia, ["RECENCY"]) == [acme, rival, acme_weak]
    assert market.search(market.sofia, ["CLIENT_RATING"]) == [acme, acme_weak, rival]
    assert market.search(market.sofia, ["CLIENT_TOTAL_CHARGE", "RECENCY"]) == [acme, acme_weak, rival]
    assert market.search(market.sofia, searchExpression_eq="django")[0] == rival
    assert market.search(market.sofia, ["RELEVANCE"], searchExpression_eq="django")[-1] == acme
    assert market.search(market.sofia, ["RECENCY"], searchExpression_eq="django")[0] == acme
    refused = market.sofia.call(SEARCH, {"sort": [{"field": "RECENCY"}, {"field": "RELEVANCE"}]})
    assert refused.code == "UNPROCESSABLE_CONTENT"


@pytest.mark.parametrize(
    "wanted",
    [
        {"preserveFacet_eq": "category"},
        {"searchExpression_eq": "x" * 10_000},
        {"searchExpression_eq": "(" * 5_000 + "a" + ")" * 5_000},
        {"skillExpression_eq": "x" * 10_000},
        {"skillExpression_eq": "a," * 5_000},
        {"titleExpression_eq": "a OR " * 2_000 + "a"},
        {"searchTerm_eq": {"andTerms_all": ["a"] * 1_000}},
        {"searchTerm_eq": {"excludeTerms_any": ["a" * 1_000]}},
        {"categoryIds_any": ["1"] * 1_000},
        {"budgetRange_eq": {"rangeStart": 5, "rangeEnd": 1}},
        {"visitorCountry_eq": "Atlantis"},
        {"timezone_eq": "../../etc/passwd"},
        {"timezone_eq": "Europe"},
        {"area_eq": {"latitude": 91, "longitude": 0, "radius": 1}},
        {"area_eq": {"latitude": 0, "longitude": 0, "radius": -1}},
    ],
)
def test_what_cannot_be_honoured_is_refused(market: Market, wanted: dict[str, Any]) -> None:
    assert market.sofia.call(SEARCH, {"filter": wanted}).code == "UNPROCESSABLE_CONTENT"


@pytest.mark.parametrize(
    "wanted",
    [
        {"sinceId_eq": "x"},
        {"maxId_eq": "9" * 40},
        {"cityId_any": ["1"]},
        {"zipCodeId_any": ["00000"]},
        {"areaId_any": ["Europe"]},
        {"usState_eq": "Bavaria"},
        {"daysPosted_eq": -1},
        {"radius_eq": 5},
        {"cityId_any": ["2950159"], "radius_eq": 0},
    ],
)
def test_what_the_older_filter_cannot_honour_is_refused(market: Market, wanted: dict[str, Any]) -> None:
    assert market.sofia.call(OLDER_SEARCH, {"filter": wanted}).code == "UNPROCESSABLE_CONTENT"


def test_a_result_says_what_is_known(market: Market) -> None:
    request: dict[str, Any] = {
        "jobPostingInfo": hourly(
            durationId="3", experienceLevel="EXPERT", freelancersToHire=2, weeklyRetainerBudget=400.0, premium=True
        ),
        "qualifications": {"countries": ["PT", "Germany"], "locationCheckRequired": True},
        "sandsJobPost": {
            "occupationId": SERVICE,
            "skills": [{"parentSkillId": skill_id("programming-languages"), "skillId": skill_id("python")}],
            "additionalSkills": [{"freetext": "Yeast wrangling"}],
        },
    }
    job_id = market.post(organization_id=DESIGN, **request)
    market.relate(RelationKind.CLIENT, ACME, SOFIA, record_id="7", title="Logo", platform="souk", company_name="Acme")
    market.relate(RelationKind.APPLICATION, job_id, SOFIA)
    market.refresh()
    answer = market.sofia.call(RESULT, {"filter": {"searchExpression_eq": "servers"}})
    (edge,) = answer.data["marketplaceJobPostingsSearch"]["edges"]
    node = edge["node"]
    assert node["job"] == {
        "id": job_id,
        "additionalSearchInfo": {"highlightTitle": "Keep our <em>servers</em> running"},
    }
    assert (node["duration"], node["durationLabel"], node["engagement"]) == ("QUARTER", "1 to 3 months", "Part time")
    assert (node["amount"], node["weeklyBudget"]) == ({"rawValue": "0.00"}, {"rawValue": "400.00"})
    assert (node["hourlyBudgetMin"], node["hourlyBudgetMax"]) == ({"rawValue": "25.00"}, {"rawValue": "40.50"})
    assert (node["experienceLevel"], node["freelancersToHire"], node["premium"]) == ("EXPERT", 2, True)
    assert (node["enterprise"], node["applied"], node["totalApplicants"]) == (True, True, 0)
    assert node["occupations"]["category"]["id"] == CATEGORY
    assert node["occupations"]["subCategories"] == [{"id": SUBCATEGORY}]
    assert node["occupations"]["occupationService"] == {"id": SERVICE}
    assert [(one["name"], one["prettyName"]) for one in node["skills"]] == [
        ("python", "Python"),
        ("yeast-wrangling", "Yeast wrangling"),
    ]
    assert node["preferredFreelancerLocation"] == ["Germany", "Portugal"]
    assert node["preferredFreelancerLocationMandatory"] is True
    assert node["localJobUserDistance"].endswith(" miles")
    assert node["teamId"] == DESIGN
    assert node["freelancerClientRelation"] == {"companyRid": ACME, "companyName": "Acme", "lastContractTitle": "Logo"}
    client = node["client"]
    assert client["location"].pop("offsetToUTC") in ("+01:00", "+02:00")
    assert client["location"] == {"city": "Berlin", "country": "Germany", "timezone": "Europe/Berlin", "state": None}
    assert client["totalSpent"] == {"displayValue": "$12,345.67"}
    assert client["totalPostedJobs"] == 1
    assert (client["totalHires"], client["totalReviews"], client["totalFeedback"]) == (12, 9, 4.8)
    assert (client["verificationStatus"], client["edcUserId"]) == ("VERIFIED", OLIVIA)
    assert (client["companyOrgUid"], client["lastContractTitle"]) == (ACME, "Logo")
    assert market.search(market.sofia, previousClients_eq=True) == [job_id]
    assert market.search(market.noah, previousClients_eq=True) == []


def test_round_trips_do_not_grow_with_the_page(market: Market) -> None:
    python = {"parentSkillId": skill_id("programming-languages"), "skillId": skill_id("python")}
    tx = market.souk.table.transaction()
    example = market.souk.table.get(JOBS, market.post(sandsJobPost={"skills": [python]}))
    assert example
    for number in range(49):
        team = (ACME, DESIGN, BUILD)[number % 3]
        tx.create(JOBS, example.model_copy(update={"id": str(int(example.id) + 1 + number), "organization_id": team}))
    tx.commit()
    market.refresh()
    query = """query ($first: Int!) {
      marketplaceJobPostingsSearch(marketPlaceJobFilter: { pagination_eq: { first: $first } }) { edges { node {
        job { ownership { company { id name } team { id name parentOrganization { id } } }
          classification { skills { id preferredLabel } } clientCompanyPublic { city }
          canClientReceiveContractProposal }
      } } }
    }"""
    few, many = market.sofia.call(query, {"first": 5}), market.sofia.call(query, {"first": 50})
    assert len(many.data["marketplaceJobPostingsSearch"]["edges"]) == 50
    assert few.trips == many.trips <= 5  # who calls, what binds them, postings, clients and teams
    owners = """query ($first: Int!) { organization {
      jobPosting(jobPostingFilter: { pagination_eq: { first: $first } }) { edges { node {
        ownership { user { id name } company { id } team { id name } clientCompany { id } }
        info { changedByUser { id } } classification { skills { id } }
      } } }
    } }"""
    few, many = market.olivia.call(owners, {"first": 5}), market.olivia.call(owners, {"first": 50})
    assert len(many.data["organization"]["jobPosting"]["edges"]) == 50
    assert few.trips == many.trips <= 4  # who calls, the organization, its postings, people and teams


def test_changes_that_concern_the_index(market: Market) -> None:
    projection = JobsProjection(market.souk.table)
    job_id = market.post(organization_id=DESIGN)
    market.post(market.omar)

    def record(pk: str, sk: str, **images: Any) -> dict[str, Any]:
        return {"eventName": "MODIFY", "dynamodb": {"Keys": {"PK": {"S": pk}, "SK": {"S": sk}}, **images}}

    acme = market.souk.table.get(ORGANIZATIONS, ACME)
    assert acme
    image = ORGANIZATIONS.encode(acme)
    renamed = ORGANIZATIONS.encode(acme.model_copy(update={"name": "New", "version": 2}))
    hired = ORGANIZATIONS.encode(acme.model_copy(update={"total_hires": 13}))
    assert list(projection.affected(record(f"JOB#{job_id}", "JOB"))) == [job_id]
    assert list(projection.affected(record(f"JOB#{job_id}", "PROPOSAL#1"))) == []
    assert list(projection.affected(record(f"APPLIED#{job_id}", "ACTIVITY"))) == [job_id]
    assert list(projection.affected(record(f"APPLIED#{job_id}", "APPLICANT#1"))) == []
    assert list(projection.affected(record(f"ORG#{ACME}", "ORG", OldImage=image, NewImage=renamed))) == []
    assert list(projection.affected(record(f"ORG#{ACME}", "ORG", OldImage=image, NewImage=hired))) == [job_id]
    assert list(projection.affected(record(f"CLIENT#{ACME}", "RECORD"))) == [job_id]
    assert list(projection.affected(record(f"CLIENT#{ACME}", "FREELANCER#1"))) == []
    assert projection.documents(["1"]) == {"1": None}


def test_what_a_client_has_done_here_is_added_to_what_it_brought_along(market: Market) -> None:
    first = market.post(organization_id=DESIGN)
    rivals = market.post(market.omar)
    tx = market.souk.table.transaction()
    tx.tally(CLIENT_RECORDS, client_record_key(ACME), hires=3, spent=500, reviews=1, stars=250)
    tx.tally(CLIENT_RECORDS, client_record_key(RIVAL), hires=20, spent=2_000_000, reviews=1, stars=500)
    tx.commit()
    market.refresh()
    answer = market.sofia.call(RESULT, {"filter": {}})
    clients = {
        edge["node"]["id"]: edge["node"]["client"] for edge in answer.data["marketplaceJobPostingsSearch"]["edges"]
    }
    acme = clients[first]
    assert (acme["totalHires"], acme["totalReviews"], acme["totalFeedback"]) == (15, 10, 4.57)
    assert acme["totalSpent"] == {"displayValue": "$12,350.67"}
    assert clients[rivals]["totalFeedback"] == 4.0
    assert market.search(market.sofia, ["CLIENT_TOTAL_CHARGE"]) == [rivals, first]
    assert market.search(market.sofia, ["CLIENT_RATING"]) == [first, rivals]
    assert market.search(market.sofia, clientHiresRange_eq={"rangeStart": 16, "rangeEnd": 30}) == [rivals]
    again = market.post(organization_id=DESIGN)
    own = "query ($id: ID!) { jobPosting(jobPostingId: $id) { additionalInfo { clientNumberOfHiresOnCreate } } }"
    shown = market.olivia.call(own, {"id": again}).data["jobPosting"]["additionalInfo"]
    assert shown == {"clientNumberOfHiresOnCreate": 15}
