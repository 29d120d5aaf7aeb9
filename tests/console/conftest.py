"""The pages of the console, with the people of the identity tests."""

from pathlib import Path

import pytest

from souk.console.developer import explorer
from souk.domains.operator.commands.bootstrap import Founder, bootstrap
from souk.local import graphiql
from souk.storage import Table
from tests.accounts.browser import Browser
from tests.console.world import Pages, serve_pages
from tests.domains.conftest import bucket
from tests.domains.identity import people
from tests.domains.machinery.log import Log, install
from tests.domains.operator.conftest import ADA, HOUSE
from tests.support.clock import CLOCK

__all__ = ["bucket", "pages"]


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Log:
    """Return the log of requests with API keys."""
    return install(monkeypatch)


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the files that the function of the pages brings along, without the documentation."""
    folder = tmp_path_factory.mktemp("files")
    (folder / "changelog").symlink_to(Path(__file__).with_name("changelog"))
    (folder / explorer.FOLDER).symlink_to(graphiql.folder(lambda _line: None))
    return folder


@pytest.fixture
def pages(table: Table, aws: None, log: Log, files: Path) -> Pages:  # noqa: ARG001 - pages read the log and the user pool
    """Return the pages of a marketplace with the people of the identity tests."""
    return make_pages(table, files)


@pytest.fixture
def local_pages(table: Table, aws: None, log: Log, files: Path) -> Pages:  # noqa: ARG001 - as above
    """Return the same pages for a real browser, as the local run serves them."""
    return make_pages(table, files, behind_proxy=True)


def make_pages(table: Table, files: Path, *, behind_proxy: bool = False) -> Pages:
    """Return the pages of a marketplace with the people of the identity tests, with choices of `application`."""
    people.settle(table)
    return serve_pages(table, files, behind_proxy=behind_proxy)


@pytest.fixture
def operator(pages: Pages) -> Browser:
    """Return the browser of Ada, who is an operator."""
    founder = Founder("ada@example.com", "Ada", "Lovelace", "Bazaar", user_id=ADA, organization_id=HOUSE)
    bootstrap(pages.table, founder, "A test", CLOCK.market())
    return pages.browser(ADA)
