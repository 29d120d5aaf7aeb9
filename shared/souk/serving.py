"""What the handlers of the API functions serve: domains are imported when a request first needs them."""

from functools import cache
from importlib import import_module

from souk import aws, manifest
from souk.deployed import meter, table
from souk.graph.binder import Graph, Later
from souk.graph.cursors import Cursors
from souk.graph.domain import Domain
from souk.graph.execution import Engine
from souk.graph.http import Api
from souk.settings import settings


@cache
def api() -> Api:
    """Return the API as the function that this process is: what its handler calls."""
    own = settings()
    known = manifest.load()
    return Api(
        engine=Engine(Graph((), known.contract, Later(known.declared_in, _domain)), own.function),
        table=table(),
        cursors=Cursors(lambda: aws.secret(own.cursor_secret)),
        invoke=aws.invoke,
        meter=meter(),
        behind_door=own.behind_door,
    )


def _domain(name: str) -> Domain:
    domain: Domain = import_module(f"souk.domains.{name}.resolvers").domain
    return domain
