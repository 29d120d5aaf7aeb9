"""The API functions: each serves the graph; domains are imported when a request first needs them."""

from collections.abc import Callable
from functools import cache
from typing import Any

from souk.deadlines.runner import Duties, is_due
from souk.domains import load
from souk.entry import manifest
from souk.entry.deployment import meter, table
from souk.graph.binder import Graph, Later
from souk.graph.execution import Engine
from souk.graph.http import Answer, Api, Event
from souk.runtime import aws
from souk.runtime.settings import settings
from souk.web.signing import Signer

Handler = Callable[[Event, Any], Answer]


@cache
def make_handler() -> Handler:
    """Return the handler of API requests, and of the work that is due."""
    own = settings()
    known = manifest.load()
    requests = Api(
        engine=Engine(Graph((), known.contract, Later(known.declared_in, load)), own.function),
        table=table(),
        signer=Signer(lambda: aws.secret(own.cursor_secret)),
        invoke=aws.invoke,
        meter=meter(),
        behind_proxy=own.behind_proxy,
    )
    duties = Duties(table(), own.function, load)

    def handle(event: Event, context: Any) -> Answer:
        return duties(event) if is_due(event) else requests(event, context)

    return handle
