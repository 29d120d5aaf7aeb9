"""Imports by the API: started by operators, run in parts, stopped, and reported."""

from typing import Any, Final

import boto3
import pytest

from souk.domains.dataimports.commands import importing, running
from souk.domains.dataimports.model import ImportState
from souk.domains.identity.store import ORGANIZATIONS
from tests.conftest import REGION
from tests.domains.operator.conftest import ADA, Market
from tests.support.api import Souk
from tests.support.clock import CLOCK

START: Final = """mutation ($file: ID!, $kind: DataImportKind!, $dry: Boolean!, $key: String!) {
  startDataImport(input: {fileId: $file, kind: $kind, dryRun: $dry, idempotencyKey: $key}) { id state } }"""
SHOWN: Final = """query ($id: ID!) { dataImport(id: $id) {
  state dryRun fileName rows created updated unchanged refused problems { row externalId field message }
  reportUrl startedBy { id } startedDateTime finishedDateTime } dataImports { totalCount edges { node { id } } } }"""
LINK: Final = """mutation { createDirectUploadLinkForImport(input: {fileName: "a.csv", maxFileSize: 1000000}) {
  id formKeyValues { key value } } }"""
HEADER: Final = "external_id,name,side,country\n"


@pytest.fixture
def market(souk: Souk, bucket: str) -> Market:  # noqa: ARG001 - the API needs the bucket
    return Market(souk)


def uploaded(market: Market, bucket: str, content: bytes) -> str:
    link = market.ada.call(LINK).data["createDirectUploadLinkForImport"]
    (key,) = (one["value"] for one in link["formKeyValues"] if one["key"] == "key")
    boto3.client("s3", region_name=REGION).put_object(Bucket=bucket, Key=key, Body=content)
    market.ada.call(
        "mutation ($ids: [ID!]!) { confirmFiles(fileIds: $ids, skipMissing: false) }", {"ids": [link["id"]]}
    )
    return str(link["id"])


def start(market: Market, file: str, *, dry: bool = False, key: str = "one", kind: str = "ORGANIZATIONS") -> Any:
    return market.ada.call(START, {"file": file, "kind": kind, "dry": dry, "key": key})


def shown(market: Market, import_id: str) -> dict[str, Any]:
    found: dict[str, Any] = market.ada.call(SHOWN, {"id": import_id}).data["dataImport"]
    return found


def test_import_runs_in_parts_and_reports_each_row(
    market: Market, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "SECONDS", -1)  # a part is the rows in hand
    monkeypatch.setattr(importing, "TOGETHER", 2)
    content = HEADER + "".join(f'o-{at},"Company\n{at}",client,{"PT" if at else "??"}\n' for at in range(3))
    content = content.replace("\n0", "0").replace("\n1", " 1").replace("\n2", " 2")
    file = uploaded(market, bucket, content.encode())
    for dry, key, state in ((True, "a", "CHECKED"), (False, "b", "DONE"), (False, "c", "DONE")):
        started = start(market, file, dry=dry, key=key).data["startDataImport"]
        assert start(market, file, dry=dry, key=key).data["startDataImport"]["id"] == started["id"]
        assert start(market, file, dry=not dry, key=key).code == "CONFLICT", "a dry run is not the import itself"
        market.souk.run_due(CLOCK.market())
        found = shown(market, started["id"])
        assert (found["state"], found["rows"], found["refused"]) == (state, 3, 1)
        assert (found["created"], found["unchanged"]) == ((0, 2) if key == "c" else (2, 0))
        assert [(one["row"], one["externalId"], one["field"]) for one in found["problems"]] == [(1, "o-0", "country")]
        assert found["startedBy"] == {"id": ADA}
        assert found["reportUrl"]
    objects = boto3.client("s3", region_name=REGION)
    report = objects.get_object(Bucket=bucket, Key=f"copies/{started['id']}/report.csv")["Body"].read().decode()
    assert [line.split(",")[:3] for line in report.splitlines()[1:]] == [
        ["1", "o-0", "refused"],
        ["2", "o-1", "unchanged"],
        ["3", "o-2", "unchanged"],
    ]
    assert [one.action for one in market.trail()] == ["startDataImport"] * 3
    items = [item for item in market.items() if item.get("type") == {"S": "Organization"}]
    assert sum("Company" in ORGANIZATIONS.decode(item).name for item in items) == 2


def test_import_stops_when_cancelled_and_fails_when_unreadable(market: Market, bucket: str) -> None:
    file = uploaded(market, bucket, "external_id;name\n".encode("utf-16"))
    unreadable = start(market, file).data["startDataImport"]["id"]
    cancelled = start(market, uploaded(market, bucket, f"{HEADER}o-1,A,client,PT\n".encode()), key="two")
    cancelled = cancelled.data["startDataImport"]["id"]
    stop = "mutation ($id: ID!) { cancelDataImport(id: $id) { state } }"
    assert market.ada.call(stop, {"id": cancelled}).data["cancelDataImport"]["state"] == "CANCELLED"
    market.souk.run_due(CLOCK.market())
    assert shown(market, cancelled)["state"] == ImportState.CANCELLED
    assert shown(market, cancelled)["rows"] == 0
    found = shown(market, unreadable)
    assert (found["state"], found["problems"][0]["row"]) == ("FAILED", 0)
    assert "UTF-16" in found["problems"][0]["message"]
    assert market.ada.call(stop, {"id": unreadable}).data["cancelDataImport"]["state"] == "FAILED"
    assert start(market, "42", key="three").code == "UNPROCESSABLE_CONTENT"
    own = start(market, uploaded(market, bucket, b"id,kind,label\n1,category,Own\n"), key="four", kind="ONTOLOGY")
    market.souk.run_due(CLOCK.market())
    assert shown(market, own.data["startDataImport"]["id"])["created"] == 1
