"""Calls the API in process, with the events that API Gateway sends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

import orjson

from souk.app import CLOCK as POLLING
from souk.app import FUNCTIONS, OWNERS, graph
from souk.authentication.issuance import issue_token
from souk.authentication.principal import Role
from souk.authentication.rate_limits import PER_DAY, Allowance, Meter
from souk.authentication.records import API_KEYS, MEMBERSHIPS, ApiKey, Membership
from souk.authentication.scopes import Scope
from souk.deadlines.model import DUE_PREFIX
from souk.deadlines.poller import DeadlinePoller
from souk.deadlines.runner import DeadlineRunner, is_due
from souk.domains import load
from souk.graph.binder import Graph
from souk.graph.execution import Engine
from souk.graph.http import Api
from souk.graph.limits import LIMITS
from souk.graph.questions import QuestionAnswerer, is_question
from souk.storage import Table
from souk.web.signing import Signer
from tests.support import table as table_shape
from tests.support.clock import CLOCK, new_id

EVERY_SCOPE = tuple(scope.value for scope in Scope)
KEY_ID = "test-key"
ROUNDS = 20
"""The maximum number of rounds, as deadlines may schedule further ones."""


def proxy_event(body: str, headers: dict[str, str] | None = None, path: str = "/graphql") -> dict[str, Any]:
    """Return the event that a REST API sends to a Lambda proxy integration."""
    return {
        "resource": path,
        "path": path,
        "httpMethod": "POST",
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in (headers or {}).items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {"requestId": "gateway-request", "stage": "test", "identity": {"sourceIp": "127.0.0.1"}},
        "body": body,
        "isBase64Encoded": False,
    }


@dataclass(frozen=True)
class Answer:
    """An HTTP response of the API."""

    status: int
    headers: dict[str, str]
    json: dict[str, Any]
    trips: int
    """Round trips to the table by the function that received the request."""

    @property
    def data(self) -> Any:
        """The data of a response without errors."""
        assert self.status == 200, self.json
        assert "errors" not in self.json, self.json["errors"]
        return self.json["data"]

    @property
    def error(self) -> dict[str, Any]:
        """The single error of a response."""
        assert len(self.json["errors"]) == 1, self.json
        error: dict[str, Any] = self.json["errors"][0]
        return error

    @property
    def code(self) -> str:
        """The code of the single error."""
        code: str = self.error["extensions"]["code"]
        return code


@lru_cache(64)
def engine(graph: Graph, function: str, max_cost: int) -> Engine:
    """Return a function's engine, which has parsed the documents of earlier tests, like that of a warm function."""
    return Engine(graph, function, max_cost)


class Unmetered(Meter):
    """Counts no requests: counting takes a fifth of a call's time on moto. Tests of the limits bring a Meter."""

    def admit_address(self, address: str, now: datetime) -> None:
        """Admit the request."""

    def admit_key(self, key_id: str, now: datetime) -> Allowance:  # noqa: ARG002 - it counts nothing
        """Admit the request, as the first of a day."""
        return Allowance(PER_DAY, PER_DAY - 1, 86_400)

    def see(self, user_id: str, now: datetime) -> None:
        """Record nothing."""


class Souk:
    """All API functions, with one table. They invoke each other in process."""

    def __init__(
        self,
        table: Table,
        graph: Graph,
        functions: Mapping[str, Sequence[str]],
        meter: Meter | None = None,
        appends: Mapping[str, Sequence[str]] | None = None,
        *,
        max_cost: int = LIMITS.cost,
    ) -> None:
        """`functions` are the API functions with the partition key prefixes that each may write.

        `appends` are those under which they may only create items.
        """
        self.table = table
        self.tables = {
            name: Table(table.client, table.name, table.clock, writes, (appends or {}).get(name, ()))
            for name, writes in functions.items()
        }
        signer = Signer(lambda: b"a key that only tests use")
        meter = meter or Unmetered(table.client, table_shape.COUNTERS)
        self.apis = {
            name: Api(engine(graph, name, max_cost), own, signer, self.invoke, meter)
            for name, own in self.tables.items()
        }
        self.deadline_runners = {name: DeadlineRunner(own, name, load) for name, own in self.tables.items()}
        self.answerers = {name: QuestionAnswerer(own, name, load) for name, own in self.tables.items()}

    @classmethod
    def whole(cls, table: Table, *, max_cost: int = LIMITS.cost) -> "Souk":
        """Return the API as it is deployed."""
        deployed = {name: spec for name, spec in FUNCTIONS.items() if spec.kind == "api"}
        writes = {name: spec.writes for name, spec in deployed.items()}
        appends = {name: spec.appends for name, spec in deployed.items()}
        return cls(table, graph(), writes, appends=appends, max_cost=max_cost)

    def invoke(self, function: str, event: dict[str, Any]) -> dict[str, Any]:
        """Invoke a function as Lambda does: the event and the answer are serialized as JSON."""
        sent = orjson.loads(orjson.dumps(event))
        if is_due(sent):
            answer = self.deadline_runners[function](sent)
        elif is_question(sent):
            answer = self.answerers[function](sent)
        else:
            answer = self.apis[function](sent, SimpleNamespace(aws_request_id="test-request"))
        copied: dict[str, Any] = orjson.loads(orjson.dumps(answer))
        return copied

    def run_due(self, now: datetime | None = None) -> int:
        """Run all deadlines that are due, and those that they schedule. Returns their number.

        `now` sets the market time first. Unlike the deployed function, which starts at the first unfinished hour, this
        reads every hour, because a test's time may go back. Errors are raised after everything has been tried.
        """
        if now is not None:
            CLOCK.at(now)
        moment = now or CLOCK.market()
        errors: list[Exception] = []

        def invoke(function: str, event: dict[str, Any]) -> dict[str, Any]:
            try:
                return self.invoke(function, event)
            except Exception as error:
                errors.append(error)
                raise

        own = Table(self.table.client, self.table.name, self.table.clock, FUNCTIONS[POLLING].writes)
        poller = DeadlinePoller(own, invoke, OWNERS)
        done = 0
        for _ in range(ROUNDS):
            run = poller.sweep(self._hours(), moment)
            done += run.done
            if errors:
                raise errors[0]
            if not run.done:
                return done
        raise AssertionError(f"Deadlines remain after {ROUNDS} rounds: some work always reschedules itself at once.")

    def _hours(self) -> list[str]:
        """Return the hours with deadlines. Only tests may scan the whole table."""
        pages = self.table.client.get_paginator("scan").paginate(TableName=self.table.name)
        keys = {item["PK"]["S"] for page in pages for item in page["Items"]}
        return sorted(key.removeprefix(DUE_PREFIX) for key in keys if key.startswith(DUE_PREFIX))

    def post(self, body: str, headers: dict[str, str] | None = None, function: str = "graphql") -> Answer:
        """Send a request body unchanged."""
        return self.send(proxy_event(body, headers), function)

    def get(self, parameters: dict[str, str], headers: dict[str, str] | None = None) -> Answer:
        """Send a GET request with the parameters of its URL."""
        given = {
            "httpMethod": "GET",
            "body": None,
            "queryStringParameters": parameters or None,
            "multiValueQueryStringParameters": {name: [value] for name, value in parameters.items()} or None,
        }
        return self.send(proxy_event("", headers) | given)

    def send(self, event: dict[str, Any], function: str = "graphql") -> Answer:
        """Send an event of API Gateway."""
        own = self.tables[function]
        before = own.trips
        raw = self.invoke(function, event)
        return Answer(raw["statusCode"], raw["headers"], orjson.loads(raw["body"]), own.trips - before)


@dataclass(frozen=True)
class Person:
    """A person who calls the API with an access token."""

    souk: Souk
    user_id: str
    organization_id: str
    token: str

    def call(
        self,
        query: str,
        variables: dict[str, Any] | None = None,
        *,
        tenant: str | None = None,
        function: str = "graphql",
    ) -> Answer:
        """Send a GraphQL request."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        if tenant:
            headers["X-Upwork-API-TenantId"] = tenant
        body = orjson.dumps({"query": query, "variables": variables}).decode()
        return self.souk.post(body, headers, function)


def person(
    souk: Souk,
    user_id: str,
    organization_id: str,
    *,
    company_id: str | None = None,
    role: Role = Role.OWNER,
    scopes: tuple[str, ...] = EVERY_SCOPE,
) -> Person:
    """Create a person's membership and access token. The user and the organization are not created."""
    table = Table(
        souk.table.client, souk.table.name, souk.table.clock, writes=("TOKEN#", "GRANT#", "KEY#", "ORG#", "USER#")
    )
    transaction = table.transaction()
    key = table.get(API_KEYS, KEY_ID)
    if key is None:
        key = ApiKey(
            id=KEY_ID,
            name="Tests",
            organization_id=organization_id,
            created_by=user_id,
            scopes=EVERY_SCOPE,
            grants=(),
            redirect_uris=("https://example.com/callback",),
        )
        transaction.create(API_KEYS, key)
    if table.get(MEMBERSHIPS, user_id, organization_id) is None:
        member = Membership(
            id=new_id(),
            user_id=user_id,
            organization_id=organization_id,
            company_id=company_id or organization_id,
            role=role,
        )
        transaction.create(MEMBERSHIPS, member)
    token = issue_token(transaction, key, user_id, organization_id, table.clock.real(), scopes=scopes)
    transaction.commit()
    return Person(souk, user_id, organization_id, token)


def operator(souk: Souk) -> Person:
    """Return an operator of the deployment."""
    if souk.table.get(MEMBERSHIPS, "900", "9001") is None:
        tx = souk.table.transaction()
        member = Membership(
            id=new_id(),
            user_id="900",
            organization_id="9001",
            company_id="9001",
            role=Role.OWNER,
            operator=True,
        )
        tx.create(MEMBERSHIPS, member)
        tx.commit()
    return person(souk, "900", "9001")
