"""The sections and tasks of clouds."""

from typing import Any

import pytest

from souk.domains.clouds.inputs import WholeTasks
from souk.domains.clouds.model import CloudTasks, SectionType, TaskPermission, TaskRole
from souk.domains.clouds.rules.tasks import MAX_SECTIONS, MAX_TASKS, replaced
from souk.domains.clouds.store import TASKS, tasks_for
from souk.domains.files.model import File
from souk.domains.files.store import FILES
from souk.values.errors import Unprocessable
from souk.values.problems import Problems
from tests.support.racing import meanwhile
from tests.support.worlds.clouds import CloudsWorld
from tests.support.worlds.jobs import ACME, OLIVIA, RIVAL, SINCE, SOFIA

SECTION: dict[str, Any] = {"key": "begin", "name": "Begin", "type": "ONBOARDING"}
HIDDEN = {"role": "FREELANCER", "permission": "NO"}
TASK: dict[str, Any] = {"key": "sign", "sectionKeys": ["begin"], "name": "Sign"}
SHOWN = """query ($ids: [ID!]!) { talentCloudTasks(filter: {talentCloudIds_any: $ids}) {
  talentCloud { id } taskSections {
  taskSectionDetails { id key name description type attachmentIds active orderIndex talentCloud { id } }
  tasks { id key taskSectionIds name description type completionRequired active permissions { role permission }
    primaryTaskOwner dependsOnTaskIds dueInDays externalTaskId customAttributes { key value } } } } }"""


def given(sections: list[dict[str, Any]], tasks: list[dict[str, Any]]) -> WholeTasks:
    return WholeTasks.model_validate({"talentCloudId": "1", "sections": sections, "tasks": tasks})


class Ids:
    """New ids that can be told apart."""

    def __init__(self) -> None:
        self.last = 0

    def __call__(self) -> str:
        self.last += 1
        return str(self.last)


def apply(before: CloudTasks, sections: list[dict[str, Any]], tasks: list[dict[str, Any]], ids: Ids) -> CloudTasks:
    return replaced(Problems("input"), before, given(sections, tasks), ids)


def test_what_keeps_its_key_keeps_its_id() -> None:
    ids, empty = Ids(), CloudTasks(cloud_id="1")
    two = [TASK, {**TASK, "key": "read", "dependsOnKeys": ["sign"]}]
    first = apply(empty, [SECTION], two, ids)
    assert [(one.key, one.id, one.depends_on) for one in first.tasks] == [("sign", "2", ()), ("read", "3", ("2",))]
    second = apply(first, [{**SECTION, "name": "Start"}], [two[1] | {"dependsOnKeys": []}], ids)
    assert [(one.id, one.name) for one in second.sections] == [("1", "Start")]
    assert [(one.key, one.id, one.active) for one in second.tasks] == [("read", "3", True), ("sign", "2", False)]
    third = apply(second, [SECTION], [two[0], {**TASK, "key": "new"}], ids)
    assert [(one.key, one.id, one.active) for one in third.tasks] == [
        ("sign", "2", True),
        ("new", "4", True),
        ("read", "3", False),
    ]
    assert apply(third, [SECTION], [two[0], {**TASK, "key": "new"}], ids) == third


def test_inactive_ones_are_bounded() -> None:
    ids, tasks = Ids(), CloudTasks(cloud_id="1")
    for generation in range(6):
        sections = [{**SECTION, "key": f"s{generation}.{at}"} for at in range(MAX_SECTIONS)]
        wanted = [
            {**TASK, "key": f"{generation}.{at}", "sectionKeys": [sections[0]["key"]], "description": "ä" * 1_000}
            for at in range(MAX_TASKS)
        ]
        tasks = apply(tasks, sections, wanted, ids)
    assert len(tasks.sections) == 2 * MAX_SECTIONS
    assert len(tasks.tasks) == 2 * MAX_TASKS
    assert {one.key.partition(".")[0] for one in tasks.tasks} == {"4", "5"}  # the newest
    assert len(tasks.model_dump_json()) < 380_000


@pytest.mark.parametrize(
    ("sections", "tasks", "path"),
    [
        ([SECTION, SECTION], [], "sections.1.key"),
        ([{**SECTION, "key": " "}], [], "sections.0.key"),
        ([{**SECTION, "key": "x" * 101}], [], "sections.0.key"),
        ([{**SECTION, "name": ""}], [], "sections.0.name"),
        ([{**SECTION, "attachmentIds": ["1", "1"]}], [], "sections.0.attachmentIds"),
        ([{**SECTION, "key": str(at)} for at in range(21)], [], "sections"),
        ([SECTION], [TASK, {**TASK, "key": " sign "}], "tasks.1.key"),
        ([SECTION], [{**TASK, "key": str(at)} for at in range(41)], "tasks"),
        ([SECTION], [{**TASK, "sectionKeys": []}], "tasks.0.sectionKeys"),
        ([SECTION], [{**TASK, "sectionKeys": ["end"]}], "tasks.0.sectionKeys.0"),
        ([SECTION], [{**TASK, "sectionKeys": ["begin", "begin"]}], "tasks.0.sectionKeys.1"),
        ([SECTION], [{**TASK, "dependsOnKeys": ["other"]}], "tasks.0.dependsOnKeys.0"),
        ([SECTION], [{**TASK, "dependsOnKeys": ["sign"]}], "tasks.0.dependsOnKeys"),
        (
            [SECTION],
            [
                {**TASK, "dependsOnKeys": ["b"]},
                {**TASK, "key": "b", "dependsOnKeys": ["c"]},
                {**TASK, "key": "c", "dependsOnKeys": ["sign"]},
            ],
            "tasks.0.dependsOnKeys",
        ),
        ([SECTION], [{**TASK, "dueInDays": -1}], "tasks.0.dueInDays"),
        ([SECTION], [{**TASK, "dueInDays": 3_651}], "tasks.0.dueInDays"),
        ([SECTION], [{**TASK, "description": "x" * 2_001}], "tasks.0.description"),
        ([SECTION], [{**TASK, "permissions": [HIDDEN, HIDDEN]}], "tasks.0.permissions.1.role"),
        ([SECTION], [{**TASK, "customAttributes": [{"key": "a", "value": "b"}] * 21}], "tasks.0.customAttributes"),
        ([SECTION], [{**TASK, "key": str(at), "description": "ä" * 1_900} for at in range(40)], ""),
    ],
)  # fmt: skip
def test_wrong_list_names_the_path(sections: list[Any], tasks: list[Any], path: str) -> None:
    problems = Problems("input")
    with pytest.raises(Unprocessable) as refused:
        replaced(problems, CloudTasks(cloud_id="1"), given(sections, tasks), Ids())
    assert refused.value.details["fields"][0]["path"] == f"input.{path}".rstrip(".")


def test_client_sets_tasks_that_both_sides_see(world: CloudsWorld) -> None:
    cloud, empty = world.cloud(), world.cloud(name="Empty")
    full = {
        **TASK,
        "description": "With a pen.",
        "type": "legal",
        "completionRequired": False,
        "permissions": [{"role": "HIRING_MANAGER", "permission": "VIEW"}],
        "primaryTaskOwner": "HIRING_MANAGER",
        "dueInDays": 3,
        "externalTaskId": "x-1",
        "customAttributes": [{"key": "form", "value": "W-8"}],
    }
    hidden = {**TASK, "key": "check", "permissions": [HIDDEN]}
    leave = {"key": "leave", "name": "Leave", "type": "OFFBOARDING"}
    wanted: dict[str, Any] = {
        "talentCloudId": cloud,
        "sections": [SECTION, leave],
        "tasks": [
            hidden,
            {**full, "dependsOnKeys": ["check"]},
            {**TASK, "key": "both", "sectionKeys": ["leave", "begin"]},
        ],
    }
    assert world.do("setTalentCloudTasks", **wanted).data
    assert world.do("setTalentCloudTasks", **wanted).data  # changes nothing
    assert [one[0] for one in world.cloud_events()] == ["CREATE", "CREATE", "UPDATE"]
    world.add(cloud, SOFIA)

    def shown(who: Any, *ids: str) -> Any:
        return who.call(SHOWN, {"ids": list(ids)}).data["talentCloudTasks"]

    rival = world.cloud(world.omar)
    of_client, of_empty = shown(world.max, cloud, empty, rival, "1", cloud)
    assert (of_empty["talentCloud"]["id"], of_empty["taskSections"]) == (empty, [])
    begin, end = of_client["taskSections"]
    details = begin["taskSectionDetails"]
    assert (details["key"], details["type"], details["orderIndex"], details["active"]) == (
        "begin",
        "ONBOARDING",
        1,
        True,
    )
    assert end["taskSectionDetails"]["orderIndex"] == 2
    check, sign, both = begin["tasks"]
    assert [one["key"] for one in end["tasks"]] == ["both"]
    assert both["taskSectionIds"] == [end["taskSectionDetails"]["id"], details["id"]]
    assert sign == {
        "id": sign["id"],
        "key": "sign",
        "taskSectionIds": [details["id"]],
        "name": "Sign",
        "description": "With a pen.",
        "type": "legal",
        "completionRequired": False,
        "active": True,
        "permissions": [
            {"role": "FREELANCER", "permission": "VIEW"},
            {"role": "HIRING_MANAGER", "permission": "VIEW"},
            {"role": "ADMINISTRATOR", "permission": "WRITE"},
            {"role": "COMPLIANCE_FUNCTIONS", "permission": "WRITE"},
        ],
        "primaryTaskOwner": "HIRING_MANAGER",
        "dependsOnTaskIds": [check["id"]],
        "dueInDays": 3,
        "externalTaskId": "x-1",
        "customAttributes": [{"key": "form", "value": "W-8"}],
    }
    assert both["permissions"][0] == {"role": "FREELANCER", "permission": "WRITE"}
    (of_member,) = shown(world.sofia, cloud, empty)
    assert [one["key"] for one in of_member["taskSections"][0]["tasks"]] == ["sign", "both"]
    assert shown(world.ada, cloud, empty) == shown(world.omar, cloud) == []
    many = world.max.call(SHOWN, {"ids": [str(at) for at in range(51)]})
    assert many.code == "UNPROCESSABLE_CONTENT"

    active = tasks_for(world.souk.table, cloud)
    assert active
    assert active.cloud.id == cloud
    assert [one.key for one in active.sections] == ["begin", "leave"]
    assert [one.key for one in active.of_types(SectionType.ONBOARDING)] == ["check", "sign", "both"]
    assert [one.key for one in active.of_types(SectionType.OFFBOARDING, SectionType.ONBOARDING)] == [
        "check",
        "sign",
        "both",
    ]
    assert active.of_types(SectionType.FOR_PAYROLLED_EMPLOYEES) == []
    assert active.tasks[0].permission(TaskRole.FREELANCER) is TaskPermission.NO
    world.do("setTalentCloudTasks", talentCloudId=cloud, sections=[SECTION], tasks=[TASK])
    assert [one["active"] for one in shown(world.max, cloud)[0]["taskSections"][0]["tasks"]] == [True, False, False]
    assert len(shown(world.sofia, cloud)[0]["taskSections"]) == 1  # members see active ones only
    world.act("archiveTalentCloud", cloud)
    assert tasks_for(world.souk.table, cloud) is None


def test_two_lists_at_once_leave_the_last_one_whole(world: CloudsWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = world.cloud()
    lists = [[{**TASK, "key": f"{name}{at}"} for at in range(MAX_TASKS)] for name in "ab"]

    def act(number: int) -> Any:
        return world.do("setTalentCloudTasks", talentCloudId=cloud, sections=[SECTION], tasks=lists[number])

    faster = meanwhile(monkeypatch, lambda: act(0).data)
    assert act(1).data
    assert faster
    stored = world.souk.table.get(TASKS, cloud)
    assert stored
    active = [one.key for one in stored.tasks if one.active]
    assert active == [one["key"] for one in lists[1]], "40 active tasks, not 80"
    assert len({one.id for one in stored.tasks}) == 2 * MAX_TASKS


def test_sections_hold_confirmed_files_of_the_company(world: CloudsWorld) -> None:
    cloud, tx = world.cloud(), world.souk.table.transaction()
    for id_, company, fields in (
        ("31", ACME, {}),
        ("32", RIVAL, {}),
        ("33", ACME, {"size": None}),
        ("34", ACME, {"personal": True}),
        ("35", ACME, {"picture": "cloud", "purpose": "clouds.file"}),
        ("36", ACME, {"discarded": True}),
    ):
        file: dict[str, Any] = {
            "id": id_,
            "organization_id": company,
            "company_id": company,
            "user_id": OLIVIA,
            "file_name": "form.pdf",
            "content_type": "application/pdf",
            "max_size": 10,
            "created": SINCE,
            "size": 5,
        }
        tx.create(FILES, File(**file | fields))
    tx.commit()

    def setting(*files: str) -> Any:
        sections = [{**SECTION, "attachmentIds": list(files)}]
        return world.do("setTalentCloudTasks", talentCloudId=cloud, sections=sections, tasks=[])

    refused = [setting("31", one).error["extensions"] for one in ("32", "33", "34", "36", "1", "7\0")]
    assert {one["fields"][0]["path"] for one in refused} == {"input.sections.0.attachmentIds.1"}
    assert setting("31", "35").data
    (listed,) = world.max.call(SHOWN, {"ids": [cloud]}).data["talentCloudTasks"]
    assert listed["taskSections"][0]["taskSectionDetails"]["attachmentIds"] == ["31", "35"]
