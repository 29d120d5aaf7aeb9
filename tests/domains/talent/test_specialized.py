"""Specialized profiles, and the projects that they show."""

from typing import Any, Final

import pytest

from souk.domains.reference.model import TaxonomyLevel
from souk.domains.reference.ontology import ontology
from souk.domains.talent.rules.privacy import public_part
from tests.domains.identity.people import SOFIA
from tests.domains.talent.world import TalentWorld
from tests.support import racing
from tests.support.api import Answer, Person

SHOWN = (
    "profileId occupationId status rank occupations primary title description hourlyRate { rawValue } weblink personId"
)
CREATE = (
    f"mutation ($input: CreateSpecializedProfileInput!) {{ createSpecializedProfile(input: $input) {{ {SHOWN} }} }}"
)
CHANGE = (
    f"mutation ($input: UpdateSpecializedProfileInput!) {{ updateSpecializedProfile(input: $input) {{ {SHOWN} }} }}"
)
PUBLISH = f"mutation ($id: ID!) {{ publishSpecializedProfile(profileId: $id) {{ {SHOWN} }} }}"
DELETE = "mutation ($id: ID!) { deleteSpecializedProfile(profileId: $id) }"
PROJECT = "mutation ($input: CreatePortfolioProjectInput!) { createPortfolioProject(input: $input) { id } }"
MOVE = "mutation ($input: UpdatePortfolioProjectInput!) { updatePortfolioProject(input: $input) { id } }"
PARTS = """specializedProfiles { profileId rank primary }
  specializedProfilesSkills { skills { ontologySkill { skill { preferredLabel } } } }
  specializedProfilesProjects { profileId personId project { id rank title } }"""
SERVICES: Final = [one for one in ontology().occupations.values() if one.level is TaxonomyLevel.SERVICE][:6]
COMPLETE: Final[dict[str, Any]] = {
    "title": "Photographer of gulls",
    "description": "All of them.",
    "hourlyRate": {"amount": "95.50", "currency": "USD"},
    "weblink": "https://gulls.example/me",
    "skills": ["photography"],
}


def create(world: TalentWorld, at: int = 0, by: Person | None = None, **fields: Any) -> Answer:
    given = {"occupationId": SERVICES[at].id, "title": "Gulls", **fields}
    return (by or world.sofia).call(CREATE, {"input": given})


def created(world: TalentWorld, at: int = 0, *, publish: bool = False, **fields: Any) -> str:
    id_: str = create(world, at, **fields).data["createSpecializedProfile"]["profileId"]
    assert not publish or world.sofia.call(PUBLISH, {"id": id_}).data
    return id_


def change(world: TalentWorld, profile_id: str, **fields: Any) -> Answer:
    return world.sofia.call(CHANGE, {"input": {"profileId": profile_id, **fields}})


def project(world: TalentWorld, **fields: Any) -> str:
    id_: str = world.sofia.call(PROJECT, {"input": {"title": "Gulls", **fields}}).data["createPortfolioProject"]["id"]
    return id_


def ids(world: TalentWorld, by: Person) -> list[str]:
    return [one["profileId"] for one in world.talent(by, PARTS)["specializedProfiles"]]


def test_draft_is_seen_by_oneself_until_it_is_published(world: TalentWorld) -> None:
    world.complete()
    draft = create(world, **COMPLETE).data["createSpecializedProfile"]
    assert draft == {
        "profileId": draft["profileId"],
        "personId": SOFIA,
        "occupationId": SERVICES[0].id,
        "occupations": [SERVICES[0].preferred_label],
        "status": "DRAFT",
        "rank": 1,
        "primary": False,
        "title": COMPLETE["title"],
        "description": COMPLETE["description"],
        "hourlyRate": {"rawValue": "95.50"},
        "weblink": COMPLETE["weblink"],
    }
    assert change(world, draft["profileId"], primary=True).code == "UNPROCESSABLE_CONTENT"
    for who in (world.omar, world.mia, world.ada):
        assert ids(world, who) == []
    events = world.events()
    published = world.sofia.call(PUBLISH, {"id": draft["profileId"]}).data["publishSpecializedProfile"]
    assert published == draft | {"status": "PUBLISHED"}
    assert world.sofia.call(PUBLISH, {"id": draft["profileId"]}).data["publishSpecializedProfile"] == published
    assert world.events() == [*events, "UPDATE"]
    seen = world.talent(world.omar, PARTS)
    assert seen["specializedProfiles"] == [{"profileId": draft["profileId"], "rank": 1, "primary": False}]
    (skills,) = seen["specializedProfilesSkills"]
    assert skills == {"skills": [{"ontologySkill": {"skill": {"preferredLabel": "Photography"}}}]}


def test_publishing_names_what_is_missing(world: TalentWorld) -> None:
    world.update(title="Painter")
    draft = created(world)
    missing = world.sofia.call(PUBLISH, {"id": draft})
    assert missing.code == "UNPROCESSABLE_CONTENT"
    assert missing.error["extensions"]["missing"] == ["description", "hourlyRate", "skills"]
    assert change(world, draft, **COMPLETE).data
    assert world.sofia.call(PUBLISH, {"id": draft}).code == "CONFLICT"  # the main one is a draft
    world.complete()
    assert world.sofia.call(PUBLISH, {"id": draft}).data
    for name in ("description", "hourlyRate", "skills"):
        refused = change(world, draft, **{name: None})
        assert [one["path"] for one in refused.error["extensions"]["fields"]] == [f"input.{name}"]
    assert world.mia.call(PUBLISH, {"id": draft}).code == "NOT_FOUND"
    assert world.mia.call(DELETE, {"id": draft}).code == "NOT_FOUND"


def test_bad_input_is_refused_with_its_path(world: TalentWorld) -> None:
    draft = created(world, **COMPLETE)
    cases: list[tuple[dict[str, Any], str]] = [
        ({"title": None}, "title"),
        ({"hourlyRate": {"amount": "0", "currency": "USD"}}, "hourlyRate.amount"),
        ({"hourlyRate": {"amount": "10", "currency": "EUR"}}, "hourlyRate.currency"),
        ({"weblink": "http://gulls.example"}, "weblink"),
        ({"skills": ["gulls-and-gulls"]}, "skills.0"),
        ({"projectIds": ["1"]}, "projectIds.0"),
        ({"rank": 0}, "rank"),
        ({"rank": 2}, "rank"),
        ({"rank": None}, "rank"),
        ({"primary": None}, "primary"),
    ]
    for fields, path in cases:
        paths = [one["path"] for one in change(world, draft, **fields).error["extensions"]["fields"]]
        assert paths == [f"input.{path}"], fields
    assert create(world, 1, occupationId="1").code == "UNPROCESSABLE_CONTENT"
    assert create(world, 1, projectIds=["1"]).code == "UNPROCESSABLE_CONTENT"
    assert create(world, 0).code == "CONFLICT"  # one for each service
    assert change(world, "1", title="Gulls").code == "NOT_FOUND"
    assert ids(world, world.sofia) == [draft]


def test_rank_moves_and_one_is_primary(world: TalentWorld) -> None:
    world.complete()
    first, second, third = (created(world, at, publish=True, **COMPLETE) for at in range(3))
    assert change(world, third, rank=1).data["updateSpecializedProfile"]["rank"] == 1
    assert ids(world, world.omar) == [third, first, second]
    assert change(world, first, primary=True).data
    assert change(world, second, primary=True, rank=2).data
    shown = world.talent(world.omar, PARTS)["specializedProfiles"]
    assert [(one["profileId"], one["primary"]) for one in shown] == [(third, False), (second, True), (first, False)]
    assert world.sofia.call(DELETE, {"id": third}).data == {"deleteSpecializedProfile": True}
    assert ids(world, world.omar) == [second, first]


def test_projects_are_named_the_same_from_both_sides(world: TalentWorld) -> None:
    world.complete()
    hidden = project(world, public=False)
    first = project(world)
    one = created(world, 0, publish=True, **COMPLETE, projectIds=[first, hidden])
    other = created(world, 1, publish=True, **COMPLETE)
    second = project(world, specializedProfileIds=[one, other])

    def named(by: Person) -> list[tuple[str, str, int]]:
        rows = world.talent(by, PARTS)["specializedProfilesProjects"]
        return [(row["profileId"], row["project"]["id"], row["project"]["rank"]) for row in rows]

    assert named(world.sofia) == [(one, second, 1), (one, first, 2), (one, hidden, 3), (other, second, 1)]
    assert named(world.omar) == [(one, second, 1), (one, first, 2), (other, second, 1)]
    assert world.sofia.call(MOVE, {"input": {"id": first, "specializedProfileIds": [other]}}).data
    assert change(world, other, projectIds=[second, first]).data
    assert named(world.omar) == [(one, second, 1), (other, second, 1), (other, first, 2)]
    assert world.sofia.call("mutation ($id: ID!) { deletePortfolioProject(id: $id) }", {"id": second}).data
    assert [each.project_ids for each in world.profile().specialized] == [(hidden,), (first,)]
    assert world.sofia.call(DELETE, {"id": other}).data
    assert named(world.sofia) == [(one, hidden, 1)]


def test_concurrent_creation_respects_the_limit(world: TalentWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    services = iter(SERVICES)
    monkeypatch.setattr(racing, "CALLERS", 6)
    answers = racing.at_once(monkeypatch, lambda: create(world, occupationId=next(services).id))
    assert answers == {"done": 5, "CONFLICT": 1}
    same = create(world, 0, idempotencyKey="gulls")
    assert same.code == "CONFLICT"


def test_repeated_key_returns_the_first_profile(world: TalentWorld) -> None:
    first = created(world, idempotencyKey="gulls")
    assert created(world, idempotencyKey="gulls") == first
    assert create(world, 1, idempotencyKey="gulls").code == "CONFLICT"


def test_drafts_and_hidden_projects_are_not_public(world: TalentWorld) -> None:
    world.complete()
    before = world.profile()
    created(world, **COMPLETE)
    project(world, public=False)
    assert public_part(world.profile()) == public_part(before)
