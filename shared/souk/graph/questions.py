"""Questions to another function of this deployment, about what only its role may read: logs, queues, and the like.

A query runs where all queries run, so a field that needs such a right asks the function that has it. A domain declares
the answer with `Domain.answer`. Clients cannot forge the events: events of API Gateway have other keys.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from souk.values.errors import Forbidden, NotFound, SoukError, Unavailable

if TYPE_CHECKING:
    from souk.graph.domain import Domain
    from souk.storage import Table

_QUESTION: Final = "question"

Event = Mapping[str, Any]
Invoke = Callable[[str, dict[str, Any]], Mapping[str, Any]]
"""Invokes a function, by its short name, with an event, and returns its answer."""
Load = Callable[[str], "Domain"]
"""Imports a domain by its name."""


def is_question(event: Event) -> bool:
    """Return whether an event asks a question."""
    return event.keys() == {_QUESTION}


class QuestionAnswerer:
    """Answers the questions to one function."""

    def __init__(self, table: "Table", function: str, load: Load) -> None:
        self._table = table
        self._function = function
        self._load = load

    def __call__(self, event: Event) -> dict[str, Any]:
        """Return the answer to an event, or the message of the error if it is unavailable."""
        name, arguments = event[_QUESTION]["name"], event[_QUESTION]["arguments"]
        answer = self._load(name.partition(".")[0]).answers.get(name)
        if answer is None:
            raise NotFound(f"The question {name} does not exist. Declare it with `domain.answer`.")
        if answer.function != self._function:
            raise Forbidden(f"{name} belongs to the function {answer.function}.")
        try:
            return {"answer": answer.run(self._table, arguments)}
        except Unavailable as unavailable:
            return {"unavailable": unavailable.message}


def ask(invoke: Invoke, function: str, name: str, arguments: Mapping[str, Any]) -> Any:
    """Return a function's answer to a question, such as `machinery.queues`. Arguments and answers are any JSON values.

    Raises Unavailable if it cannot be answered now.
    """
    try:
        answered = invoke(function, {_QUESTION: {"name": name, "arguments": dict(arguments)}})
    except SoukError as failed:
        raise Unavailable(failed.message) from failed
    if "unavailable" in answered:
        raise Unavailable(answered["unavailable"])
    return answered["answer"]
