"""Jobs on the deployed stack: a client posts a job, and a freelancer finds it."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.support.running import Run

CREATE = """mutation ($request: JobPostingCreateRequest!) {
  createJobPosting(jobPostingRequest: $request) { id version skillsSaved questionsSaved } }"""
UPDATE = """mutation ($id: ID!, $request: JobPostingUpdateRequest!) {
  updateJobPosting(id: $id, jobPostingRequest: $request) { id version } }"""
SEARCH = """query ($filter: MarketplaceJobPostingsSearchFilter) {
  marketplaceJobPostingsSearch(marketPlaceJobFilter: $filter, sortAttributes: [{field: RECENCY}]) {
    totalCount edges { node { id title amount { rawValue } skills { name }
      job { ownership { company { name } team { name } } } } } } }"""
MARKET = "query ($id: ID!) { marketplaceJobPosting(id: $id) { id content { title } } }"
OWN = "query ($id: ID!) { jobPosting(jobPostingId: $id) { id version content { title description } info { status } } }"
WITHIN_SECONDS = 30


@pytest.fixture(scope="module")
def client(souk: Run) -> str:
    return souk.token("olivia@acme.test")


@pytest.fixture(scope="module")
def freelancer(souk: Run) -> str:
    return souk.token("sofia@studio.test")


@pytest.fixture(scope="module")
def rival(souk: Run) -> str:
    return souk.token("omar@rival.test")


@pytest.fixture(scope="module")
def acme(souk: Run, client: str) -> str:
    return str(data(souk.post("{ organization { id } }", client))["organization"]["id"])


def data(answer: dict[str, Any]) -> Any:
    assert "errors" not in answer, answer
    return answer["data"]


def code(answer: dict[str, Any]) -> str:
    return str(answer["errors"][0]["extensions"]["code"])


def posting(acme: str, title: str, **info: Any) -> dict[str, Any]:
    """Return a request for a fixed-price posting."""
    return {
        "organizationId": acme,
        "jobPostingInfo": {
            "title": title,
            "description": "Ported from assembler, in C++ and a little node.js.",
            "type": "FIXED_PRICE",
            "amount": "1250.50",
            "experienceLevel": "EXPERT",
            "access": "PUBLIC_INDEX",
            **info,
        },
        "questions": [{"question": "Have you met the machine?"}],
    }


@pytest.fixture(scope="module")
def classified(souk: Run, client: str) -> dict[str, Any]:
    """Return the category and skills of a published posting."""
    category = data(souk.post("{ ontologyCategories { id subcategories { id } services { id } } }", client))[
        "ontologyCategories"
    ][0]
    return {"groupId": category["id"], "categoryId": category["subcategories"][0]["id"]}


@pytest.fixture
def post(souk: Run, client: str, acme: str, classified: dict[str, Any]) -> Callable[..., str]:
    def create(title: str, **info: Any) -> str:
        request = posting(acme, title, **classified, **info)
        return str(data(souk.post(CREATE, client, request=request))["createJobPosting"]["id"])

    return create


def search(souk: Run, token: str, **filters: Any) -> Any:
    filters.setdefault("pagination_eq", {"first": 100})
    return data(souk.post(SEARCH, token, filter=filters))["marketplaceJobPostingsSearch"]


def wait_until(condition: Callable[[], bool], seconds: float = WITHIN_SECONDS) -> None:
    """Wait until a condition is true."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition was not true in time"
        time.sleep(0.2)


def test_posted_job_is_found_with_its_people(souk: Run, client: str, freelancer: str, post: Callable[..., str]) -> None:
    job_id = post("Quetzalcoatlus flight simulator")
    wait_until(lambda: search(souk, freelancer, searchExpression_eq="quetzalcoatlus C++")["totalCount"] == 1)
    [edge] = search(souk, freelancer, searchExpression_eq="quetzalcoatlus C++")["edges"]
    assert edge["node"]["id"] == job_id
    assert edge["node"]["amount"] == {"rawValue": "1250.50"}
    assert edge["node"]["job"]["ownership"]["company"] == {"name": "Acme"}
    assert data(souk.post(OWN, client, id=job_id))["jobPosting"]["info"] == {"status": "REQUESTED"}


def test_changed_job_is_found_by_new_words_only(
    souk: Run, client: str, freelancer: str, acme: str, post: Callable[..., str]
) -> None:
    job_id = post("Pteranodon wing model")
    wait_until(lambda: search(souk, freelancer, titleExpression_eq="pteranodon")["totalCount"] == 1)
    request = {"organizationId": acme, "jobPostingInfo": {"title": "Archaeopteryx wing model"}}
    data(souk.post(UPDATE, client, id=job_id, request=request))
    wait_until(lambda: search(souk, freelancer, titleExpression_eq="archaeopteryx")["totalCount"] == 1)
    assert search(souk, freelancer, titleExpression_eq="pteranodon")["totalCount"] == 0


def test_private_jobs_and_drafts_are_hidden(
    souk: Run, client: str, freelancer: str, rival: str, post: Callable[..., str]
) -> None:
    private = post("Secret Dimorphodon study", access="ACCESS_PRIVATE")
    draft = post("Unfinished Dimorphodon study", status="DRAFT")
    public = post("Public Dimorphodon study")
    wait_until(lambda: search(souk, freelancer, titleExpression_eq="dimorphodon")["totalCount"] > 0)
    for token in (freelancer, rival):
        found = search(souk, token, titleExpression_eq="dimorphodon")
        assert [edge["node"]["id"] for edge in found["edges"]] == [public]
        for hidden in (private, draft):
            answer = souk.post(MARKET, token, id=hidden)
            assert answer["data"] == {"marketplaceJobPosting": None} or code(answer) == "NOT_FOUND"
            assert code(souk.post(OWN, token, id=hidden)) == "NOT_FOUND"
    assert data(souk.post(OWN, client, id=private))["jobPosting"]["id"] == private


def test_other_organizations_cannot_change_job(
    souk: Run, rival: str, acme: str, client: str, post: Callable[..., str]
) -> None:
    job_id = post("Rhamphorhynchus catalogue")
    request = {"organizationId": acme, "jobPostingInfo": {"title": "Stolen"}}
    assert code(souk.post(UPDATE, rival, id=job_id, request=request)) in {"FORBIDDEN", "NOT_FOUND"}
    assert data(souk.post(OWN, client, id=job_id))["jobPosting"]["content"]["title"] == "Rhamphorhynchus catalogue"


def test_concurrent_updates_have_one_winner(souk: Run, client: str, acme: str, post: Callable[..., str]) -> None:
    job_id = post("Race for the Pterodactylus")
    version = data(souk.post(OWN, client, id=job_id))["jobPosting"]["version"]

    def write(number: int) -> dict[str, Any]:
        info = {"title": f"Writer {number}", "description": f"Written by {number}", "version": version}
        return souk.post(UPDATE, client, id=job_id, request={"organizationId": acme, "jobPostingInfo": info})

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(write, range(10)))
    winners = [number for number, answer in enumerate(answers) if "errors" not in answer]
    assert len(winners) == 1
    assert {code(answer) for answer in answers if "errors" in answer} == {"CONFLICT"}
    kept = data(souk.post(OWN, client, id=job_id))["jobPosting"]
    assert kept["content"] == {"title": f"Writer {winners[0]}", "description": f"Written by {winners[0]}"}
    assert kept["version"] == version + 1


def test_attachment_upload_and_download(souk: Run, client: str, acme: str, classified: dict[str, Any]) -> None:
    text = b"The bones, measured."
    upload = data(
        souk.post(
            """mutation ($input: CreateDirectUploadLinkInput!) {
              createDirectUploadLinkForJobPosting(input: $input) { id uploadUrl formKeyValues { key value } } }""",
            client,
            input={"fileName": "bones.txt", "contentType": "text/plain"},
        )
    )["createDirectUploadLinkForJobPosting"]
    form = {one["key"]: one["value"] for one in upload["formKeyValues"]}
    uploaded = httpx.post(upload["uploadUrl"], data=form, files={"file": ("bones.txt", text, "text/plain")})
    assert uploaded.status_code in {200, 201, 204}, uploaded.text
    confirm = "mutation ($ids: [ID!]!) { confirmFiles(fileIds: $ids) }"
    assert data(souk.post(confirm, client, ids=[upload["id"]])) == {"confirmFiles": True}
    request = {**posting(acme, "Measured bones", **classified), "attachmentIds": [upload["id"]]}
    job_id = data(souk.post(CREATE, client, request=request))["createJobPosting"]["id"]
    attachments = "query ($id: ID!) { jobPosting(jobPostingId: $id) { attachment { fileName link } } }"
    shown = data(souk.post(attachments, client, id=job_id))
    [attachment] = shown["jobPosting"]["attachment"]
    assert attachment["fileName"] == "bones.txt"
    assert httpx.get(attachment["link"]).content == text
