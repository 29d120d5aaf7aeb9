"""The stack, deployed to the embedded AWS like `make run`."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.actor import Actor
from tests.support.node_clients import NodeClients
from tests.support.running import Run
from tests.support.scenarios import Cast
from tests.support.staging import STACK, Staging

_LAST = ("test_clock.py", "test_time.py", "test_log.py")
"""Two move the time of all tests, and one reads the logs of all tests."""
_WHO_AM_I = "{ user { id } organization { id } }"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: _LAST.index(item.path.name) + 1 if item.path.name in _LAST else 0)
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("e2e")


@pytest.fixture(scope="session")
def souk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """A run that all tests share. They must not stop it."""
    stack = os.environ.get(STACK)
    run = Staging(stack) if stack else Run(tmp_path_factory.mktemp("souk"))
    run.start()
    yield run
    run.stop()


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory) -> NodeClients:
    """Return the scripts of tests/clients, ready to run."""
    return NodeClients(tmp_path_factory.mktemp("clients"))


@pytest.fixture(scope="session")
def actor(souk: Run) -> Callable[[str], Actor]:
    known: dict[str, Actor] = {}

    def get(email: str) -> Actor:
        if email not in known:
            token = souk.token(email)
            user = souk.post(_WHO_AM_I, token)["data"]
            known[email] = Actor(
                user["user"]["id"],
                user["organization"]["id"],
                lambda query, variables: souk.post(query, token, **variables),
            )
        return known[email]

    return get


@pytest.fixture(scope="session")
def cast(actor: Callable[[str], Actor]) -> Cast:
    return Cast(actor("olivia@acme.test"), actor("sofia@studio.test"), actor("omar@rival.test"))
