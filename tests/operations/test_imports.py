"""`souk admin import`."""

from pathlib import Path

import boto3
from typer.testing import CliRunner

from souk.cli.admin import admin_commands
from souk.operations.deployment import Deployment
from souk.storage import Table
from tests.conftest import REGION

ORGS = "external_id,name,side,country\no-1,Acme,client,PT\no-2,=cmd(),client,Atlantis\n"


def invoke(table: Table, *arguments: str) -> tuple[int, str]:
    client = {"dynamodb": table.client}
    deployment = Deployment(
        {"TableName": table.name},
        lambda name: client.get(name) or boto3.client(name, region_name=REGION),
        "http://souk.test",
    )
    done = CliRunner().invoke(admin_commands(lambda *_: deployment), ["import", *arguments])
    return done.exit_code, done.output or str(done.exception)


def test_cli_import_checks_imports_and_reports(table: Table, tmp_path: Path) -> None:
    file = tmp_path / "orgs.csv"
    file.write_text(ORGS)

    def trail() -> int:
        items = table.client.scan(TableName=table.name)["Items"]
        return sum(item["PK"]["S"].startswith("AUDIT#") for item in items)

    code, said = invoke(table, "organizations", str(file), "--dry-run")
    assert (code, trail()) == (1, 0)
    assert "Checked 2 rows: 1 created, 0 updated, 0 unchanged, 1 refused." in said
    assert "Row 2 (o-2, country): use the name or the ISO code" in said
    assert "2,o-2,refused,,country,use" in (tmp_path / "orgs.csv.report.csv").read_text()
    code, said = invoke(table, "organizations", str(file))
    assert (code, trail()) == (1, 1)
    assert "Imported 2 rows: 1 created" in said
    file.write_text(ORGS.partition("o-2")[0])
    assert invoke(table, "organizations", str(file))[0] == 0
    file.write_text("external_id,name\n")
    assert "The file has no column side, country" in invoke(table, "organizations", str(file))[1]
