"""The diary of a company: sessions, their order and pages, and who sees them."""

from typing import Any

from tests.support.api import Answer, Person
from tests.support.worlds.contracts import hourly_contract
from tests.support.worlds.diaries import DiariesWorld, Work, at, span
from tests.support.worlds.jobs import ACME, BUILD, DESIGN, NOAH, RIVAL, SOFIA

COMPANY = """query ($input: WorkDiaryCompanyInput!) { workDiaryCompany(workDiaryCompanyInput: $input) {
  total snapshots {
  contract { id userId contractTitle } user { id name portraitUrl } duration durationInt
  task { id code description memo }
  time { trackedTime manualTime overtime firstWorked lastWorked firstWorkedInt lastWorkedInt lastScreenshot }
  screenshots { activity screenshotUrl screenshotImage screenshotImageLarge screenshotImageMedium
    screenshotImageThumbnail hasScreenshot hasWebcam webcamUrl webcamImage webcamImageThumbnail
    flags { hideScreenshot downSampleScreenshots } } } } }"""


def ask(who: Person, company_id: str = ACME, date: str = "20261123", **given: Any) -> Answer:
    return who.call(COMPANY, {"input": {"companyId": company_id, "date": date, **given}})


def told(answer: Answer) -> list[str]:
    found = answer.data["workDiaryCompany"]["snapshots"]
    return [f"{one['user']['name'][0]} {one['time']['firstWorked'][11:16]} {one['duration']}" for one in found]


def test_sessions_with_all_fields(diaries: DiariesWorld) -> None:
    diaries.activity("A-1", "Plans")
    limited = diaries.add_contract(hourly_contract(hours=1, title="Limited"))
    diaries.worked(
        *span("2026-11-23 09:00", 5, memo="Plan", code="A-1", activity=40),
        *span("2026-11-23 10:00", 2, memo="Plan", code="A-1", manual=True),
        *span("2026-11-23 12:00", 1),
        Work(at("2026-11-23 12:10"), screenshot_id="139", title="Bank"),
        contract=limited,
    )
    answer = ask(diaries.liam)
    first, second = (dict(one) for one in answer.data["workDiaryCompany"]["snapshots"])
    screenshots = first.pop("screenshots")
    start = int(at("2026-11-23 09:00").timestamp())
    assert first == {
        "contract": {"id": limited.id, "userId": SOFIA, "contractTitle": "Limited"},
        "user": {"id": SOFIA, "name": "Sofia E.", "portraitUrl": None},
        "duration": "01:10",
        "durationInt": 4_200,
        "task": {"id": "A-1", "code": "A-1", "description": "Plans", "memo": "Plan"},
        "time": {
            "trackedTime": "00:50",
            "manualTime": "00:20",
            "overtime": "00:10",
            "firstWorked": "2026-11-23T09:00:00.000Z",
            "lastWorked": "2026-11-23T10:20:00.000Z",
            "firstWorkedInt": start,
            "lastWorkedInt": start + 4_800,
            "lastScreenshot": None,
        },
    }
    assert [one["activity"] for one in screenshots] == [40] * 5 + [0] * 2
    assert screenshots[0]["flags"] == {"hideScreenshot": False, "downSampleScreenshots": False}
    assert not any(one["hasScreenshot"] or one["screenshotUrl"] or one["hasWebcam"] for one in screenshots)
    assert second["time"]["lastScreenshot"] == "2026-11-23T12:14:00.000Z"
    assert (second["task"], second["time"]["overtime"]) == (None, "00:20")
    assert ask(diaries.olivia).data == ask(diaries.max, DESIGN, "2026-11-23").data == answer.data
    assert ask(diaries.olivia, date="20261124").data == {"workDiaryCompany": {"total": 0, "snapshots": []}}


def test_sessions_are_ordered_filtered_and_paged(diaries: DiariesWorld) -> None:
    parties = diaries.contract.parties
    noahs = diaries.add_contract(hourly_contract(parties=parties.model_copy(update={"vendor_user_id": NOAH})))
    diaries.worked(*span("2026-11-23 09:00", 1, code="A"), *span("2026-11-23 15:00", 2, code="B"))
    diaries.worked(*span("2026-11-23 12:00", 3, code="B"), contract=noahs)
    by_time = ["S 09:00 00:10", "N 12:00 00:30", "S 15:00 00:20"]
    assert told(ask(diaries.liam)) == told(ask(diaries.liam, sortBy="time;A")) == by_time
    assert told(ask(diaries.liam, sortBy="time;D")) == by_time[::-1]
    assert told(ask(diaries.liam, sortBy="freelancer")) == [by_time[1], by_time[0], by_time[2]]
    assert told(ask(diaries.liam, sortBy="freelancer;D")) == [by_time[2], by_time[0], by_time[1]]
    assert told(ask(diaries.liam, activity="B")) == by_time[1:]
    assert told(ask(diaries.liam, freelancer="noah")) == told(ask(diaries.liam, freelancer=NOAH)) == [by_time[1]]
    assert told(ask(diaries.liam, freelancer=f"~01{SOFIA}", activity="A")) == by_time[:1]
    assert told(ask(diaries.liam, freelancer="nobody")) == []
    paged = ask(diaries.liam, paging="1;1")
    assert (told(paged), paged.data["workDiaryCompany"]["total"]) == (by_time[1:2], 3)
    for paging in ("0;101", "0;0", "-1;5", "5", "a;b", "0;5;5", "0;99999999999"):
        assert ask(diaries.liam, paging=paging).code == "UNPROCESSABLE_CONTENT"
    for sort in ("name", "time;X", "time;", ""):
        assert ask(diaries.liam, sortBy=sort).code == "UNPROCESSABLE_CONTENT"
    assert ask(diaries.liam, date="23.11.2026").code == "UNPROCESSABLE_CONTENT"


def test_only_the_client_sees_the_sessions(diaries: DiariesWorld) -> None:
    built = diaries.add_contract(
        hourly_contract(parties=diaries.contract.parties.model_copy(update={"client_team_id": BUILD}))
    )
    diaries.worked(*span("2026-11-23 09:00", 1))
    diaries.worked(*span("2026-11-23 12:00", 1), contract=built)
    assert len(told(ask(diaries.olivia))) == 2
    assert told(ask(diaries.olivia, BUILD)) == ["S 12:00 00:10"]
    assert told(ask(diaries.liam)) == told(ask(diaries.liam, DESIGN)) == ["S 09:00 00:10"], "his team's"
    assert ask(diaries.liam, BUILD).code == ask(diaries.liam, "1").code == "NOT_FOUND"
    for stranger in (diaries.omar, diaries.sofia):
        assert ask(stranger).code == "NOT_FOUND"
    assert told(ask(diaries.omar, RIVAL)) == []
    diaries.change_settings(diaries.liam, hideScreenshots=True)
    (hidden,) = ask(diaries.liam).data["workDiaryCompany"]["snapshots"]
    assert hidden["screenshots"][0]["flags"]["hideScreenshot"]


def test_sessions_take_the_same_round_trips_for_any_number(diaries: DiariesWorld) -> None:
    def trips(contracts: int) -> int:
        for _ in range(contracts):
            contract = diaries.add_contract(hourly_contract())
            diaries.worked(*span("2026-11-23 09:00", 2, code="A", screenshot_id="139"), contract=contract)
        answer = ask(diaries.liam)
        assert answer.data["workDiaryCompany"]["total"] >= contracts
        return answer.trips

    assert trips(2) == trips(10) == 5
