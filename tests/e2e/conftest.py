"""The stack, deployed to the embedded AWS like `make run`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.node_clients import NodeClients
from tests.support.running import Run


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.name == "test_log.py")  # it reads the logs of all other tests
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("e2e")


@pytest.fixture(scope="session")
def souk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """A run that all tests share. They must not stop it."""
    run = Run(tmp_path_factory.mktemp("souk"))
    run.start()
    yield run
    run.stop()


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory) -> NodeClients:
    """Return the scripts of tests/clients, ready to run."""
    return NodeClients(tmp_path_factory.mktemp("clients"))
