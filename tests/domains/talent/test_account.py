"""Changes of the account that others see on the person's profile."""

from typing import Any

from tests.domains.files.pictures import PictureUploads
from tests.domains.identity.people import SOFIA
from tests.domains.talent.world import TalentWorld
from tests.support.api import Person

UPDATE = "mutation ($input: UpdateAccountInput!) { updateAccount(input: $input) { firstName } }"
VERIFY = 'mutation ($id: ID!) { verifyIdentity(userId: $id, status: VERIFIED, reason: "Seen") { id } }'


def change(world: TalentWorld, by: Person | None = None, **fields: Any) -> list[str]:
    """Change an account, and return the events of profiles that this causes."""
    before = len(world.events())
    assert (by or world.sofia).call(UPDATE, {"input": fields}).data
    world.souk.run_due()
    return world.events()[before:]


def test_change_that_others_see_causes_an_event(world: TalentWorld) -> None:
    world.update(title="Painter")
    cases: list[tuple[dict[str, Any], list[str]]] = [
        ({"firstName": "Sofie"}, ["UPDATE"]),
        ({"lastName": "Almeida da Luz"}, ["UPDATE"]),
        ({"location": {"city": "Porto"}}, ["UPDATE"]),
        ({"location": {"country": "Spain"}}, ["UPDATE"]),
        ({"location": {"street": "Rua 1"}}, []),
        ({"phone": "+351912345679", "mailMessages": False}, []),
    ]
    for fields, events in cases:
        assert change(world, **fields) == events, fields
        assert change(world, **fields) == [], "it is no change any more"
    assert change(world, by=world.mia, firstName="Maria") == []  # she has no profile


def test_portrait_causes_an_event_when_it_is_shown(world: TalentWorld, bucket: str) -> None:
    uploads = PictureUploads(world.souk, bucket)
    world.update(title="Painter")
    file_id = uploads.upload(world.sofia)
    assert change(world, portraitFileId=file_id) == ["UPDATE"]  # the one before has gone
    uploads.process(file_id)
    world.souk.run_due()
    world.souk.run_due()
    assert world.events() == ["UPDATE", "UPDATE", "UPDATE"]


def test_verified_identity_causes_an_event(world: TalentWorld) -> None:
    world.update(title="Painter")
    for _ in range(2):
        assert world.ada.call(VERIFY, {"id": SOFIA}).data
    world.souk.run_due()
    assert world.events() == ["UPDATE", "UPDATE"]
