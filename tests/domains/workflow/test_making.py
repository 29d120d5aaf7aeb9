"""Workflows by hand: what they are made for, roles and permissions, assignment, comments, lists."""

from typing import Any

import pytest

from tests.support.racing import at_once
from tests.support.worlds.files import confirmed_file
from tests.support.worlds.jobs import ACME, DESIGN, LIAM, MAX, NOAH, OLIVIA, SOFIA, STUDIO
from tests.support.worlds.workflow import WHOLE, WorkflowWorld

NO = [{"role": "FREELANCER", "permission": "NO"}]
VIEW = [{"role": "FREELANCER", "permission": "VIEW"}, {"role": "HIRING_MANAGER", "permission": "VIEW"}]


def test_every_field_of_a_task_is_written(world: WorkflowWorld) -> None:
    offer = world.offer()
    task = {
        "type": "legal",
        "title": "Sign",
        "description": "Both pages.",
        "dueDate": "2030-01-31",
        "assigneeUserId": SOFIA,
        "externalTaskId": "x-1",
        "customAttributes": [{"key": "form", "value": "W-8"}],
    }
    made = world.begin(offer, task)
    assert made["associations"] == [{"entityType": "Offer", "entityValue": offer}]
    assert (made["type"], made["createdBy"], made["onboardedStatus"]) == ("ONBOARDING", OLIVIA, "NOT_STARTED")
    (shown,) = [dict(one) for one in made["tasks"]]
    times = {name: shown.pop(name) for name in ("id", "createdDateTime", "modifiedDateTime")}
    assert all(times.values())
    assert shown == {
        "type": "legal",
        "title": "Sign",
        "description": "Both pages.",
        "status": "OPEN",
        "assignee": {"entityType": "User", "entityId": SOFIA},
        "finishedDateTime": None,
        "dueDate": "2030-01-31",
        "createdBy": OLIVIA,
        "modifiedBy": OLIVIA,
        "labels": [],
        "active": True,
        "notRequired": False,
        "dependsOn": None,
        "externalTaskId": "x-1",
        "delayReasons": None,
        "customAttributes": [{"key": "form", "value": "W-8"}],
        "order": 1,
        "canEdit": True,
        "owner": False,
        "comments": [],
        "changes": [],
    }
    assert world.newest("OFFER", offer, world.sofia)["tasks"][0]["owner"] is True
    assert world.newest("offer", offer) == made


def test_who_may_make_workflows(world: WorkflowWorld) -> None:
    offer = world.offer()
    assert world.try_begin(offer, "a", who=world.sofia).code == "FORBIDDEN"
    for stranger in (world.omar, world.liam, world.max, world.ada):
        assert world.try_begin(offer, "a", who=stranger).code == "NOT_FOUND"
    assert world.try_begin("77", "a").code == "NOT_FOUND"
    made = world.begin(offer, "a")
    assert world.try_begin(offer, "b").code == "CONFLICT"
    assert world.begin(offer, "b", type="OFFBOARDING")
    for stranger in (world.omar, world.liam, world.ada):
        assert world.read(made["id"], stranger) is None
        assert world.newest("Offer", offer, stranger) is None
        assert world.update(made, 0, stranger, status="COMPLETED").code == "NOT_FOUND"


WRONG: list[dict[str, Any]] = [
    {"entityType": "Job"},
    {"tasks": []},
    {"tasks": [{"title": "a"}] * 41},
    {"tasks": [{"title": ""}]},
    {"tasks": [{"title": "a", "key": "k"}, {"title": "b", "key": "k"}]},
    {"tasks": [{"title": "a", "key": "a", "dependsOn": ["b"]}, {"title": "b", "key": "b", "dependsOn": ["a"]}]},
    {"tasks": [{"title": "a", "key": "a", "dependsOn": ["a"]}]},
    {"tasks": [{"title": "a", "dependsOn": ["b"]}]},
    {"tasks": [{"title": "a", "dueDate": "soon"}]},
    {"tasks": [{"title": "a", "assigneeUserId": MAX}]},
    {"tasks": [{"title": "a", "assigneeUserId": "1"}]},
    {"tasks": [{"title": "a", "customAttributes": [{"key": str(n), "value": "ü" * 500} for n in range(20)]}] * 10},
    {"freelancerUserId": NOAH},
    {"idempotencyKey": "x" * 201},
]


def test_wrong_requests_are_refused(world: WorkflowWorld) -> None:
    offer = world.offer()
    for wrong in WRONG:
        assert world.try_begin(offer, "a", **wrong).code == "UNPROCESSABLE_CONTENT", wrong
    assert world.ids() == []


def test_permissions_of_roles(world: WorkflowWorld) -> None:
    job = world.post(organizationId=DESIGN)
    offer = world.make_offer(job, clientTeamId=DESIGN)
    made = world.begin(
        offer,
        {"title": "hidden", "key": "hidden", "permissions": NO, "primaryTaskOwner": "HIRING_MANAGER"},
        {"title": "viewed", "permissions": VIEW, "dependsOn": ["hidden"]},
        {"title": "their own"},
        {"title": "the client's", "primaryTaskOwner": "ADMINISTRATOR", "permissions": []},
    )

    def seen(who: Any) -> list[tuple[str, bool, bool]]:
        return [(one["title"], one["canEdit"], one["owner"]) for one in world.read(made["id"], who)["tasks"]]

    assert seen(world.olivia) == [
        ("hidden", True, True),  # she is the one who hires, too
        ("viewed", True, False),
        ("their own", True, False),
        ("the client's", True, True),
    ]
    assert seen(world.liam) == [
        ("hidden", True, True),
        ("viewed", False, False),
        ("their own", True, False),
        ("the client's", True, False),
    ]
    assert [can for _, can, _ in seen(world.max)] == [False] * 4
    assert seen(world.sofia) == [("viewed", False, True), ("their own", True, True), ("the client's", False, False)]
    shown = world.read(made["id"], world.sofia)
    assert (shown["totalTasks"], shown["tasks"][0]["dependsOn"]) == (3, None)
    assert world.update(made, 0, world.sofia, status="COMPLETED").code == "NOT_FOUND"
    assert world.update(made, 3, world.sofia, status="COMPLETED").code == "FORBIDDEN"
    assert world.update(made, 1, world.liam, status="COMPLETED").code == "FORBIDDEN"
    assert world.update(made, 2, world.max, status="COMPLETED").code == "FORBIDDEN"
    world.updated(made, 0, world.liam, status="IN_PROGRESS")
    assert world.workflow_events()[-1] == ("TASK", {ACME, DESIGN})
    world.updated(made, 0, world.liam, status="COMPLETED")  # which opens one that she sees
    assert world.workflow_events()[-1] == ("TASK", {ACME, DESIGN, STUDIO})
    assert world.read(made["id"], world.sofia)["onboardedStatus"] == "IN_PROGRESS"


def test_assignment(world: WorkflowWorld) -> None:
    offer = world.offer()
    made = world.begin(offer, {"title": "a", "permissions": NO}, "b")

    def assign(at: int, user_id: str | None, who: Any = None) -> Any:
        task = {"workflowId": made["id"], "taskId": made["tasks"][at]["id"], "userId": user_id}
        return world.mutate("assignWorkflowTask", who, **task)

    for wrong in (LIAM, MAX, "1"):
        assert assign(1, wrong).code == "UNPROCESSABLE_CONTENT"
    assert assign(0, SOFIA).code == "UNPROCESSABLE_CONTENT"
    assert assign(0, SOFIA, world.sofia).code == "NOT_FOUND"
    assigned = assign(1, OLIVIA, world.sofia).data["assignWorkflowTask"]["updatedTaskView"]
    assert (assigned["assignee"], assigned["owner"]) == ({"entityType": "User", "entityId": OLIVIA}, False)
    assert world.read(made["id"])["tasks"][1]["owner"] is True
    again = assign(1, None).data["assignWorkflowTask"]["updatedTaskView"]
    changes = [(one["field"], one["oldValue"], one["newValue"], one["changedBy"]) for one in again["changes"]]
    assert changes == [("assignee", None, OLIVIA, SOFIA), ("assignee", OLIVIA, None, OLIVIA)]
    events = world.workflow_events()
    assert assign(1, None).data
    assert world.workflow_events() == events


def test_comments(world: WorkflowWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    made = world.begin(world.offer(), "a", {"title": "b", "permissions": NO})
    names = {"workflowId": made["id"], "taskId": made["tasks"][0]["id"]}
    hidden = names | {"taskId": made["tasks"][1]["id"]}

    def say(who: Any, **given: Any) -> Any:
        return world.mutate("commentWorkflowTask", who, **names | {"message": "Well"} | given)

    for _ in range(2):
        assert say(world.olivia, message="When?", idempotencyKey="k").data
    assert say(world.olivia, message="Why?", idempotencyKey="k").code == "CONFLICT"
    assert say(world.sofia, message="Between us", visibleToClient=False).data
    assert world.workflow_events()[-1] == ("TASK", {STUDIO})
    answered = say(world.sofia, message="Soon").data["commentWorkflowTask"]["updatedTaskView"]
    assert [one["message"] for one in answered["comments"]] == ["When?", "Between us", "Soon"]
    assert [one["createdBy"] for one in answered["comments"]] == [OLIVIA, SOFIA, SOFIA]
    assert [one["message"] for one in world.read(made["id"])["tasks"][0]["comments"]] == ["When?", "Soon"]
    assert say(world.olivia, visibleToClient=False).code == "FORBIDDEN"
    assert say(world.sofia, **hidden).code == "NOT_FOUND"
    assert say(world.omar).code == "NOT_FOUND"
    for wrong in ({"message": " "}, {"message": "x" * 5_001}, {"attachmentIds": ["1"]}):
        assert say(world.olivia, **wrong).code == "UNPROCESSABLE_CONTENT", wrong
    monkeypatch.setattr("souk.domains.workflow.rules.tasks.MAX_COMMENTS", 3)
    assert say(world.olivia).code == "CONFLICT"


def test_added_tasks(world: WorkflowWorld) -> None:
    made = world.begin(world.offer(), "a")
    first = made["tasks"][0]["id"]

    def add(who: Any = None, key: str | None = None, **task: Any) -> Any:
        return world.mutate(
            "addWorkflowTask", who, workflowId=made["id"], task={"title": "b"} | task, idempotencyKey=key
        )

    world.updated(made, 0, status="COMPLETED")
    assert add(world.sofia).code == "FORBIDDEN"
    assert add(dependsOn=["1"]).code == "UNPROCESSABLE_CONTENT"
    assert add(key="k", dependsOn=[first]).data["addWorkflowTask"]["updatedTaskView"]["status"] == "OPEN"
    added = add(key="k", dependsOn=[first]).data["addWorkflowTask"]["updatedTaskView"]
    assert (added["order"], added["dependsOn"]) == (2, first)
    assert add(key="k").code == "CONFLICT"
    now = world.read(made["id"])
    assert (now["onboardedStatus"], now["totalTasks"]) == ("IN_PROGRESS", 2)
    full = world.begin(world.offer(), *(str(n) for n in range(40)))
    assert world.mutate("addWorkflowTask", workflowId=full["id"], task={"title": "b"}).code == "CONFLICT"


def test_repeated_and_concurrent_requests_make_one_workflow(
    world: WorkflowWorld, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    offer, other = world.offer(), world.offer()
    assert world.begin(offer, "a", idempotencyKey="k") == world.begin(offer, "a", idempotencyKey="k")
    assert world.try_begin(offer, "b", idempotencyKey="k").code == "CONFLICT"
    done = at_once(monkeypatch, lambda: world.try_begin(other, "a"))
    assert done == {"done": 1, "CONFLICT": few - 1}
    assert len(world.ids(entityType_eq="Offer", entityId_eq=other)) == 1


def test_workflows_of_members_of_a_cloud(world: WorkflowWorld) -> None:
    cloud = world.cloud()
    world.add(cloud, SOFIA)
    of_cloud: dict[str, Any] = {"entityType": "talentcloud", "type": "FOR_PAYROLLED_EMPLOYEES"}
    assert world.try_begin(cloud, "a", **of_cloud).code == "UNPROCESSABLE_CONTENT"
    assert world.try_begin(cloud, "a", **of_cloud, freelancerUserId=NOAH).code == "UNPROCESSABLE_CONTENT"
    assert world.try_begin(cloud, "a", **of_cloud, freelancerUserId=SOFIA, who=world.omar).code == "NOT_FOUND"
    first, second = (world.begin(cloud, "a", **of_cloud, freelancerUserId=SOFIA)["id"] for _ in range(2))
    assert world.newest("TalentCloud", cloud, world.sofia, "id") == {"id": second}
    assert world.newest("TalentCloud", cloud, world.ada, "id") is None
    for who in (world.olivia, world.sofia):
        assert world.ids(who, entityType_eq="TalentCloud", entityId_eq=cloud) == [second, first]
    world.act("archiveTalentCloud", cloud)
    assert world.try_begin(cloud, "a", **of_cloud, freelancerUserId=SOFIA).code == "CONFLICT"


def test_lists_and_their_cost(world: WorkflowWorld) -> None:
    offers = [world.offer() for _ in range(3)]
    made = [world.begin(one, "a", "b")["id"] for one in offers]
    world.updated(world.read(made[0]), 0, world.sofia, status="COMPLETED")
    leaving = world.begin(offers[0], "c", type="OFFBOARDING")["id"]
    for who in (world.olivia, world.sofia):
        assert world.ids(who) == [leaving, *reversed(made)]
        assert world.ids(who, type_eq="OFFBOARDING") == [leaving]
        assert world.ids(who, status_eq="IN_PROGRESS") == [made[0]]
        assert world.ids(who, entityType_eq="Offer", entityId_eq=offers[0], status_eq="NOT_STARTED") == [leaving]
    assert world.ids(world.omar) == world.ids(world.liam) == world.ids(world.ada) == []
    assert world.ids(world.omar, entityType_eq="Offer", entityId_eq=offers[0]) == []
    halves: list[dict[str, Any]] = [
        {"entityType_eq": "Offer"},
        {"entityId_eq": "1"},
        {"entityType_eq": "Job", "entityId_eq": "1"},
    ]
    for half in halves:
        assert world.listed(**half).code == "UNPROCESSABLE_CONTENT"
    page = world.listed(page={"first": 3}).data["workflows"]
    assert (page["totalCount"], page["pageInfo"]["hasNextPage"]) == (4, True)
    rest = world.ids(page={"first": 3, "after": page["pageInfo"]["endCursor"]})
    assert rest == [made[0]]
    one, all_ = world.listed(selected=WHOLE, page={"first": 1}), world.listed(selected=WHOLE, page={"first": 3})
    assert all_.trips == one.trips, "however many workflows and tasks"


def test_files_of_comments(world: WorkflowWorld) -> None:
    made = world.begin(world.offer(), "a")
    names = {"workflowId": made["id"], "taskId": made["tasks"][0]["id"], "message": "Signed"}
    file_id = confirmed_file(world.souk.table, STUDIO, "signed.pdf")
    assert world.mutate("commentWorkflowTask", **names, attachmentIds=[file_id]).code == "UNPROCESSABLE_CONTENT"
    said = world.mutate("commentWorkflowTask", world.sofia, **names, attachmentIds=[file_id])
    (comment,) = said.data["commentWorkflowTask"]["updatedTaskView"]["comments"]
    (attached,) = comment["attachments"]
    assert (attached["id"], attached["name"]) == (file_id, "signed.pdf")
