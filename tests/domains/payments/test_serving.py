"""What the function `contracts` serves: its part of the graph, checkouts, and the work that is due."""

import subprocess
import sys
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from souk.authentication.rate_limits import Meter
from souk.deadlines.runner import due_event
from souk.domains.payments.deployment import provider
from souk.entry import api, contracts, web
from souk.runtime import aws
from souk.runtime.settings import payment_settings
from souk.storage import Table
from souk.values.errors import SoukError
from tests.support import table as table_shape
from tests.support.api import proxy_event
from tests.support.clock import CLOCK
from tests.support.environment import deployed as environment

KEYS = b'{"apiKey": "sk_test_souk", "webhookSecret": "whsec_souk"}'


@pytest.fixture
def asked(table: Table, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """Deploy the function, and return what its part of the graph is asked."""
    seen: list[Any] = []

    def fake_api() -> Any:
        return lambda event, _context: seen.append(event)

    def meter() -> Meter:
        return Meter(table.client, table_shape.COUNTERS, 2)

    with environment(monkeypatch, cursor_secret="cursors", target="local"):
        monkeypatch.setattr(api, "make_handler", fake_api)
        monkeypatch.setattr(contracts, "table", lambda: table)
        monkeypatch.setattr(web, "meter", meter)
        monkeypatch.setattr(aws, "secret", lambda _id: KEYS)
        for cached in (contracts.web, payment_settings):
            cached.cache_clear()
        yield seen
        for cached in (contracts.web, payment_settings):
            cached.cache_clear()


def call(path: str, method: str = "GET") -> dict[str, Any]:
    event = {**proxy_event("", {"X-Forwarded-Host": "localhost:8000"}, path), "httpMethod": method}
    return contracts.make_handler()(event, SimpleNamespace(aws_request_id="1"))


def test_function_serves_pages(asked: list[Any]) -> None:
    shown = call("/payments/checkout")
    assert (shown["statusCode"], shown["multiValueHeaders"]["Content-Type"]) == (404, ["text/html; charset=utf-8"])
    assert "http://localhost:8000/account/style.css" in shown["body"]
    assert call("/payments/stripe", "POST")["statusCode"] == 404
    assert asked == []


def test_function_passes_graph_and_deadlines_on(asked: list[Any]) -> None:
    due = due_event("payments.reconcile", "1", CLOCK.market())
    contracts.make_handler()(due, None)
    call("/graphql/contracts", "POST")
    assert [one.get("path") for one in asked] == [None, "/graphql/contracts"]


def test_frequent_requests_are_limited(asked: list[Any]) -> None:
    answers = [call("/payments/checkout") for _ in range(3)]
    assert [one["statusCode"] for one in answers] == [404, 404, 429]
    assert answers[-1]["multiValueHeaders"]["Retry-After"]
    assert asked == []


def test_stripe_keys_enable_webhooks(asked: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOUK_PAYMENTS", "stripe")
    monkeypatch.setenv("SOUK_STRIPE_SECRET", "souk/stripe")
    payment_settings.cache_clear()
    assert call("/payments/stripe", "POST")["statusCode"] == 401, "there is no signature"
    assert asked == []


def test_function_without_secret_has_no_provider(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOUK_PAYMENTS", "stripe")
    payment_settings.cache_clear()
    with pytest.raises(SoukError, match="has no access to the payment provider"):
        provider(table)
    payment_settings.cache_clear()


def test_only_stripe_deployments_load_stripe_library() -> None:
    program = "import sys, souk.domains.payments.resolvers, souk.entry.contracts, souk.domains.payments.web; "
    checked = subprocess.run(
        [sys.executable, "-c", f"{program}sys.exit('stripe' in sys.modules)"], check=False, capture_output=True
    )
    assert checked.returncode == 0, checked.stderr
