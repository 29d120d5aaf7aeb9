"""`souk customfields rebuild`: answers of an earlier release are brought along, also while others write."""

import pytest

from souk.domains.customfields.store import SHEETS
from souk.domains.jobs.model import CustomFieldAnswers
from souk.domains.jobs.store import JOBS
from souk.domains.offers.model import CustomAnswer
from souk.domains.offers.store import OFFERS
from souk.operations import customfields
from souk.operations.deployment import Deployment
from tests.domains.customfields.support import answers
from tests.support.api import Souk
from tests.support.racing import meanwhile
from tests.support.worlds.jobs import OLIVIA
from tests.support.worlds.offers import OffersWorld
from tests.upgrade.release import scan


@pytest.fixture
def world(souk: Souk) -> OffersWorld:
    """Return a world with a client that posts and hires, and a freelancer."""
    return OffersWorld(souk)


@pytest.fixture
def deployment(world: OffersWorld) -> Deployment:
    """Return a deployment with the world's table."""
    table = world.souk.table
    return Deployment({"TableName": table.name}, lambda _service: table.client, "https://souk.test")


EARLIER = CustomFieldAnswers.model_validate(
    {
        "responses": [
            {"id": "71", "customFieldId": "cost centre", "value": "4711", "displayValue": "Ops"},
            None,
            {"customFieldId": "room"},
        ]
    }
)
QUERY = "query ($id: ID!) { jobPosting(jobPostingId: $id) { customFields { id responseId displayValue value } } }"


def store_earlier(world: OffersWorld, *, accepted: bool = False) -> tuple[str, str]:
    """Store answers in a posting and an offer, as an earlier release did. Return their ids."""
    job = world.post_job()
    offer = world.make_offer(job)
    if accepted:
        world.accept_offer(offer)
    tx = world.souk.table.transaction()
    tx.update(JOBS, world.stored_job(job).model_copy(update={"custom_fields": EARLIER}))
    answer = CustomAnswer(key="cost centre", value="12")
    tx.update(OFFERS, world.stored_offer(offer).model_copy(update={"custom_fields": (answer,)}))
    tx.commit()
    return job, offer


def test_rebuild_changes_nothing_twice(world: OffersWorld, deployment: Deployment) -> None:
    job, offer = store_earlier(world, accepted=True)
    world.post_job()
    before = world.olivia.call(QUERY, {"id": job}).data["jobPosting"]["customFields"]
    assert before == [
        {"id": "cost centre", "responseId": "71", "displayValue": "Ops", "value": "4711"},
        {"id": "room", "responseId": None, "displayValue": "", "value": ""},
    ]
    assert customfields.rebuild(deployment) == 2
    table = sorted(scan(world.souk.table), key=str)
    assert customfields.rebuild(deployment) == 0
    assert sorted(scan(world.souk.table), key=str) == table
    after = world.olivia.call(QUERY, {"id": job}).data["jobPosting"]["customFields"]
    assert after == [before[0], before[1] | {"responseId": after[1]["responseId"]}]
    assert after[1]["responseId"]
    found = answers(world.olivia, jobPostingIds=[job])
    assert [(one["id"], one["labelSnap"], one["typeSnap"], one["displayValueSnap"]) for one in found] == [
        (None, "cost centre", "TEXT_FIELD", "Ops"),
        (None, "room", "TEXT_FIELD", ""),
    ]
    assert {one["creator"]["id"] for one in found} == {OLIVIA}
    (copied,) = answers(world.olivia, offerIds=[offer])
    assert copied["firstContractId"] == world.stored_offer(offer).contract_id
    kept = [{"id": one["responseId"]} for one in found]
    assert world.change(job, customFields={"responses": kept}).data
    assert answers(world.olivia, jobPostingIds=[job]) == found


def test_rebuild_meets_other_writers(
    world: OffersWorld, deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, offer = store_earlier(world)
    assert all((world.olivia.token, world.sofia.token))
    raced = meanwhile(
        monkeypatch, lambda: (world.change(job, customFields={"responses": []}).data, world.accept_offer(offer))
    )
    customfields.rebuild(deployment)
    assert raced
    assert world.souk.table.get(SHEETS, job) is None, "the update removed the answers"
    (answer,) = answers(world.olivia, offerIds=[offer])
    assert answer["firstContractId"] == raced[0][1]
