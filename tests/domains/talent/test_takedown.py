"""Taking a profile down and restoring it, beside the lock of its visibility."""

from typing import Any

import pytest

from souk.domains.audit.store import ACTIONS
from souk.domains.mails.model import MailTemplate
from souk.domains.mails.store import MAILS
from souk.domains.market.model import Relation, RelationKind
from souk.domains.market.store import RELATIONS
from souk.storage.transaction import OUTBOX
from tests.domains.identity.people import ACME, SOFIA, SOLO
from tests.domains.operator.conftest import ADA, HOUSE
from tests.domains.talent.world import TALENT, TalentWorld
from tests.support import racing
from tests.support.api import Answer, Person

ITEM = "kind id title owner { id } writer { id } status takenDown reason takenDownDateTime reports createdDateTime"
TAKE_DOWN = f"mutation ($input: TakeDownContentInput!) {{ takeDownContent(input: $input) {{ {ITEM} }} }}"
RESTORE = f"""mutation ($kind: ContentKind!, $id: ID!) {{
  restoreContent(kind: $kind, id: $id, reason: "A mistake") {{ {ITEM} }} }}"""
LOCK = "mutation ($input: LockFreelancerVisibilityInput!) { lockFreelancerVisibility(input: $input) { locked } }"
VISIBILITY = "query ($id: ID) { freelancerVisibility(id: $id) { locked currentVisibility originalVisibility } }"


def take_down(world: TalentWorld, by: Person | None = None, **fields: Any) -> Answer:
    given = {"kind": "FREELANCER_PROFILE", "id": SOFIA, "reason": "Copied texts", **fields}
    return (by or world.ada).call(TAKE_DOWN, {"input": given})


def restore(world: TalentWorld, by: Person | None = None, kind: str = "FREELANCER_PROFILE", id_: str = SOFIA) -> Answer:
    return (by or world.ada).call(RESTORE, {"kind": kind, "id": id_})


def lock(world: TalentWorld, *, locked: bool) -> None:
    given = {"userId": SOFIA, "locked": locked, "visibility": "ONLY_UPWORK_USERS", "reason": "Seen"}
    assert world.ada.call(LOCK, {"input": given}).data


def sees(by: Person) -> bool:
    return by.call(TALENT % "personId", {"key": SOFIA}).data["talentProfileByProfileKey"] is not None


def stored(world: TalentWorld, collection: Any) -> list[Any]:
    items = world.table.client.scan(TableName=world.table.name)["Items"]
    kind = collection.name
    found = [collection.decode(item) for item in items if item.get("type", {}).get("S") == kind]
    return sorted(found, key=lambda one: getattr(one, "event_id", None) or one.id)


def contents(world: TalentWorld) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.action, one.audience) for one in stored(world, OUTBOX) if one.entity == "CONTENT"]


def test_hidden_profile_is_seen_by_owner_and_operators(world: TalentWorld) -> None:
    world.complete()
    events = len(world.events())
    tx = world.table.transaction()
    tx.create(RELATIONS, Relation(kind=RelationKind.CONTACT, user_id=SOFIA, target_id=ACME))
    tx.commit()
    item = take_down(world).data["takeDownContent"]
    assert item == {
        "kind": "FREELANCER_PROFILE",
        "id": SOFIA,
        "title": "Illustrator",
        "owner": {"id": SOLO},
        "writer": {"id": SOFIA},
        "status": "AUTO_ACCEPTED",
        "takenDown": True,
        "reason": "Copied texts",
        "takenDownDateTime": item["takenDownDateTime"],
        "reports": 0,
        "createdDateTime": item["createdDateTime"],
    }
    people = (world.sofia, world.ada, world.mia, world.olivia, world.omar)
    assert [sees(by) for by in people] == [True, True, False, False, False]
    for by in (world.sofia, world.ada):
        assert by.call(VISIBILITY, {"id": SOFIA}).data["freelancerVisibility"] == {
            "locked": True,
            "currentVisibility": "PRIVATE",
            "originalVisibility": "PUBLIC",
        }
    assert world.mia.call(VISIBILITY, {"id": SOFIA}).data == {"freelancerVisibility": None}
    reason = world.seen(world.sofia, "personalData { profileStateReason }")
    assert reason == {"personalData": {"profileStateReason": "Copied texts"}}
    assert take_down(world, reason="Again").data["takeDownContent"] == item
    assert restore(world).data["restoreContent"]["takenDown"] is False
    assert restore(world).data["restoreContent"]["reason"] is None
    assert [sees(by) for by in people] == [True] * 5
    assert world.events()[events:] == ["UPDATE", "UPDATE"]
    assert contents(world) == [("TAKEDOWN", (HOUSE, SOLO)), ("RESTORE", (HOUSE, SOLO))]
    trail = [one for one in stored(world, ACTIONS) if one.subject_id == SOFIA]
    assert [(one.action, one.reason, one.operator_id) for one in trail] == [
        ("takeDownContent", "Copied texts", ADA),
        ("restoreContent", "A mistake", ADA),
    ]
    assert [(one.field, one.before, one.after) for one in trail[0].changes] == [("takenDown", "false", "true")]
    assert trail[0].subject_title is None


def test_lock_and_takedown_end_by_themselves(world: TalentWorld) -> None:
    world.complete()
    world.update(visibilityLevel="PRIVATE")
    lock(world, locked=True)
    assert sees(world.omar)
    take_down(world)
    assert not sees(world.omar)
    restore(world)
    assert sees(world.omar)  # the lock stays
    take_down(world)
    lock(world, locked=False)
    assert not sees(world.mia)  # the takedown stays
    restore(world)
    assert sees(world.mia)
    assert not sees(world.omar)  # the own choice holds again


def test_owner_gets_a_mail_only_if_the_operator_wants_it(world: TalentWorld) -> None:
    world.complete()
    take_down(world)
    assert stored(world, MAILS) == []
    restore(world)
    take_down(world, notify=True, note="See the report of May")
    (mail,) = stored(world, MAILS)
    assert (mail.user_id, mail.template) == (SOFIA, MailTemplate.TAKEDOWN)
    assert mail.values == {"title": "Illustrator", "reason": "Copied texts"}
    trail = [one for one in stored(world, ACTIONS) if one.subject_id == SOFIA]
    assert trail[-1].reason == "Copied texts\n\nSee the report of May"


def test_wrong_takedown_is_refused(world: TalentWorld) -> None:
    cases: list[tuple[dict[str, Any], str]] = [
        ({"id": "1"}, "NOT_FOUND"),
        ({"id": "x" * 3_000}, "NOT_FOUND"),
        ({"kind": "GIG"}, "NOT_FOUND"),
        ({"kind": "JOB_POSTING"}, "NOT_FOUND"),
        ({"reason": " "}, "UNPROCESSABLE_CONTENT"),
        ({"reason": "x" * 1_001}, "UNPROCESSABLE_CONTENT"),
        ({"note": "x" * 1_001}, "UNPROCESSABLE_CONTENT"),
    ]
    for fields, code in cases:
        assert take_down(world, **fields).code == code, fields
    world.complete()
    for by in (world.sofia, world.mia, world.olivia):
        assert take_down(world, by=by).code == "FORBIDDEN"
        assert restore(world, by=by).code == "FORBIDDEN"
    assert world.profile().takedown is None


def test_edit_at_the_same_time_keeps_both(world: TalentWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    world.complete()
    racing.meanwhile(monkeypatch, lambda: take_down(world).data)
    world.update(title="Sculptor")
    profile = world.profile()
    assert (profile.title, profile.takedown is not None) == ("Sculptor", True)
