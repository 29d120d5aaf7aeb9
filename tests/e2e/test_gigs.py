"""Gigs on the deployed stack: drafts, publishing, search and orders, also with concurrent callers."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx
import pytest

from tests.e2e.test_jobs import code, data, wait_until
from tests.support.running import Run
from tests.support.worlds.gigs import (
    BY_SLUG,
    CREATE_DRAFT,
    DELETE,
    DESCRIPTION,
    DOCUMENT,
    FAQ,
    GALLERY,
    ONE,
    ORDER,
    OVERVIEW,
    PACKAGES,
    PAUSE,
    PICTURE,
    PUBLISH,
    SEARCH,
    overview,
    package,
)

AT_ONCE = 6
UPLOAD = """mutation ($input: CreateDirectUploadLinkInput!) {
  createDirectUploadLinkForJobPosting(input: $input) { id uploadUrl formKeyValues { key value } } }"""
TEAM = "{ organization { id } }"
CONTRACT = """query ($id: ID!) { contractDetails(id: $id) { deliveryModel offer { state
  milestones { id state depositAmount { rawValue currency } } } } }"""
CONFIRM = "mutation ($ids: [ID!]!) { confirmFiles(fileIds: $ids) }"


@pytest.fixture(scope="module")
def seller(souk: Run) -> str:
    return souk.token("noah@studio.test")


@pytest.fixture(scope="module")
def buyer(souk: Run) -> str:
    return souk.token("olivia@acme.test")


def complete(souk: Run, token: str, title: str, picture: str = PICTURE) -> str:
    """Create a complete draft and return its id."""
    gig_id = str(data(souk.post(CREATE_DRAFT, token))["createDraft"]["id"])
    for document, values in (
        (OVERVIEW, overview(title=title)),
        (PACKAGES, {"basic": package()}),
        (DESCRIPTION, {"description": DOCUMENT, "faq": FAQ}),
        (GALLERY, {"images": [picture]}),
    ):
        assert data(souk.post(document, token, input={"gigId": gig_id, **values}))
    return gig_id


def search(souk: Run, token: str, **filters: Any) -> list[str]:
    edges = data(souk.post(SEARCH, token, filter=filters))["gigsSearch"]["edges"]
    return [edge["node"]["id"] for edge in edges]


def test_gig_lifecycle(souk: Run, seller: str, buyer: str) -> None:
    gig_id = complete(souk, seller, "Mount your Stegosaurus")
    assert data(souk.post(ONE, buyer, id=gig_id)) == {"gig": None}
    slug = data(souk.post(PUBLISH, seller, gigId=gig_id))["publish"]["slug"]
    gig = data(souk.post(BY_SLUG, buyer, slug=slug))["gigBySlug"]
    assert (gig["id"], gig["owner"]["username"]) == (gig_id, "noah")
    wait_until(lambda: search(souk, buyer, searchExpression_eq="stegosaurus") == [gig_id])
    assert code(souk.post(DELETE, buyer, gigId=gig_id)) == "NOT_FOUND"
    assert data(souk.post(PAUSE, seller, gigId=gig_id))["pauseGig"]["status"] == "paused"
    wait_until(lambda: search(souk, buyer, searchExpression_eq="stegosaurus") == [])
    assert data(souk.post(BY_SLUG, buyer, slug=slug)) == {"gigBySlug": None}
    assert data(souk.post(DELETE, seller, gigId=gig_id))["delete"]["status"] == "deleted"


def test_uploaded_picture_is_public(souk: Run, seller: str, buyer: str) -> None:
    picture = b"\x89PNG\r\n\x1a\n a picture of bones"
    upload_input = {"fileName": "bones.png", "contentType": "image/png"}
    upload = data(souk.post(UPLOAD, seller, input=upload_input))["createDirectUploadLinkForJobPosting"]
    form = {one["key"]: one["value"] for one in upload["formKeyValues"]}
    sent = httpx.post(upload["uploadUrl"], data=form, files={"file": ("bones.png", picture, "image/png")})
    assert sent.status_code in {200, 201, 204}, sent.text
    assert data(souk.post(CONFIRM, seller, ids=[upload["id"]])) == {"confirmFiles": True}
    gig_id = complete(souk, seller, "Photograph your Diplodocus", upload["id"])
    assert data(souk.post(PUBLISH, seller, gigId=gig_id))
    [image] = data(souk.post(ONE, buyer, id=gig_id))["gig"]["images"]
    assert httpx.get(image["url"]).content == picture


def test_concurrent_publishers_get_different_slugs(souk: Run, seller: str, buyer: str) -> None:
    other = souk.token("sofia@studio.test")
    tokens = [seller if at % 2 else other for at in range(AT_ONCE)]
    gigs = [complete(souk, token, "Draw your Triceratops") for token in tokens]

    def publish(at: int) -> dict[str, Any]:
        return souk.post(PUBLISH, tokens[at], gigId=gigs[at])

    with ThreadPoolExecutor(AT_ONCE) as pool:
        slugs = [data(answer)["publish"]["slug"] for answer in pool.map(publish, range(AT_ONCE))]
    assert len(set(slugs)) == AT_ONCE
    assert "draw-your-triceratops" in slugs
    assert [data(souk.post(BY_SLUG, buyer, slug=slug))["gigBySlug"]["id"] for slug in slugs] == gigs


def order_input(souk: Run, client: str, gig_id: str, **given: Any) -> dict[str, Any]:
    """Return the input of an order for a client's own organization."""
    team = data(souk.post(TEAM, client))["organization"]["id"]
    return {"gigId": gig_id, "tier": "basic", "clientTeamId": team, **given}


def test_repeated_order_creates_one_contract(souk: Run, seller: str, buyer: str) -> None:
    gig_id = complete(souk, seller, "Weigh your Brachiosaurus")
    order = order_input(souk, buyer, gig_id, requirements="It moves.", idempotencyKey=str(uuid4()))
    assert code(souk.post(ORDER, buyer, input=order)) == "NOT_FOUND", "drafts cannot be ordered"
    assert data(souk.post(PUBLISH, seller, gigId=gig_id))

    def send(_: int) -> dict[str, Any]:
        return souk.post(ORDER, buyer, input=order)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = [data(answer)["orderGig"] for answer in pool.map(send, range(AT_ONCE))]
    assert [one for one in answers if one != answers[0]] == []
    assert answers[0]["milestone"]["state"] == "Active"
    for token in (seller, buyer):
        contract = data(souk.post(CONTRACT, token, id=answers[0]["contract"]["id"]))["contractDetails"]
        assert (contract["deliveryModel"], contract["offer"]["state"]) == ("CATALOG_PROJECT", "ACCEPTED")
        (milestone,) = contract["offer"]["milestones"]
        assert milestone["depositAmount"] == {"rawValue": "250.50", "currency": "MAD"}
    assert code(souk.post(ORDER, buyer, input={**order, "requirements": "It sleeps."})) == "CONFLICT"


def test_order_is_paid_on_checkout_page(souk: Run, seller: str) -> None:
    client = souk.token("omar@rival.test")
    gig_id = complete(souk, seller, "Groom your Pachycephalosaurus")
    assert data(souk.post(PUBLISH, seller, gigId=gig_id))
    ordered = data(souk.post(ORDER, client, input=order_input(souk, client, gig_id)))["orderGig"]
    checkout = ordered["milestone"]["checkout"]
    assert (ordered["milestone"]["state"], checkout["state"]) == ("NotFunded", "OPEN")
    assert httpx.get(checkout["url"]).status_code == 200
    (token,) = parse_qs(urlsplit(checkout["url"]).query)["order"]
    page = checkout["url"].partition("?")[0]
    paid = httpx.post(page, data={"order": token, "decision": "pay"}, follow_redirects=True)
    assert "Paid" in paid.text
    contract = data(souk.post(CONTRACT, client, id=ordered["contract"]["id"]))["contractDetails"]
    assert [one["state"] for one in contract["offer"]["milestones"]] == ["Active"]
