"""Job search through the API: visibility, orders, pages and results."""

import re
from typing import Any

import pytest

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
    JobsWorld,
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


def test_times_of_results_have_offset(world: JobsWorld) -> None:
    world.post()
    world.refresh()
    (edge,) = world.sofia.call(RESULT, {"filter": {}}).data["marketplaceJobPostingsSearch"]["edges"]
    node = edge["node"]
    times = [node["createdDateTime"], node["publishedDateTime"], node["relevance"]["publishTime"]]
    for time in (*times, node["client"]["memberSinceDateTime"]):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000", time), time


def test_search_and_read_visibility(world: JobsWorld) -> None:
    world.add_clouds("91")
    posts = {
        "index": world.post(jobPostingInfo=fixed_price(access="PUBLIC_INDEX")),
        "public": world.post(jobPostingInfo=fixed_price(access="ACCESS_PUBLIC")),
        "private": world.post(jobPostingInfo=fixed_price(access="ACCESS_PRIVATE")),
        "draft": world.post(jobPostingInfo=fixed_price(status="DRAFT")),
        "cloud": world.post(ptcInfo={"visibility": "MEMBER_SELECTED_CLOUD", "talentCloudIds": ["91"]}),
        "invited": world.post(ptcInfo={"visibility": "ONLY_INVITED"}),
        "design": world.post(organization_id=DESIGN, jobPostingInfo=fixed_price(access="ACCESS_PRIVATE")),
        "build": world.post(organization_id=BUILD, jobPostingInfo=fixed_price(access="ACCESS_PRIVATE")),
    }
    world.relate(RelationKind.CLOUD, "91", SOFIA)
    world.relate(RelationKind.INVITATION, posts["invited"], SOFIA)
    world.refresh()
    name_of = {id_: name for name, id_ in posts.items()}
    expected = {
        world.olivia: set(posts) - {"draft"},
        world.liam: {"index", "public", "design"},
        world.omar: {"index", "public"},
        world.noah: {"index", "public"},
        world.sofia: {"index", "public", "cloud", "invited"},
    }
    read = "query ($id: ID!) { marketplaceJobPosting(id: $id) { id } }"
    for caller, names in expected.items():
        assert {name_of[id_] for id_ in world.search(caller)} == names
        assert {name_of[id_] for id_ in world.search(caller, older=True)} == names
        for name, id_ in posts.items():
            answer = caller.call(read, {"id": id_})
            if name in names:
                assert answer.data["marketplaceJobPosting"] == {"id": id_}
            else:
                assert answer.code == "NOT_FOUND"


def test_search_omits_postings_hidden_after_indexing(world: JobsWorld) -> None:
    visible, hidden, closed = world.post(), world.post(), world.post()
    world.refresh()
    world.change(hidden, jobPostingInfo={"access": "ACCESS_PRIVATE"})
    world.olivia.call("mutation ($id: ID!) { closeJobPosting(id: $id) { id } }", {"id": closed})
    answer = world.sofia.call(SEARCH, {}).data["marketplaceJobPostingsSearch"]
    assert hidden not in [edge["node"]["id"] for edge in answer["edges"]]
    world.refresh()
    assert world.search(world.sofia) == [visible]


def test_search_pages_and_cursor_binding(world: JobsWorld) -> None:
    posts = [world.post() for _ in range(5)]
    world.refresh()
    seen: list[str] = []
    after = "0"
    while True:
        variables: dict[str, Any] = {"filter": {"pagination_eq": {"first": 2, "after": after}}}
        page = world.sofia.call(SEARCH, variables).data["marketplaceJobPostingsSearch"]
        assert page["totalCount"] == 5
        seen += [edge["node"]["id"] for edge in page["edges"]]
        assert page["edges"][-1]["cursor"] == page["pageInfo"]["endCursor"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == posts[::-1]
    last = {"first": 2, "after": after}
    assert world.noah.call(SEARCH, {"filter": {"pagination_eq": last}}).code == "UNPROCESSABLE_CONTENT"
    other = {"jobType_eq": "FIXED", "pagination_eq": last}
    assert world.sofia.call(SEARCH, {"filter": other}).code == "UNPROCESSABLE_CONTENT"
    for page_size in (0, -1):
        refused = world.sofia.call(SEARCH, {"filter": {"pagination_eq": {"first": page_size}}})
        assert refused.code == "UNPROCESSABLE_CONTENT"
    greatest = world.sofia.call(SEARCH, {"filter": {"pagination_eq": {"first": 500}}})
    assert len(greatest.data["marketplaceJobPostingsSearch"]["edges"]) == 5


def test_search_finds_words_with_signs(world: JobsWorld) -> None:
    posts = {
        word: world.post(jobPostingInfo=fixed_price(title=f"Somebody for {word} work"))
        for word in ("C++", "C#", ".NET", "node.js", "C")
    }
    world.refresh()
    for word in ("C++", "C#", ".NET", "node.js"):
        assert world.search(world.sofia, searchExpression_eq=word) == [posts[word]], word
        assert world.search(world.sofia, titleExpression_eq=word) == [posts[word]], word
        assert world.search(world.sofia, searchTerm_eq={"andTerms_all": [word]}) == [posts[word]], word


def test_search_skills_by_slug_label_and_expression(world: JobsWorld) -> None:
    def with_skill(slug: str) -> str:
        parent = skill_id("programming-languages")
        return world.post(sandsJobPost={"skills": [{"parentSkillId": parent, "skillId": skill_id(slug)}]})

    python, javascript, neither = with_skill("python"), with_skill("javascript"), world.post()
    world.refresh()
    assert set(world.search(world.sofia, skillExpression_eq="python, JavaScript")) == {python, javascript}
    assert set(world.search(world.sofia, skillExpression_eq="python javascript")) == {python, javascript}
    assert world.search(world.sofia, skillExpression_eq="JavaScript developer") == [javascript]
    assert world.search(world.sofia, skillExpression_eq="python developers,Rust") == [python]
    assert world.search(world.sofia, skillExpression_eq="java* AND NOT python") == [javascript]
    assert world.search(world.sofia, skillExpression_eq="programming python NOT javascript") == [python]
    assert world.search(world.sofia, older=True, skillExpression_eq="python javascript") == []
    assert world.search(world.sofia, older=True, skillExpression_eq="java* AND NOT python") == [javascript]
    assert world.search(world.sofia, older=True, skillExpression_eq="-javascript -python") == [neither]
    assert world.search(world.sofia, ontologySkillIds_all=[skill_id("python"), skill_id("javascript")]) == []


def test_words_of_one_skill_find_only_that_skill(world: JobsWorld) -> None:
    def with_text(skill: str) -> str:
        return world.post(sandsJobPost={"additionalSkills": [{"freetext": skill}]})

    machine_learning, learning, voice = with_text("Machine Learning"), with_text("Learning"), with_text("Brand Voice")
    world.refresh()
    assert world.search(world.sofia, skillExpression_eq="machine learning") == [machine_learning]
    assert world.search(world.sofia, skillExpression_eq="brand voice") == [voice]
    assert set(world.search(world.sofia, skillExpression_eq="brand voice learning")) == {voice, learning}


def test_title_has_any_word_in_newer_filter_and_all_in_older(world: JobsWorld) -> None:
    django, react, both = (
        world.post(jobPostingInfo=fixed_price(title=title)) for title in ("Django", "React app", "React and Django")
    )
    world.refresh()
    assert set(world.search(world.sofia, titleExpression_eq="django react")) == {django, react, both}
    assert world.search(world.sofia, titleExpression_eq="django AND react") == [both]
    assert world.search(world.sofia, titleExpression_eq="django react -app -and") == [django]
    assert world.search(world.sofia, older=True, titleExpression_eq="django react") == [both]


def test_blank_expression_leaves_search_term(world: JobsWorld) -> None:
    world.post(jobPostingInfo=fixed_price(title="Django"))
    react = world.post(jobPostingInfo=fixed_price(title="React"))
    world.refresh()
    term = {"andTerms_all": ["react"]}
    assert world.search(world.sofia, searchExpression_eq=" ", searchTerm_eq=term) == [react]


def test_client_is_found_by_place_as_people_write_it(world: JobsWorld) -> None:
    berlin, austin = world.post(), world.post(world.omar)
    world.refresh()
    for place in ("Germany", "Deutschland", "de", "Berlin", "BERLÍN", "Berlin, Germany", "Берлин", "berlin germany"):
        assert world.search(world.sofia, locations_any=[place]) == [berlin], place
    for place in ("USA", "U.S.A.", "United States", "Texas", "Austin, TX", "austin tx", "Austin, Texas, USA", "Остин"):
        assert world.search(world.sofia, locations_any=[place]) == [austin], place
    for place in ("Berlin, CT", "Austin, MN", "Berlin, France", "Atlantis", "Austin, Atlantis", ","):
        assert world.search(world.sofia, locations_any=[place]) == [], place
    assert set(world.search(world.sofia, locations_any=["UK", "Germany", "Austin"])) == {berlin, austin}
    assert set(world.search(world.sofia, locations_any=[" "])) == {berlin, austin}
    assert world.search(world.sofia, older=True, usState_eq="t.x.") == [austin]


def test_word_in_place_of_id_is_refused(world: JobsWorld) -> None:
    answer = world.sofia.call(SEARCH, {"filter": {"categoryIds_any": ["legal"]}})
    (error,) = answer.json["errors"]
    assert error["extensions"]["code"] == "UNPROCESSABLE_CONTENT"
    assert error["extensions"]["fields"][0]["path"] == "categoryIds_any"


def test_search_orders(world: JobsWorld) -> None:
    acme_weak, rival = world.post(), world.post(world.omar, jobPostingInfo=fixed_price(title="Django Django"))
    acme = world.post(jobPostingInfo=fixed_price(title="Another", description="Django once"))
    world.refresh()
    assert world.search(world.sofia, ["RECENCY"]) == [acme, rival, acme_weak]
    assert world.search(world.sofia, ["CLIENT_RATING"]) == [acme, acme_weak, rival]
    assert world.search(world.sofia, ["CLIENT_TOTAL_CHARGE", "RECENCY"]) == [acme, acme_weak, rival]
    assert world.search(world.sofia, searchExpression_eq="django")[0] == rival
    assert world.search(world.sofia, ["RELEVANCE"], searchExpression_eq="django")[-1] == acme
    assert world.search(world.sofia, ["RECENCY"], searchExpression_eq="django")[0] == acme
    refused = world.sofia.call(SEARCH, {"sort": [{"field": "RECENCY"}, {"field": "RELEVANCE"}]})
    assert refused.code == "UNPROCESSABLE_CONTENT"


@pytest.mark.parametrize(
    "conditions",
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
def test_unsupported_filters_are_refused(world: JobsWorld, conditions: dict[str, Any]) -> None:
    assert world.sofia.call(SEARCH, {"filter": conditions}).code == "UNPROCESSABLE_CONTENT"


@pytest.mark.parametrize(
    "conditions",
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
def test_unsupported_older_filters_are_refused(world: JobsWorld, conditions: dict[str, Any]) -> None:
    assert world.sofia.call(OLDER_SEARCH, {"filter": conditions}).code == "UNPROCESSABLE_CONTENT"


def test_search_result_fields(world: JobsWorld) -> None:
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
    job_id = world.post(organization_id=DESIGN, **request)
    world.relate(RelationKind.CLIENT, ACME, SOFIA, record_id="7", title="Logo", platform="souk", company_name="Acme")
    world.relate(RelationKind.APPLICATION, job_id, SOFIA)
    world.refresh()
    answer = world.sofia.call(RESULT, {"filter": {"searchExpression_eq": "servers"}})
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
    assert world.search(world.sofia, previousClients_eq=True) == [job_id]
    assert world.search(world.noah, previousClients_eq=True) == []


def test_search_round_trips_do_not_grow(world: JobsWorld) -> None:
    python = {"parentSkillId": skill_id("programming-languages"), "skillId": skill_id("python")}
    tx = world.souk.table.transaction()
    example = world.souk.table.get(JOBS, world.post(sandsJobPost={"skills": [python]}))
    assert example
    for number in range(49):
        team = (ACME, DESIGN, BUILD)[number % 3]
        tx.create(JOBS, example.model_copy(update={"id": str(int(example.id) + 1 + number), "organization_id": team}))
    tx.commit()
    world.refresh()
    query = """query ($first: Int!) {
      marketplaceJobPostingsSearch(marketPlaceJobFilter: { pagination_eq: { first: $first } }) { edges { node {
        job { ownership { company { id name } team { id name parentOrganization { id } } }
          classification { skills { id preferredLabel } } clientCompanyPublic { city }
          canClientReceiveContractProposal }
      } } }
    }"""
    few, many = world.sofia.call(query, {"first": 5}), world.sofia.call(query, {"first": 50})
    assert len(many.data["marketplaceJobPostingsSearch"]["edges"]) == 50
    assert few.trips == many.trips <= 5  # who calls, what binds them, postings, clients and teams
    owners = """query ($first: Int!) { organization {
      jobPosting(jobPostingFilter: { pagination_eq: { first: $first } }) { edges { node {
        ownership { user { id name } company { id } team { id name } clientCompany { id } }
        info { changedByUser { id } } classification { skills { id } }
      } } }
    } }"""
    few, many = world.olivia.call(owners, {"first": 5}), world.olivia.call(owners, {"first": 50})
    assert len(many.data["organization"]["jobPosting"]["edges"]) == 50
    assert few.trips == many.trips <= 4  # who calls, the organization, its postings, people and teams


def test_client_record_adds_to_imported_numbers(world: JobsWorld) -> None:
    first = world.post(organization_id=DESIGN)
    rivals = world.post(world.omar)
    tx = world.souk.table.transaction()
    tx.tally(CLIENT_RECORDS, client_record_key(ACME), hires=3, spent=500, reviews=1, stars=250)
    tx.tally(CLIENT_RECORDS, client_record_key(RIVAL), hires=20, spent=2_000_000, reviews=1, stars=500)
    tx.commit()
    world.refresh()
    answer = world.sofia.call(RESULT, {"filter": {}})
    clients = {
        edge["node"]["id"]: edge["node"]["client"] for edge in answer.data["marketplaceJobPostingsSearch"]["edges"]
    }
    acme = clients[first]
    assert (acme["totalHires"], acme["totalReviews"], acme["totalFeedback"]) == (15, 10, 4.57)
    assert acme["totalSpent"] == {"displayValue": "$12,350.67"}
    assert clients[rivals]["totalFeedback"] == 4.0
    assert world.search(world.sofia, ["CLIENT_TOTAL_CHARGE"]) == [rivals, first]
    assert world.search(world.sofia, ["CLIENT_RATING"]) == [first, rivals]
    assert world.search(world.sofia, clientHiresRange_eq={"rangeStart": 16, "rangeEnd": 30}) == [rivals]
    again = world.post(organization_id=DESIGN)
    own = "query ($id: ID!) { jobPosting(jobPostingId: $id) { additionalInfo { clientNumberOfHiresOnCreate } } }"
    shown = world.olivia.call(own, {"id": again}).data["jobPosting"]["additionalInfo"]
    assert shown == {"clientNumberOfHiresOnCreate": 15}
