"""Searching for freelancers and clients through the API, and the index behind it."""

from typing import Any

import pytest

from souk.domains.identity.store import ORGANIZATIONS, organization_key
from souk.domains.market.model import Relation, RelationKind
from souk.domains.market.store import add_to_cloud, relation_key
from souk.domains.moderation.model import Takedown
from souk.domains.talent.model import Availability, Capacity, ProfileState, Visibility
from souk.domains.talent.search.index import INDEX
from souk.search.indexer import verify
from souk.search.memory import MemoryIndex
from souk.search.tantivy_index import TantivyIndex
from tests.domains.identity.people import ACME, OLIVIA, OMAR, RIVAL, SOFIA
from tests.domains.talent.search_world import (
    AUSTIN,
    BERLIN,
    NORA,
    PAUL,
    RITA,
    SERVICES,
    WEB,
    SearchWorld,
    skill_id,
)
from tests.domains.talent.world import IVO, MIA
from tests.support.api import Person

POINT = {"latitude": 52.52, "longitude": 13.405}
CLIENT = "... on UserFreelancerProfilesSearchRecord { shortName ciphertext user { id } userProfile { firstName } }"
BEST_FIRST = [IVO, SOFIA, NORA, MIA]

CONDITIONS: list[tuple[dict[str, Any], list[str]]] = [
    ({}, BEST_FIRST),
    ({"keyword": "  "}, BEST_FIRST),
    ({"keyword": "PYTHON", "hourlyRate_eq": {"rangeEnd": 50}}, [MIA]),
    ({"keyword": "python -django -employment:python"}, [IVO]),
    ({"keyword": "title:developer"}, [NORA, MIA]),
    ({"keyword": "employment:teacher"}, [NORA]),
    ({"keyword": "country:DE"}, [IVO, MIA]),
    ({"keyword": "gulls"}, []),
    ({"occupationIds": [SERVICES["back-end-development"]]}, [MIA]),
    ({"occupationIds": [SERVICES["back-end-development"], SERVICES["front-end-development"], None]}, [NORA, MIA]),
    ({"occupationIds": [WEB.category.id]}, [NORA, MIA]),
    ({"occupationIds": []}, BEST_FIRST),
    ({"location": {}}, BEST_FIRST),
    ({"location": {"country": "Germany"}}, [IVO, MIA]),
    ({"location": {"country": "de", "city": "berlin"}}, [MIA]),
    ({"location": {"city": "Lisboa"}}, [SOFIA]),
    ({"location": {"state": "brandenburg"}}, [IVO]),
    ({"location": {"state": "Texas"}}, [NORA]),
    ({"location": {"state": "TX", "country": "Portugal"}}, []),
    ({"location": {"area": POINT}}, [MIA, IVO]),  # nearest first
    (
        {
            "location": {"area": POINT},
            "keyword": "python",
            "weightedOntologyIds": [{"ontologyId": "souk:django", "weight": 99}],
        },
        [MIA, IVO],
    ),
    ({"hourlyRate_eq": {"rangeStart": 33.33, "rangeEnd": 85}}, [SOFIA, MIA]),
    ({"hourlyRate_eq": {"rangeStart": 1e300}}, []),
    ({"hourlyRate_eq": {}}, BEST_FIRST),
    ({"jobSuccessScore_eq": {"rangeStart": 80}}, [SOFIA, MIA]),
    ({"availability_eq": "partTime"}, [NORA]),
    ({"weightedOntologyIds": [{"ontologyId": "souk:django", "weight": 0.5}]}, [MIA, IVO, SOFIA, NORA]),
    (
        {
            "weightedOntologyIds": [
                {"ontologyId": skill_id("python"), "weight": 2},
                {"ontologyId": "souk:react", "weight": 3},
                {"ontologyId": SERVICES["back-end-development"], "weight": 2},
                {"ontologyId": "souk:photography", "weight": 0},
                None,
            ]
        },
        [MIA, NORA, IVO, SOFIA],
    ),
]
REFUSED: list[dict[str, Any]] = [
    {"keyword": "python~2"},
    {"keyword": "x" * 1001},
    {"keyword": "lastName:Silva"},
    {"occupationIds": ["1"]},
    {"occupationIds": ["web-development"]},
    {"occupationIds": [WEB.id] * 201},
    {"location": {"country": "Atlantis"}},
    {"location": {"city": "x" * 201}},
    {"location": {"area": {"latitude": 91, "longitude": 0}}},
    {"location": {"area": {"latitude": 0, "longitude": -181}}},
    {"hourlyRate_eq": {"rangeStart": 2, "rangeEnd": 1}},
    {"weightedOntologyIds": [{"ontologyId": "souk:nonsense", "weight": 1}]},
    {"weightedOntologyIds": [{"ontologyId": "souk:react", "weight": -1}]},
    {"weightedOntologyIds": [{"ontologyId": "souk:react", "weight": 1e7}]},
    {"weightedOntologyIds": [{"ontologyId": "souk:react", "weight": 1}] * 51},
    {"userType": "Client", "occupationIds": [WEB.id]},
    {"userType": "Client", "hourlyRate_eq": {"rangeStart": 1}},
    {"userType": "Client", "keyword": "title:python"},
]


@pytest.mark.parametrize("engine", [MemoryIndex, TantivyIndex])
def test_conditions_are_combined(searched: SearchWorld, engine: Any) -> None:
    searched.index = engine(INDEX)
    part = Availability(capacity=Capacity.PART_TIME, created="", updated="")
    searched.write(NORA, availability=part)
    searched.rebuild()
    for wanted, expected in CONDITIONS:
        assert searched.found(**wanted) == expected, wanted
    for wanted in REFUSED:
        assert searched.search(**wanted).code == "UNPROCESSABLE_CONTENT", wanted
    relevant = searched.found(keyword="python")
    assert (relevant[0], sorted(relevant)) == (MIA, sorted([MIA, IVO, NORA]))


def test_pages_cover_all_results(searched: SearchWorld) -> None:
    searched.rebuild()
    page: dict[str, Any] = {"first": 3}
    first = searched.search(page=page).data["freelancerProfileSearchRecords"]
    assert [edge["node"]["id"] for edge in first["edges"]] == BEST_FIRST[:3]
    assert (first["totalCount"], first["pageInfo"]["hasNextPage"]) == (4, True)
    page["after"] = first["pageInfo"]["endCursor"]
    second = searched.search(page=page).data["freelancerProfileSearchRecords"]
    assert [edge["node"]["id"] for edge in second["edges"]] == BEST_FIRST[3:]
    assert second["pageInfo"]["hasNextPage"] is False
    page["after"] = first["edges"][0]["cursor"]
    after = searched.search(page=page).data["freelancerProfileSearchRecords"]
    assert [edge["node"]["id"] for edge in after["edges"]] == BEST_FIRST[1:]
    assert searched.search(page=page, keyword="python").code == "UNPROCESSABLE_CONTENT"
    assert searched.search(searched.olivia, page=page).code == "UNPROCESSABLE_CONTENT"
    assert searched.search(page={"first": 0}).code == "UNPROCESSABLE_CONTENT"
    assert len(searched.search(page={"first": 500}).data["freelancerProfileSearchRecords"]["edges"]) == 4


def test_index_follows_the_stream(searched: SearchWorld) -> None:
    world = searched
    world.rebuild()
    world.write(MIA, title="Gull whisperer", job_success=None)
    world.follow(MIA)
    assert world.found(keyword="title:gull") == [SOFIA, MIA]
    assert world.found(jobSuccessScore_eq={"rangeStart": 1}) == [SOFIA]
    world.move(SOFIA, AUSTIN)
    world.follow(SOFIA)
    assert world.found(location={"country": "US"}) == [SOFIA, NORA]
    world.write(NORA, lock=Visibility.PRIVATE)
    assert world.found(location={"country": "US"}) == [SOFIA]  # the index has not heard of it yet
    world.follow(NORA)
    assert world.found(world.sofia, keyword="shops") == []
    world.write(NORA, lock=None)
    world.write(PAUL, state=ProfileState.ACCEPTED)
    world.follow(NORA)
    world.follow(PAUL)
    assert world.found(keyword="shops OR writer") == [PAUL, NORA]
    assert not verify(world.projection, world.index, world.everybody())
    assert world.projection.documents(["1"]) == {"1": None}
    world.write(IVO, state=ProfileState.REJECTED)
    assert verify(world.projection, world.index, world.everybody()).extra == (IVO,)


def by_key(caller: Person, user_id: str) -> str:
    """Return the error code of a request for a profile by its key; "" if it is shown."""
    document = "query ($key: String!) { freelancerProfileByProfileKey(profileKey: $key) { firstName } }"
    answer = caller.call(document, {"key": user_id})
    return str(answer.code) if "errors" in answer.json else ""


def test_private_profile_is_found_by_clients_of_its_clouds_alone(searched: SearchWorld) -> None:
    world = searched
    world.rebuild()
    callers = (world.olivia, world.omar, world.sofia, world.mia, world.ada)
    assert [world.found(by, keyword="whisperer") for by in callers] == [[]] * 5
    member = Relation(kind=RelationKind.CLOUD, user_id=RITA, target_id="1390", company_id=ACME)
    tx = world.table.transaction()
    add_to_cloud(tx, member)
    tx.commit()
    world.stream(relation_key(RelationKind.CLOUD, "1390", RITA))
    assert [world.found(by, keyword="whisperer") for by in callers] == [[RITA], [], [], [], []]
    assert world.search(world.olivia, "... on FreelancerProfilesSearchRecord { freelancerProfile { firstName } }").data
    assert [by_key(by, RITA) for by in callers] == [
        "",
        "NOT_FOUND",
        "NOT_FOUND",
        "",
        "",
    ]  # Mia is a colleague, Ada an operator
    assert not verify(world.projection, world.index, world.everybody())
    world.write(RITA, visibility=Visibility.PUBLIC)
    world.follow(RITA)
    assert [world.found(by, keyword="whisperer") for by in callers] == [[RITA]] * 5
    world.write(RITA, lock=Visibility.PRIVATE)  # hidden from all but the cloud's client before it is indexed
    assert world.found(world.omar, keyword="whisperer") == []
    world.write(RITA, takedown=Takedown(reason="Spam", at="2026-01-01T00:00:00.000Z"))
    assert world.found(world.olivia, keyword="whisperer") == []  # at once, and in the index
    assert by_key(world.olivia, RITA) == "NOT_FOUND"
    world.follow(RITA)
    assert [world.found(by, keyword="whisperer") for by in callers] == [[]] * 5


def test_clients_are_found_by_their_companies(searched: SearchWorld) -> None:
    world = searched
    world.rebuild()
    world.write(OMAR, title="Canary hobbyist", visibility=Visibility.PRIVATE)
    world.follow(OMAR)

    def found(**wanted: Any) -> dict[str, Any]:
        answer = world.search(world.sofia, CLIENT, userType="Client", **wanted)
        nodes = [edge["node"] for edge in answer.data["freelancerProfileSearchRecords"]["edges"]]
        return {node["user"]["id"]: node["userProfile"] for node in nodes}

    everybody = found()
    assert everybody.keys() >= {OLIVIA, OMAR}
    assert SOFIA not in everybody
    assert everybody[OMAR] is None
    assert found(keyword="anvils")[OLIVIA] is None
    assert OMAR not in found(keyword="acme")
    assert found(keyword="hobbyist") == {}
    world.write(OMAR, visibility=Visibility.PUBLIC)
    world.follow(OMAR)
    assert found()[OMAR] == {"firstName": "Omar"}
    world.move(OMAR, BERLIN)
    world.follow(OMAR)
    assert list(found(location={"area": POINT})) == [OMAR]
    rival = world.table.get(ORGANIZATIONS, RIVAL)
    assert rival
    hidden = rival.model_copy(update={"hidden": True})
    tx = world.table.transaction()
    tx.update(ORGANIZATIONS, hidden)
    tx.commit()
    assert world.stream(organization_key(RIVAL), rival, hidden, ORGANIZATIONS)
    assert OMAR not in found()
    assert not world.stream(
        organization_key(RIVAL), hidden, hidden.model_copy(update={"total_hires": 9}), ORGANIZATIONS
    )


def test_no_private_word_is_matched(searched: SearchWorld) -> None:
    world = searched
    world.added("certificate", name="canary-certificate", visibility="PRIVATE")
    world.rebuild()
    secrets = ("Silva", "Canarylast", "Canary", "canary-zip", "Canaryco", "canary-role", "canary-reason",
               "canary-certificate", "351999888777", "Sofia@Example.test", "Example")  # fmt: skip
    for secret in secrets:
        for user_type in ("Freelancer", "Client"):
            answer = world.search(keyword=f'"{secret}"', userType=user_type).data["freelancerProfileSearchRecords"]
            assert answer["totalCount"] == 0, secret
    stored = str(world.projection.documents(world.everybody()))
    assert [secret for secret in secrets if secret.lower() in stored.lower()] == []
