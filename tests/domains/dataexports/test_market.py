"""Exports of the marketplace: what operators ask for, the archive, and the tables for spreadsheets."""

import hashlib
import io
import json
import zipfile
from collections import Counter
from decimal import Decimal
from typing import Any, Final

import boto3
import pytest

from souk.domains.dataexports.commands import building
from souk.domains.dataexports.rules import tables
from souk.domains.dataimports.rules.formulas import neutralized, restored
from souk.domains.ledger.model import Account, AccountKind, BookingKind, LedgerTransaction, Line
from tests.conftest import REGION
from tests.domains.dataimports.test_rows import import_all
from tests.domains.operator.conftest import Market
from tests.support.api import Answer, Souk
from tests.support.clock import CLOCK

ASK: Final = "mutation ($input: MarketplaceExportInput!) { requestMarketplaceExport(input: $input) { id kind state } }"
SHOWN: Final = "{ dataExports { id state kind size downloadUrl } }"


@pytest.fixture
def market(souk: Souk, bucket: str) -> Market:  # noqa: ARG001 - the API needs the bucket
    return Market(souk)


def ask(market: Market, kind: str, **given: Any) -> Answer:
    request = {"kind": kind, "format": "JSON_LINES", "reason": "A backup", "idempotencyKey": kind, **given}
    return market.ada.call(ASK, {"input": request})


def test_key_of_another_export_is_refused(market: Market) -> None:
    asked = ask(market, "LEDGER", idempotencyKey="k").data["requestMarketplaceExport"]
    assert ask(market, "LEDGER", idempotencyKey="k").data["requestMarketplaceExport"] == asked
    for other in ({"format": "CSV"}, {"range": {"rangeStart": "2026-01-01T00:00:00Z"}}):
        assert ask(market, "LEDGER", idempotencyKey="k", **other).code == "CONFLICT"
    assert ask(market, "EVERYTHING", idempotencyKey="k").code == "CONFLICT"


def archive(market: Market, bucket: str, export_id: str) -> zipfile.ZipFile:
    (stored,) = (one for one in market.ada.call(SHOWN).data["dataExports"] if one["id"] == export_id)
    assert (stored["state"], stored["downloadUrl"] is not None) == ("READY", True)
    objects = boto3.client("s3", region_name=REGION)
    (key,) = (one["Key"] for one in objects.list_objects_v2(Bucket=bucket, Prefix=f"copies/{export_id}/")["Contents"])
    return zipfile.ZipFile(io.BytesIO(objects.get_object(Bucket=bucket, Key=key)["Body"].read()))


def test_operator_exports_everything_in_parts(market: Market, bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "SECONDS", -1)
    import_all(market.table)
    asked = ask(market, "EVERYTHING").data["requestMarketplaceExport"]
    assert ask(market, "EVERYTHING").data["requestMarketplaceExport"]["id"] == asked["id"]
    market.souk.run_due(CLOCK.market())
    found = archive(market, bucket, asked["id"])
    manifest = json.loads(found.read("manifest.json"))
    for name, one in manifest["files"].items():
        content = found.read(name)
        assert (len(content), content.count(b"\n")) == (one["bytes"], one["rows"])
        for part in one["parts"]:
            assert hashlib.sha256(content[: part["bytes"]]).hexdigest() == part["sha256"]
            content = content[part["bytes"] :]
    assert {"o-1", "u-1"}.isdisjoint(json.loads(line)["external_id"] for line in found.read("users.jsonl").splitlines())
    assert manifest["files"]["jobs.jsonl"]["rows"] == 2  # of the people of this market one has the address already
    assert [one.action for one in market.trail()] == ["requestMarketplaceExport"]

    actions = ask(market, "OPERATOR_ACTIONS", format="CSV").data["requestMarketplaceExport"]["id"]
    market.souk.run_due(CLOCK.market())
    lines = archive(market, bucket, actions).read("operator_actions.csv").decode().splitlines()
    assert lines[0].startswith("time,operator,action")
    assert any("requestMarketplaceExport" in line for line in lines)


def test_export_refuses_what_a_kind_does_not_have(market: Market) -> None:
    period = {"rangeStart": "2026-01-01", "rangeEnd": "2026-02-01"}
    for given in ({"format": "CSV"}, {"range": period}, {"includeMessages": True}):
        assert ask(market, "USERS", **given).code == "UNPROCESSABLE_CONTENT"
    assert ask(market, "LEDGER", format="CSV", range=period).data


def test_ledger_table_sums_to_zero_and_neutralizes_formulas() -> None:
    lines = tuple(
        Line(account=Account(kind=kind, owner=owner, currency="EUR"), minor=minor)
        for kind, owner, minor in (
            (AccountKind.PROVIDER, "", -12_345),
            (AccountKind.EARNINGS, "7", 11_000),
            (AccountKind.FEES, "", 1_345),
        )
    )
    booking = LedgerTransaction.model_construct(
        id="1",
        kind=BookingKind.BONUS,
        amount=11_000,
        lines=lines,
        deal=type("Deal", (), {"contract_id": "9"})(),
        description="=1+1",
        at="2026-01-01T00:00:00.000Z",
    )
    rows = tables.ledger_rows(booking, {"7": "+Acme"})
    sums: Counter[str] = Counter()
    for row in rows:
        sums[row[8] or ""] += Decimal(row[9] or "")  # type: ignore[assignment]
    assert sums == {"EUR": 0}
    text = tables.lines(rows).decode().splitlines()
    assert text[0].endswith(",EUR,-123.45,'=1+1")
    assert ",7,'+Acme,9," in text[1]
    for cell in ("=1", "'=1", "''@x", "-5", "plain", "'quoted'", "", "\tx"):
        assert restored(neutralized(cell)) == cell
