"""What the handlers of the API functions serve: domains are imported when a request first needs them."""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any

from souk.deadlines.runner import Duties, is_due
from souk.entry import manifest
from souk.entry.deployment import meter, table
from souk.graph.binder import Graph, Later
from souk.graph.cursors import Cursors
from souk.graph.domain import Domain
from souk.graph.execution import Engine
from souk.graph.http import Answer, Api, Event
from souk.runtime import aws
from souk.runtime.settings import settings

Handler = Callable[[Event, Any], Answer]


@cache
def api() -> Handler:
    """Return what the handler of the function that this process is calls: the API, and the work that is due."""
    own = settings()
    known = manifest.load()
    requests = Api(
        engine=Engine(Graph((), known.contract, Later(known.declared_in, domain)), own.function),
        table=table(),
        cursors=Cursors(lambda: aws.secret(own.cursor_secret)),
        invoke=aws.invoke,
        meter=meter(),
        behind_proxy=own.behind_proxy,
    )
    duties = Duties(table(), own.function, domain)

    def handle(event: Event, context: Any) -> Answer:
        return duties(event) if is_due(event) else requests(event, context)

    return handle


def domain(name: str) -> Domain:
    """Import a domain by its name."""
    named: Domain = import_module(f"souk.domains.{name}.resolvers").domain
    return named
