"""`souk admin export`, and the round trip: export, import into an empty table, export again."""

import hashlib
import json
from pathlib import Path
from typing import Any

import boto3
import pytest

from souk.domains.dataimports.model import ImportKind
from souk.operations import exports
from souk.operations.deployment import Deployment
from souk.operations.exports import run_export
from souk.operations.imports import run_import
from souk.operations.problem import Problem
from souk.storage import Table
from tests.conftest import REGION
from tests.domains.dataimports.test_ontology import TRADES
from tests.domains.dataimports.test_rows import import_all, results, run


def deployed(table: Table) -> Deployment:
    clients = {"dynamodb": table.client}
    return Deployment(
        {"TableName": table.name}, lambda name: clients.get(name) or boto3.client(name, region_name=REGION), ""
    )


def quiet(_line: str) -> None: ...


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_exported_marketplace_is_imported_equally(table: Table, tmp_path: Path) -> None:
    run(table, ImportKind.ONTOLOGY, TRADES)
    import_all(table)
    leak = "external_id,organization_external_id,title,description,type,amount,category,skills\n"
    leak += "j-9,o-1,A leak,It drips.,FIXED_PRICE,10,Leak Repair,Soldering\n"
    assert results(run(table, ImportKind.JOB_POSTINGS, leak)) == ["created"]
    first = run_export(deployed(table), tmp_path / "first", say=quiet)
    counted = {"ontology": 4, "organizations": 4, "users": 3, "jobs": 4}
    assert {name: one["rows"] for name, one in first["files"].items() if one["rows"]} == {
        f"{kind}.jsonl": number for kind, number in counted.items()
    }
    assert (
        first["files"]["jobs.jsonl"]["sha256"]
        == hashlib.sha256((tmp_path / "first/jobs.jsonl").read_bytes()).hexdigest()
    )
    again = [run_import(deployed(table), kind, tmp_path / f"first/{kind}.jsonl") for kind in counted]
    assert [one.sentence() for one in again] == [  # its own export changes nothing
        f"0 created, 0 updated, {number} unchanged, 0 refused" for number in counted.values()
    ]

    for item in table.client.scan(TableName=table.name)["Items"]:
        table.client.delete_item(TableName=table.name, Key={"PK": item["PK"], "SK": item["SK"]})
    ids: dict[str, str] = {}
    for kind in counted:
        done = run_import(deployed(table), kind, tmp_path / f"first/{kind}.jsonl")
        assert not done.problems
        lines = done.report.read_text().splitlines()[1:]
        ids |= {line.split(",")[3]: line.split(",")[1] for line in lines}
    run_export(deployed(table), tmp_path / "second", say=quiet)
    for kind in counted:
        second = [
            {name: ids.get(value, value) if isinstance(value, str) else value for name, value in row.items()}
            for row in rows(tmp_path / f"second/{kind}.jsonl")
        ]
        for row in rows(tmp_path / f"first/{kind}.jsonl"):
            assert row in second


def test_interrupted_export_goes_on(table: Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import_all(table)
    whole = run_export(deployed(table), tmp_path / "whole", say=quiet)

    def cut(line: str) -> None:
        if line.startswith("users"):
            raise KeyboardInterrupt

    monkeypatch.setattr("souk.domains.dataexports.commands.market._PAGE", 5)
    with pytest.raises(KeyboardInterrupt):
        run_export(deployed(table), tmp_path / "cut", say=cut)
    (tmp_path / "cut/jobs.jsonl").write_text("half a li")
    went_on = run_export(deployed(table), tmp_path / "cut", say=quiet)
    assert {name: one["sha256"] for name, one in went_on["files"].items()} == {
        name: one["sha256"] for name, one in whole["files"].items()
    }
    with pytest.raises(Problem, match="complete"):
        run_export(deployed(table), tmp_path / "cut", say=quiet)
    assert exports.MANIFEST in {one.name for one in (tmp_path / "cut").iterdir()}
