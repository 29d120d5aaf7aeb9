"""A world for webhook tests: the whole path from the table to fake addresses, in process."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import orjson

from souk.app import FUNCTIONS
from souk.authentication.principal import Role
from souk.authentication.records import MEMBERSHIPS, Membership
from souk.domains.webhooks.commands.delivery import DeliveryWorker
from souk.domains.webhooks.commands.fanout import fan_out
from souk.domains.webhooks.messages import DeliveryMessage, DeliveryQueue, DeliveryQueues
from souk.domains.webhooks.model import Delivery, Subscription
from souk.domains.webhooks.store import SUBSCRIPTION_DELIVERIES, SUBSCRIPTIONS
from souk.events.relay import relay
from souk.storage import Table, View
from souk.storage.transaction import OUTBOX
from tests.support.api import Answer, Person, Souk, person
from tests.support.clock import CLOCK, new_id
from tests.support.environment import MASTER
from tests.support.worlds.jobs import JobsWorld

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

    from souk.domains.webhooks.sender import Outcome

URL = "https://hooks.acme.test/souk"
OPERATIONS, OPERATOR = "9001", "909"

SUBSCRIPTION = (
    "id url events { entity actions } state stateReason createdDateTime modifiedDateTime organization { id name }"
)
DELIVERY = """id eventId subscriptionId entity action entityId state nextAttemptDateTime createdDateTime
  attempts { attemptedDateTime statusCode error durationMs }"""
CREATE = f"""mutation ($input: CreateWebhookSubscriptionInput!) {{
  createWebhookSubscription(input: $input) {{ secret subscription {{ {SUBSCRIPTION} }} }}
}}"""
UPDATE = f"""mutation ($input: UpdateWebhookSubscriptionInput!) {{
  updateWebhookSubscription(input: $input) {{ {SUBSCRIPTION} }}
}}"""
DELETE = "mutation ($id: ID!) { deleteWebhookSubscription(id: $id) }"
ROTATE = f"""mutation ($id: ID!) {{ rotateWebhookSecret(id: $id) {{ secret subscription {{ {SUBSCRIPTION} }} }} }}"""
REVIEW = f"""mutation ($id: ID!, $approve: Boolean!, $note: String) {{
  reviewWebhookSubscription(id: $id, approve: $approve, note: $note) {{ {SUBSCRIPTION} }}
}}"""
TEST = f"mutation ($id: ID!) {{ sendTestWebhook(id: $id) {{ {DELIVERY} }} }}"
REDELIVER = f"mutation ($id: ID!) {{ redeliverWebhook(deliveryId: $id) {{ {DELIVERY} }} }}"
REPLAY = """mutation ($id: ID!, $range: DateTimeRange!) { replayWebhooks(subscriptionId: $id, timeRange: $range) }"""
LIST = f"{{ webhookSubscriptions {{ {SUBSCRIPTION} }} }}"
ONE = f"query ($id: ID!) {{ webhookSubscription(id: $id) {{ {SUBSCRIPTION} }} }}"
DELIVERIES_OF = f"""query ($filter: WebhookDeliveryFilter!, $pagination: Pagination) {{
  webhookDeliveries(filter: $filter, pagination: $pagination) {{
    totalCount edges {{ cursor node {{ {DELIVERY} }} }} pageInfo {{ endCursor hasNextPage }}
  }}
}}"""


@dataclass(frozen=True)
class ReceivedRequest:
    """A request to a fake address."""

    url: str
    body: bytes
    headers: dict[str, str]

    @property
    def json(self) -> dict[str, str]:
        """The decoded body."""
        decoded: dict[str, str] = orjson.loads(self.body)
        return decoded


@dataclass
class FakeAddresses:
    """A fake sender that stands for all addresses. It records requests and returns the configured outcomes."""

    requests: list[ReceivedRequest] = field(default_factory=list)
    statuses: dict[str, int | None] = field(default_factory=dict)
    """The status of an address, by default 200. None means no response."""
    milliseconds: dict[str, int] = field(default_factory=dict)
    during_post: Callable[[], object] = lambda: None
    """Called during each post."""

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> "Outcome":
        from souk.domains.webhooks.sender import Outcome  # noqa: PLC0415 - loads HTTP libraries

        self.requests.append(ReceivedRequest(url, body, headers))
        self.during_post()
        status = self.statuses.get(url, 200)
        error = None if status == 200 else "no answer" if status is None else f"the address answered {status}"
        return Outcome(status, error, self.milliseconds.get(url, 20))


class WebhookWorld(JobsWorld):
    """The jobs world, with everything from the relay to the delivery worker."""

    def __init__(self, souk: Souk, sqs: "SQSClient", queues: dict[DeliveryQueue, str]) -> None:
        super().__init__(souk)
        self.sqs, self.queues = sqs, queues
        self.addresses = FakeAddresses()
        self._relayed: set[str] = set()
        self.delivery_queues = DeliveryQueues(sqs, queues)
        self.fanout_table, delivering = (self._table(name) for name in ("webhook_fanout", "webhook_delivery"))
        self.worker = DeliveryWorker(delivering, self.delivery_queues, self.addresses, lambda: MASTER)
        self.processed: defaultdict[DeliveryQueue, int] = defaultdict(int)

    def _table(self, function: str) -> Table:
        return Table(self.souk.table.client, self.souk.table.name, CLOCK, FUNCTIONS[function].writes)

    @property
    def operator(self) -> Person:
        """The operator of the deployment."""
        if self.souk.table.get(MEMBERSHIPS, OPERATOR, OPERATIONS) is None:
            tx = self.souk.table.transaction()
            tx.create(
                MEMBERSHIPS,
                Membership(
                    id=new_id(),
                    user_id=OPERATOR,
                    organization_id=OPERATIONS,
                    company_id=OPERATIONS,
                    role=Role.OWNER,
                    operator=True,
                ),
            )
            tx.commit()
        return person(self.souk, OPERATOR, OPERATIONS)

    # Subscriptions

    def create(self, caller: Person, url: str = URL, **events: list[str]) -> Answer:
        """Create a subscription. `events` maps entities to actions, with `_` for a space."""
        filters = [{"entity": name.replace("_", " "), "actions": actions} for name, actions in events.items()]
        return caller.call(CREATE, {"input": {"url": url, "events": filters}})

    def subscribe(self, caller: Person, url: str = URL, **events: list[str]) -> tuple[str, str]:
        """Create a subscription and approve it. Returns its id and secret."""
        created = self.create(caller, url, **(events or {"JP": []})).data["createWebhookSubscription"]
        id_ = created["subscription"]["id"]
        assert self.review(id_)["state"] == "ACTIVE"
        return id_, created["secret"]

    def review(self, id_: str, *, approve: bool = True, note: str | None = None) -> dict[str, Any]:
        """Approve or reject as the operator."""
        answer = self.operator.call(REVIEW, {"id": id_, "approve": approve, "note": note})
        reviewed: dict[str, Any] = answer.data["reviewWebhookSubscription"]
        return reviewed

    def subscription(self, id_: str, organization_id: str) -> Subscription:
        """Return the stored subscription."""
        subscription = self.souk.table.get(SUBSCRIPTIONS, organization_id, id_, consistent=True)
        assert subscription is not None
        return subscription

    # Delivery

    def fan_out(self, detail: dict[str, Any]) -> None:
        """Fan out an event of the bus with this detail."""
        fan_out(self.fanout_table, self.delivery_queues, detail)

    def publish(self, *audience: str, entity: str = "JP", action: str = "NEW", id_: str = "77") -> str:
        """Fan out a new event, and return its id."""
        event_id = new_id()
        payload = {"entity": entity, "action": action, "id": id_}
        self.fan_out({"id": event_id, "occurredAt": "", "payload": payload, "audience": list(audience)})
        return event_id

    def relay(self) -> None:
        """Relay all new outbox records of the table, as its stream would, and fan them out."""
        table = self.souk.table
        items = [one for one in table.client.scan(TableName=table.name)["Items"] if one["SK"]["S"] == "EVENT"]
        new = [one for one in items if one["PK"]["S"] not in self._relayed]
        self._relayed |= {one["PK"]["S"] for one in new}
        records = [
            {
                "eventName": "INSERT",
                "dynamodb": {"Keys": {"PK": one["PK"]}, "NewImage": one, "SequenceNumber": one["PK"]["S"]},
            }
            for one in sorted(new, key=lambda one: OUTBOX.decode(one).event_id)
        ]
        assert relay(records, self, "bus", CLOCK.market()) == []  # type: ignore[arg-type]

    def restart_stream(self) -> None:
        """Let the next `relay` send all records again, as a stream may."""
        self._relayed.clear()

    def put_events(self, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 - boto3's name
        """Stand for the bus: fan out the events of the relay."""
        for entry in Entries:
            self.fan_out(orjson.loads(entry["Detail"]))
        return {"Entries": [{"EventId": "1"} for _ in Entries]}

    def receive(self, queue: DeliveryQueue) -> list[tuple[str, DeliveryMessage]]:
        """Return messages of a queue, each with its receipt handle."""
        answer = self.sqs.receive_message(QueueUrl=self.queues[queue], MaxNumberOfMessages=10)
        return [(one["ReceiptHandle"], DeliveryMessage.decode(one["Body"])) for one in answer.get("Messages", [])]

    def deliver(self) -> int:
        """Process messages until the queues are empty. Returns the number of messages."""
        count = 0
        while batch := [(queue, *one) for queue in DeliveryQueue for one in self.receive(queue)]:
            for queue, receipt, message in batch:
                self.worker.process(message, queue)
                self.sqs.delete_message(QueueUrl=self.queues[queue], ReceiptHandle=receipt)
                self.processed[queue] += 1
                count += 1
        return count

    def wait(self, longer: timedelta) -> None:
        """Let time pass, run the deadlines that are due, and deliver."""
        CLOCK.wait(seconds=longer.total_seconds())
        self.souk.run_due()
        self.deliver()

    def deliveries(self, subscription_id: str) -> list[Delivery]:
        """Return the deliveries to a subscription, oldest first."""
        return SUBSCRIPTION_DELIVERIES.of(self.souk.table, subscription_id).all(View(descending=False))

    def delivery(self, subscription_id: str) -> Delivery:
        """Return the only delivery to a subscription."""
        (only,) = self.deliveries(subscription_id)
        return only
