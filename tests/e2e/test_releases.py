"""Deployments of changed functions while people use the API: no request is lost.

The changed functions run the last release's code (`tests/upgrade/layer.py`): first the owners of mutations, then the
function that calls them. So each calls the other as it does while a release is deployed, when both read and write the
same documents. CodeDeploy moves the traffic in AWS; the emulator's aliases move at once.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from infra.archive import pack, source_files
from souk.deadlines.runner import due_event
from souk.domains.jobs.store import JOBS
from souk.graph.execution import GATEWAY
from souk.local import deploy
from souk.local.deploy import Assembly
from souk.runtime.settings import ALIAS
from tests.support import scenarios
from tests.support.running import CHOICES, Run
from tests.support.scenarios import Cast
from tests.upgrade import layer

PACKAGE = "package.zip"
OWNERS = ("contracts", "jobs", "offers")
EXPIRY = "offers.expiry"
"""A kind of deadline. Nothing is due for an offer that does not exist."""
RELEASE = "x-souk-test-release"
"""A header that the last release's functions add here, to tell them from today's."""
HANDLER = f"""

called = handler


def handler(event, context):
    answer = called(event, context)
    if "headers" in answer:
        answer["headers"]["{RELEASE}"] = "last"
    return answer
"""
POST = "mutation ($request: JobPostingCreateRequest!) { createJobPosting(jobPostingRequest: $request) { id } }"
WHO_AM_I = "{ organization { id } }"
CLIENTS = 2
MORE = 3
"""Requests of each client between deployments."""


@dataclass
class Load:
    """People who post jobs and ask who they are, one request after the other."""

    url: str
    token: str
    organization_id: str
    stop: Event = field(default_factory=Event)
    posted: list[str] = field(default_factory=list)
    """The titles of the postings."""
    answers: list[tuple[int, dict[str, Any], str | None]] = field(default_factory=list)
    """The status, the body and the release of each answer."""

    def run(self, number: int) -> None:
        with httpx.Client(timeout=60) as http:
            turn = 0
            while not self.stop.is_set():
                turn += 1
                if turn % 2:
                    self._send(http, WHO_AM_I, {})
                else:
                    title = f"Posted while released {number}-{turn}"
                    self._send(http, POST, {"request": self._posting(title)})
                    self.posted.append(title)

    def _posting(self, title: str) -> dict[str, Any]:
        details = {"title": title, "description": title, "type": "HOURLY", "hourlyBudgetType": "DEFAULT"}
        return {"organizationId": self.organization_id, "jobPostingInfo": details}

    def _send(self, http: httpx.Client, query: str, variables: dict[str, Any]) -> None:
        headers = {"authorization": f"Bearer {self.token}"}
        answer = http.post(f"{self.url}/graphql", json={"query": query, "variables": variables}, headers=headers)
        self.answers.append((answer.status_code, answer.json(), answer.headers.get(RELEASE)))


@contextmanager
def under_load(load: Load) -> Iterator[Callable[[], str | None]]:
    """Run the load, and yield a function that waits for more answers and returns the release of the last one."""

    def wait_for_more() -> str | None:
        target = len(load.answers) + MORE * CLIENTS
        while len(load.answers) < target:
            _raise_errors(clients)
            time.sleep(0.02)
        return load.answers[-1][2]

    with ThreadPoolExecutor(CLIENTS) as pool:
        clients = [pool.submit(load.run, number) for number in range(CLIENTS)]
        try:
            yield wait_for_more
        finally:
            load.stop.set()
    _raise_errors(clients)


def _raise_errors(clients: list[Future[None]]) -> None:
    for client in clients:
        if client.done():
            client.result()


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> Assembly:
    """Return what is deployed."""
    for name, value in CHOICES.items():
        monkeypatch.setenv(name, value)
    return deploy.synthesize(print)


@pytest.fixture
def last(tmp_path: Path) -> Path:
    """Return the code of the last release, with its compiled schema, as its layer has it."""
    code = layer.unpack(tmp_path)
    _run_python(code, "-m", "souk.entry.manifest", str(code / "souk" / "entry" / "manifest.pickle"))
    pack(code / PACKAGE, {path.relative_to(code).as_posix(): path for path in source_files(code / "souk")})
    return code


def test_neighbouring_releases_lose_no_request(souk: Run, cast: Cast, today: Assembly, last: Path) -> None:
    before = versions(souk)
    load = Load(souk.url, souk.token("olivia@acme.test"), cast.client.organization_id)
    cloud: Any = SimpleNamespace(endpoint=souk.running.endpoint, client=souk.client)
    with under_load(load) as wait_for_more:
        assert wait_for_more() is None

        deploy.deploy(with_code(today, OWNERS, last), cloud, print)
        assert moved(before, versions(souk)) == set(OWNERS)
        scenarios.fixed_price_contract(cast, "Called by the next release")
        assert invoke(souk, "offers", due_event(EXPIRY, "1", datetime.now(UTC))) == {"done": True}

        deploy.deploy(with_code(today, [GATEWAY], last), cloud, print)
        assert wait_for_more() == "last"
        scenarios.fixed_price_contract(cast, "Called by the last release")
        assert invoke(souk, "offers", event_of(last)) == {"done": True}

        deploy.deploy(today, cloud, print)
        assert wait_for_more() is None

    assert [answer for answer in load.answers if answer[0] != 200 or "errors" in answer[1]] == []
    stored = [title for title in titles(souk) if title.startswith("Posted while released")]
    assert sorted(stored) == sorted(load.posted), "each is stored once"


def with_code(assembly: Assembly, functions: Collection[str], code: Path) -> Assembly:
    """Return the assembly with other code in some functions, as the CDK would synthesize it.

    The code of a function comes before its layer's: https://docs.aws.amazon.com/lambda/latest/dg/python-package.html.
    """
    template = json.loads(assembly.template)
    text, assets = assembly.template, list(assembly.assets)
    for logical, resource in template["Resources"].items():
        if resource["Type"] != "AWS::Lambda::Function":
            continue
        name = resource["Properties"]["Environment"]["Variables"]["SOUK_FUNCTION"]
        if name in functions:
            key = resource["Properties"]["Code"]["S3Key"]
            archive = _pack(code, name)
            digest = hashlib.sha256(archive.read_bytes()).hexdigest()
            bucket = next(bucket for _, bucket, asset in assets if asset == key)
            assets.append((archive, bucket, f"{digest}.zip"))
            text = text.replace(key, f"{digest}.zip")
            text = re.sub(rf"({logical}CurrentVersion)\w+", rf"\g<1>{digest[:32]}", text)
    return replace(assembly, template=text, assets=tuple(assets))


def _pack(code: Path, function: str) -> Path:
    archive = shutil.copy(code / PACKAGE, code / f"{function}.zip")
    handler = (code / "functions" / function / "handler.py").read_text() + HANDLER
    with zipfile.ZipFile(archive, "a") as target:
        target.writestr("handler.py", handler)
    return Path(archive)


def event_of(last: Path) -> dict[str, Any]:
    """Return the event with which the last release's clock calls an owner."""
    script = (
        "import json; from datetime import datetime, UTC; from souk.deadlines.runner import due_event; "
        f"print(json.dumps(due_event({EXPIRY!r}, '1', datetime.now(UTC))))"
    )
    event: dict[str, Any] = json.loads(_run_python(last, "-c", script))
    return event


def _run_python(code: Path, *arguments: str) -> str:
    environment = {"PYTHONPATH": str(code), "PYTHONSAFEPATH": "1"}
    return subprocess.run(
        [sys.executable, *arguments], env=environment, cwd=code, capture_output=True, check=True, text=True
    ).stdout


def invoke(souk: Run, function: str, event: dict[str, Any]) -> Any:
    """Return the answer of a function's alias."""
    name = f"{souk.running.outputs['Prefix']}-{function}"
    answer = souk.client("lambda").invoke(FunctionName=name, Qualifier=ALIAS, Payload=json.dumps(event).encode())
    return json.loads(answer["Payload"].read())


def versions(souk: Run) -> dict[str, str]:
    """Return the version that each function's alias leads to, by the short name of the function."""
    client, found, prefix = souk.client("lambda"), {}, f"{souk.running.outputs['Prefix']}-"
    for name in souk.running.outputs["FunctionNames"].split(","):
        for alias in client.list_aliases(FunctionName=name)["Aliases"]:
            assert alias["Name"] == ALIAS
            found[name.removeprefix(prefix)] = alias["FunctionVersion"]
    return found


def moved(before: dict[str, str], after: dict[str, str]) -> set[str]:
    """Return the functions whose alias leads to another version."""
    return {name for name in after if after[name] != before[name]}


def titles(souk: Run) -> list[str]:
    """Return the titles of all stored postings."""
    pages = souk.client("dynamodb").get_paginator("scan").paginate(
        TableName=souk.running.outputs["TableName"],
        FilterExpression="#type = :type",
        ExpressionAttributeNames={"#type": "type"},
        ExpressionAttributeValues={":type": {"S": JOBS.name}},
    )  # fmt: skip
    return [JOBS.decode(item).info.title or "" for page in pages for item in page["Items"]]
