"""A second deployment with changed functions, while people use the API.

CodeDeploy moves the traffic in AWS; the emulator's aliases move at once. Both publish a version first, and then change
the alias.
"""

import hashlib
import json
import re
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from souk.local import deploy
from souk.local.deploy import Assembly
from souk.runtime.settings import ALIAS
from tests.support.actor import Actor
from tests.support.running import CHOICES, Run

CHANGED = ("jobs", "graphql")
"""An owner of mutations, and the function that calls it."""
HANDLER = """

first = handler


def handler(event, context):
    answer = first(event, context)
    answer["headers"]["X-Souk-Test-Release"] = "second"
    return answer
"""
POST = """mutation ($request: JobPostingCreateRequest!) { createJobPosting(jobPostingRequest: $request) { id } }"""
WHO_AM_I = "{ organization { id } }"
CLIENTS = 2
BEFORE, AFTER = 4, 4
"""Requests of each client before the deployment begins, and after it has ended."""


@dataclass
class Load:
    """People who post jobs and ask who they are, one request after the other."""

    url: str
    token: str
    client: Actor
    stop: Event = field(default_factory=Event)
    posted: list[str] = field(default_factory=list)
    """The titles of the postings."""
    answers: list[tuple[int, dict[str, Any], str | None]] = field(default_factory=list)
    """The status, the body and the release of each answer."""

    def run(self, number: int) -> None:
        with httpx.Client(timeout=40) as http:
            for turn in range(10_000):
                if self.stop.is_set():
                    return
                if turn % 2:
                    self._send(http, WHO_AM_I, {})
                else:
                    title = f"Second release {number}-{turn}"
                    self._send(http, POST, {"request": self._posting(title)})
                    self.posted.append(title)

    def wait_for(self, answers: int, running: Callable[[], None]) -> None:
        target = len(self.answers) + answers
        while len(self.answers) < target:
            running()
            time.sleep(0.02)

    def _posting(self, title: str) -> dict[str, Any]:
        details = {"title": title, "description": title, "type": "HOURLY", "hourlyBudgetType": "DEFAULT"}
        return {"organizationId": self.client.organization_id, "jobPostingInfo": details}

    def _send(self, http: httpx.Client, query: str, variables: dict[str, Any]) -> None:
        headers = {"authorization": f"Bearer {self.token}"}
        answer = http.post(f"{self.url}/graphql", json={"query": query, "variables": variables}, headers=headers)
        self.answers.append((answer.status_code, answer.json(), answer.headers.get("x-souk-test-release")))


@contextmanager
def under_load(load: Load) -> Iterator[Callable[[], None]]:
    """Run the load, and yield a function that fails if it has ended by itself."""
    with ThreadPoolExecutor(CLIENTS) as pool:
        clients = [pool.submit(load.run, number) for number in range(CLIENTS)]

        def running() -> None:
            for client in clients:
                if client.done():
                    client.result()

        try:
            yield running
        finally:
            load.stop.set()
        for client in clients:
            client.result()


def test_second_deployment_loses_no_request(
    souk: Run, actor: Callable[[str], Actor], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in CHOICES.items():
        monkeypatch.setenv(name, value)
    first = deploy.synthesize(print)
    second = changed(first, tmp_path)
    before = versions(souk)
    load = Load(souk.url, souk.token("olivia@acme.test"), actor("olivia@acme.test"))
    cloud: Any = SimpleNamespace(endpoint=souk.running.endpoint, client=souk.client)
    with under_load(load) as running:
        load.wait_for(BEFORE * CLIENTS, running)
        started = time.perf_counter()
        deploy.deploy(second, cloud, print)
        print(f"deployed in {time.perf_counter() - started:.2f} s, {len(load.answers)} answers", versions(souk))  # noqa: T201
        load.wait_for(AFTER * CLIENTS, running)

    refused = [answer for answer in load.answers if answer[0] != 200 or "errors" in answer[1]]
    assert refused == []
    releases = [release for _, _, release in load.answers]
    assert (releases[0], releases[-1]) == (None, "second"), "both releases have answered"
    stored = titles(souk)
    assert sorted(title for title in stored if title.startswith("Second release")) == sorted(load.posted)
    after = versions(souk)
    moved = {name for name in after if after[name] != before[name]}
    assert moved == {f"{souk.running.outputs['Prefix']}-{name}" for name in CHANGED}


def changed(assembly: Assembly, folder: Path) -> Assembly:
    """Return the assembly with another handler in some functions, as the CDK would synthesize it."""
    template = json.loads(assembly.template)
    text, assets = assembly.template, list(assembly.assets)
    for name in CHANGED:
        logical, function = next(
            (logical, resource["Properties"])
            for logical, resource in template["Resources"].items()
            if resource["Type"] == "AWS::Lambda::Function"
            and resource["Properties"]["Environment"]["Variables"]["SOUK_FUNCTION"] == name
        )
        key = function["Code"]["S3Key"]
        file, bucket, _ = next(asset for asset in assembly.assets if asset[2] == key)
        other = folder / f"{name}.zip"
        with zipfile.ZipFile(file) as source, zipfile.ZipFile(other, "w") as target:
            for entry in source.namelist():
                content = source.read(entry)
                target.writestr(entry, content + HANDLER.encode() if entry == "handler.py" else content)
        digest = hashlib.sha256(other.read_bytes()).hexdigest()
        assets.append((other, bucket, f"{digest}.zip"))
        text = text.replace(key, f"{digest}.zip")
        text = re.sub(rf"({logical}CurrentVersion)\w+", rf"\g<1>{digest[:32]}", text)
    return replace(assembly, template=text, assets=tuple(assets))


def versions(souk: Run) -> dict[str, str]:
    """Return the version that each function's alias leads to."""
    client, found = souk.client("lambda"), {}
    for name in souk.running.outputs["FunctionNames"].split(","):
        for alias in client.list_aliases(FunctionName=name)["Aliases"]:
            assert alias["Name"] == ALIAS
            found[name] = alias["FunctionVersion"]
    return found


def titles(souk: Run) -> list[str]:
    """Return the titles of all stored postings."""
    pages = souk.client("dynamodb").get_paginator("scan").paginate(
        TableName=souk.running.outputs["TableName"],
        FilterExpression="#type = :type",
        ExpressionAttributeNames={"#type": "type"},
        ExpressionAttributeValues={":type": {"S": "JobPosting"}},
    )  # fmt: skip
    return [json.loads(item["doc"]["S"])["title"] for page in pages for item in page["Items"]]
