"""All pages in process: those of the log-in and those of the console, over the whole API on moto."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3

from souk.accounts.application import application as log_in_pages
from souk.accounts.sessions import Sessions
from souk.app import FUNCTIONS
from souk.app import graph as whole_graph
from souk.authentication.issuance import RefreshTokens
from souk.authentication.rate_limits import Meter
from souk.console.application import application
from souk.console.graph import GraphClient
from souk.domains.identity.store import USERS
from souk.graph.execution import GATEWAY, WEB
from souk.graph.limits import LIMITS
from souk.oauth.server import OAuth
from souk.storage import Table
from souk.web import Router
from souk.web.multipart import Upload
from souk.web.signing import Signer
from tests.accounts.browser import BASE, Browser, Page
from tests.accounts.cognito import Cognito
from tests.support.api import Souk, engine
from tests.support.clock import CLOCK
from tests.support.table import COUNTERS

SECRET = b"a secret of tests, at least 32 bytes long"
MOST_TRIPS = 6
"""Round trips of a page."""


def serve_pages(table: Table, files: Path, *, behind_proxy: bool = False) -> "Pages":
    """Return all pages over a table. `files` is the folder of the files that the function of the pages brings along."""
    oauth, cognito = OAuth(table, RefreshTokens(SECRET)), Cognito()
    admit_mail = Meter(table.client, COUNTERS).admit_mail
    accounts = log_in_pages(table, cognito.directory, oauth, SECRET, admit_mail=admit_mail, behind_proxy=behind_proxy)
    return Pages(table, accounts, cognito, files, behind_proxy=behind_proxy)


class Pages:
    """The pages of a deployment, as API Gateway routes to them."""

    def __init__(
        self, table: Table, accounts: Router, cognito: Cognito, files: Path, *, behind_proxy: bool = False
    ) -> None:
        """`accounts` has the pages of the log-in, which ask `cognito`. The others are as in `application`."""
        self.cognito = cognito
        self.souk = Souk.whole(table)
        self.table = table
        # Like the function `web`, it can write nothing itself.
        self.reader = Table(table.client, table.name, table.clock, FUNCTIONS[WEB].writes)
        self.graph = GraphClient(
            engine(whole_graph(), WEB, LIMITS.cost),
            self.reader,
            Signer(lambda: b"a key that only tests use"),
            self.souk.invoke,
            Meter(table.client, COUNTERS),
        )
        self.sent_files: list[Upload] = []
        self.bucket = ""
        self.console = application(
            self.reader, self.graph, SECRET, send_file=self._store, behind_proxy=behind_proxy, files=files
        )
        self.accounts = accounts

    def __call__(self, event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        """Handle an event."""
        if event["path"] == "/graphql":
            headers = {name.lower(): value for name, value in event["headers"].items()}
            return {"multiValueHeaders": {}, **self.souk.invoke(GATEWAY, {**event, "headers": headers})}
        served = (event["httpMethod"], event["path"]) in self.accounts.routes
        return (self.accounts if served else self.console)(event, context)

    def get_cheaply(self, browser: Browser, address: str) -> Page:
        """Return a page, which must take at most `MOST_TRIPS` round trips."""
        before = self.reader.trips
        page = browser.get(address)
        trips = self.reader.trips - before
        assert trips <= MOST_TRIPS, f"{address} takes {trips} round trips"
        return page

    def _store(self, _url: str, fields: Mapping[str, str], file: Upload) -> None:
        """Store a file as the store does with a form of an upload link."""
        self.sent_files.append(file)
        boto3.client("s3").put_object(Bucket=self.bucket, Key=fields["key"], Body=file.content)

    def browser(self, user_id: str | None = None) -> Browser:
        """Return a new browser; with a user id, that person is logged in."""
        browser = Browser(self)
        if user_id:
            name = "__Host-souk" if BASE.startswith("https:") else "souk"
            browser.cookies[name] = self.cookie(user_id)
        return browser

    def cookie(self, user_id: str) -> str:
        """Return the cookie of a browser that a person is logged in with."""
        user = self.table.get(USERS, user_id)
        assert user
        return str(Sessions(self.table, SECRET).create(user.id, user.organization_id, CLOCK.real()))
