"""Published OAuth2 clients, unmodified but for their hosts, run their flows against the deployed stack."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import upwork  # type: ignore[import-untyped]
from upwork.routers import graphql  # type: ignore[import-untyped]

from tests.support.running import Run
from tests.support.visitor import Visitor

CLIENTS = Path(__file__).parents[1] / "clients"
EMAIL, PASSWORD = "olivia@acme.test", "souk-Demo-2026!"
KEY, SECRET, CALLBACK = "souk-demo", "souk-demo-secret", "http://127.0.0.1:9/callback"
SERVICE, SERVICE_SECRET = "souk-demo-service", "souk-demo-service-secret"
ACME, TEAM = "1300000000000000001", "1300000000000001001"
ORGANIZATION = {"query": "{ organization { id } }"}


@pytest.fixture(scope="session")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the scripts with their packages installed as the lock says."""
    folder = tmp_path_factory.mktemp("clients")
    for file in CLIENTS.iterdir():
        if file.is_file():
            shutil.copy(file, folder)
    subprocess.run(
        ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=folder, check=True, capture_output=True
    )
    return folder


def played(souk: Run, scripts: Path, name: str) -> dict[str, Any]:
    """Run a script, be the person that it sends to the browser, and return what came out."""
    environment = os.environ | {
        "SOUK_URL": souk.url,
        "CLIENT_ID": KEY,
        "CLIENT_SECRET": SECRET,
        "REDIRECT_URI": CALLBACK,
        "SERVICE_ID": SERVICE,
        "SERVICE_SECRET": SERVICE_SECRET,
        "TENANT_ID": TEAM,
        "NODE_NO_WARNINGS": "1",
    }
    with subprocess.Popen(
        ["node", name],
        cwd=scripts,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        for line in process.stdout:
            said = json.loads(line)
            if "result" in said:
                result: dict[str, Any] = said["result"]
                return result
            process.stdin.write(Visitor().agree(said["visit"], EMAIL, PASSWORD) + "\n")
            process.stdin.flush()
        raise AssertionError(process.stderr.read())


def checked(token: dict[str, Any]) -> None:
    assert token["access_token"].startswith("oauth2v2_")
    assert token["token_type"].lower() == "bearer"
    assert token["expires_in"] == 86_400


def test_the_node_client_of_the_contract(souk: Run, scripts: Path) -> None:
    came = played(souk, scripts, "upwork.mjs")
    assert came["state"] == "kept"
    checked(came["first"])
    assert came["answer"]["data"]["organization"]["id"] == TEAM
    assert came["second"]["access_token"] != came["first"]["access_token"]
    assert came["second"]["refresh_token"] != came["first"]["refresh_token"]
    assert came["refreshed"]["data"]["organization"]["id"] == ACME
    checked(came["own"])
    assert "refresh_token" not in came["own"]
    assert came["service"]["data"]["organization"]["id"] == ACME


def test_oauth4webapi(souk: Run, scripts: Path) -> None:
    came = played(souk, scripts, "oauth4webapi.mjs")
    checked(came["first"])
    checked(came["second"])
    assert came["live"]["active"] is True
    assert came["live"]["client_id"] == KEY
    assert set(came["live"]["scope"].split()) == {"common-entities-read", "job-postings-read"}
    assert came["ended"] == {"active": False}
    assert "refresh_token" not in came["own"]


def test_openid_client(souk: Run, scripts: Path) -> None:
    came = played(souk, scripts, "openid-client.mjs")
    checked(came["second"])
    assert came["answer"]["data"]["organization"]["id"] == TEAM
    assert came["live"]["active"] is True
    checked(came["own"])


@pytest.fixture
def hosts(souk: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Point the Python client here; oauthlib wants to be told that this machine may do without TLS."""
    monkeypatch.setattr(upwork.upwork, "BASE_HOST", souk.url)
    monkeypatch.setattr(upwork.upwork, "GQL_EPOINT", f"{souk.url}/graphql")
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")


@pytest.mark.usefixtures("hosts")
def test_the_python_client_of_the_contract() -> None:
    credentials = {"client_id": KEY, "client_secret": SECRET, "redirect_uri": CALLBACK}
    client = upwork.Client(upwork.Config(credentials))
    url, state = client.get_authorization_url()
    back = Visitor().agree(url, EMAIL, PASSWORD)
    assert f"state={state}" in back
    first = client.get_access_token(back)
    checked(first)
    client.set_org_uid_header(TEAM)
    assert graphql.Api(client).execute(ORGANIZATION)["data"]["organization"]["id"] == TEAM

    old = {**first, "expires_in": -5, "expires_at": 1}
    later = upwork.Client(upwork.Config({**credentials, "token": old}))
    assert graphql.Api(later).execute(ORGANIZATION)["data"]["organization"]["id"] == ACME
    renewed = later.get_actual_config().token
    assert renewed["refresh_token"] != first["refresh_token"]
    checked(renewed)


@pytest.mark.usefixtures("hosts")
def test_the_python_client_of_the_contract_as_a_service_account() -> None:
    client = upwork.Client(
        upwork.Config({"client_id": SERVICE, "client_secret": SERVICE_SECRET, "grant_type": "client_credentials"})
    )
    checked(client.get_access_token())
    assert graphql.Api(client).execute(ORGANIZATION)["data"]["organization"]["id"] == ACME
