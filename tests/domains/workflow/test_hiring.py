"""Workflows made and ended by steps of offers and contracts."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.client import BaseClient

from souk.domains.clouds.model import Section, SectionType
from souk.domains.clouds.model import Task as CloudTask
from souk.domains.workflow.rules.making import Author, copied
from souk.values.times import stamp
from tests.support.clock import CLOCK, new_id
from tests.support.racing import meanwhile
from tests.support.worlds.jobs import OLIVIA, SOFIA
from tests.support.worlds.offers import FIXED
from tests.support.worlds.workflow import WorkflowWorld

SECTIONS: list[dict[str, Any]] = [
    {"key": "begin", "name": "Begin", "type": "ONBOARDING"},
    {"key": "pay", "name": "Payroll", "type": "FOR_PAYROLLED_EMPLOYEES"},
    {"key": "leave", "name": "Leave", "type": "OFFBOARDING"},
]
TASKS: list[dict[str, Any]] = [
    {"key": "return", "sectionKeys": ["leave"], "name": "Return the key", "dependsOnKeys": ["sign"]},
    {"key": "bank", "sectionKeys": ["pay"], "name": "Name a bank", "dependsOnKeys": ["sign"]},
    {"key": "sign", "sectionKeys": ["begin", "pay"], "name": "Sign", "dueInDays": 3, "type": "legal"},
]


def cloud_with_tasks(world: WorkflowWorld, tasks: list[dict[str, Any]] = TASKS, **fields: Any) -> str:
    """Make a cloud of Acme with tasks, and with Sofia."""
    cloud = world.cloud(**{"onboardingTaskEnabled": True} | fields)
    given: dict[str, Any] = {"talentCloudId": cloud, "sections": SECTIONS, "tasks": tasks}
    assert world.do("setTalentCloudTasks", **given).data
    world.add(cloud, SOFIA)
    return cloud


@pytest.mark.parametrize("payroll", [False, True])
def test_acceptance_begins_the_tasks_of_the_cloud(world: WorkflowWorld, payroll: bool) -> None:
    cloud = cloud_with_tasks(world)
    named: dict[str, Any] = {"offerPayroll": {"talentCloudId": cloud}} if payroll else {"talentCloudId": cloud}
    offer = world.offer(**named)
    assert world.newest("Offer", offer) is None
    contract = world.accept_offer(offer)
    made = world.newest("Contract", contract, world.sofia)
    assert [one["title"] for one in made["tasks"]] == (["Sign", "Name a bank"] if payroll else ["Sign"])
    assert made["tasks"][0]["dueDate"] > CLOCK.market().date().isoformat()
    assert (made["type"], made["createdBy"], made["tasks"][0]["type"]) == ("ONBOARDING", SOFIA, "legal")
    associated = {one["entityType"]: one["entityValue"] for one in made["associations"]}
    assert associated == {"Offer": offer, "Contract": contract, "TalentCloud": cloud}
    for entity_type, id_ in associated.items():
        assert world.newest(entity_type, id_, selected="id") == {"id": made["id"]}
    assert [action for action, _ in world.workflow_events()] == ["CREATE"]
    world.do("setTalentCloudTasks", talentCloudId=cloud, sections=SECTIONS, tasks=[])
    assert world.read(made["id"], world.sofia) == made, "the tasks are copies"


@pytest.mark.parametrize("without", [{"onboardingTaskEnabled": False}, {"tasks": []}, {"archived": True}])
def test_acceptance_without_tasks_begins_nothing(world: WorkflowWorld, without: dict[str, Any]) -> None:
    archived = without.pop("archived", False)
    cloud = cloud_with_tasks(world, **without)
    offer = world.offer(talentCloudId=cloud)
    if archived:
        world.act("archiveTalentCloud", cloud)
    assert world.newest("Contract", world.accept_offer(offer)) is None


def test_workflow_by_hand_becomes_the_contracts_too(world: WorkflowWorld) -> None:
    cloud = cloud_with_tasks(world)
    first, second = world.offer(talentCloudId=cloud), world.offer(talentCloudId=cloud)
    leaving = world.begin(first, "z", type="OFFBOARDING")["id"]
    made = world.begin(first, "a")
    contract = world.accept_offer(first)
    assert world.ids(entityType_eq="Contract", entityId_eq=contract) == [made["id"], leaving], "the cloud's is not made"
    assert len(world.read(made["id"])["associations"]) == 2
    assert world.try_begin(first, "b").code == world.try_begin(contract, "b", entityType="Contract").code == "CONFLICT"
    world.updated(made, 0, status="COMPLETED")
    again = world.begin(first, "b")
    assert [one["entityType"] for one in again["associations"]] == ["Offer", "Contract"]
    world.begin(second, "z", type="OFFBOARDING")
    contract = world.accept_offer(second)
    assert len(world.ids(entityType_eq="Contract", entityId_eq=contract)) == 2


def test_offer_that_ends_withdraws_its_workflow(world: WorkflowWorld) -> None:
    withdraw = "mutation ($input: WithdrawOfferInput!) { withdrawOffer(input: $input) }"
    decline = "mutation ($input: DeclineOfferInput!) { declineOffer(input: $input) }"
    ends: list[tuple[Any, str]] = [(world.olivia, withdraw), (world.sofia, decline)]
    for who, document in ends:
        offer = world.offer()
        leaving, made = world.begin(offer, "z", type="OFFBOARDING"), world.begin(offer, "a")
        assert who.call(document, {"input": {"offerId": offer}}).data
        now = world.read(made["id"])
        assert (now["onboardedStatus"], now["tasks"][0]["canEdit"]) == ("WITHDRAWN", False)
        assert world.update(made, 0, status="COMPLETED").code == "CONFLICT"
        assert world.waive(made["id"]).code == "CONFLICT"
        assert world.read(leaving["id"])["onboardedStatus"] == "NOT_STARTED"
        assert world.try_begin(offer, "b").code == "CONFLICT"
    offer = world.offer()
    made = world.begin(offer, "a")
    world.souk.run_due(datetime.fromisoformat(world.stored_offer(offer).expires) + timedelta(seconds=1))
    now = world.read(made["id"])
    assert (now["onboardedStatus"], now["modifiedBy"]) == ("WITHDRAWN", OLIVIA)


def test_end_of_a_contract(world: WorkflowWorld) -> None:
    cloud = cloud_with_tasks(world)
    contract = world.accept_offer(world.offer(talentCloudId=cloud))
    begun = world.newest("Contract", contract)
    assert world.end(contract).data
    leaving = world.newest("Contract", contract)
    assert (leaving["type"], leaving["createdBy"]) == ("OFFBOARDING", OLIVIA)
    assert [(one["title"], one["status"], one["dependsOn"]) for one in leaving["tasks"]] == [
        ("Return the key", "OPEN", None)
    ]
    assert [one["entityType"] for one in leaving["associations"]] == ["Contract", "TalentCloud"]
    assert world.read(begun["id"])["onboardedStatus"] == "WITHDRAWN"
    assert world.try_begin(contract, "b", entityType="Contract").code == "CONFLICT"
    assert world.waive(leaving["id"]).data
    assert world.begin(contract, "b", entityType="Contract", type="OFFBOARDING")

    finished = world.accept_offer(world.offer(talentCloudId=cloud))
    done = world.newest("Contract", finished)
    world.updated(done, 0, world.sofia, status="COMPLETED")
    assert world.end(finished).data
    assert world.read(done["id"])["onboardedStatus"] == "COMPLETED"


@pytest.mark.parametrize("first", ["create", "accept"])
def test_workflow_made_during_the_acceptance_is_not_lost(
    world: WorkflowWorld, monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    offer = world.offer()
    if first == "create":  # the acceptance read the offer before
        meanwhile(monkeypatch, lambda: world.begin(offer, "a"))
        assert world.try_accept(offer).code == "CONFLICT"
        contract = world.accept_offer(offer)
    else:
        accepted = meanwhile(monkeypatch, lambda: world.accept_offer(offer))
        made = world.begin(offer, "a")  # tried again
        (contract,) = accepted
        assert len(made["associations"]) == 2
    assert world.newest("Contract", contract)["totalTasks"] == 1


def test_work_shows_as_contingent_start(world: WorkflowWorld) -> None:
    offer = world.offer(by_the_hour=False, **FIXED)
    made = world.begin(offer, "a")
    contract = world.accept_offer(offer)
    milestone = world.milestones(offer)[0].id
    mutate = "mutation ($input: {}!) {{ {}(input: $input) {{ state }} }}"
    fund = mutate.format("ActivateMilestoneInput", "activateMilestone")
    submit = mutate.format("SubmitMilestoneInput", "submitMilestone")
    assert world.olivia.call(fund, {"input": {"id": milestone}}).data
    assert world.read(made["id"])["onboardedStatus"] == "NOT_STARTED"
    assert world.sofia.call(submit, {"input": {"id": milestone}}).data
    world.souk.run_due(CLOCK.market())
    leaving = world.begin(contract, "z", entityType="Contract", type="OFFBOARDING")
    assert world.read(made["id"])["onboardedStatus"] == "CONTINGENT_START"
    assert world.ids(status_eq="CONTINGENT_START") == [made["id"]]
    assert world.ids(status_eq="NOT_STARTED") == [leaving["id"]]
    world.updated(made, 0, status="COMPLETED")
    assert world.read(made["id"])["onboardedStatus"] == "COMPLETED"
    later = world.begin(contract, "b", entityType="Contract")
    assert later["onboardedStatus"] == "CONTINGENT_START", "made after the work"


def test_tracked_time_shows_as_contingent_start(world: WorkflowWorld) -> None:
    offer = world.offer()
    made = world.begin(offer, "a")
    contract = world.accept_offer(offer)
    start = CLOCK.market() + timedelta(hours=1)
    CLOCK.at(start)
    cell = (start - timedelta(minutes=20)).replace(second=0, microsecond=0)
    cell = cell.replace(minute=cell.minute // 10 * 10)
    track = "mutation ($input: TrackTimeInput!) { trackTime(input: $input) { cells { outcome } } }"
    given = {"contractId": contract, "cells": [{"startDateTime": stamp(cell), "memo": "Work"}]}
    assert world.sofia.call(track, {"input": given}).data["trackTime"]["cells"] == [{"outcome": "STORED"}]
    assert world.read(made["id"])["onboardedStatus"] == "NOT_STARTED"
    world.souk.run_due(CLOCK.market())
    assert world.read(made["id"])["onboardedStatus"] == "CONTINGENT_START"
    leaving = world.begin(contract, "z", entityType="Contract", type="OFFBOARDING")
    assert leaving["onboardedStatus"] == "NOT_STARTED"
    assert world.waive(made["id"]).data
    assert world.begin(contract, "b", entityType="Contract")["onboardedStatus"] == "CONTINGENT_START"


def test_acceptance_fits_into_one_transaction(world: WorkflowWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    tasks = [{"key": str(n), "sectionKeys": ["begin"], "name": f"Task {n}"} for n in range(40)]
    cloud = cloud_with_tasks(world, tasks)
    milestones = [{"amount": {"amount": "100", "currency": "USD"}, "description": f"Part {n}"} for n in range(20)]
    terms = {"milestoneTerms": {"budget": {"amount": "2000", "currency": "USD"}, "milestoneList": milestones}}
    job = world.post_job(by_the_hour=False)
    proposal = world.add_proposal(job).id
    fields = [{"key": f"Field {n}", "value": "x"} for n in range(50)]
    source = {"sourceType": "JobApplication", "sourceId": proposal, "jobPostingId": job}
    wanted = world.offer_input(job, talentCloudId=cloud, customFields=fields, closeOnAccept=True, **terms)
    offer = world.try_offer(wanted | {"metadata": source}).data["createOffer"]["offer"]["id"]
    create = "mutation ($input: CreateMilestoneInput!) { createMilestoneV2(input: $input) { id } }"
    for n in range(20, 25):
        more = {"offerId": offer, "depositAmount": "100", "description": f"Part {n}"}
        assert world.olivia.call(create, {"input": more}).data
    sizes: list[int] = []
    call_aws = BaseClient._make_api_call  # type: ignore[attr-defined]  # noqa: SLF001

    def counted(self: BaseClient, name: str, request: dict[str, Any]) -> Any:
        sizes.append(len(request.get("TransactItems", ())))
        return call_aws(self, name, request)

    with monkeypatch.context() as patched:
        patched.setattr(BaseClient, "_make_api_call", counted)
        contract = world.accept_offer(offer)
    assert world.newest("Contract", contract, selected="totalTasks") == {"totalTasks": 40}
    assert 60 < max(sizes) <= 90


def test_copies_drop_what_is_not_copied() -> None:
    section = Section(id="s", key="s", name="S", type=SectionType.ONBOARDING)
    tasks = [
        CloudTask(id=one, key=one, section_ids=(section.id,), name=one, depends_on=others, due_in_days=days)
        for one, others, days in (("a", (), 0), ("b", ("a", "x"), None), ("c", ("x",), 2))
    ]
    first, second, third = copied(tasks, Author("1", CLOCK.market(), new_id))
    assert (second.depends_on, third.depends_on) == ((first.id,), ())
    assert [one.status for one in (first, second, third)] == ["OPEN", "NOT_OPEN", "OPEN"]
    assert (first.due, second.due) == (CLOCK.market().date().isoformat(), None)
