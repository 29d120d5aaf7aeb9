"""Copies of one's data: how they are built from much, how they end, and how they fail."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import count
from types import SimpleNamespace
from typing import Any

import boto3
import moto.s3.models
import pytest

from souk.domains.dataexports import archives
from souk.domains.dataexports.commands import building, contents
from souk.domains.dataexports.store import EXPORTS as STORED
from souk.graph.personal import PersonalFile, PersonalPage
from souk.runtime import mail
from souk.storage import Table
from souk.storage.lists import Position
from tests.domains.erasure.test_erasure import archive_of
from tests.domains.erasure.world import EXPORT, EXPORTS, PersonalWorld
from tests.support.api import Souk
from tests.support.clock import CLOCK

PAGES, ROWS = 200, 500


@pytest.fixture
def world(souk: Souk, bucket: str, monkeypatch: pytest.MonkeyPatch) -> PersonalWorld:
    """Return a world that is empty but for its people, in a deployment that sends no mail."""
    monkeypatch.setattr(mail, "is_enabled", lambda: False)
    return PersonalWorld(souk, bucket)


def asked(world: PersonalWorld) -> str:
    """Ask for a copy, and return its id."""
    return str(world.zenobia.call(EXPORT).data["requestDataExport"]["id"])


def shown(world: PersonalWorld) -> dict[str, Any]:
    """Return the newest export."""
    found: dict[str, Any] = world.zenobia.call(EXPORTS).data["dataExports"][0]
    return found


def test_hundred_thousand_messages_are_built_in_parts(world: PersonalWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    held, asked_time = [0], count()

    def pages(_table: Table, _user_id: str, start: Position | None) -> Iterator[PersonalPage]:
        for number in range(start[0] if start else 0, PAGES):
            rows = [{"id": at, "text": f"{at * 2_654_435_761:x}"} for at in range(number * ROWS, (number + 1) * ROWS)]
            yield PersonalPage(rows, [number + 1] if number + 1 < PAGES else None)

    def write(self: archives.Uploader, content: bytes) -> None:
        original(self, content)
        held.append(len(self._waiting))

    original = archives.Uploader.write
    monkeypatch.setattr(archives.Uploader, "write", write)
    monkeypatch.setattr(archives, "_PART", 100_000)
    monkeypatch.setattr(moto.s3.models, "S3_UPLOAD_PART_MIN_SIZE", 1)
    monkeypatch.setattr(contents, "_personal_files", lambda: [PersonalFile("messages", "Messages.", pages)])
    # The clock that a run looks at: every fortieth page, its time is over.
    clock = SimpleNamespace(monotonic=lambda: 100.0 * (next(asked_time) % 40 == 39))
    monkeypatch.setattr(building, "time", clock)
    assert asked(world)
    world.souk.run_due()
    export = shown(world)
    assert export["state"] == "READY"
    assert max(held) < 100_000
    rows = archive_of(export["downloadUrl"], world.bucket)["messages.jsonl"]
    assert [one["id"] for one in rows] == list(range(PAGES * ROWS))
    (key,) = world.objects()
    assert export["size"] == boto3.client("s3").head_object(Bucket=world.bucket, Key=key)["ContentLength"]


def test_copy_ends_after_seven_days(world: PersonalWorld) -> None:
    export_id = asked(world)
    world.souk.run_due()
    ready = shown(world)
    assert datetime.fromisoformat(ready["expiresDateTime"]) - datetime.fromisoformat(ready["readyDateTime"]) == (
        timedelta(days=7)
    )
    CLOCK.at(CLOCK.market() + timedelta(days=1))
    assert asked(world) != export_id
    CLOCK.at(CLOCK.market() + timedelta(days=6, minutes=1))
    old = world.zenobia.call(EXPORTS).data["dataExports"][1]
    assert (old["id"], old["state"], old["downloadUrl"]) == (export_id, "EXPIRED", None)
    world.souk.run_due()
    assert [one.startswith(f"copies/{export_id}/") for one in world.objects()] == [False]


def test_copy_that_cannot_be_built_fails_and_leaves_nothing(
    world: PersonalWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> Sequence[PersonalFile]:
        raise RuntimeError("broken")

    export_id, table = asked(world), world.souk.tables["operator"]
    with monkeypatch.context() as patch:
        patch.setattr(building, "files_of", broken)
        for _ in range(6):
            with pytest.raises(RuntimeError):
                building.build(table, export_id, CLOCK.market())
        building.build(table, export_id, CLOCK.market())
    assert shown(world)["state"] == "FAILED"
    assert "Uploads" not in boto3.client("s3").list_multipart_uploads(Bucket=world.bucket)
    export = table.get(STORED, export_id)
    assert export
    assert export.progress is None
    assert asked(world) != export_id
    world.souk.run_due()
    assert shown(world)["state"] == "READY"
