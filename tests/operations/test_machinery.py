"""`souk events replay` and `souk deadletters`: what is sent again, what the trail says, and that it is asked for."""

from datetime import timedelta
from typing import Any

import boto3
import orjson
import pytest
from typer.testing import CliRunner

from souk.cli.machinery import event_commands, letter_commands
from souk.domains.audit.model import OperatorAction
from souk.domains.audit.store import ACTIONS
from souk.operations.deployment import Deployment
from souk.operations.problem import Problem
from souk.storage import Table
from souk.values.times import stamp
from tests.conftest import REGION
from tests.domains.machinery.conftest import Queues
from tests.support.clock import CLOCK

LETTERS = "webhook_delivery,message,dead-delivery,deliveries clock,event,dead-clock, relay,stream,dead-relay,"


class Machines:
    """The bus, the queues and the functions of a deployment."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.queues = Queues()
        self.sent: list[dict[str, Any]] = []
        self.invoked: list[tuple[str, Any]] = []
        self.refused: str | None = None
        """The entity id whose event the bus refuses."""

    def client(self, service: str) -> Any:
        own = {"dynamodb": self.table.client, "sqs": self.queues, "events": self, "lambda": self}
        return own.get(service) or boto3.client(service, region_name=REGION)  # type: ignore[call-overload]

    def put_events(self, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        results: list[dict[str, str]] = []
        for entry in Entries:
            assert entry["EventBusName"] == "souk-prod"
            detail = orjson.loads(entry["Detail"])
            refused = detail["payload"]["id"] == self.refused
            results.append({"ErrorCode": "ThrottlingException"} if refused else {})
            self.sent += [] if refused else [detail]
        return {"Entries": results}

    def get_function_configuration(self, FunctionName: str) -> dict[str, Any]:  # noqa: N803
        assert FunctionName == "souk-prod-operator"
        return {"Environment": {"Variables": {"SOUK_DEAD_LETTERS": LETTERS}}}

    def invoke(self, FunctionName: str, Payload: bytes, InvocationType: str) -> None:  # noqa: N803
        assert InvocationType == "Event"
        self.invoked.append((FunctionName, orjson.loads(Payload)))

    def find(self, *_: str | None) -> Deployment:
        outputs = {"TableName": self.table.name, "BusName": "souk-prod", "Prefix": "souk-prod"}
        return Deployment(outputs, self.client, "https://souk.test", in_aws=True)

    def trail(self) -> list[OperatorAction]:
        items = self.table.client.scan(TableName=self.table.name)["Items"]
        return [ACTIONS.decode(item) for item in items if item["PK"]["S"].startswith("AUDIT#")]

    def emit(self, *ids: str, entity: str = "OFFER") -> None:
        """Emit an event about each, an hour apart. The last was a minute ago: commands know the machine's time."""
        for hours, one in reversed(list(enumerate(reversed(ids)))):
            CLOCK.at(CLOCK.real() - timedelta(hours=hours, minutes=1))
            tx = self.table.transaction()
            tx.emit(entity, "CREATE", one, to=["1"])
            tx.commit()

    def events(self, *arguments: str) -> str:
        return run(event_commands(self.find), *arguments)

    def letters(self, *arguments: str) -> str:
        return run(letter_commands(self.find), *arguments)


def run(commands: Any, *arguments: str) -> str:
    """Run a command that nobody can be asked by, and return what it prints. Raises its Problem."""
    result = CliRunner().invoke(commands, arguments)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture
def machines(table: Table) -> Machines:
    return Machines(table)


def test_events_of_the_last_hours_are_sent_again_oldest_first(machines: Machines) -> None:
    machines.emit("1", "2", "3", "4")
    machines.emit("5", entity="JOB_POSTING")
    machines.events("replay", "--since", "2h10m", "--entity", "OFFER", "--yes")
    assert [one["payload"]["id"] for one in machines.sent] == ["2", "3", "4"]
    assert {one["again"] for one in machines.sent} == {True}
    (action,) = machines.trail()
    assert (action.action, action.subject_type, action.operator_id) == ("replayDomainEvents", "DomainEvent", None)
    reason = action.reason or ""
    assert reason.startswith("souk events replay --since 20")
    assert "--entity OFFER, by arn:aws:" in reason


def test_number_is_asked_for_before_events_are_sent(machines: Machines) -> None:
    machines.emit("1", "2")
    with pytest.raises(Problem, match=r"Send 2 events from .* again\? Nothing was done\. Say --yes"):
        machines.events("replay", "--since", "2d")
    assert (machines.sent, machines.trail()) == ([], [])
    assert "There are no events" in machines.events("replay", "--since", "2d", "--until", "1d")


def test_replay_tells_where_to_go_on_after_a_refusal(machines: Machines) -> None:
    machines.emit(*map(str, range(120)))
    machines.refused = "110"
    with pytest.raises(Problem, match=r"The bus refused 1 events.*go on with --since") as refused:
        machines.events("replay", "--since", "7d", "--yes")
    machines.refused, machines.sent = None, []
    machines.events("replay", "--since", str(refused.value).rpartition(" ")[2], "--yes")
    assert [one["payload"]["id"] for one in machines.sent] == [str(one) for one in range(110, 120)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--since", "yesterday"], "--since: give a duration such as 2h, or a time"),
        (["--since", "8d"], "--since: events are kept for seven days"),
        (["--since", "999999999w"], "--since: give a duration"),
        (["--since", "1h", "--until", "2h"], "--until is before --since"),
        (["--since", "1h", "--until", "soon"], "--until: give a duration"),
    ],
)
def test_wrong_periods_are_refused(machines: Machines, arguments: list[str], message: str) -> None:
    with pytest.raises(Problem, match=message):
        machines.events("replay", *arguments, "--yes")


def test_day_names_its_events(machines: Machines) -> None:
    machines.emit("1")
    machines.events("replay", "--since", stamp(CLOCK.market())[:10], "--yes")
    assert [one["payload"]["id"] for one in machines.sent] == ["1"]


def test_dead_letters_are_listed_and_moved(machines: Machines) -> None:
    machines.queues.waiting["dead-delivery"] = [str(number) for number in range(23)]
    assert "    23  webhook_delivery   Deliveries of webhooks" in machines.letters("list")
    with pytest.raises(Problem, match=r"Move about 23 dead letters back\? Nothing was done\. Say --yes"):
        machines.letters("move", "webhook-delivery")
    assert (machines.queues.sent, machines.trail()) == ([], [])
    assert machines.letters("move", "webhook_delivery", "--yes") == "Moved 23 dead letters back\n"
    assert machines.queues.sent == [("deliveries", str(number)) for number in range(23)]
    assert machines.queues.undeleted == []
    (action,) = machines.trail()
    assert (action.action, action.subject_id) == ("redriveDeadLetters", "webhook_delivery")
    assert (action.reason or "").startswith("souk deadletters move webhook_delivery, by arn:aws:")
    assert machines.letters("move", "webhook_delivery", "--yes") == "There are no dead letters.\n"


def test_letters_of_a_function_invoke_it(machines: Machines) -> None:
    machines.queues.waiting["dead-clock"] = [orjson.dumps({"requestPayload": {"detail": {}}}).decode()]
    machines.letters("move", "clock", "--yes")
    assert machines.invoked == [("souk-prod-clock", {"detail": {}})]


@pytest.mark.parametrize(
    ("queue", "message"), [("relay", "souk events replay --since"), ("nothing", "There are: clock")]
)
def test_letters_that_cannot_move_stay(machines: Machines, queue: str, message: str) -> None:
    machines.queues.waiting["dead-relay"] = ["{}"]
    with pytest.raises(Problem, match=message):
        machines.letters("move", queue, "--yes")
    assert machines.queues.waiting["dead-relay"] == ["{}"]
    assert machines.trail() == []
