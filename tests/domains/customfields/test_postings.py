"""Answers of postings: what is accepted, their snapshots, and what an update does to them."""

from typing import Any

import pytest

from souk.domains.customfields.store import SHEETS
from tests.domains.customfields.support import ARCHIVE, UPDATE, answers, shown
from tests.support.api import Answer, Person
from tests.support.racing import meanwhile
from tests.support.worlds.jobs import ACME, BUILD, CREATE, DESIGN, OLIVIA, fixed_price
from tests.support.worlds.offers import OffersWorld


def response(field: str | None, value: str | None = None, **fields: Any) -> dict[str, Any]:
    return {"customFieldId": field, "value": value, **fields}


def post(
    who: Person,
    *responses: dict[str, Any],
    organization_id: str | None = None,
    status: str = "REQUESTED",
    **part: Any,
) -> Answer:
    request = {
        "organizationId": organization_id or who.organization_id,
        "jobPostingInfo": fixed_price(status=status),
        "customFields": {"responses": list(responses), **part},
    }
    return who.call(CREATE, {"request": request})


def posted(who: Person, *responses: dict[str, Any], **part: Any) -> str:
    id_: str = post(who, *responses, **part).data["createJobPosting"]["id"]
    return id_


def change(world: OffersWorld, job: str, *responses: dict[str, Any]) -> Answer:
    found: Answer = world.change(job, customFields={"responses": list(responses)})
    return found


def test_answer_is_a_snapshot(world: OffersWorld) -> None:
    text = world.define("Cost centre")
    colours = world.define(
        "Colours", "DROP_DOWN_LIST_MULTIPLE_SELECT", options=["red", {"value": "green", "displayValue": "Green!"}]
    )
    site = world.define("Site", "BOOLEAN", aclType="TEAM", teamId=DESIGN)
    options = {one["value"]: one["id"] for one in shown(world.olivia, colours)["options"]}
    job = posted(
        world.olivia,
        response(text, " 4711 ", displayValue="never believed"),
        response(colours, "red"),
        response(colours, options["green"]),
        response(site, "true"),
    )
    assert [one["inUse"] for one in shown(world.olivia, colours)["options"]] == [True, True]
    found = answers(world.olivia, jobPostingIds=[job])
    assert [
        (one["id"], one["itemId"], one["typeSnap"], one["labelSnap"], one["displayValueSnap"]) for one in found
    ] == [
        (text, None, "TEXT_FIELD", "Cost centre", "4711"),
        (colours, options["red"], "DROP_DOWN_LIST_MULTIPLE_SELECT", "Colours", "red"),
        (colours, options["green"], "DROP_DOWN_LIST_MULTIPLE_SELECT", "Colours", "Green!"),
        (site, None, "BOOLEAN", "Site", "true"),
    ]
    assert [one["aclSnap"] for one in found] == ["COMPANY"] * 3 + [f"TEAM:{DESIGN}"]
    assert {(one["creator"]["id"], one["jobPostingId"], one["offerId"], one["stale"]) for one in found} == {
        (OLIVIA, job, None, False)
    }
    assert world.olivia.call(UPDATE, {"input": {"id": text, "label": "Project"}}).data
    assert answers(world.olivia, jobPostingIds=[job]) == found, "a new label changes no answer"
    world.olivia.call(UPDATE, {"input": {"id": text, "type": "TEXT_AREA"}})
    kept = [{"id": options["green"], "value": "green"}]
    world.olivia.call(UPDATE, {"input": {"id": colours, "options": kept}})
    world.olivia.call(ARCHIVE, {"id": site})
    later = answers(world.olivia, jobPostingIds=[job])
    assert [one.pop("stale") for one in later] == [True, True, False, True]
    assert later == [{name: one[name] for name in one if name != "stale"} for one in found]


def test_impossible_answers_are_refused(world: OffersWorld) -> None:
    text, archived = world.define("Cost centre"), world.define("Old")
    colour = world.define("Colour", "DROP_DOWN_LIST", options=["red", {"value": "blue", "teamIds": [BUILD]}])
    many = world.define("Colours", "DROP_DOWN_LIST_MULTIPLE_SELECT", options=["red", "green"])
    team = world.define("Site", aclType="TEAM", teamId=BUILD)
    world.olivia.call(ARCHIVE, {"id": archived})
    cases: list[tuple[list[dict[str, Any]], str]] = [
        ([response("4711", "x")], "0.customFieldId"),
        ([response("x#" * 2_000, "x")], "0.customFieldId"),
        ([response(None, "x")], "0.customFieldId"),
        ([response(archived, "x")], "0.customFieldId"),
        ([response(team, "x")], "0.customFieldId"),
        ([response(text)], "0.value"),
        ([response(text, "a\x00")], "0.value"),
        ([response(text, "a"), response(text, "b")], "1"),
        ([response(colour, "red"), response(colour, "red")], "1"),
        ([response(many, "red"), response(many, "green"), response(many, "red")], "2"),
        ([response(colour, "yellow")], "0.value"),
        ([response(colour, "blue")], "0.value"),
        ([response(colour)], "0.value"),
        ([response(text, "a", id="71")], "0.id"),
    ]
    for responses, path in cases:
        refused = post(world.liam, *responses)
        assert refused.code == "UNPROCESSABLE_CONTENT", responses
        (problem,) = refused.error["extensions"]["fields"]
        assert problem["path"] == f"jobPostingRequest.customFields.responses.{path}"
    assert post(world.liam, *[response(text, "a")] * 51).code == "UNPROCESSABLE_CONTENT"
    areas = [world.define(f"Area {at}", "TEXT_AREA") for at in range(6)]
    assert post(world.olivia, *(response(one, "𝄞" * 5_000) for one in areas)).code == "UNPROCESSABLE_CONTENT"
    assert world.events() == []
    assert answers(world.olivia, organizationIds=[ACME]) == []


def test_update_replaces_answers(world: OffersWorld) -> None:
    text, room = world.define("Cost centre"), world.define("Room", "NUMERIC")
    job = posted(world.olivia, response(text, "4711"), response(room, "12"))
    first, second = answers(world.olivia, jobPostingIds=[job])
    assert world.change(job, jobPostingInfo={"title": "New"}).data
    assert answers(world.olivia, jobPostingIds=[job]) == [first, second], "without customFields they stay"
    world.olivia.call(ARCHIVE, {"id": room})
    again = [{"id": second["responseId"]}, response(text, "12", id=first["responseId"])]
    assert change(world, job, *again).data
    kept, changed = sorted(answers(world.olivia, jobPostingIds=[job]), key=lambda one: bool(one["id"] == text))
    assert kept == second | {"stale": True}, "an answer to an archived field can be kept"
    assert changed == first | {"displayValueSnap": "12"}
    assert change(world, job, response(room, "13", id=second["responseId"])).code == "UNPROCESSABLE_CONTENT"
    twice = [{"id": first["responseId"]}, {"id": first["responseId"]}]
    assert change(world, job, *twice).code == "UNPROCESSABLE_CONTENT"
    assert change(world, job, {"id": first["responseId"], "value": "13"}).data, "an id names the field, too"
    assert answers(world.olivia, jobPostingIds=[job]) == [first | {"displayValueSnap": "13"}]
    assert change(world, job).data
    assert answers(world.olivia, jobPostingIds=[job]) == []
    assert world.souk.table.get(SHEETS, job) is None
    assert world.change(job, customFields=None).data


def test_answers_that_an_author_cannot_see_stay(world: OffersWorld) -> None:
    text = world.define("Cost centre")
    hidden = world.define("Site", aclType="TEAM", teamId=BUILD)
    job = posted(world.olivia, response(text, "4711"), response(hidden, "secret"), organization_id=DESIGN)
    assert [one["displayValueSnap"] for one in answers(world.liam, jobPostingIds=[job])] == ["4711"]
    changed = world.change(job, world.liam, DESIGN, customFields={"responses": [response(text, "12")]})
    assert changed.data
    values = {one["displayValueSnap"] for one in answers(world.olivia, jobPostingIds=[job])}
    assert values == {"12", "secret"}


def test_required_fields(world: OffersWorld) -> None:
    company = world.define("Cost centre", required=True)
    team = world.define("Site", required=True, aclType="TEAM", teamId=DESIGN)
    refused = post(world.liam, response(company, "1"))
    assert (refused.code, refused.error["extensions"]["missing"]) == (
        "UNPROCESSABLE_CONTENT",
        ["jobPostingRequest.customFields.responses"],
    )
    assert "Site" in refused.error["message"]
    assert post(world.olivia).code == "UNPROCESSABLE_CONTENT"
    published = posted(world.olivia, response(company, "1"))
    own = posted(world.liam, response(company, "1"), response(team, "2"))
    assert world.change(published, customFields={"responses": []}).code == "UNPROCESSABLE_CONTENT"
    draft = posted(world.olivia, status="DRAFT")
    publish = {"status": "REQUESTED"}
    assert world.change(draft, jobPostingInfo=publish).code == "UNPROCESSABLE_CONTENT"
    answered = {"responses": [response(company, "1")]}
    assert world.change(draft, jobPostingInfo=publish, customFields=answered).data
    world.define("Room", required=True)
    assert world.change(own, jobPostingInfo={"title": "New"}, organization_id=DESIGN).data, "asked with new answers"


def test_new_options_come_with_a_posting(world: OffersWorld) -> None:
    colour = world.define("Colour", "DROP_DOWN_LIST", options=["red", "green"])
    blue = {"customFieldId": colour, "value": "blue", "displayValue": "Blue!", "orderIndex": 1}
    job = posted(world.olivia, response(colour, "blue"), newDropdowns=[blue, None])
    (answer,) = answers(world.olivia, jobPostingIds=[job])
    options = shown(world.olivia, colour)["options"]
    assert [(one["value"], one["inUse"]) for one in options] == [("red", False), ("blue", True), ("green", False)]
    assert (answer["itemId"], answer["displayValueSnap"]) == (options[1]["id"], "Blue!")
    before = world.events()
    pink = {"customFieldId": colour, "value": "pink"}
    assert post(world.liam, response(colour, "red"), newDropdowns=[pink]).code == "FORBIDDEN"
    for wrong in (
        blue,
        {**pink, "value": None},
        {**pink, "customFieldId": "4711"},
        {**pink, "customFieldId": None},
        {**pink, "id": "1"},
        {**pink, "inUse": True},
        {**pink, "active": False},
        {**pink, "aclType": "TEAM"},
        {**pink, "teamRids": [DESIGN]},
        {**pink, "aclType": "TEAM", "teamRids": ["2001"]},
        {**pink, "customFieldId": world.define("Text")},
    ):
        refused = post(world.olivia, newDropdowns=[wrong])
        assert refused.code == "UNPROCESSABLE_CONTENT", wrong
        path = refused.error["extensions"]["fields"][0]["path"]
        assert path.startswith("jobPostingRequest.customFields.newDropdowns.0."), wrong
    assert world.events() == before, "no posting"
    team = {**pink, "aclType": "TEAM", "teamRids": [DESIGN]}
    assert world.change(job, customFields={"newDropdowns": [team]}).data
    assert shown(world.liam, colour)["options"][-1]["teams"] == [{"id": DESIGN}]
    assert answers(world.olivia, jobPostingIds=[job]) == [answer]


def test_concurrent_updates_one_wins(world: OffersWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    text = world.define("Cost centre")
    job, bare = posted(world.olivia, response(text, "0")), posted(world.olivia)
    for id_ in (job, bare):
        raced = meanwhile(monkeypatch, lambda id_=id_: change(world, id_, response(text, "1")))  # type: ignore[misc]
        assert change(world, id_, response(text, "2")).code == "CONFLICT"
        assert raced[0].data
        assert [one["displayValueSnap"] for one in answers(world.olivia, jobPostingIds=[id_])] == ["1"]


def test_answer_that_meets_archiving_is_stale(world: OffersWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    colour = world.define("Colour", "DROP_DOWN_LIST", options=["red", "blue"])
    assert world.olivia.token
    blue = [{"value": "blue"}]
    meanwhile(monkeypatch, lambda: world.olivia.call(UPDATE, {"input": {"id": colour, "options": blue}}))
    removed = posted(world.olivia, response(colour, "red"))
    meanwhile(monkeypatch, lambda: world.olivia.call(ARCHIVE, {"id": colour}))
    archived = posted(world.olivia, response(colour, "blue"))
    assert [one["stale"] for one in answers(world.olivia, jobPostingIds=[removed, archived])] == [True, True]


def test_posting_shows_its_answers(world: OffersWorld) -> None:
    """They look the same in every place, and a list of postings takes as many round trips as one."""
    text = world.define("Cost centre")
    site = world.define("Site", aclType="TEAM", teamId=DESIGN)
    trips = []
    for _ in range(2):
        jobs = [posted(world.olivia, response(text, "1"), response(site, "2"), organization_id=DESIGN) for _ in "abc"]
        node = "responseId id itemId typeSnap labelSnap displayValueSnap creator { id } createdDateTime { rawValue }"
        node += " firstContractId offerId jobPostingId stale aclSnap"
        listing = """query { organization { jobPosting(jobPostingFilter: {}) { edges { node {
          id customFields { responseId id displayValue value createdDateTime } } } } } }"""
        answer = world.olivia.call(listing)
        trips.append(answer.trips)
        nodes = [edge["node"] for edge in answer.data["organization"]["jobPosting"]["edges"]]
        assert [len(one["customFields"]) for one in nodes] == [2] * len(nodes)
        market = f"""query ($id: ID!, $organizations: [ID!]) {{ marketplaceJobPosting(id: $id) {{
          customFields(organizationIds: $organizations) {{ edges {{ node {{ {node} }} }} }} }} }}"""

        def seen(who: Person, job: str, organizations: list[str] | None = None, query: str = market) -> Any:
            found = who.call(query, {"id": job, "organizations": organizations}).data["marketplaceJobPosting"]
            return [edge["node"] for edge in found["customFields"]["edges"]]

        listed = answers(world.olivia, jobPostingIds=[jobs[0]], fields=node)
        assert seen(world.olivia, jobs[0]) == seen(world.liam, jobs[0]) == listed
        assert seen(world.olivia, jobs[0], [DESIGN]) == seen(world.olivia, jobs[0], [ACME]) == listed
        assert [one["displayValueSnap"] for one in seen(world.olivia, jobs[0], [BUILD])] == ["1"]
        assert seen(world.sofia, jobs[0]) == seen(world.omar, jobs[0]) == []
    assert trips[0] == trips[1]
