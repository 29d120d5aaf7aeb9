"""The API functions. They serve the graph and import a domain when a request first needs it."""

from collections.abc import Callable
from functools import cache
from typing import Any

from souk.deadlines.runner import DeadlineRunner, is_due
from souk.domains import load
from souk.entry import manifest
from souk.entry.deployment import import_domains, meter, table
from souk.graph.binder import Graph, LazyDomains
from souk.graph.execution import Engine
from souk.graph.http import Answer, Api
from souk.graph.questions import QuestionAnswerer, is_question
from souk.graph.requests import Event
from souk.runtime import aws, snapshot
from souk.runtime.settings import settings
from souk.web.signing import Signer

Handler = Callable[[Event, Any], Answer]


@cache
def make_handler() -> Handler:
    """Return the handler of API requests, deadlines and questions of other functions."""
    own = settings()
    compiled = manifest.load()
    serve_request = Api(
        engine=Engine(
            Graph((), compiled.contract, LazyDomains(compiled.declared_in, load)), own.function, own.max_cost
        ),
        table=table(),
        signer=Signer(lambda: aws.secret(own.cursor_secret)),
        invoke=aws.invoke,
        meter=meter(),
        behind_proxy=own.behind_proxy,
        shows_costs=own.target == "local",
    )
    run_deadline = DeadlineRunner(table(), own.function, load)
    answer_question = QuestionAnswerer(table(), own.function, load)

    def handle(event: Event, context: Any) -> Answer:
        if is_due(event):
            return run_deadline(event)
        return answer_question(event) if is_question(event) else serve_request(event, context)

    snapshot.before(import_domains)
    return handle
