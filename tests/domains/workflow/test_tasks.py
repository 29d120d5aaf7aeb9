"""Tasks of workflows: steps, dependencies, labels, counts, the record of changes, events."""

from typing import Any

import pytest

from tests.support.clock import CLOCK
from tests.support.racing import meanwhile
from tests.support.worlds.jobs import ACME, OLIVIA, SOFIA, STUDIO
from tests.support.worlds.workflow import COUNTS, UPDATE, WorkflowWorld

BOTH = {ACME, STUDIO}


def chain(world: WorkflowWorld) -> Any:
    """Return a workflow in which two tasks wait for a first one, and the last is not required."""
    return world.begin(
        world.offer(),
        "sign",
        {"title": "check", "key": "check", "dependsOn": ["sign"], "dueDate": "2026-12-01"},
        {"title": "greet", "dependsOn": ["sign", "check"], "completionRequired": False},
    )


def test_tasks_open_with_what_they_depend_on(world: WorkflowWorld) -> None:
    made = chain(world)
    first, second, third = made["tasks"]
    assert [one["status"] for one in made["tasks"]] == ["OPEN", "NOT_OPEN", "NOT_OPEN"]
    assert (second["dependsOn"], third["dependsOn"]) == (first["id"], f"{first['id']},{second['id']}")
    assert world.update(made, 1, status="IN_PROGRESS").code == "CONFLICT"
    begun = world.updated(made, 0, world.sofia, status="IN_PROGRESS")
    assert (begun["status"], begun["modifiedBy"], begun["finishedDateTime"]) == ("IN_PROGRESS", SOFIA, None)
    assert world.read(made["id"], selected=COUNTS) == {
        "onboardedStatus": "IN_PROGRESS",
        "totalTasks": 3,
        "notStartedTasksCount": 2,
        "inProgressTasksCount": 1,
        "completedTasksCount": 0,
        "tasksOverdue": 0,
        "percentComplete": 0,
    }
    done = world.updated(made, 0, world.sofia, status="COMPLETED")
    assert done["finishedDateTime"]
    before = world.workflow_events()
    assert world.updated(made, 0, world.sofia, status="COMPLETED") == done
    assert world.workflow_events() == before, "the same status again is no event"
    assert [one["status"] for one in world.read(made["id"])["tasks"]] == ["COMPLETED", "OPEN", "NOT_OPEN"]
    world.updated(made, 1, world.sofia, status="COMPLETED")
    now = world.read(made["id"])
    assert (now["onboardedStatus"], now["percentComplete"], now["tasks"][2]["status"]) == ("COMPLETED", 66, "OPEN")
    assert now["startDateTime"] < now["completionDateTime"]
    assert world.workflow_events() == [("CREATE", BOTH), *[("TASK", BOTH)] * 3, ("COMPLETE", BOTH)]

    reopened = world.updated(made, 0, status="IN_PROGRESS")  # what it had opened is closed, unless it was touched
    assert (reopened["finishedDateTime"], reopened["modifiedBy"]) == (None, OLIVIA)
    now = world.read(made["id"])
    assert [one["status"] for one in now["tasks"]] == ["IN_PROGRESS", "COMPLETED", "NOT_OPEN"]
    assert (now["onboardedStatus"], now["completionDateTime"]) == ("IN_PROGRESS", None)
    world.updated(made, 0, status="COMPLETED")
    assert world.workflow_events()[-1] == ("COMPLETE", BOTH)

    changes = world.read(made["id"])["tasks"][2]["changes"]
    assert [(one["field"], one["oldValue"], one["newValue"], one["changedBy"]) for one in changes] == [
        ("status", "NOT_OPEN", "OPEN", None),
        ("status", "OPEN", "NOT_OPEN", None),
        ("status", "NOT_OPEN", "OPEN", None),
    ]


def test_touched_task_stays_open(world: WorkflowWorld) -> None:
    made = chain(world)
    world.updated(made, 0, status="COMPLETED")
    world.updated(made, 1, labels=[{"label": "FLAGGED", "enabled": True}])
    world.updated(made, 0, status="IN_PROGRESS")
    assert world.read(made["id"])["tasks"][1]["status"] == "OPEN"


def test_waiving_takes_an_administrator_where_a_task_is_required(world: WorkflowWorld) -> None:
    offer = world.offer()
    made = world.begin(offer, "a", {"title": "b", "completionRequired": False}, {"title": "c"})
    assert world.update(made, 0, world.sofia, status="WAIVED").code == "FORBIDDEN"
    assert world.updated(made, 1, world.sofia, status="IN_PROGRESS")["notRequired"] is True
    assert world.updated(made, 1, world.sofia, status="PAUSED")["status"] == "PAUSED"
    assert world.update(made, 1, world.sofia, status="PENDING").code == "CONFLICT"
    assert world.updated(made, 1, world.sofia, status="WAIVED")["finishedDateTime"]
    assert world.update(made, 1, status="IN_PROGRESS").code == "CONFLICT"
    assert world.updated(made, 0, status="WAIVED")["status"] == "WAIVED"
    assert world.updated(made, 2, world.sofia, status="COMPLETED")["status"] == "COMPLETED"
    assert world.read(made["id"], selected=COUNTS)["percentComplete"] == 100


def test_labels_due_dates_and_activity(world: WorkflowWorld) -> None:
    made = chain(world)
    today = CLOCK.market().date().isoformat()
    assert world.updated(made, 0, dueDate=today)["labels"] == []
    assert world.updated(made, 0, dueDate="2020-01-31")["labels"] == ["OVERDUE"]
    flagged = world.updated(made, 0, world.sofia, labels=[{"label": "FLAGGED", "enabled": True}], delayReasons="Ill")
    assert (flagged["labels"], flagged["delayReasons"]) == (["FLAGGED", "OVERDUE"], "Ill")
    assert world.read(made["id"])["tasksOverdue"] == 1
    for wrong in (
        {"labels": [{"label": "OVERDUE", "enabled": False}]},
        {"labels": [{"label": "FLAGGED"}]},
        {"dueDate": "soon"},
        {"delayReasons": "x" * 501},
    ):
        assert world.update(made, 0, **wrong).code == "UNPROCESSABLE_CONTENT", wrong
    for clients in ({"dueDate": None}, {"active": False}):
        assert world.update(made, 0, world.sofia, **clients).code == "FORBIDDEN"
    assert world.updated(made, 0, active=False)["labels"] == ["FLAGGED"]
    now = world.read(made["id"])
    assert (now["totalTasks"], now["tasks"][1]["status"]) == (2, "OPEN"), "an inactive task opens what depends on it"
    assert world.update(made, 0, status="COMPLETED").code == "CONFLICT"
    assert world.updated(made, 0, active=True, dueDate=None)["dueDate"] is None
    assert world.read(made["id"])["tasks"][1]["status"] == "NOT_OPEN"
    changed = [
        (one["field"], one["oldValue"], one["newValue"]) for one in world.read(made["id"])["tasks"][0]["changes"]
    ]
    assert changed == [
        ("dueDate", None, today),
        ("dueDate", today, "2020-01-31"),
        ("labels", None, "FLAGGED"),
        ("delayReasons", None, "Ill"),
        ("active", "true", "false"),
        ("dueDate", "2020-01-31", None),
        ("active", "false", "true"),
    ]


def test_arguments_of_an_update_are_needed(world: WorkflowWorld) -> None:
    given: dict[str, Any] = {"w": "1", "t": "2", "d": {}}
    for missing in given:
        assert world.olivia.call(UPDATE, given | {missing: None}).code == "UNPROCESSABLE_CONTENT"
    assert world.olivia.call(UPDATE, given).code == "NOT_FOUND"


def test_two_completions_of_the_last_two_tasks_complete_once(
    world: WorkflowWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = world.begin(world.offer(), "a", "b")
    done = meanwhile(monkeypatch, lambda: world.updated(made, 1, world.sofia, status="COMPLETED"))
    world.updated(made, 0, world.sofia, status="COMPLETED")
    assert done
    now = world.read(made["id"])
    assert (now["onboardedStatus"], now["completedTasksCount"]) == ("COMPLETED", 2)
    assert [action for action, _ in world.workflow_events()].count("COMPLETE") == 1


def test_waive_workflow(world: WorkflowWorld) -> None:
    made = chain(world)
    world.updated(made, 0, status="COMPLETED")
    assert world.waive(made["id"], world.sofia).code == "FORBIDDEN"
    assert world.waive(made["id"], world.omar).code == "NOT_FOUND"
    waived = world.waive(made["id"], reason="They know us").data["waiveWorkflow"]
    assert [one["status"] for one in waived["tasks"]] == ["COMPLETED", "WAIVED", "WAIVED"]
    assert (waived["onboardedStatus"], waived["waiveReason"], waived["completionDateTime"]) == (
        "WAIVED",
        "They know us",
        None,
    )
    events = world.workflow_events()
    assert world.waive(made["id"], reason="Another").data["waiveWorkflow"] == waived
    assert world.workflow_events() == events
    assert "COMPLETE" not in dict(events)
    task = {"workflowId": made["id"], "taskId": made["tasks"][0]["id"]}
    assert world.update(made, 0, status="IN_PROGRESS").code == "CONFLICT"
    assert world.mutate("commentWorkflowTask", **task, message="Late").code == "CONFLICT"
    assert world.mutate("assignWorkflowTask", **task, userId=SOFIA).code == "CONFLICT"
    assert world.mutate("addWorkflowTask", workflowId=made["id"], task={"title": "More"}).code == "CONFLICT"
    assert waived["tasks"][1]["canEdit"] is False
