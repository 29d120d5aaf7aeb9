"""Deployments of changed functions while people use the API: no request is lost.

The changed functions run the last release's code (`tests/upgrade/layer.py`): first the owners of mutations, then the
function that calls them. So each calls the other as it does while a release is deployed, when both read and write the
same documents. CodeDeploy moves the traffic in AWS; the emulator's aliases move at once.
"""

import hashlib
import json
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from infra.archive import pack
from infra.bytecode import compile_ahead, find_compiler
from infra.layer import platform_of
from souk.deadlines.runner import due_event
from souk.domains.jobs.store import JOBS
from souk.graph.execution import GATEWAY
from souk.local import deploy
from souk.local.deploy import Assembly
from souk.runtime.settings import ALIAS
from tests.support.actor import Actor
from tests.support.running import CHOICES, Run
from tests.upgrade import layer

PACKAGE = "package.zip"
OWNER = "jobs"
"""A function that owns mutations, and deadlines."""
DEADLINE = "jobs.close_filled"
"""A kind of deadline. Nothing is due for a posting that does not exist."""
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
MORE = 4
"""Requests to wait for between deployments."""


@dataclass
class Load:
    """A client who posts jobs and asks who they are, one request after the other."""

    url: str
    token: str
    organization_id: str
    stop: Event = field(default_factory=Event)
    posted: list[str] = field(default_factory=list)
    """The titles of the postings."""
    answers: list[tuple[int, dict[str, Any], str | None]] = field(default_factory=list)
    """The status, the body and the release of each answer."""

    def run(self) -> None:
        with httpx.Client(timeout=60) as http:
            turn = 0
            while not self.stop.is_set():
                turn += 1
                if turn % 2:
                    self._send(http, WHO_AM_I, {})
                else:
                    title = f"Posted while released {turn}"
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
    with ThreadPoolExecutor(1) as pool:
        client = pool.submit(load.run)

        def wait_for_more() -> str | None:
            target = len(load.answers) + MORE
            while len(load.answers) < target:
                if client.done():
                    client.result()
                time.sleep(0.02)
            return load.answers[-1][2]

        try:
            yield wait_for_more
        finally:
            load.stop.set()
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
    compile_ahead(find_compiler(platform_of("local").python), code / "souk")
    pack(code / PACKAGE, {file.relative_to(code).as_posix(): file for file in (code / "souk").rglob("*.*")})
    return code


def test_neighbouring_releases_lose_no_request(
    souk: Run, actor: Callable[[str], Actor], today: Assembly, last: Path
) -> None:
    before = versions(souk)
    load = Load(souk.url, souk.token("olivia@acme.test"), actor("olivia@acme.test").organization_id)
    cloud: Any = SimpleNamespace(endpoint=souk.running.endpoint, client=souk.client)
    with under_load(load) as wait_for_more:
        assert wait_for_more() is None

        deploy.deploy(with_code(today, OWNER, last), cloud, print)
        assert moved(before, versions(souk)) == {OWNER}
        wait_for_more()
        assert invoke(souk, OWNER, due_event(DEADLINE, "1", datetime.now(UTC))) == {"done": True}

        deploy.deploy(with_code(today, GATEWAY, last), cloud, print)
        assert wait_for_more() == "last"
        assert invoke(souk, OWNER, event_of(last)) == {"done": True}

        deploy.deploy(today, cloud, print)
        assert wait_for_more() is None

    assert [answer for answer in load.answers if answer[0] != 200 or "errors" in answer[1]] == []
    stored = [title for title in titles(souk) if title.startswith("Posted while released")]
    assert sorted(stored) == sorted(load.posted), "each is stored once"


def with_code(assembly: Assembly, name: str, code: Path) -> Assembly:
    """Return the assembly with other code in a function, as the CDK would synthesize it.

    A function's own code comes before that of its layer.
    """
    template = json.loads(assembly.template)
    ((function, key),) = (
        (logical, resource["Properties"]["Code"]["S3Key"])
        for logical, resource in template["Resources"].items()
        if resource["Type"] == "AWS::Lambda::Function"
        and resource["Properties"]["Environment"]["Variables"]["SOUK_FUNCTION"] == name
    )
    archive = _pack(code, name)
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    bucket = next(bucket for _, bucket, asset in assembly.assets if asset == key)
    version = _version_of(template, function)
    text = assembly.template.replace(key, f"{digest}.zip").replace(version, f"{version[:-32]}{digest[:32]}")
    return replace(assembly, template=text, assets=(*assembly.assets, (archive, bucket, f"{digest}.zip")))


def _version_of(template: dict[str, Any], function: str) -> str:
    """Return the logical id of a function's version, which ends in a hash of the function."""
    (version,) = (
        logical
        for logical, resource in template["Resources"].items()
        if resource["Type"] == "AWS::Lambda::Version" and resource["Properties"]["FunctionName"] == {"Ref": function}
    )
    return str(version)


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
        f"print(json.dumps(due_event({DEADLINE!r}, '1', datetime.now(UTC))))"
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
