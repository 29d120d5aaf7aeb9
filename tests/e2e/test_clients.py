"""Published OAuth 2.0 clients, changed only in their hosts, against the deployed stack."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import upwork  # type: ignore[import-untyped]
from upwork.routers import graphql  # type: ignore[import-untyped]

from tests.support.account_pages import allow_program
from tests.support.node_clients import NodeClients
from tests.support.running import Run

EMAIL, PASSWORD = "olivia@acme.test", "souk-Demo-2026!"
KEY, SECRET, CALLBACK = "souk-demo", "souk-demo-secret", "http://127.0.0.1:9/callback"
SERVICE, SERVICE_SECRET = "souk-demo-service", "souk-demo-service-secret"
ACME = "1300000000000000001"
ORGANIZATION = {"query": "{ organization { id } }"}


@pytest.fixture(scope="session")
def team(souk: Run) -> str:
    """Return the id of a new team of Olivia, which is not the default of her requests."""
    token = souk.token(EMAIL)
    create = "mutation ($input: CreateOrganizationInput!) { createOrganization(input: $input) { success } }"
    answer = souk.post(create, token, input={"parentOrganizationId": ACME, "organizationName": "Clients"})
    assert answer["data"] == {"createOrganization": {"success": True}}
    items = souk.post("{ companySelector { items { title organizationId } } }", token)["data"]["companySelector"][
        "items"
    ]
    return next(str(one["organizationId"]) for one in items if "Clients" in one["title"])


def browser(url: str) -> str:
    """Log in as Olivia, allow the program, and return where the browser was sent back to."""
    return allow_program(url, EMAIL, PASSWORD)


def played(souk: Run, node: NodeClients, team: str, name: str, **environment: str) -> Any:
    """Run a script that acts for Olivia, and return its result."""
    given = {
        "SOUK_URL": souk.url,
        "CLIENT_ID": KEY,
        "CLIENT_SECRET": SECRET,
        "REDIRECT_URI": CALLBACK,
        "SERVICE_ID": SERVICE,
        "SERVICE_SECRET": SERVICE_SECRET,
        "TENANT_ID": team,
    }
    return node.run(name, browser, **given | environment)


def checked(token: dict[str, Any]) -> None:
    assert token["access_token"].startswith("oauth2v2_")
    assert token["token_type"].lower() == "bearer"
    assert token["expires_in"] == 86_400


def test_contract_node_client(souk: Run, node: NodeClients, team: str) -> None:
    came = played(souk, node, team, "upwork.mjs")
    assert came["state"] == "kept"
    checked(came["first"])
    assert came["answer"]["data"]["organization"]["id"] == team
    assert came["second"]["access_token"] != came["first"]["access_token"]
    assert came["second"]["refresh_token"] != came["first"]["refresh_token"]
    assert came["refreshed"]["data"]["organization"]["id"] == ACME
    checked(came["own"])
    assert "refresh_token" not in came["own"]
    assert came["service"]["data"]["organization"]["id"] == ACME


def test_oauth4webapi(souk: Run, node: NodeClients, team: str) -> None:
    came = played(souk, node, team, "oauth4webapi.mjs")
    checked(came["first"])
    checked(came["second"])
    assert came["live"]["active"] is True
    assert came["live"]["client_id"] == KEY
    assert set(came["live"]["scope"].split()) == {"common-entities-read", "job-postings-read"}
    assert came["ended"] == {"active": False}
    assert "refresh_token" not in came["own"]


def test_openid_client(souk: Run, node: NodeClients, team: str) -> None:
    came = played(souk, node, team, "openid-client.mjs")
    checked(came["second"])
    assert came["answer"]["data"]["organization"]["id"] == team
    assert came["live"]["active"] is True
    checked(came["own"])


@pytest.mark.parametrize("named", [False, True], ids=["contract's path", "own path with issuer"])
@pytest.mark.parametrize(("script", "base"), [("authjs.mjs", "/auth"), ("next-auth.mjs", "/api/auth")])
def test_web_application_logs_people_in(
    souk: Run, node: NodeClients, team: str, script: str, base: str, *, named: bool
) -> None:
    create = """mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { clientSecret apiKey { id } } }"""
    callback = f"http://127.0.0.1:9{base}/callback/souk"
    key = {
        "name": "A web application",
        "description": "People log in to it.",
        "scopeIds": ["common-entities-read"],
        "grants": ["AUTHORIZATION_CODE"],
        "redirectUris": [callback],
    }
    made = souk.post(create, souk.token(EMAIL), input=key)["data"]["createApiKey"]
    program = {"CLIENT_ID": made["apiKey"]["id"], "CLIENT_SECRET": made["clientSecret"], "REDIRECT_URI": callback}
    path = "/oauth2/authorize" if named else "/ab/account-security/oauth2/authorize"
    issuer = {"ISSUER": souk.url} if named else {}
    came = played(souk, node, team, script, **program, **issuer, AUTHORIZE=path)
    assert ("iss" in came["parameters"]) is named
    assert "error" not in came["to"]
    assert came["session"]["user"]["name"] == "Olivia O."


@pytest.fixture
def hosts(souk: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Point the Python client to the run, and allow oauthlib to use it without TLS."""
    monkeypatch.setattr(upwork.upwork, "BASE_HOST", souk.url)
    monkeypatch.setattr(upwork.upwork, "GQL_EPOINT", f"{souk.url}/graphql")
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")


@pytest.fixture
def python_client(hosts: None) -> Iterator[Callable[[dict[str, Any]], Any]]:  # noqa: ARG001 - they are read at once
    """Return a factory of clients, whose connections are closed afterwards, as they do not do that."""
    made: list[Any] = []

    def make(config: dict[str, Any]) -> Any:
        made.append(upwork.Client(upwork.Config(config)))
        return made[-1]

    yield make
    for client in made:
        vars(client)["_Client__oauth"].close()


def test_contract_python_client(team: str, python_client: Callable[[dict[str, Any]], Any]) -> None:
    credentials = {"client_id": KEY, "client_secret": SECRET, "redirect_uri": CALLBACK}
    client = python_client(credentials)
    url, state = client.get_authorization_url()
    back = allow_program(url, EMAIL, PASSWORD)
    assert f"state={state}" in back
    first = client.get_access_token(back)
    checked(first)
    client.set_org_uid_header(team)
    assert graphql.Api(client).execute(ORGANIZATION)["data"]["organization"]["id"] == team

    old = {**first, "expires_in": -5, "expires_at": 1}
    later = python_client({**credentials, "token": old})
    assert graphql.Api(later).execute(ORGANIZATION)["data"]["organization"]["id"] == ACME
    renewed = later.get_actual_config().token
    assert renewed["refresh_token"] != first["refresh_token"]
    checked(renewed)


def test_contract_python_client_as_service_account(
    python_client: Callable[[dict[str, Any]], Any],
) -> None:
    client = python_client({"client_id": SERVICE, "client_secret": SERVICE_SECRET, "grant_type": "client_credentials"})
    checked(client.get_access_token())
    assert graphql.Api(client).execute(ORGANIZATION)["data"]["organization"]["id"] == ACME
