"""What a request for a posting gives is kept, or refused with the reason."""

from typing import Any

import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, get_named_type

from souk.app import schema
from souk.domains.jobs.rules.unsupported import UNSUPPORTED
from souk.domains.reference import ontology
from tests.support.api import Answer, Person
from tests.support.worlds.jobs import (
    ACME,
    CATEGORY,
    CREATE,
    DESIGN,
    RIVAL,
    SERVICE,
    SUBCATEGORY,
    UPDATE,
    JobsWorld,
    fixed_price,
    store_field,
)

READ = """query ($id: ID!) { jobPosting(jobPostingId: $id) { id version content { title }
  info { status draftJobPostingId publishDateTime }
  customFields { responseId id value createdDateTime } } }"""
MARKET = """query ($id: ID!, $organizations: [ID!]) { marketplaceJobPosting(id: $id) {
  classification { category { id } subCategory { id } occupation { id } }
  customFields(organizationIds: $organizations) { edges { node { responseId createdDateTime { rawValue } } } } } }"""


def create(who: Person, organization_id: str = ACME, **parts: Any) -> Answer:
    return who.call(CREATE, {"request": {"organizationId": organization_id, **parts}})


def paths(refused: Answer) -> list[str]:
    assert refused.code == "UNPROCESSABLE_CONTENT"
    return [one["path"] for one in refused.error["extensions"]["fields"]]


def value_of(path: str) -> Any:
    """Return a value of the type of an input field."""
    type_ = schema().get_type("JobPostingCreateRequest")
    for step in path.split("."):
        assert isinstance(type_, GraphQLInputObjectType)
        type_ = get_named_type(type_.fields[step].type)
    if isinstance(type_, GraphQLEnumType):
        return next(iter(type_.values))
    values: dict[str, Any] = {"Boolean": True, "Int": 1_790_000_000, "String": "1", "ID": "1"}
    return values.get(type_.name, [{"value": "red"}]) if type_ else None


@pytest.mark.parametrize("path", UNSUPPORTED)
def test_field_that_souk_does_not_support_is_refused(world: JobsWorld, path: str) -> None:
    part, name = path.split(".")
    parts: dict[str, Any] = {"jobPostingInfo": fixed_price()}
    parts[part] = parts.get(part, {}) | {name: value_of(path)}
    refused = create(world.olivia, **parts)
    assert paths(refused) == [f"jobPostingRequest.{path}"]
    assert "leave it out" in refused.error["message"]


# Drafts


def draft_of(who: Person, organization_id: str = ACME) -> str:
    info = fixed_price(status="DRAFT", title="A draft")
    id_: str = create(who, organization_id, jobPostingInfo=info).data["createJobPosting"]["id"]
    return id_


def test_posting_is_published_from_its_draft(world: JobsWorld) -> None:
    draft = draft_of(world.olivia)
    info = {"draftJobPostingId": draft, "title": "Published"}
    assert create(world.olivia, jobPostingInfo=info).data["createJobPosting"] == {"id": draft, "version": 2}
    posting = world.olivia.call(READ, {"id": draft}).data["jobPosting"]
    assert (posting["info"]["status"], posting["content"]["title"]) == ("REQUESTED", "Published")
    assert posting["info"]["draftJobPostingId"] == draft
    assert posting["info"]["publishDateTime"]
    assert create(world.olivia, jobPostingInfo=info).code == "UNPROCESSABLE_CONTENT", "it is no draft any more"


def test_draft_of_others_is_not_published(world: JobsWorld) -> None:
    theirs, published = draft_of(world.omar, RIVAL), world.post()
    for other in (theirs, published, "4711"):
        refused = create(world.olivia, jobPostingInfo=fixed_price(draftJobPostingId=other))
        assert paths(refused) == ["jobPostingRequest.jobPostingInfo.draftJobPostingId"], other
    assert world.omar.call(READ, {"id": theirs}).data["jobPosting"]["info"]["status"] == "DRAFT"


def test_draft_is_not_published_as_draft_or_for_another_team(world: JobsWorld) -> None:
    draft = draft_of(world.olivia, DESIGN)
    again = create(world.olivia, DESIGN, jobPostingInfo={"draftJobPostingId": draft, "status": "DRAFT"})
    assert again.code == "UNPROCESSABLE_CONTENT"
    assert create(world.omar, RIVAL, jobPostingInfo={"draftJobPostingId": draft}).code == "UNPROCESSABLE_CONTENT"


def test_update_cannot_name_another_draft(world: JobsWorld) -> None:
    draft, posting = draft_of(world.olivia), world.post()
    request = {"organizationId": ACME, "jobPostingInfo": {"draftJobPostingId": draft}}
    assert world.olivia.call(UPDATE, {"id": posting, "request": request}).code == "UNPROCESSABLE_CONTENT"
    own = {"organizationId": ACME, "jobPostingInfo": {"draftJobPostingId": draft, "status": "REQUESTED"}}
    assert world.olivia.call(UPDATE, {"id": draft, "request": own}).data


# Custom fields


def answers(world: JobsWorld, id_: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = world.olivia.call(READ, {"id": id_}).data["jobPosting"]["customFields"]
    return found


def test_answer_gets_id_and_time_and_keeps_them(world: JobsWorld) -> None:
    field = store_field(world.souk.table)
    given = {"responses": [{"customFieldId": field, "value": "42"}, None]}
    posted = create(world.olivia, jobPostingInfo=fixed_price(), customFields=given).data["createJobPosting"]
    (first,) = answers(world, posted["id"])
    assert first["responseId"]
    assert first["createdDateTime"]
    other = store_field(world.souk.table, id="73", label="Room")
    again = {"id": first["responseId"], "customFieldId": field, "value": "43"}
    changed = {"responses": [again, {"customFieldId": other, "value": "new"}]}
    request = {"organizationId": ACME, "customFields": changed}
    assert world.olivia.call(UPDATE, {"id": posted["id"], "request": request}).data
    same, new = answers(world, posted["id"])
    assert same == first | {"value": "43"}
    assert new["value"] == "new"
    assert new["responseId"] not in (None, first["responseId"])


def test_answer_with_unknown_id_is_refused(world: JobsWorld) -> None:
    given = {"responses": [{"id": "71", "customFieldId": store_field(world.souk.table), "value": "42"}]}
    refused = create(world.olivia, jobPostingInfo=fixed_price(), customFields=given)
    assert refused.code == "UNPROCESSABLE_CONTENT"
    assert "customFields.responses.0.id" in refused.error["message"]


def test_custom_fields_of_organizations(world: JobsWorld) -> None:
    given = {"responses": [{"customFieldId": store_field(world.souk.table), "value": "42"}]}
    posted = create(world.olivia, jobPostingInfo=fixed_price(), customFields=given).data["createJobPosting"]

    def asked(*organizations: str) -> Answer:
        return world.olivia.call(MARKET, {"id": posted["id"], "organizations": organizations})

    for known in ((ACME,), (DESIGN, ACME), (ACME, RIVAL), ("4711",)):
        (edge,) = asked(*known).data["marketplaceJobPosting"]["customFields"]["edges"]
        assert edge["node"]["createdDateTime"]["rawValue"]


# Annotations


def test_annotations_are_left_out_on_request(world: JobsWorld) -> None:
    posted = create(world.olivia, jobPostingInfo=fixed_price(), annotations={"tags": ["blue"]}).data["createJobPosting"]
    query = "query ($id: ID!, $load: Boolean) { jobPosting(jobPostingId: $id, loadAnnotation: $load) {"
    query += " annotations { tags } } }"

    def shown(**load: bool) -> Any:
        return world.olivia.call(query, {"id": posted["id"], **load}).data["jobPosting"]["annotations"]

    assert shown() == shown(load=True) == {"tags": ["blue"]}
    assert shown(load=False) is None


# Categories


def test_posting_without_category_is_found_by_all_but_category(world: JobsWorld) -> None:
    info = fixed_price(categoryId=None, title="Zymurgy without a category")
    posted = create(world.olivia, jobPostingInfo=info).data["createJobPosting"]["id"]
    world.refresh()
    assert world.search(world.sofia, searchExpression_eq="zymurgy") == [posted]
    assert world.search(world.sofia, searchExpression_eq="zymurgy", categoryIds_any=[CATEGORY]) == []
    shown = world.sofia.call(MARKET, {"id": posted}).data["marketplaceJobPosting"]["classification"]
    assert shown == {"category": None, "subCategory": None, "occupation": None}


@pytest.mark.parametrize(
    ("parts", "path", "belongs"),
    [
        ({"jobPostingInfo": {"categoryId": CATEGORY}}, "jobPostingInfo.categoryId", "jobPostingInfo.groupId"),
        ({"jobPostingInfo": {"categoryId": SERVICE}}, "jobPostingInfo.categoryId", "sandsJobPost.occupationId"),
        ({"jobPostingInfo": {"groupId": SUBCATEGORY}}, "jobPostingInfo.groupId", "jobPostingInfo.categoryId"),
        ({"sandsJobPost": {"occupationId": CATEGORY}}, "sandsJobPost.occupationId", "jobPostingInfo.groupId"),
    ],
)
def test_id_of_another_level_says_where_it_belongs(
    world: JobsWorld, parts: dict[str, Any], path: str, belongs: str
) -> None:
    info = fixed_price(categoryId=None) | parts.get("jobPostingInfo", {})
    refused = create(world.olivia, **{**parts, "jobPostingInfo": info})
    assert paths(refused) == [f"jobPostingRequest.{path}"]
    (field,) = refused.error["extensions"]["fields"]
    given = next(value for part in parts.values() for value in part.values())
    level = ontology.occupation(given)
    assert level is not None
    assert f"{level.preferred_label!r} is a {level.level.lower()}; give its id as {belongs}." in field["message"]
