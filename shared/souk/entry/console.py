"""The `web` function: the pages of the account, the developer portal and the console of operators.

It only reads. What pages change is done by the functions that own it.
"""

import os
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from souk.console.application import application
from souk.console.graph import GraphClient
from souk.domains import load
from souk.entry import manifest
from souk.entry.deployment import import_domains, meter, on_market_time, table
from souk.entry.web import admit
from souk.graph.binder import Graph, LazyDomains
from souk.graph.execution import Engine
from souk.runtime import aws, snapshot
from souk.runtime.settings import marketplace_settings, page_settings, settings
from souk.web.signing import Signer

Handler = Callable[[Mapping[str, Any], Any], dict[str, Any]]


def make_handler() -> Handler:
    """Return the handler of requests for pages."""
    own = settings()
    compiled = manifest.load()
    engine = Engine(Graph((), compiled.contract, LazyDomains(compiled.declared_in, load)), own.function, own.max_cost)
    signer = Signer(lambda: aws.secret(own.cursor_secret))
    client = GraphClient(engine, table(), signer, aws.invoke, meter())

    @cache
    def pages() -> Handler:
        return on_market_time(
            application(
                table(),
                client,
                aws.secret(page_settings().token_secret),  # read by the first request: not before a snapshot
                front_page=marketplace_settings().front_page or "",
                behind_proxy=own.behind_proxy,
                admit=admit,
                files=_task_root(),
            )
        )

    def handle(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        return pages()(event, context)

    snapshot.before(import_domains)
    return handle


def _task_root() -> Path | None:
    """Return the folder of the function's own package; None outside of Lambda."""
    root = os.environ.get("LAMBDA_TASK_ROOT")
    return Path(root) if root else None
