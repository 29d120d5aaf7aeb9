"""Portfolio projects: from the upload to what others see of them."""

import json
from typing import Any, Final

import pytest

from souk.domains.files.store import FILES
from souk.domains.market.model import Relation, RelationKind
from souk.domains.market.store import RELATIONS
from souk.domains.reference.ontology import ontology
from souk.domains.talent.store import MAX_PROJECTS, PROFILES, PROJECTS
from tests.domains.files.pictures import PictureUploads, png
from tests.domains.identity.people import RIVAL, SOFIA
from tests.domains.talent.world import TalentWorld, stored_events
from tests.support import racing
from tests.support.api import Answer, Person, Souk

CREATE = """mutation ($input: CreatePortfolioProjectInput!) { createPortfolioProject(input: $input) { id %s } }"""
CHANGE = """mutation ($input: UpdatePortfolioProjectInput!) { updatePortfolioProject(input: $input) { id %s } }"""
DELETE = "mutation ($id: ID!) { deletePortfolioProject(id: $id) }"
REORDER = "mutation ($ids: [ID!]!) { reorderPortfolioProjects(ids: $ids) { id rank } }"
ATTACHMENTS = """attachments { id link fileName fileSize rank videoUrl type title description
  imageSmall imageMiddle imageLarge } thumbnail thumbnailOriginal thumbnailId primaryImageId"""
TALENT = """projectList { totalProjects updatedDateTime projects { id title description
  projectContractLink { contractId } projectUrl completionDateTime public rank skills creationDateTime categoryId
  videoUrl occupationId projectType role projectGoal solution developerId category subCategory
  tags { skill { preferredLabel } } modificationDateTime
  attachments { id type attachmentName attachmentSize originalAttachment videoUrl rank creationDateTime } } }"""
_SERVICE: Final = next(one for one in ontology().occupations.values() if one.slug == "photography")
assert _SERVICE.parent
FULL: Final[dict[str, Any]] = {
    "title": "Gulls of  Lisbon",
    "description": "Three hundred\ngulls.",
    "projectUrl": "https://gulls.example/all",
    "videoUrl": "https://video.example/gulls",
    "completionDateTime": "2026-03-01",
    "skills": ["photography", "souk:illustration"],
    "categoryId": _SERVICE.category.id,
    "subCategoryId": _SERVICE.parent.id,
    "occupationId": _SERVICE.id,
    "projectType": "CASE_STUDY",
    "role": "Photographer",
    "projectGoal": "To see them.",
    "solution": "Patience.",
}


class PortfolioWorld(TalentWorld):
    """Sofia's portfolio, and her uploads."""

    def __init__(self, souk: Souk, bucket: str) -> None:
        super().__init__(souk)
        self.uploads = PictureUploads(souk, bucket)

    def create(self, by: Person | None = None, selected: str = "", **fields: Any) -> Answer:
        return (by or self.sofia).call(CREATE % selected, {"input": {"title": "Gulls", **fields}})

    def created(self, **fields: Any) -> str:
        id_: str = self.create(**fields).data["createPortfolioProject"]["id"]
        return id_

    def edit(self, project_id: str, by: Person | None = None, selected: str = "", **fields: Any) -> Answer:
        return (by or self.sofia).call(CHANGE % selected, {"input": {"id": project_id, **fields}})

    def order(self, by: Person | None = None) -> list[str]:
        found = self.talent(by or self.sofia, "projectList { projects { id } }")["projectList"]["projects"]
        return [one["id"] for one in found]

    def upload(self, by: Person | None = None, **fields: Any) -> str:
        """Upload and confirm a document."""
        who = by or self.sofia
        info = self.uploads.link(who, "Portfolio", **fields).data["createDirectUploadLinkForPortfolio"]
        key = next(one["value"] for one in info["formKeyValues"] if one["key"] == "key")
        self.uploads.s3.put_object(Bucket=self.uploads.bucket, Key=key, Body=b"%PDF-1.7")
        assert who.call("mutation ($ids: [ID!]!) { confirmFiles(fileIds: $ids) }", {"ids": [info["id"]]}).data
        id_: str = info["id"]
        return id_

    def picture(self, content: bytes | None = None) -> str:
        return self.uploads.upload(self.sofia, "Portfolio", content)

    def is_stored(self, file_id: str) -> bool:
        self.souk.run_due()
        return self.table.get(FILES, file_id) is not None


@pytest.fixture
def world(souk: Souk, bucket: str) -> PortfolioWorld:
    return PortfolioWorld(souk, bucket)


def test_project_is_shown_in_both_views_as_it_was_written(world: PortfolioWorld) -> None:
    selected = """title description contractLink { contractId } projectUrl completionDateTime public rank
      skills { edges { node { preferredLabel } } } category { id } subCategory { id } occupationId projectType role
      projectGoal solution createdDateTime"""
    created = world.create(selected=selected, **FULL).data["createPortfolioProject"]
    seen = world.seen(world.omar, f'project(id: "{created["id"]}") {{ id {selected} }}')["project"]
    assert seen == created
    assert created["title"] == "Gulls of Lisbon"
    assert created["completionDateTime"] == "2026-03-01T00:00:00.000Z"
    assert (created["rank"], created["public"], created["contractLink"]) == (1, True, None)
    assert [edge["node"]["preferredLabel"] for edge in created["skills"]["edges"]] == ["Photography", "Illustration"]
    assert created["category"] == {"id": _SERVICE.category.id}
    (other,) = world.talent(world.omar, TALENT)["projectList"]["projects"]
    assert other["skills"] == ["Photography", "Illustration"]
    assert other["tags"] == [
        {"skill": {"preferredLabel": "Photography"}},
        {"skill": {"preferredLabel": "Illustration"}},
    ]
    assert (other["category"], other["videoUrl"]) == (_SERVICE.category.preferred_label, FULL["videoUrl"])
    same = (
        "description",
        "projectUrl",
        "completionDateTime",
        "rank",
        "projectGoal",
        "solution",
        "role",
        "occupationId",
    )
    assert [other[name] for name in same] == [created[name] for name in same]
    assert (other["developerId"], other["creationDateTime"]) == (SOFIA, created["createdDateTime"])
    assert world.seen(world.sofia, "profileCompletenessSummary { portfolioCount }") == {
        "profileCompletenessSummary": {"portfolioCount": 1}
    }
    assert world.seen(world.omar, 'project(id: "1") { id }') == {"project": None}


def test_change_keeps_what_is_left_out_and_null_clears(world: PortfolioWorld) -> None:
    project_id = world.created(**FULL)
    before = world.table.get(PROJECTS, SOFIA, project_id)
    assert before
    assert world.edit(project_id, title=before.title).data  # nothing changes
    assert world.table.get(PROJECTS, SOFIA, project_id) == before
    assert world.edit(project_id, description=None, skills=None, completionDateTime=None, categoryId=None).data
    after = world.table.get(PROJECTS, SOFIA, project_id)
    assert after
    cleared = {"description": None, "skills": (), "completed": None, "category_id": None}
    assert after == before.model_copy(update=cleared | {"version": 2, "updated": after.updated})
    assert world.edit(project_id, title=None).code == "UNPROCESSABLE_CONTENT"
    assert world.edit(project_id, by=world.mia, title="Mine").code == "NOT_FOUND"
    assert world.mia.call(DELETE, {"id": project_id}).code == "NOT_FOUND"


def test_bad_input_is_refused_with_its_path_and_stores_nothing(world: PortfolioWorld) -> None:
    theirs = world.upload(by=world.mia, fileName="a.pdf", contentType="application/pdf")
    unconfirmed, _ = world.uploads.form(world.sofia, "Portfolio")
    portrait = world.uploads.upload(world.sofia)
    mine = world.upload(fileName="a.pdf", contentType="application/pdf")
    sub_category = next(
        one
        for one in ontology().occupations.values()
        if one.parent and one.parent.level == "CATEGORY" and one.category.id != FULL["categoryId"]
    )
    cases: list[tuple[dict[str, Any], str]] = [
        ({"title": " "}, "title"),
        ({"title": "x" * 101}, "title"),
        ({"description": "x" * 5_001}, "description"),
        ({"projectUrl": "http://gulls.example/"}, "projectUrl"),
        ({"videoUrl": "javascript:alert(1)"}, "videoUrl"),
        ({"completionDateTime": "2099-01-01"}, "completionDateTime"),
        ({"completionDateTime": "soon"}, "completionDateTime"),
        ({"skills": ["photography", "gulls-and-gulls"]}, "skills.1"),
        ({"skills": ["photography"] * 2}, "skills.1"),
        ({"categoryId": _SERVICE.id}, "categoryId"),
        ({"occupationId": FULL["categoryId"]}, "occupationId"),
        ({"categoryId": FULL["categoryId"], "subCategoryId": sub_category.id}, "subCategoryId"),
        ({"contractId": "1"}, "contractId"),
        ({"specializedProfileIds": ["1"]}, "specializedProfileIds"),
        ({"primaryImageId": mine, "attachments": [{"fileId": mine}]}, "primaryImageId"),
        ({"attachments": [{"fileId": theirs}]}, "attachments.0.fileId"),
        ({"attachments": [{"fileId": unconfirmed}]}, "attachments.0.fileId"),
        ({"attachments": [{"fileId": portrait}]}, "attachments.0.fileId"),
        ({"attachments": [{"fileId": "1"}]}, "attachments.0.fileId"),
        ({"attachments": [{"videoUrl": "http://video.example/"}]}, "attachments.0.videoUrl"),
        ({"attachments": [{"title": "x"}]}, "attachments.0"),
        ({"attachments": [{"fileId": mine, "videoUrl": "https://video.example/"}]}, "attachments.0"),
        ({"attachments": [{"fileId": mine}] * 2}, "attachments.1"),
        ({"attachments": [{"fileId": mine, "title": "x" * 101}]}, "attachments.0.title"),
        ({"attachments": [{"videoUrl": f"https://video.example/{at}"} for at in range(21)]}, "attachments"),
        ({"idempotencyKey": "x" * 201}, "idempotencyKey"),
    ]
    for fields, path in cases:
        answer = world.create(**fields)
        assert answer.code == "UNPROCESSABLE_CONTENT", fields
        assert f"input.{path}" in [one["path"] for one in answer.error["extensions"]["fields"]], (fields, answer.error)
    refused = world.uploads.link(world.sofia, "Portfolio", contentType="image/svg+xml")
    assert refused.code == "UNPROCESSABLE_CONTENT"
    assert stored_events(world.table) == []
    assert world.talent(world.sofia, "projectList { totalProjects }") is None  # there is no profile yet


def test_attached_picture_is_shown_when_it_has_been_processed(world: PortfolioWorld) -> None:
    picture, document = world.picture(png(side=800)), world.upload(fileName="plan.pdf", contentType="application/pdf")
    attachments = [{"fileId": document, "title": "The plan"}, {"fileId": picture}, {"videoUrl": "https://v.example/1"}]
    project = world.create(selected=ATTACHMENTS, attachments=attachments).data["createPortfolioProject"]
    plan, photo, video = project["attachments"]
    assert (plan["id"], plan["type"], plan["fileName"], plan["fileSize"]) == (document, "DOCUMENT", "plan.pdf", 8)
    assert (plan["title"], plan["rank"], plan["imageSmall"]) == ("The plan", 1, None)
    assert "X-Amz-Signature" in plan["link"] or "Signature" in plan["link"]
    assert (photo["type"], photo["imageLarge"], photo["link"], project["thumbnail"]) == ("IMAGE", None, None, None)
    assert (video["type"], video["link"], video["fileName"]) == ("VIDEO", "https://v.example/1", None)
    world.uploads.process(picture)
    world.souk.run_due()
    shown = world.seen(world.omar, f'project(id: "{project["id"]}") {{ {ATTACHMENTS} }}')["project"]
    photo = shown["attachments"][1]
    assert photo["imageSmall"].endswith("size=300")
    assert photo["imageMiddle"].endswith("size=750")
    assert photo["link"] == photo["imageLarge"] == shown["thumbnailOriginal"]
    assert (shown["thumbnail"], shown["thumbnailId"]) == (photo["imageSmall"], picture)
    assert world.events() == ["UPDATE", "UPDATE"]
    world.souk.run_due()
    assert world.events() == ["UPDATE", "UPDATE"]


def test_refused_picture_leaves_and_is_deleted(world: PortfolioWorld) -> None:
    late, early = world.picture(b"no picture"), world.picture(b"no picture either")
    project_id = world.created(attachments=[{"fileId": late}], primaryImageId=late)
    world.uploads.process(early)
    answer = world.edit(project_id, attachments=[{"fileId": late}, {"fileId": early}])
    assert answer.error["extensions"]["fields"] == [
        {"path": "input.attachments.1.fileId", "message": answer.error["extensions"]["fields"][0]["message"]}
    ]
    assert "not a JPEG, PNG or WebP picture" in answer.error["message"]
    world.uploads.process(late)
    assert not world.is_stored(late)
    shown = world.seen(world.omar, f'project(id: "{project_id}") {{ {ATTACHMENTS} }}')["project"]
    assert (shown["attachments"], shown["primaryImageId"]) == ([], None)


def test_file_is_deleted_when_no_project_has_it(world: PortfolioWorld) -> None:
    file_id = world.upload(fileName="plan.pdf", contentType="application/pdf")
    first, second = (world.created(attachments=[{"fileId": file_id}]) for _ in range(2))
    assert world.edit(first, attachments=[]).data
    assert world.is_stored(file_id)
    assert world.edit(second, attachments=[]).data
    assert world.edit(first, attachments=[{"fileId": file_id}]).data  # before it is deleted
    assert world.is_stored(file_id)
    assert world.sofia.call(DELETE, {"id": first}).data == {"deletePortfolioProject": True}
    assert not world.is_stored(file_id)
    assert world.edit(second, attachments=[{"fileId": file_id}]).code == "UNPROCESSABLE_CONTENT"


def test_file_that_is_attached_again_while_it_is_released_stays(
    world: PortfolioWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    file_id = world.upload(fileName="plan.pdf", contentType="application/pdf")
    project_id = world.created(attachments=[{"fileId": file_id}])
    world.edit(project_id, attachments=[])
    racing.meanwhile(monkeypatch, lambda: world.edit(project_id, attachments=[{"fileId": file_id}]).data)
    assert world.is_stored(file_id)


def test_private_project_is_for_the_other_side_and_colleagues(world: PortfolioWorld) -> None:
    world.complete()
    hidden = world.created(public=False)
    shown = world.created()
    query = f'project(id: "{hidden}") {{ id }}'
    assert world.order(world.omar) == [shown]
    assert world.seen(world.omar, query) == {"project": None}
    for who in (world.sofia, world.mia, world.ada):
        assert world.order(who) == [shown, hidden]
    tx = world.table.transaction()
    tx.create(RELATIONS, Relation(kind=RelationKind.CONTACT, user_id=SOFIA, target_id=RIVAL))
    tx.commit()
    assert world.order(world.omar) == [shown, hidden]
    assert world.seen(world.omar, query) == {"project": {"id": hidden}}
    assert world.events() == ["UPDATE", "SUBMIT", "ACCEPT", "UPDATE"]  # of the hidden one nobody hears
    world.edit(hidden, public=True)
    assert world.events()[4:] == ["UPDATE"]


def test_reorder_wants_each_project_once(world: PortfolioWorld) -> None:
    first, second, third = (world.created() for _ in range(3))
    assert world.order() == [third, second, first]
    for ids in ([first, second], [first, second, third, third], [first, second, "1"], []):
        assert world.sofia.call(REORDER, {"ids": ids}).code == "UNPROCESSABLE_CONTENT"
    ordered = world.sofia.call(REORDER, {"ids": [second, first, third]}).data["reorderPortfolioProjects"]
    assert ordered == [{"id": second, "rank": 1}, {"id": first, "rank": 2}, {"id": third, "rank": 3}]
    assert world.order(world.omar) == [second, first, third]
    events = len(world.events())
    assert world.sofia.call(REORDER, {"ids": [second, first, third]}).data
    assert len(world.events()) == events


def test_project_that_is_created_during_a_reordering_stays(
    world: PortfolioWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = world.created(), world.created()
    created = racing.meanwhile(monkeypatch, world.created)
    answer = world.sofia.call(REORDER, {"ids": [first, second]})
    assert answer.code == "UNPROCESSABLE_CONTENT"  # it does not name the new one
    assert world.order() == [*created, second, first]


def test_repeated_key_returns_the_first_project(world: PortfolioWorld) -> None:
    first = world.created(idempotencyKey="gulls")
    assert world.created(idempotencyKey="gulls") == first
    assert world.create(title="Other", idempotencyKey="gulls").code == "CONFLICT"
    assert world.created(by=world.mia, idempotencyKey="gulls") != first
    assert world.order() == [first]


def test_concurrent_creation_respects_the_limit(world: PortfolioWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    first = world.created()
    profile = world.profile()
    tx = world.table.transaction()  # 95 projects that are only in the order: they count
    tx.update(PROFILES, profile.model_copy(update={"project_ids": (first, *map(str, range(MAX_PROJECTS - 6)))}))
    tx.commit()
    monkeypatch.setattr(racing, "CALLERS", 12)
    assert racing.at_once(monkeypatch, world.create) == {"done": 5, "CONFLICT": 7}
    assert len(world.profile().project_ids) == MAX_PROJECTS


def test_list_of_projects_takes_one_round_trip(world: PortfolioWorld) -> None:
    world.complete()
    query = """query ($key: String!) { talentProfileByProfileKey(profileKey: $key) { personId %s } }"""
    key = {"key": SOFIA}
    before = world.omar.call(query % "", key).trips
    assert world.omar.call(query % TALENT, key).trips == before  # without projects, none is read
    for _ in range(3):
        world.created(**FULL)
    answer = world.omar.call(query % TALENT, key)
    assert (answer.trips, len(json.dumps(answer.data)) > 100) == (before + 1, True)
