"""A rehearsal of docs/restoring.md on the embedded AWS: a second deployment, from the backups of the first.

Only the restore of the table itself is missing, which DynamoDB does: here all items are copied. The commands are those
of the page, with the caller's credentials.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from souk.local import access, deploy
from souk.local.emulator import REGION
from souk.local.guard import SECRET_HEADER
from souk.local.home import PROJECT, Home
from souk.local.mail import SENDER
from tests.support.running import SOUK, Run
from tests.support.scenarios import Cast

STAGE = "second"
STACK = f"Souk-{STAGE}"
RESTORED = "restored"
SECRETS = ("CursorSecret", "TokenSecret")
"""The outputs with secrets whose values go on."""
BATCH = 25
CLIENT = "olivia@acme.test"
SEARCH = """{
  organization { id name }
  marketplaceJobPostingsSearch(marketPlaceJobFilter: { searchExpression_eq: "python" }) {
    totalCount edges { node { id title } }
  }
}"""


@dataclass(frozen=True)
class Second:
    """The second deployment, in the same account as the first."""

    first: Run
    outputs: dict[str, str]

    def command(self, *arguments: str) -> str:
        """Return what a `souk` command on this stack prints."""
        key = Home(self.first.home).root_key()
        credentials = {
            "AWS_ENDPOINT_URL": self.first.running.endpoint,
            "AWS_ACCESS_KEY_ID": key.id,
            "AWS_SECRET_ACCESS_KEY": key.secret,
            "AWS_REGION": REGION,
        }
        done = subprocess.run(
            [SOUK, *arguments, "--stack", STACK],
            env=self.first.environment | credentials,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def ask(self, query: str) -> dict[str, Any]:
        """Return the data that a person of the restored table gets from the API."""
        running = self.first.running
        token = access.issue_token(access.table(self.first.client, RESTORED), CLIENT)
        stage = f"/restapis/{self.outputs['ApiId']}/{self.outputs['ApiStage']}/_user_request_"
        answer = httpx.post(
            f"{running.endpoint}{stage}/graphql",
            json={"query": query},
            headers={"authorization": f"Bearer {token}", SECRET_HEADER: running.emulator_secret},
            timeout=60,
        ).json()
        assert "errors" not in answer, answer
        data: dict[str, Any] = answer["data"]
        return data


@pytest.fixture
def stream(souk: Run) -> Iterator[str]:
    """Copy the table's items to a new one, enable its stream as the page says, and return the stream's ARN."""
    client, source = souk.client("dynamodb"), souk.running.outputs["TableName"]
    shape = client.describe_table(TableName=source)["Table"]
    client.create_table(
        TableName=RESTORED,
        KeySchema=shape["KeySchema"],
        AttributeDefinitions=shape["AttributeDefinitions"],
        BillingMode="PAY_PER_REQUEST",
        GlobalSecondaryIndexes=[
            {name: index[name] for name in ("IndexName", "KeySchema", "Projection")}
            for index in shape["GlobalSecondaryIndexes"]
        ],
    )
    pages = client.get_paginator("scan").paginate(TableName=source)
    items = [item for page in pages for item in page["Items"]]
    for start in range(0, len(items), BATCH):
        puts = [{"PutRequest": {"Item": item}} for item in items[start : start + BATCH]]
        assert not client.batch_write_item(RequestItems={RESTORED: puts})["UnprocessedItems"]
    client.update_table(
        TableName=RESTORED, StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    )
    yield client.describe_table(TableName=RESTORED)["Table"]["LatestStreamArn"]
    client.delete_table(TableName=RESTORED)


@pytest.fixture
def second(souk: Run, stream: str, tmp_path: Path) -> Iterator[Second]:
    """Deploy a second stack on the restored table."""
    context = {"target": "local", "stage": STAGE, "mailFrom": SENDER, "table": RESTORED, "tableStream": stream}
    subprocess.run(
        [sys.executable, "-m", "infra.app", *(f"--context={name}={value}" for name, value in context.items())],
        cwd=PROJECT,
        env=os.environ | {"CDK_OUTDIR": str(tmp_path / "cdk.out")},
        check=True,
    )
    cloud: Any = SimpleNamespace(endpoint=souk.running.endpoint, client=souk.client)
    yield Second(souk, deploy.deploy(deploy.read_assembly(tmp_path / "cdk.out"), cloud, print))
    souk.client("cloudformation").delete_stack(StackName=STACK)


def copy_secrets(souk: Run, outputs: dict[str, str]) -> None:
    client = souk.client("secretsmanager")
    for name in SECRETS:
        value = client.get_secret_value(SecretId=souk.running.outputs[name])["SecretString"]
        client.put_secret_value(SecretId=outputs[name], SecretString=value)


def test_second_deployment_goes_on_with_what_the_first_had(souk: Run, second: Second, tmp_path: Path) -> None:
    copy_secrets(souk, second.outputs)
    accounts = tmp_path / "people.jsonl"
    exported = souk.souk("admin", "people", "export", str(accounts))
    assert exported.returncode == 0, exported.stderr
    assert "Created 0 accounts" not in second.command("admin", "people", "import", str(accounts), "--yes")
    assert "Created 0 accounts, and linked 0 people" in second.command(
        "admin", "people", "import", str(accounts), "--yes"
    )

    second.command("lists", "rewrite")
    second.command("lists", "recount")
    second.command("search", "rebuild")
    second.command("search", "verify")
    second.command("ledger", "verify")

    there = souk.post(SEARCH, souk.token(CLIENT))["data"]
    assert there["marketplaceJobPostingsSearch"]["totalCount"] > 0
    assert second.ask(SEARCH) == there


def test_events_and_dead_letters_are_sent_again_by_commands(souk: Run, cast: Cast) -> None:
    cast.client.post_job("Sent again", hourly=True)
    replay = ("events", "replay", "--since", "7d", "--entity", "JP")
    asked = souk.souk(*replay)
    assert (asked.returncode, "Nothing was done. Say --yes" in asked.stderr) == (1, True)
    sent = souk.souk(*replay, "--yes")
    assert (sent.returncode, sent.stdout.startswith("Sent ")) == (0, True), sent.stderr
    listed = souk.souk("deadletters", "list").stdout
    assert "relay" in listed
    assert "webhook_delivery" in listed
    assert souk.souk("deadletters", "move", "webhook_fanout", "--yes").returncode == 0
