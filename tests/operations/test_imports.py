"""`souk admin import`."""

import io
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import boto3
import pytest
from typer.testing import CliRunner

from souk.cli.admin import admin_commands
from souk.domains import load
from souk.domains.reference.model import Entry, EntryKind
from souk.domains.reference.ontology import current
from souk.graph.questions import QuestionAnswerer
from souk.operations.deployment import Deployment
from souk.storage import Table
from tests.conftest import REGION
from tests.domains.identity.people import SINCE

ORGS = "external_id,name,side,country\no-1,Acme,client,PT\no-2,=cmd(),client,Atlantis\n"


def invoke(table: Table, *arguments: str, own: Any = None) -> tuple[int, str]:
    """Run the command. `own` is the client of Lambda of a deployment with categories of its own."""
    client = {"dynamodb": table.client, "lambda": own}
    deployment = Deployment(
        {"TableName": table.name, "Prefix": "souk-test", "OwnOntology": "true" if own else "false"},
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


USERS = "external_id,email,first_name,last_name,organization_external_id,role\nu-1,ann@acme.test,Ann,A,o-1,owner\n"
JOBS = """external_id,organization_external_id,title,description,type,category
j-1,o-1,Plumber,Find the leak in our cellar.,HOURLY,Own 12
j-2,o-1,Roofer,Mend our roof.,HOURLY,Roofs
"""


def test_cli_knows_the_categories_of_the_deployment(
    table: Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = (
        (EntryKind.CATEGORY, "10", ()),
        (EntryKind.SUBCATEGORY, "11", ("10",)),
        (EntryKind.OCCUPATION, "12", ("11",)),
    )
    rows = [
        Entry(id=id_, kind=kind, slug=f"own-{id_}", label=f"Own {id_}", parents=above, created=SINCE, modified=SINCE)
        for kind, id_, above in tree
    ]
    (tmp_path / "brand").mkdir()
    (tmp_path / "brand" / "ontology.json").write_text(json.dumps(list(map(asdict, rows))))
    for name, text in (("orgs.csv", ORGS), ("users.csv", USERS), ("jobs.csv", JOBS)):
        (tmp_path / name).write_text(text)
    asked: list[str] = []

    def answer(FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803 - boto3's names
        asked.append(FunctionName)
        with monkeypatch.context() as function:
            function.setenv("LAMBDA_TASK_ROOT", str(tmp_path))
            function.setattr(current, "_ask", None)  # the function is part of the deployment
            content = QuestionAnswerer(table, "operator", load)(json.loads(Payload))
        current.of_deployment.cache_clear()
        return {"Payload": io.BytesIO(json.dumps(content).encode())}

    invoke(table, "organizations", str(tmp_path / "orgs.csv"))
    assert invoke(table, "users", str(tmp_path / "users.csv"))[0] == 0
    assert "2 refused" in invoke(table, "jobs", str(tmp_path / "jobs.csv"), "--dry-run")[1]
    try:
        said = invoke(table, "jobs", str(tmp_path / "jobs.csv"), own=Mock(invoke=answer))[1]
    finally:
        current.ask_for_entries(None)
    assert "1 created, 0 updated, 0 unchanged, 1 refused" in said, said
    assert "Row 2 (j-2, category)" in said
    assert asked == ["souk-test-operator"], "once a command"
