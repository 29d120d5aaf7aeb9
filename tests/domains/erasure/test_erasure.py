"""Copies of people's data and erasures, from the request to the end, in one world."""

import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import boto3
import orjson
import pytest

from souk.domains import personal_data, search_indexes
from souk.domains.dataexports.commands import building
from souk.domains.erasure import directory
from souk.domains.erasure.model import ErasureState
from souk.domains.erasure.store import ERASURES
from souk.domains.identity.store import user_by_email
from souk.domains.proposals.store import PROPOSALS
from souk.runtime import mail
from souk.runtime.settings import erasure_settings
from souk.storage.transaction import OUTBOX
from tests.domains.erasure.world import (
    CANCEL,
    DELETE,
    EXPORT,
    EXPORTS,
    OF_OTHERS,
    PTOLEMY,
    SECRETS,
    ZENOBIA,
    PersonalWorld,
)
from tests.support.api import Souk
from tests.support.clock import CLOCK
from tests.support.environment import with_webhooks

Mail = tuple[str, str, str]
"""Address, subject and text."""


@pytest.fixture
def mails(monkeypatch: pytest.MonkeyPatch) -> list[Mail]:
    """Return the mails that are sent."""
    sent: list[Mail] = []
    monkeypatch.setattr(mail, "is_enabled", lambda: True)
    monkeypatch.setattr(mail, "send", lambda *given, **_sender: sent.append(given))
    return sent


@pytest.fixture
def deleted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the accounts that are deleted in the directory."""
    subjects: list[str] = []
    monkeypatch.setattr(directory, "delete", subjects.append)
    return subjects


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SOUK_USER_POOL", "pool")
    erasure_settings.cache_clear()
    yield
    erasure_settings.cache_clear()


@pytest.fixture
def world(souk: Souk, bucket: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[PersonalWorld]:
    """Return a world that is empty but for its people."""
    with with_webhooks(monkeypatch):
        yield PersonalWorld(souk, bucket)


def archive_of(url: str, bucket: str) -> dict[str, list[dict[str, Any]]]:
    """Return the files of an archive by their names, with their rows. The README has none."""
    key = urlsplit(url).path.lstrip("/").removeprefix(f"{bucket}/")
    content = boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    with zipfile.ZipFile(BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {
            name: [orjson.loads(line) for line in archive.read(name).splitlines() if name.endswith(".jsonl")]
            for name in archive.namelist()
        }


def test_copy_and_erasure_of_two_people(
    world: PersonalWorld, mails: list[Mail], deleted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    world.fill()
    world.souk.run_due()
    check_copy(world, monkeypatch)
    assert mails[-1][0] == "zenobia@quill.example"
    check_obstacles(world)
    world.settle()
    check_request(world)
    assert world.found(*SECRETS)
    world.souk.run_due(CLOCK.market() + timedelta(days=15))
    assert {state_of(world, one) for one in (ZENOBIA, PTOLEMY)} == {ErasureState.DONE}
    assert sorted(deleted) == [f"sub-{ZENOBIA}", f"sub-{PTOLEMY}"]
    assert {one[0] for one in mails if one[1].startswith("Your account is being deleted")} == {
        "zenobia@quill.example",
        "ptolemy@quill.example",
    }
    assert world.found(*SECRETS) == {}
    assert [one for one in SECRETS if one.casefold() in indexed(world).casefold()] == []
    assert world.objects() == []
    check_what_stays(world)
    check_repeated(world)


def check_copy(world: PersonalWorld, patch: pytest.MonkeyPatch) -> None:
    """Build a copy in as many runs as there are pages."""
    zenobia, files = world.zenobia, {f"{one.name}.jsonl" for data in personal_data().values() for one in data.files}
    first = zenobia.call(EXPORT, {"key": "mine"}).data["requestDataExport"]
    assert (first["state"], first["downloadUrl"]) == ("PREPARING", None)
    assert zenobia.call(EXPORT, {"key": "mine"}).data["requestDataExport"]["id"] == first["id"]
    assert zenobia.call(EXPORT).code == "LIMIT_EXCEEDED"
    with patch.context() as slow:
        slow.setattr(building, "SECONDS", -1)
        slow.setattr("tests.support.api.ROUNDS", 100)
        assert world.souk.run_due() > len(files)
    (export,) = zenobia.call(EXPORTS).data["dataExports"]
    assert (export["state"], export["kind"]) == ("READY", None)
    assert world.ptolemy.call(EXPORTS).data == {"dataExports": []}
    copy = archive_of(export["downloadUrl"], world.bucket)
    assert set(copy) == files | {"README.txt"}
    assert copy["account.jsonl"][0]["lastName"] == "Quillfeather"
    assert {len(copy[f"{name}.jsonl"]) for name in ("contracts", "milestones", "gigs", "profile", "portfolio")} == {1}
    words = [one["text"] for one in copy["messages.jsonl"] if "text" in one]
    assert words == ["I shall begin at once.", "Here they are.", OF_OTHERS]
    assert [one for one in ("secrets", "refreshHash", "'hash'", "salt") if one in str(copy)] == []


def check_obstacles(world: PersonalWorld) -> None:
    """Try to leave with an open contract, and with another e-mail address."""
    wrong = world.zenobia.call(DELETE, {"input": {"confirmEmail": "zenobia@elsewhere.example"}})
    assert wrong.code == "UNPROCESSABLE_CONTENT"
    refused = world.zenobia.call(DELETE, {"input": {"confirmEmail": "Zenobia@quill.example"}})
    assert refused.code == "CONFLICT"
    assert [one["code"] for one in refused.error["extensions"]["obstacles"]] == ["OPEN_CONTRACT"]


def check_request(world: PersonalWorld) -> None:
    """Both ask for the erasure. One keeps the account after all, and asks again."""
    zenobia = world.zenobia
    wanted = {"confirmEmail": "zenobia@quill.example", "reason": "Zenobia leaves"}
    asked = zenobia.call(DELETE, {"input": wanted}).data["requestAccountDeletion"]
    due = datetime.fromisoformat(asked["deletionDateTime"])
    assert timedelta(days=13) < due - CLOCK.market() <= timedelta(days=14)
    assert zenobia.call(DELETE, {"input": wanted}).data["requestAccountDeletion"] == asked
    assert zenobia.call(CANCEL).data == {"cancelAccountDeletion": {"deletionDateTime": None}}
    assert zenobia.call(DELETE, {"input": wanted}).data
    assert world.ptolemy.call(DELETE, {"input": {"confirmEmail": "ptolemy@quill.example"}}).data


def check_what_stays(world: PersonalWorld) -> None:
    """What was shared stays without a name, and the address is free."""
    assert world.zenobia.call(CANCEL).status == 401
    assert user_by_email(world.table, "zenobia@quill.example") is None
    seen = world.olivia.call(
        "query ($id: ID!) { contractDetails(id: $id) { title freelancer { name } vendorOrganization { name } } }",
        {"id": world.contract},
    ).data["contractDetails"]
    former = {"name": "Former member"}
    assert seen == {"title": "The work as agreed", "freelancer": former, "vendorOrganization": former}
    proposals = [PROPOSALS.decode(one) for one in world.items() if one["SK"]["S"] == "PROPOSAL"]
    assert sorted(one.client_status for one in proposals) == ["Hired", "Withdrawn", "Withdrawn"]
    events = [OUTBOX.decode(one) for one in world.items() if one["SK"]["S"] == "EVENT"]
    left = {(one.action, one.id) for one in events if one.entity == "USER"}
    assert left == {("DELETE", ZENOBIA), ("DELETE", PTOLEMY)}


def check_repeated(world: PersonalWorld) -> None:
    """Every part can run again, and changes nothing."""
    before = sorted(map(str, world.items()))
    for data in personal_data().values():
        for user_id in (ZENOBIA, PTOLEMY):
            list(data.erase(world.table, user_id, CLOCK.market()) if data.erase else ())
    assert sorted(map(str, world.items())) == before


def state_of(world: PersonalWorld, user_id: str) -> ErasureState | None:
    """Return the state of a person's erasure."""
    erasure = world.table.get(ERASURES, user_id)
    return erasure.state if erasure else None


def indexed(world: PersonalWorld) -> str:
    """Return the documents of everything in all search indexes."""
    ids = {one["PK"]["S"].rpartition("#")[2] for one in world.items()}
    found = (spec.projection(world.table).documents(ids).values() for spec in search_indexes())
    return "".join(str(one) for documents in found for one in documents if one).replace(OF_OTHERS, "")
