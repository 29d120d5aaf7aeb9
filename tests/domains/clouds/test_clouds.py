"""Talent clouds: made, changed, archived and restored, and who sees what of them."""

from typing import Any

import pytest

from tests.support.racing import at_once, meanwhile
from tests.support.worlds.clouds import OWN, CloudsWorld
from tests.support.worlds.jobs import ACME, BUILD, DESIGN, MAX, OLIVIA, OMAR, RIVAL, SOFIA

TEXTS: dict[str, Any] = {
    "externalName": "Acme's friends",
    "description": "Draws.",
    "joinInstructions": "Send a drawing.",
    "welcomeMessageToAddedFreelancers": "Welcome!",
    "messageAfterJoinRequest": "We look at it.",
    "joinRejectionMessage": "Not this time.",
    "joinRequestAutoApproved": False,
    "onboardingTaskEnabled": False,
    "selectable": True,
}
ALL = f"""id name {" ".join(TEXTS)} active creator {{ id }} creatorOrganization {{ id }}
  joinRequestNotifyUsers {{ id }} onboardingTaskEnableUpdatedDateTime logoImageLarge {{ uri }} logoImageSmall {{ uri }}
  talentCloudTasks {{ talentCloud {{ id }} taskSections {{ tasks {{ id }} }} }}"""


def test_client_makes_and_changes_a_cloud(world: CloudsWorld) -> None:
    made = world.do("createTalentCloud", selected=ALL, name="  The  gang ", joinRequestNotifyUserIds=[MAX], **TEXTS)
    cloud = made.data["createTalentCloud"]
    assert cloud == {
        **TEXTS,
        "id": cloud["id"],
        "name": "The gang",
        "active": True,
        "creator": {"id": OLIVIA},
        "creatorOrganization": {"id": ACME},
        "joinRequestNotifyUsers": [{"id": MAX}],
        "onboardingTaskEnableUpdatedDateTime": None,
        "logoImageLarge": None,
        "logoImageSmall": None,
        "talentCloudTasks": [{"talentCloud": {"id": cloud["id"]}, "taskSections": []}],
    }
    assert world.seen(cloud["id"], world.olivia, ALL) == cloud

    changes = {"id": cloud["id"], "onboardingTaskEnabled": True, "selectable": False, "externalName": None}
    after = world.do("updateTalentCloud", selected=ALL, **changes).data["updateTalentCloud"]
    switched = after.pop("onboardingTaskEnableUpdatedDateTime")
    assert switched is not None
    assert after == {
        **{name: value for name, value in cloud.items() if name != "onboardingTaskEnableUpdatedDateTime"},
        "onboardingTaskEnabled": True,
        "selectable": False,
        "externalName": None,
    }
    again = world.do("updateTalentCloud", selected=ALL, **changes).data["updateTalentCloud"]
    assert again == after | {"onboardingTaskEnableUpdatedDateTime": switched}
    assert world.cloud_events() == [("CREATE", OWN), ("UPDATE", OWN)]  # the repeated change is no event


def test_archived_cloud_comes_back_as_it_was(world: CloudsWorld) -> None:
    cloud = world.cloud(world.ben)
    for active in (False, True):
        mutation = "restoreTalentCloud" if active else "archiveTalentCloud"
        for _ in range(2):
            shown = world.act(mutation, cloud, world.ben).data[mutation]
            assert (shown["active"], shown["selectable"]) == (active, active)
    assert world.cloud_events() == [(action, {ACME, BUILD}) for action in ("CREATE", "ARCHIVE", "RESTORE")]


def test_name_is_unique_among_active_clouds_of_an_organization(world: CloudsWorld) -> None:
    first, other = world.cloud(name="Gulls"), world.cloud(name="Terns")
    assert world.do("createTalentCloud", name="GULLS").code == "CONFLICT"
    assert world.do("updateTalentCloud", id=other, name="gulls").code == "CONFLICT"
    assert world.do("updateTalentCloud", id=first, name="GULLS").data
    assert world.cloud(world.ben, name="Gulls")  # of a team
    world.act("archiveTalentCloud", first)
    second = world.cloud(name="Gulls")
    assert world.act("restoreTalentCloud", first).code == "CONFLICT"
    assert world.do("updateTalentCloud", id=second, name="Skuas").data
    assert world.act("restoreTalentCloud", first).data


def test_repeated_key_returns_the_first_cloud(world: CloudsWorld, monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    request: dict[str, Any] = {"name": "Gulls", "idempotencyKey": "k" * 200}
    assert at_once(monkeypatch, lambda: world.do("createTalentCloud", **request)) == {"done": few}
    (listed,) = world.olivia.call("{ organization { privateTalentClouds { id } } }").data["organization"][
        "privateTalentClouds"
    ]
    assert world.cloud(**request) == listed["id"]
    assert world.do("createTalentCloud", **request | {"name": "Terns"}).code == "CONFLICT"
    assert world.do("createTalentCloud", **request | {"idempotencyKey": "k" * 201}).code == "UNPROCESSABLE_CONTENT"
    assert world.cloud_events() == [("CREATE", OWN)]


def test_number_of_clouds_of_a_company_is_bounded(
    world: CloudsWorld, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr("souk.domains.clouds.store.MAX_CLOUDS", 2)
    world.act("archiveTalentCloud", world.cloud())
    made = iter(range(60))
    answers = at_once(monkeypatch, lambda: world.do("createTalentCloud", world.ben, name=f"Cloud {next(made)}"))
    assert answers == {"done": 1, "CONFLICT": few - 1}


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"name": " "}, "input.name"),
        ({"name": "x" * 101}, "input.name"),
        ({"externalName": "x" * 101}, "input.externalName"),
        ({"description": "x" * 5_001}, "input.description"),
        ({"joinRequestNotifyUserIds": [SOFIA]}, "input.joinRequestNotifyUserIds.0"),
        ({"joinRequestNotifyUserIds": [MAX, OMAR, "7\0"]}, "input.joinRequestNotifyUserIds.1"),
        ({"joinRequestNotifyUserIds": [str(one) for one in range(21)]}, "input.joinRequestNotifyUserIds"),
        ({"logoFileId": "77"}, "input.logoFileId"),
    ],
)
def test_wrong_values_name_their_path(world: CloudsWorld, fields: dict[str, Any], path: str) -> None:
    refused = world.do("createTalentCloud", **{"name": "Gulls", **fields})
    assert refused.code == "UNPROCESSABLE_CONTENT"
    assert refused.error["extensions"]["fields"][0]["path"] == path


def test_teams_and_company_know_and_change_different_clouds(world: CloudsWorld) -> None:
    design = world.cloud(organizationId=DESIGN, name="Design's")
    build = world.cloud(world.ben, name="Build's")
    company = world.cloud(name="Acme's")
    rival = world.cloud(world.omar, name="Rival's")
    known = {
        world.olivia: [company, build, design],
        world.liam: [company, design],
        world.max: [company, design],
        world.ben: [company, build],
        world.omar: [rival],
    }
    for who, ids in known.items():
        listed = who.call("{ organization { privateTalentClouds { id } } }").data["organization"]["privateTalentClouds"]
        assert [one["id"] for one in listed] == ids
        assert [one for one in (design, build, company, rival) if world.seen(one, who)] == sorted(ids)
    listed = world.sofia.call("{ organization { privateTalentClouds { id } } }").data["organization"]
    assert listed == {"privateTalentClouds": []}

    changes: dict[Any, dict[str, str]] = {
        world.olivia: {design: "", build: "", company: "", rival: "NOT_FOUND"},
        world.ben: {design: "NOT_FOUND", build: "", company: "FORBIDDEN", rival: "NOT_FOUND"},
        world.liam: {design: "FORBIDDEN", build: "NOT_FOUND", company: "FORBIDDEN", rival: "NOT_FOUND"},
        world.sofia: dict.fromkeys((design, build, company, rival), "NOT_FOUND"),
    }
    for who, outcomes in changes.items():
        for cloud, code in outcomes.items():
            answers = [
                world.do("updateTalentCloud", who, id=cloud, description="New."),
                world.act("archiveTalentCloud", cloud, who),
                world.act("restoreTalentCloud", cloud, who),
                world.do("setTalentCloudTasks", who, talentCloudId=cloud, sections=[], tasks=[]),
            ]
            assert ["errors" in one.json and one.code for one in answers] == [code or False] * 4, (who.user_id, cloud)
    unknown = world.do("updateTalentCloud", id="1", description="New.")
    foreign = world.do("updateTalentCloud", id=rival, description="New.")
    assert unknown.error["message"] == foreign.error["message"]
    for organization_id in (RIVAL, "1"):
        assert world.do("createTalentCloud", name="Gulls", organizationId=organization_id).code == "FORBIDDEN"
    for who in (world.liam, world.max, world.sofia):
        assert world.do("createTalentCloud", who, name="Gulls").code == "FORBIDDEN"


def test_member_sees_the_outer_name_and_no_words_of_the_client(world: CloudsWorld) -> None:
    cloud = world.cloud(joinRequestNotifyUserIds=[MAX], **TEXTS)
    world.add(cloud, SOFIA)
    shown = world.seen(cloud, world.sofia, ALL)
    hidden = {"name": "Acme's friends", "joinRejectionMessage": "", "joinRequestNotifyUsers": []}
    assert {name: shown[name] for name in hidden} == hidden
    assert shown["welcomeMessageToAddedFreelancers"] == "Welcome!"
    own = '{ talentProfile: freelancerProfileByProfileKey(profileKey: "~01505") { privateTalentCloud '
    assert world.noah.call(f"{own} {{ edges {{ node {{ id }} }} }} }} }}").json["data"] is None  # she has no profile
    assert world.seen(cloud, world.noah) is None


def test_update_that_meets_another_keeps_both(world: CloudsWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = world.cloud()
    others = meanwhile(monkeypatch, lambda: world.do("updateTalentCloud", id=cloud, description="New.").data)
    assert world.do("updateTalentCloud", id=cloud, name="Gulls").data
    assert others
    assert (world.stored(cloud).name, world.stored(cloud).description) == ("Gulls", "New.")
