"""The diary of a contract: its cells, days and snapshots, for its parties and nobody else."""

from typing import Any

from souk.domains.files.model import Picture, PictureState
from souk.domains.files.store import PICTURES
from tests.support.api import Answer, Person
from tests.support.clock import CLOCK
from tests.support.worlds.contracts import STRANGE_IDS, hourly_contract
from tests.support.worlds.diaries import DiariesWorld, Work, at, span
from tests.support.worlds.jobs import ACME

CELL = """{ cellDateTime { rawValue displayValue } snapshotDateTime { rawValue displayValue } overtime manual
  activityLevel
  memo task { id description } mouseEventsCount keyboardEventsCount activeWindowTitle hideScreenshots hasScreenshot
  screenshotImageUrl screenshotImageUrlMedium screenshotImageThumbnail webcamEnabled webcamImageUrl webcamImageThumbnail
  snapshotExpired }"""
DIARY = f"""query ($input: WorkDiaryContractInput!) {{ workDiaryContract(workDiaryContractInput: $input) {{
  workDiaryMetadata {{ timezoneOffset archivingDateTime }} workDiaryTimeCells {CELL} }} }}"""
DAYS = "query ($input: WorkdaysInput!) { workDays(workdaysInput: $input) { workDays } }"
SNAPSHOTS = """query ($input: SnapshotsByContractIdInput!) { snapshotsByContractId(input: $input) {
  id time contractId mouseEventsCount keyboardEventsCount teamName status activeWindowTitle memo companyId hasScreenshot
  screenshotUrl screenshotImage screenshotImageLarge screenshotImageMedium screenshotImageThumbnail hasWebcam webcamUrl
  webcamImage webcamImageThumbnail task minutes { minute { time mouse keyboard } } } }"""
CONTRACT = """query ($id: ID!, $range: DateTimeRange!, $date: String!, $offset: Int) { contract(id: $id) {
  workDays(timeRange: $range, offset: $offset) { date workDiary { cells {
    timestamp date manual overtime memo } } }
  workDiaryTimeCells(date: $date, offsetInSeconds: $offset) { memo cellDateTime { displayValue } } } }"""
SHOT, WEBCAM = "1390000000000000001", "1390000000000000002"


def diary(world: DiariesWorld, who: Person, date: str = "20261123", **given: Any) -> Answer:
    return who.call(DIARY, {"input": {"contractId": world.contract.id, "date": date, **given}})


def cells(world: DiariesWorld, who: Person, date: str = "20261123", **given: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = diary(world, who, date, **given).data["workDiaryContract"]["workDiaryTimeCells"]
    return found


def starts(found: list[dict[str, Any]]) -> list[str]:
    return [one["cellDateTime"]["displayValue"] for one in found]


def picture(world: DiariesWorld, file_id: str) -> None:
    one = Picture(file_id=file_id, state=PictureState.READY, token="t", subject_id=world.contract.id)
    world.put((PICTURES, one))


def test_parties_see_the_cells_of_a_day(diaries: DiariesWorld) -> None:
    diaries.activity("A-1", "Plans")
    diaries.worked(
        Work(at("2026-11-23 09:00"), memo="Plan", code="A-1", title="Editor", activity=70),
        Work(at("2026-11-23 09:10"), manual=True, memo="Call"),
    )
    answer = diary(diaries, diaries.liam)
    assert answer.data == diary(diaries, diaries.max).data == diary(diaries, diaries.sofia).data
    assert answer.data["workDiaryContract"]["workDiaryMetadata"] == {
        "timezoneOffset": "+00:00",
        "archivingDateTime": "2027-05-23T00:00:00.000Z",
    }
    tracked, manual = answer.data["workDiaryContract"]["workDiaryTimeCells"]
    assert tracked == {
        "cellDateTime": {"rawValue": "1795424400", "displayValue": "09:00"},
        "snapshotDateTime": None,
        "overtime": False,
        "manual": False,
        "activityLevel": 70,
        "memo": "Plan",
        "task": {"id": "A-1", "description": "Plans"},
        "mouseEventsCount": 21,
        "keyboardEventsCount": 49,
        "activeWindowTitle": "Editor",
        "hideScreenshots": False,
        "hasScreenshot": False,
        "screenshotImageUrl": None,
        "screenshotImageUrlMedium": None,
        "screenshotImageThumbnail": None,
        "webcamEnabled": False,
        "webcamImageUrl": None,
        "webcamImageThumbnail": None,
        "snapshotExpired": False,
    }
    assert (manual["manual"], manual["memo"], manual["activityLevel"], manual["task"]) == (True, "Call", 0, None)
    for date in ("2026-11-23", "2026-11-23T20:00:00Z"):
        assert cells(diaries, diaries.liam, date, useLegacy=True) == [tracked, manual]
    assert cells(diaries, diaries.liam, "20261124") == []
    for wrong in ("yesterday", "20261301", "0001-01-01"):
        assert diary(diaries, diaries.liam, wrong).code == "UNPROCESSABLE_CONTENT"
    assert diary(diaries, diaries.liam, offsetInSeconds=90).code == "UNPROCESSABLE_CONTENT"
    for stranger in (diaries.omar, diaries.noah_of_agency):
        assert diary(diaries, stranger).data == {"workDiaryContract": None}
    for id_ in STRANGE_IDS:
        assert diary(diaries, diaries.liam, contractId=id_).data == {"workDiaryContract": None}


def test_offset_cuts_the_days_of_a_diary(diaries: DiariesWorld) -> None:
    diaries.worked(*span("2026-11-29 18:00", 4, memo="Late"), *span("2026-11-30 18:00", 1))
    kathmandu = {"offsetInSeconds": 20_700}
    assert starts(cells(diaries, diaries.sofia, "20261129", **kathmandu)) == ["23:45", "23:55"]
    assert starts(cells(diaries, diaries.sofia, "20261130", **kathmandu)) == ["00:05", "00:15", "23:45"]
    assert cells(diaries, diaries.sofia, "2026-11-29T19:00:00Z", **kathmandu) == cells(
        diaries, diaries.sofia, "20261130", **kathmandu
    )
    meta = diary(diaries, diaries.sofia, "20261130", **kathmandu).data["workDiaryContract"]["workDiaryMetadata"]
    assert meta == {"timezoneOffset": "+05:45", "archivingDateTime": "2027-05-29T00:00:00.000Z"}

    def days(**given: Any) -> list[str]:
        asked = {"contractIds": [diaries.contract.id], "timeRange": {"rangeStart": "20261101"}, **given}
        found: list[str] = diaries.sofia.call(DAYS, {"input": asked}).data["workDays"]["workDays"]
        return found

    assert days() == days(**kathmandu) == ["20261129", "20261130"]
    assert days(offsetInSeconds=50_400) == ["20261130", "20261201"]
    assert days(offsetInSeconds=-43_200) == ["20261129", "20261130"]
    for later in ({"rangeStart": "2026-11-30"}, {"rangeStart": "2026-11-29T18:15:00Z"}):
        assert days(timeRange=later, **kathmandu) == ["20261130"]
    assert days(timeRange={"rangeEnd": "2026-11-29"}) == ["20261129"]


def test_cells_beyond_the_limit_are_overtime(diaries: DiariesWorld) -> None:
    limited = diaries.add_contract(hourly_contract(hours=1))
    diaries.worked(*span("2026-11-23 23:00", 4), *span("2026-11-24 09:00", 4), contract=limited)
    shown = [one["overtime"] for one in cells(diaries, diaries.liam, "20261124", contractId=limited.id)]
    assert shown == [False, False, True, True]
    older = {"id": limited.term.id, "range": {}, "date": "20261124", "offset": 0}
    found = diaries.liam.call(CONTRACT, older).data["contract"]
    assert [one["overtime"] for one in found["workDays"][1]["workDiary"]["cells"]] == shown


def test_work_days_leave_out_foreign_contracts(diaries: DiariesWorld) -> None:
    foreign = diaries.contract.parties.model_copy(update={"client_team_id": "2001", "client_company_id": "2001"})
    other = diaries.add_contract(hourly_contract(parties=foreign))
    diaries.worked(*span("2026-11-23 09:00", 1), *span("2026-11-25 09:00", 3))
    diaries.worked(*span("2026-11-24 09:00", 1), contract=other)

    def days(who: Person, ids: list[str], **between: str) -> Answer:
        return who.call(DAYS, {"input": {"contractIds": ids, "timeRange": between}})

    both = [other.id, diaries.contract.id, *STRANGE_IDS]
    assert days(diaries.liam, both).data["workDays"]["workDays"] == ["20261123", "20261125"]
    assert days(diaries.omar, both).data["workDays"]["workDays"] == ["20261124"]
    assert days(diaries.sofia, both).data["workDays"]["workDays"] == ["20261123", "20261124", "20261125"]
    assert days(diaries.noah_of_agency, both).data["workDays"]["workDays"] == []
    assert days(diaries.liam, [], rangeStart="20261123").data["workDays"]["workDays"] == []
    assert days(diaries.liam, ["1"] * 51).code == "UNPROCESSABLE_CONTENT"
    assert days(diaries.liam, both, rangeStart="20240101", rangeEnd="20250101").code == "UNPROCESSABLE_CONTENT"
    assert days(diaries.liam, both, rangeStart="20261124", rangeEnd="20261123").code == "UNPROCESSABLE_CONTENT"


def test_days_and_cells_of_the_older_contract(diaries: DiariesWorld) -> None:
    diaries.worked(Work(at("2026-11-23 23:50"), memo="Late"), Work(at("2026-11-24 00:00"), manual=True))
    given = {"id": diaries.contract.term.id, "range": {"rangeStart": "20261123", "rangeEnd": "20261125"}}
    found = diaries.liam.call(CONTRACT, {**given, "date": "20261124", "offset": 3_600}).data["contract"]
    assert found["workDays"] == [
        {
            "date": "20261124",
            "workDiary": {
                "cells": [
                    {"timestamp": 1795477800, "date": "20261124", "manual": False, "overtime": False, "memo": "Late"},
                    {"timestamp": 1795478400, "date": "20261124", "manual": True, "overtime": False, "memo": None},
                ]
            },
        }
    ]
    assert found["workDiaryTimeCells"] == [
        {"memo": "Late", "cellDateTime": {"displayValue": "00:50"}},
        {"memo": None, "cellDateTime": {"displayValue": "01:00"}},
    ]
    assert diaries.omar.call(CONTRACT, {**given, "date": "20261124"}).data == {"contract": None}
    assert diaries.liam.call(CONTRACT, {**given, "date": "x"}).code == "UNPROCESSABLE_CONTENT"
    assert diaries.liam.call(CONTRACT, {**given, "date": "20261124", "offset": 1}).json["errors"]


def test_snapshot_is_that_of_the_cell(diaries: DiariesWorld, bucket: str) -> None:  # noqa: ARG001 - it signs URLs
    diaries.worked(
        Work(at("2026-11-23 09:10"), "Plan", "A-1", screenshot_id=SHOT, webcam_id=WEBCAM, title="Bank"),
        Work(at("2026-11-23 09:20"), manual=True),
    )
    picture(diaries, SHOT)
    start = int(at("2026-11-23 09:10").timestamp())

    def snapshots(who: Person, timestamp: int = start + 599) -> Any:
        given = {"contractId": diaries.contract.id, "timestamp": timestamp}
        return who.call(SNAPSHOTS, {"input": given}).data["snapshotsByContractId"]

    (found,) = snapshots(diaries.liam)
    urls = {name: found.pop(name) for name in list(found) if name.startswith("screenshot")}
    assert {name: url.split("?")[0].rpartition("/")[2] for name, url in urls.items()} == {
        "screenshotUrl": "65535",
        "screenshotImage": "65535",
        "screenshotImageLarge": "65535",
        "screenshotImageMedium": "800",
        "screenshotImageThumbnail": "200",
    }
    assert all("X-Amz-Expires=900" in url for url in urls.values())
    minutes = found.pop("minutes")["minute"]
    assert minutes[4] == {"time": start + 240, "mouse": 3, "keyboard": 7}
    assert minutes[9] == {"time": start + 540, "mouse": 0, "keyboard": 0}
    assert len(minutes) == 10
    assert found == {
        "id": f"{diaries.contract.id}-{start}",
        "time": start,
        "contractId": diaries.contract.id,
        "mouseEventsCount": 15,
        "keyboardEventsCount": 35,
        "teamName": "Acme Design",
        "status": "ONLINE",
        "activeWindowTitle": "Bank",
        "memo": "Plan",
        "companyId": ACME,
        "hasScreenshot": True,
        "hasWebcam": False,
        "webcamUrl": None,
        "webcamImage": None,
        "webcamImageThumbnail": None,
        "task": "A-1",
    }, "the picture of the webcam has not been processed"
    (manual,) = snapshots(diaries.sofia, start + 600)
    assert (manual["status"], manual["minutes"]["minute"][3]) == (
        "MANUAL",
        {"time": start + 780, "mouse": 0, "keyboard": 0},
    )
    assert snapshots(diaries.liam, start - 1) == snapshots(diaries.liam, -(2**31)) == []
    assert snapshots(diaries.omar) == snapshots(diaries.noah_of_agency) == []

    diaries.change_settings(diaries.liam, hideScreenshots=True)
    (hidden,) = snapshots(diaries.liam)
    assert (hidden["hasScreenshot"], hidden["screenshotUrl"], hidden["mouseEventsCount"]) == (False, None, 15)
    (own,) = snapshots(diaries.sofia)
    assert own["hasScreenshot"]
    (cell, _) = cells(diaries, diaries.liam)
    assert (cell["hideScreenshots"], cell["screenshotImageThumbnail"]) == (True, None)
    assert cell["snapshotDateTime"] == {"rawValue": str(start + 240), "displayValue": "09:14"}


def test_expired_cells_show_the_day_in_brief(diaries: DiariesWorld, bucket: str) -> None:  # noqa: ARG001
    diaries.worked(Work(at("2026-11-23 09:10"), "Plan", "A-1", screenshot_id=SHOT, title="Bank"))
    picture(diaries, SHOT)
    CLOCK.at(at("2027-05-22 23:59"))
    (kept,) = cells(diaries, diaries.sofia)
    assert (kept["snapshotExpired"], kept["activeWindowTitle"], kept["hasScreenshot"]) == (False, "Bank", True)
    CLOCK.at(at("2027-05-23 00:00"))
    (gone,) = cells(diaries, diaries.sofia)
    shown = {name: value for name, value in gone.items() if value not in (None, False)}
    assert shown == {
        "cellDateTime": kept["cellDateTime"],
        "activityLevel": 50,
        "memo": "Plan",
        "task": {"id": "A-1", "description": None},
        "snapshotExpired": True,
    }
    given = {"contractId": diaries.contract.id, "timestamp": int(at("2026-11-23 09:10").timestamp())}
    (snapshot,) = diaries.liam.call(SNAPSHOTS, {"input": given}).data["snapshotsByContractId"]
    assert (snapshot["activeWindowTitle"], snapshot["minutes"], snapshot["hasScreenshot"]) == (None, None, False)


def test_aliases_of_diaries_take_the_round_trips_of_one(diaries: DiariesWorld, bucket: str) -> None:  # noqa: ARG001
    others = [diaries.add_contract(hourly_contract()) for _ in range(2)]
    for place, contract in enumerate([diaries.contract, *others]):
        shots = [
            Work(at(f"2026-11-{day} 09:00"), "Plan", "A-1", screenshot_id=f"{SHOT}{place}") for day in range(20, 26)
        ]
        diaries.worked(*shots, contract=contract)

    def trips(number: int) -> tuple[int, int]:
        diary = "\n".join(
            f"""a{at_}: workDiaryContract(workDiaryContractInput: {{
              contractId: "{[diaries.contract, *others][at_ % 3].id}", date: "202611{20 + at_ % 6}" }}) {{
              workDiaryTimeCells {CELL} }}"""
            for at_ in range(number)
        )
        ids = ", ".join(f'"{one.id}"' for one in [diaries.contract, *others])
        days = "\n".join(
            f"""a{at_}: workDays(workdaysInput: {{ contractIds: [{ids}],
              timeRange: {{ rangeStart: "2026{at_ + 1:02}01", rangeEnd: "2026{at_ + 1:02}28" }} }}) {{ workDays }}"""
            for at_ in range(number)
        )
        first, second = (diaries.liam.call(f"{{ {document} }}") for document in (diary, days))
        assert len(first.data) == len(second.data) == number
        return first.trips, second.trips

    assert trips(1) == trips(12) == (3, 2), "the token; contracts, days and cells; pictures and activities"
