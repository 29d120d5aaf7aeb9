"""The Gigs API, line by line of its reference."""

import re
from typing import Any

import pytest

from souk.domains.gigs.store import MAX_GIGS, owned_key
from tests.support.api import Answer
from tests.support.worlds.gigs import (
    BY_SLUG,
    CATEGORY,
    CREATE_DRAFT,
    DELETE,
    DESCRIPTION,
    DOCUMENT,
    DOES_OFFER,
    FAQ,
    GALLERY,
    MISSPELT,
    NOBODYS,
    OF_USER,
    OFFERS,
    ONE,
    OTHER_CATEGORY,
    OVERVIEW,
    PACKAGES,
    PAUSE,
    PICTURE,
    PUBLISH,
    RESUME,
    SUBCATEGORY,
    GigsWorld,
    overview,
    package,
)
from tests.support.worlds.jobs import NOAH, SOFIA

CUID = re.compile(r"[a-z][a-z0-9]{23}")


def paths(answer: Answer) -> set[str]:
    """Return what a refusal names as wrong."""
    assert answer.code == "UNPROCESSABLE_CONTENT"
    return {field["path"] for field in answer.error["extensions"]["fields"]}


# createDraft


def test_draft_is_empty_and_owned_by_caller(world: GigsWorld) -> None:
    made = world.sofia.call(CREATE_DRAFT).data["createDraft"]
    assert CUID.fullmatch(made["id"])
    assert (made["title"], made["slug"], made["status"], made["offersMultiplePackages"]) == (None, None, "draft", False)
    shown = world.sofia.call(ONE, {"id": made["id"]}).data["gig"]
    assert shown["owner"] == {"id": SOFIA, "name": "Sofia E.", "username": "sofia"}
    assert shown["packages"] == {"basic": None, "standard": None, "premium": None}
    assert (shown["category"], shown["description"], shown["publishedDateTime"]) == (None, None, None)
    assert shown["tags"] == shown["faq"] == shown["images"] == shown["videos"] == shown["documents"] == []
    assert world.events() == [("GIG", "CREATE", made["id"])]


def test_limit_of_gigs(world: GigsWorld) -> None:
    gig_id = world.draft()
    tx = world.souk.table.transaction()
    tx.count(owned_key(SOFIA), MAX_GIGS - 1)
    tx.commit()
    assert world.sofia.call(CREATE_DRAFT).code == "UNPROCESSABLE_CONTENT"
    assert world.noah.call(CREATE_DRAFT).data
    assert world.sofia.call(DELETE, {"gigId": gig_id}).data
    assert world.sofia.call(CREATE_DRAFT).data


# updateOverview


def test_set_overview(world: GigsWorld) -> None:
    gig_id = world.draft()
    tags = [{"id": "t1", "text": "logo"}, {"id": "t2", "text": "Brand  mark "}]
    wanted = overview(gigId=gig_id, title="  I draw\ta logo ", tags=tags)
    answer = world.sofia.call(OVERVIEW, {"input": wanted}).data["updateOverview"]
    stored = [{"id": "t1", "text": "logo"}, {"id": "t2", "text": "Brand mark"}]
    assert answer == {"id": gig_id, "title": "I draw a logo", "slug": None, "tags": stored}
    shown = world.sofia.call(ONE, {"id": gig_id}).data["gig"]
    assert shown["category"] == {"id": SUBCATEGORY.id, "name": SUBCATEGORY.preferred_label, "parentId": CATEGORY.id}
    del wanted["tags"]
    assert world.sofia.call(OVERVIEW, {"input": wanted}).data["updateOverview"]["tags"] == stored
    assert world.sofia.call(OVERVIEW, {"input": wanted | {"tags": None}}).data["updateOverview"]["tags"] == []


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"title": "   "}, ["input.title"]),
        ({"title": "x" * 121}, ["input.title"]),
        ({"title": "a\u202eb"}, ["input.title"]),
        ({"title": "\u200b"}, ["input.title"]),
        ({"parentCategoryId": "1"}, ["input.parentCategoryId"]),
        ({"parentCategoryId": SUBCATEGORY.id}, ["input.parentCategoryId"]),
        ({"parentCategoryId": OTHER_CATEGORY.id}, ["input.subcategoryId"]),
        ({"subcategoryId": CATEGORY.id}, ["input.subcategoryId"]),
        ({"tags": [{"id": "1", "text": ""}]}, ["input.tags.0.text"]),
        ({"tags": [{"id": "", "text": "x"}]}, ["input.tags.0.id"]),
        ({"tags": [{"id": "1", "text": "a"}, {"id": "1", "text": "b"}]}, ["input.tags"]),
        ({"tags": [{"id": str(at), "text": "a"} for at in range(16)]}, ["input.tags"]),
        ({"title": "", "subcategoryId": "x"}, ["input.title", "input.subcategoryId"]),
    ],
    ids=str,
)
def test_invalid_overview_is_refused(world: GigsWorld, changes: dict[str, Any], wrong: list[str]) -> None:
    gig_id = world.draft()
    assert paths(world.sofia.call(OVERVIEW, {"input": overview(gigId=gig_id, **changes)})) == set(wrong)
    assert world.stored(gig_id).version == 1


# createPackages


def test_set_packages_replaces_packages(world: GigsWorld) -> None:
    gig_id = world.draft()
    three = {"basic": package(), "standard": package(name="Standard"), "premium": package(name="Premium", price=999.99)}
    made = world.sofia.call(PACKAGES, {"input": {"gigId": gig_id, **three}}).data["createPackages"]
    assert made["basic"] == {
        "name": "Basic logo",
        "description": "One logo, black and white.",
        "price": {"rawValue": "250.50", "currency": "MAD", "displayValue": "MAD 250.50"},
        "deliveryTime": 3,
        "revisions": 2,
    }
    assert (made["standard"]["name"], made["premium"]["price"]["rawValue"]) == ("Standard", "999.99")
    assert world.sofia.call(DOES_OFFER, {"id": gig_id}).data == {"doesOffersMultiplePackages": True}
    one = {"gigId": gig_id, "basic": package(price=10)}
    made = world.sofia.call(PACKAGES, {"input": one}).data["createPackages"]
    assert (made["basic"]["price"]["rawValue"], made["standard"], made["premium"]) == ("10.00", None, None)
    assert world.sofia.call(DOES_OFFER, {"id": gig_id}).data == {"doesOffersMultiplePackages": False}


@pytest.mark.parametrize("tier", ["standard", "premium"])
def test_second_package_sets_flag(world: GigsWorld, tier: str) -> None:
    gig_id = world.draft()
    wanted = {"gigId": gig_id, "basic": package(), tier: package(name="Second")}
    assert world.sofia.call(PACKAGES, {"input": wanted}).data["createPackages"][tier]["name"] == "Second"
    assert world.stored(gig_id).offers_multiple_packages


def test_basic_package_is_required(world: GigsWorld) -> None:
    answer = world.sofia.call(PACKAGES, {"input": {"gigId": world.draft(), "standard": package()}})
    assert answer.code == "GRAPHQL_VALIDATION_FAILED"


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"name": "Four"}, "name"),
        ({"name": "x" * 21}, "name"),
        ({"name": " Four "}, "name"),
        ({"description": "Four"}, "description"),
        ({"description": "x" * 101}, "description"),
        ({"price": 9.99}, "price"),
        ({"price": 10.001}, "price"),
        ({"price": -10}, "price"),
        ({"price": 1e300}, "price"),
        ({"deliveryTime": 0}, "deliveryTime"),
        ({"deliveryTime": 366}, "deliveryTime"),
        ({"revisions": 0}, "revisions"),
    ],
    ids=str,
)
@pytest.mark.parametrize("tier", ["basic", "premium"])
def test_invalid_package_is_refused(world: GigsWorld, tier: str, changes: dict[str, Any], wrong: str) -> None:
    gig_id = world.draft()
    wanted = {"gigId": gig_id, "basic": package(), tier: package(**changes)}
    assert paths(world.sofia.call(PACKAGES, {"input": wanted})) == {f"input.{tier}.{wrong}"}
    assert world.stored(gig_id).version == 1


@pytest.mark.parametrize(
    ("price", "code"),
    [
        ("1e400", "UNPROCESSABLE_CONTENT"),
        ("NaN", "GRAPHQL_VALIDATION_FAILED"),
        ("Infinity", "GRAPHQL_VALIDATION_FAILED"),
        ('"250"', "GRAPHQL_VALIDATION_FAILED"),
    ],
)
def test_price_must_be_number(world: GigsWorld, price: str, code: str) -> None:
    document = f"""mutation {{ createPackages(input: {{gigId: "{world.draft()}", basic: {{
      name: "Basic", description: "A logo.", price: {price}, deliveryTime: 1, revisions: 1
    }}}}) {{ basic {{ name }} }} }}"""
    assert world.sofia.call(document).code == code


@pytest.mark.parametrize(
    "changes",
    [{"name": "Fives"}, {"name": "x" * 20}, {"description": "x" * 100}, {"price": 10}, {"deliveryTime": 1}],
    ids=str,
)
def test_limits_are_inclusive(world: GigsWorld, changes: dict[str, Any]) -> None:
    wanted = {"gigId": world.draft(), "basic": package(revisions=1, **changes)}
    assert world.sofia.call(PACKAGES, {"input": wanted}).data


# doesOffersMultiplePackages, udpateOffersMultiplePackages


@pytest.mark.parametrize("document", [OFFERS, MISSPELT], ids=["right", "misspelt"])
def test_set_multiple_packages_flag(world: GigsWorld, document: str) -> None:
    gig_id = world.draft()
    packages = {"gigId": gig_id, "basic": package(), "standard": package(name="Standard")}
    assert world.sofia.call(PACKAGES, {"input": packages}).data
    for wanted, shown in ((False, None), (True, {"name": "Standard"})):
        (answer,) = world.sofia.call(document, {"gigId": gig_id, "offersMultiplePackages": wanted}).data.values()
        assert answer["offersMultiplePackages"] is wanted
        assert world.sofia.call(DOES_OFFER, {"id": gig_id}).data == {"doesOffersMultiplePackages": wanted}
        assert world.sofia.call(ONE, {"id": gig_id}).data["gig"]["packages"]["standard"] == shown


def test_published_gig_needs_second_package_for_flag(world: GigsWorld) -> None:
    draft, shown = world.complete(), world.published()
    wanted = {"gigId": draft, "offersMultiplePackages": True}
    assert world.sofia.call(OFFERS, wanted).data
    assert paths(world.sofia.call(PUBLISH, {"gigId": draft})) == {"packages"}
    assert paths(world.sofia.call(OFFERS, wanted | {"gigId": shown})) == {"packages"}


# updateDescriptionFaq


def test_set_description_and_faq(world: GigsWorld) -> None:
    gig_id = world.draft()
    faq = [*FAQ, {"question": "Which formats?", "answer": "SVG.\nPNG too."}]
    wanted = {"gigId": gig_id, "description": DOCUMENT, "faq": faq}
    answer = world.sofia.call(DESCRIPTION, {"input": wanted}).data["updateDescriptionFaq"]
    assert answer == {"success": True, "description": DOCUMENT, "faqCount": 2}
    shown = world.sofia.call(ONE, {"id": gig_id}).data["gig"]
    assert (shown["description"], shown["faq"]) == (DOCUMENT, faq)
    answer = world.sofia.call(DESCRIPTION, {"input": wanted | {"faq": []}}).data["updateDescriptionFaq"]
    assert answer["faqCount"] == 0


@pytest.mark.parametrize(
    ("faq", "wrong"),
    [
        ([{"question": " ", "answer": "x"}], "input.faq.0.question"),
        ([*FAQ, {"question": "x", "answer": ""}], "input.faq.1.answer"),
        ([{"question": "x" * 301, "answer": "x"}], "input.faq.0.question"),
        ([{"question": "x", "answer": "x" * 2001}], "input.faq.0.answer"),
        ([{"question": "x", "answer": "\x1b[2J"}], "input.faq.0.answer"),
        (FAQ * 31, "input.faq"),
    ],
    ids=["blank", "no answer", "long question", "long answer", "control", "many"],
)
def test_invalid_faq_is_refused(world: GigsWorld, faq: list[dict[str, str]], wrong: str) -> None:
    wanted = {"gigId": world.draft(), "description": DOCUMENT, "faq": faq}
    assert paths(world.sofia.call(DESCRIPTION, {"input": wanted})) == {wrong}


def test_describe_other_owners_gig_is_unauthorized(world: GigsWorld) -> None:
    for gig_id in (world.draft(), world.published(), NOBODYS):
        answer = world.noah.call(DESCRIPTION, {"input": {"gigId": gig_id, "description": DOCUMENT, "faq": []}})
        assert answer.status == 200
        assert answer.code == "UNAUTHORIZED"
        assert answer.error["message"] == "Gig not found or not owned by user"


# publish


def test_publish_sets_slug(world: GigsWorld) -> None:
    gig_id = world.complete(title="I will draw a Café logo!")
    made = world.sofia.call(PUBLISH, {"gigId": gig_id}).data["publish"]
    assert (made["id"], made["slug"], made["status"]) == (gig_id, "i-will-draw-a-cafe-logo", "published")
    assert made["owner"] == {"name": "Sofia E.", "username": "sofia"}
    assert made["publishedDateTime"]
    assert world.olivia.call(BY_SLUG, {"slug": made["slug"]}).data["gigBySlug"]["id"] == gig_id


def test_publish_incomplete_gig_names_missing_parts(world: GigsWorld) -> None:
    gig_id = world.draft()
    answer = world.sofia.call(PUBLISH, {"gigId": gig_id})
    assert paths(answer) == {"title", "category", "packages.basic", "description", "images"}
    assert answer.error["message"].startswith("Title not set; Category not set; ")
    assert world.stored(gig_id).status == "draft"
    assert world.sofia.call(OVERVIEW, {"input": overview(gigId=gig_id)}).data
    assert paths(world.sofia.call(PUBLISH, {"gigId": gig_id})) == {"packages.basic", "description", "images"}


def test_published_gig_must_stay_complete(world: GigsWorld) -> None:
    gig_id = world.published()
    nothing: dict[str, Any] = {"type": "paragraph", "data": {"text": "<script>x</script> &nbsp;"}}
    for blocks in ([], [nothing]):
        wanted = {"gigId": gig_id, "description": {"blocks": blocks}, "faq": []}
        assert paths(world.sofia.call(DESCRIPTION, {"input": wanted})) == {"description"}


# States


def test_pause_resume_and_delete(world: GigsWorld) -> None:
    gig_id = world.published()
    first = world.stored(gig_id).published_date_time
    for document, status in ((PAUSE, "paused"), (RESUME, "published"), (PAUSE, "paused"), (DELETE, "deleted")):
        (answer,) = world.sofia.call(document, {"gigId": gig_id}).data.values()
        assert (answer["status"], answer["publishedDateTime"]) == (status, first)
    assert [action for _, action, _ in world.events()] == [
        *("CREATE", "UPDATE", "UPDATE", "UPDATE", "UPDATE", "PUBLISH"),
        *("PAUSE", "RESUME", "PAUSE", "DELETE"),
    ]


def test_action_in_wrong_state_conflicts(world: GigsWorld) -> None:
    draft, shown, paused, gone = world.draft(), *(world.published() for _ in range(3))
    assert world.sofia.call(PAUSE, {"gigId": paused}).data
    assert world.sofia.call(DELETE, {"gigId": gone}).data
    before = world.events()
    for gig_id, documents in (
        (draft, (PAUSE, RESUME)),
        (shown, (PUBLISH, RESUME)),
        (paused, (PUBLISH, PAUSE)),
        (gone, (PUBLISH, PAUSE, RESUME, DELETE)),
    ):
        for document in documents:
            assert world.sofia.call(document, {"gigId": gig_id}).code == "CONFLICT"
    assert world.rename(gone, "Back again").code == "CONFLICT"
    assert world.events() == before


# getUserGigs


def test_others_see_only_published_gigs(world: GigsWorld) -> None:
    draft, shown, paused, gone = world.draft(), *(world.published() for _ in range(3))
    assert world.sofia.call(PAUSE, {"gigId": paused}).data
    assert world.sofia.call(DELETE, {"gigId": gone}).data

    def seen(who: Any) -> list[tuple[str, str]]:
        return [(gig["id"], gig["status"]) for gig in who.call(OF_USER, {"id": SOFIA}).data["getUserGigs"]]

    assert seen(world.sofia) == [(gone, "deleted"), (paused, "paused"), (shown, "published"), (draft, "draft")]
    assert seen(world.noah) == seen(world.olivia) == [(shown, "published")]
    assert world.sofia.call(OF_USER, {"id": NOAH}).data == {"getUserGigs": []}
    for strange in ("", "x" * 3_000, "BY#1"):
        assert world.sofia.call(OF_USER, {"id": strange}).data == {"getUserGigs": []}


def test_gig_has_all_fields_of_reference(world: GigsWorld) -> None:
    gig_id = world.published(tags=[{"id": "1", "text": "logo"}])
    media = {"images": [PICTURE], "videos": ["https://video.souk.test/1"], "documents": ["https://souk.test/a.pdf"]}
    assert world.sofia.call(GALLERY, {"input": {"gigId": gig_id, **media}}).data
    [shown] = world.olivia.call(OF_USER, {"id": SOFIA}).data["getUserGigs"]
    assert (shown["id"], shown["title"], shown["slug"], shown["status"]) == (
        gig_id,
        "Draw a logo",
        "draw-a-logo",
        "published",
    )
    assert shown["category"] == {"id": SUBCATEGORY.id, "name": SUBCATEGORY.preferred_label, "parentId": CATEGORY.id}
    assert shown["packages"]["basic"] == {"name": "Basic logo", "price": {"rawValue": "250.50"}}
    assert [[one["url"] for one in shown[kind]] for kind in media] == list(media.values())
    assert shown["owner"] == {"id": SOFIA, "name": "Sofia E.", "username": "sofia"}
    assert shown["tags"] == [{"id": "1", "text": "logo"}]


@pytest.mark.parametrize("count", [5, 50])
def test_list_round_trips_are_constant(world: GigsWorld, count: int) -> None:
    for _ in range(count):
        world.draft()
    answer = world.sofia.call(OF_USER, {"id": SOFIA})
    assert len(answer.data["getUserGigs"]) == count
    # Who calls; the gigs; their owner.
    assert answer.trips == 3
