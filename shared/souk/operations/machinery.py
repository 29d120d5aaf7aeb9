"""Events and dead letters of a deployment: sending events again, and moving dead letters back.

The caller needs rights on the table, and on the bus, or the queues and their functions. Each change is in the audit
trail before it begins.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, NamedTuple

import orjson

from souk.domains.audit.model import Actor, Subject
from souk.domains.audit.store import record
from souk.domains.machinery.providers import queues
from souk.domains.machinery.providers.queues import LetterKind, LetterQueue
from souk.domains.machinery.rules import event_period
from souk.domains.machinery.store import events_within
from souk.domains.machinery.views import DEAD_LETTER_TITLES
from souk.events.relay import publish
from souk.operations.clock import parse_duration
from souk.operations.deployment import Deployment, open_table
from souk.operations.problem import Problem
from souk.storage.transaction import Event
from souk.values import moments
from souk.values.errors import SoukError
from souk.values.moments import Period
from souk.values.times import stamp

MOST_EVENTS: Final = 100_000
"""Events in one replay. They are held in memory."""
_TOGETHER: Final = 100
_OPERATORS: Final = "operator"
"""The function whose settings name the queues of dead letters."""


class Replay:
    """Events of a period that are to be sent again, oldest first."""

    def __init__(self, deployment: Deployment, since: str, until: str | None = None, entity: str | None = None) -> None:
        """`since` and `until` are points in time, days, or durations before now, such as 2h.

        Raises Problem for other texts, for a period before the days that events are kept, and for too many events.
        """
        self._deployment = deployment
        self._table = open_table(deployment)
        now = self._table.clock.market()
        first = _time("--since", since, now).first
        last = _time("--until", until, now).last if until else None
        try:
            period = event_period(Period(first, last), now)
        except SoukError:
            raise Problem("--since: events are kept for seven days.") from None
        if (period.first or "") > (period.last or ""):
            raise Problem("--until is before --since.")
        self._command = " ".join(
            (
                "souk events replay",
                f"--since {period.first}",
                f"--until {period.last}",
                *([f"--entity {entity}"] * bool(entity)),
            )
        )
        found = events_within(self._table, period, entity, MOST_EVENTS + 1)
        if len(found) > MOST_EVENTS:
            raise Problem(f"This period has more than {MOST_EVENTS:,} events. Send a shorter one.")
        self.events: Sequence[Event] = found[::-1]
        self.period = period

    def send(self, say: Callable[[str], None]) -> None:
        """Put the events on the bus. Raises Problem if the bus refuses some, with the time to go on from."""
        tx = self._table.transaction()
        subject = Subject(type="DomainEvent", id=self._table.new_id())
        record(tx, Actor(), "replayDomainEvents", subject, reason=self._deployment.reason(self._command))
        tx.commit()
        client, bus = self._deployment.client("events"), self._deployment.outputs["BusName"]
        for start in range(0, len(self.events), _TOGETHER):
            part = self.events[start : start + _TOGETHER]
            if refused := set(publish(part, client, bus)):
                first = next(one for one in part if one.event_id in refused)
                raise Problem(
                    f"The bus refused {len(refused)} events. What is older than {first.occurred_at} was sent; "
                    f"go on with --since {first.occurred_at}"
                )
            say(f"Sent {start + len(part)} of {len(self.events)} events")


class DeadLetters(NamedTuple):
    """The dead letters of a function."""

    queue: LetterQueue
    title: str
    number: int
    """Approximate, as SQS counts."""


class Letters:
    """The dead letters of a deployment."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._prefix = deployment.outputs["Prefix"]
        self._access = queues.Access(deployment.client("sqs"), self._invoke)
        settings = deployment.client("lambda").get_function_configuration(FunctionName=self._name(_OPERATORS))
        entries: str = settings["Environment"]["Variables"]["SOUK_DEAD_LETTERS"]
        self._queues = queues.parse_queues(entries.split())

    def all(self) -> list[DeadLetters]:
        """Return the queues, by the names of their functions. Raises Problem if they cannot be read."""
        return [self.of(name) for name in sorted(self._queues)]

    def of(self, name: str) -> DeadLetters:
        """Return a queue, by the name of its function. Raises Problem if there is none."""
        queue = self._queues.get(name.replace("-", "_"))
        if queue is None:
            raise Problem(f"There is no such queue. There are: {', '.join(sorted(self._queues))}")
        number = _or_problem(partial(queues.count, queue, self._access))
        return DeadLetters(queue, DEAD_LETTER_TITLES[queue.function], number)

    def move(self, letters: DeadLetters) -> int:
        """Hand the letters over again, and return how many. Raises Problem if something refuses them."""
        queue = letters.queue
        if queue.kind is LetterKind.STREAM:
            raise Problem(
                "These letters only name places in the table's stream. Send the events of their time again with "
                "`souk events replay --since`, or run `souk search rebuild`. Then purge the queue."
            )
        table = open_table(self._deployment)
        tx = table.transaction()
        subject = Subject(type="DeadLetterQueue", id=queue.function)
        reason = self._deployment.reason(f"souk deadletters move {queue.function}")
        record(tx, Actor(), "redriveDeadLetters", subject, reason=reason)
        tx.commit()
        return _or_problem(partial(queues.move_back, queue, self._access, letters.number))

    def _invoke(self, function: str, event: dict[str, Any]) -> None:
        self._deployment.client("lambda").invoke(
            FunctionName=self._name(function), Payload=orjson.dumps(event), InvocationType="Event"
        )

    def _name(self, function: str) -> str:
        return f"{self._prefix}-{function.replace('_', '-')}"


def _or_problem(work: Callable[[], int]) -> int:
    try:
        return work()
    except SoukError as error:
        raise Problem(error.message) from error


def _time(option: str, text: str, now: datetime) -> moments.Moment:
    """Return a point in time, a day, or the time that was a duration ago. Raises Problem for any other text."""
    if parsed := moments.parse(text):
        return parsed
    try:
        past: timedelta = parse_duration(text)
        at = stamp(now - past)
    except (Problem, OverflowError):
        raise Problem(f"{option}: give a duration such as 2h, or a time such as 2026-07-01T12:00:00Z.") from None
    return moments.Moment(at, at, now.date())
