"""Runs Souk on this machine: starts the local AWS, deploys, loads the demo data, and serves until it is stopped."""

import json
import logging
import os
import secrets
import signal
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from types import FrameType
from typing import NoReturn

import uvicorn
from starlette.applications import Starlette

from souk.authentication.records import operators_organization_id
from souk.domains.identity.store import user_by_email
from souk.local import access, choices, demo, deploy, emulator, frontdoor, graphiql, mail, sockets
from souk.local.emulator import Cloud, Say
from souk.local.home import OWNER_ONLY, Home, Running
from souk.operations import lists, search
from souk.operations.deployment import Deployment
from souk.operations.problem import Problem
from souk.search.indexer import SearchIndexSpec
from souk.storage import Table

HOST = "127.0.0.1"
READY_SECONDS = 60.0
FIRST_QUERY = (
    '{ marketplaceJobPostingsSearch(marketPlaceJobFilter: { searchExpression_eq: "python" })'
    " { totalCount edges { node { id title } } } }"
)


def run(home: Home, port: int, say: Say) -> None:
    """Run Souk at this port until Ctrl-C or SIGTERM. Then everything is stopped and KeyboardInterrupt is raised.

    Raises Problem if it cannot start or has to stop.
    """
    deploy.context()  # reports an invalid setting before any work
    hosts = choices.hosts()
    os.umask(OWNER_ONLY)
    stop = Stop()
    for number in (signal.SIGINT, signal.SIGTERM):  # a shell starts background jobs with SIGINT ignored
        signal.signal(number, stop.interrupt)
    with listening(port) as listener, home.claim() as hold:
        home.recover()
        with emulator.cloud(home, hold, say) as cloud:
            assembly = deploy.synthesize(say)
            mail.prepare(cloud.client)
            outputs = deploy.deploy(assembly, cloud, say)
            table = access.table(cloud.client, outputs["TableName"])
            url = f"http://{HOST}:{port}"
            deployment = Deployment(outputs, cloud.client, url)
            outdated = search.outdated(deployment)  # before something new begins an index that is missing
            demo_wanted = choices.demo()
            loaded = load_demo(deployment, say) if demo_wanted else 0
            _update_lists(deployment, say, loaded)
            cloud.keep()
            token = access.RenewingToken(table, demo.CLIENT) if demo_wanted else None
            base = f"{cloud.endpoint}/restapis/{outputs['ApiId']}/{outputs['ApiStage']}/_user_request_"
            secret = secrets.token_urlsafe()
            live = live_address(cloud, outputs)
            api = frontdoor.Api(base, token, partial(access.issue_token, table), secret, cloud.secret, hosts, live)
            app = frontdoor.build(api, graphiql.folder(say))
            with serving(app, listener):
                say("Waiting for the API")
                _await_health(url, cloud)
                home.announce(Running(os.getpid(), url, cloud.endpoint, outputs, secret, cloud.secret))
                lines = welcome(url, token()) if token else welcome_empty(url, founded=_has_operators(table))
                if live:
                    lines.insert(-1, f"  Hear of changes at once:  {url.replace('http', 'ws', 1)}{sockets.PATH}")
                for line in lines:
                    say(line)
                rebuild(deployment, outdated, say)
                watch(cloud, stop)


def live_address(cloud: Cloud, outputs: dict[str, str]) -> str:
    """Return the address of the WebSocket API in the local AWS. Empty if the deployment has none."""
    if "LiveApiId" not in outputs:
        return ""
    stage = outputs["LiveUrl"].rpartition("/")[2]
    return f"{cloud.endpoint.replace('http', 'ws', 1)}/restapis/{outputs['LiveApiId']}/{stage}/_user_request_"


def load_demo(deployment: Deployment, say: Say) -> int:
    """Write the demo data that is missing, make its people known to the user pool, and return the number of items."""
    table = access.table(deployment.client, deployment.outputs["TableName"])
    loaded = demo.load(table, say)
    people = demo.demo_people(table.clock.market())
    demo.create_logins(deployment.client("cognito-idp"), deployment.outputs["UserPool"], demo.logins(people), say)
    return loaded


def with_demo(deployment: Deployment) -> bool:
    """Return whether a deployment has the demo data."""
    table = access.table(deployment.client, deployment.outputs["TableName"])
    return user_by_email(table, demo.CLIENT) is not None


def _update_lists(deployment: Deployment, say: Say, loaded: int) -> None:
    """Do what an operator does after an upgrade in AWS. Nobody uses the local table yet.

    `loaded` is the number of items of the demo data that were written, which do not count themselves.
    """
    rewritten = lists.rewrite(deployment)
    if rewritten:
        say(f"Rewrote {rewritten} items of an earlier release")
    if loaded or rewritten or not lists.counted(deployment):
        lists.recount(deployment, wait=lambda _seconds: None)


def rebuild(deployment: Deployment, outdated: Sequence[SearchIndexSpec], say: Say) -> None:
    """Rebuild the search indexes that this version has not made. Searches work meanwhile."""
    if not outdated:
        return
    try:
        say("Rebuilding the search indexes for this version")
        search.rebuild(deployment, outdated)
        say("The search indexes have been rebuilt")
    except Problem as problem:
        say(f"The search indexes could not be rebuilt: {problem} Try `souk search rebuild`.")


def _has_operators(table: Table) -> bool:
    return operators_organization_id(table) is not None


def welcome_empty(url: str, *, founded: bool) -> list[str]:
    """Return the lines that are shown when Souk is ready without the demo data. `founded`: whether it has operators."""
    lines = ["", f"Souk is ready at {url}", ""]
    if not founded:
        lines += [
            "  Nobody runs this marketplace yet. Make yourself its operator:",
            "    .venv/bin/souk admin bootstrap --email you@example.com",
        ]
    return [
        *lines,
        *([f"  Run the marketplace:  {url}/operator"] if founded else []),
        f"  Sign up or log in:  {url}/account",
        "  Get a person's token:  .venv/bin/souk token you@example.com",
        "  Stop:  Ctrl-C; the data is kept",
    ]


def welcome(url: str, token: str) -> list[str]:
    """Return the lines that are shown when Souk is ready with the demo data."""
    body = json.dumps({"query": FIRST_QUERY})
    headers = f"-H 'Content-Type: application/json' -H 'Authorization: Bearer {token}'"
    return [
        "",
        f"Souk is ready at {url}",
        "",
        f"  Call the API:  curl {url}/graphql {headers} -d '{body}'",
        f"  Explore it:  GraphiQL at {url}/graphiql",
        f"  Log in:  {url}/account as {demo.CLIENT}, password {demo.PASSWORD}",
        "  Get another person's token:  .venv/bin/souk token sofia@studio.test",
        "  Stop:  Ctrl-C; the data is kept",
    ]


@contextmanager
def listening(port: int) -> Iterator[socket.socket]:
    """Bind the front door's port first, so that a port in use is reported before any work is done.

    Raises Problem if the port is in use or cannot be bound.
    """
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
            listener.listen(128)
        except (OSError, OverflowError) as error:
            reason = error.strerror if isinstance(error, OSError) else "a port is at most 65535"
            raise Problem(f"Port {port} cannot be used ({reason}). Choose another one: PORT=8001 make run") from error
        yield listener


@contextmanager
def serving(app: Starlette, listener: socket.socket) -> Iterator[None]:
    """Serve the app in a thread, so that the main thread handles signals."""
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        proxy_headers=False,  # the client is the peer of the connection, whatever the headers say
        timeout_graceful_shutdown=2,
    )
    # It logs every handshake that is refused with a status as an error of the application.
    logging.getLogger("uvicorn.error").addFilter(lambda record: "without completing handshake" not in record.msg)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="front door")
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


def _await_health(url: str, cloud: Cloud) -> None:
    deadline = time.monotonic() + READY_SECONDS
    # One request at a time with a long timeout: a second request would start a second instance of the function.
    while not emulator.answers(f"{url}/healthz", frontdoor.HEALTH_SECONDS + 1):
        _check(cloud)
        if time.monotonic() > deadline:
            raise Problem(
                f"The API did not answer within {READY_SECONDS:.0f} seconds. See {url}/healthz for the reason."
            )
        time.sleep(0.2)


def watch(cloud: Cloud, stop: "Stop") -> NoReturn:
    """Wait until the run is stopped. Raises KeyboardInterrupt then, and Problem if the local AWS ends before."""
    while not stop.requested:
        time.sleep(0.5)
        _check(cloud)
    raise KeyboardInterrupt


def _check(cloud: Cloud) -> None:
    failure = cloud.failure()
    if failure:
        raise Problem(failure)


class Stop:
    """Remembers that the run was told to stop.

    The KeyboardInterrupt of a signal ends what is running. It is lost if that is a callback, such as one of the garbage
    collector: Python drops exceptions there.
    """

    requested = False

    def interrupt(self, _signal: int, _frame: FrameType | None) -> NoReturn:
        """Handle a signal."""
        self.requested = True
        raise KeyboardInterrupt
