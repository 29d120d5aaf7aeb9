"""A post office for the tests of webhooks: the way from the table to addresses that are not real, in process."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import orjson

from souk.app import FUNCTIONS
from souk.authentication.principal import Role
from souk.authentication.records import MEMBERSHIPS, Membership
from souk.domains.webhooks.commands.delivery import DeliveryWorker
from souk.domains.webhooks.commands.fanout import fan_out
from souk.domains.webhooks.messages import DeliveryMessage, DeliveryQueue, DeliveryQueues
from souk.domains.webhooks.model import Delivery, Subscription
from souk.domains.webhooks.store import DELIVERIES, SUBSCRIPTIONS
from souk.events.relay import relay
from souk.storage import Table, new_id
from souk.storage.transaction import OUTBOX
from tests.domains.jobs.market import Market
from tests.support.api import Answer, Person, Souk, person
from tests.support.environment import MASTER

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

    from souk.domains.webhooks.sender import Outcome

URL = "https://hooks.acme.test/souk"
OPERATIONS, ODA = "9001", "909"

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
class Posted:
    """What arrived at an address."""

    url: str
    body: bytes
    headers: dict[str, str]

    @property
    def json(self) -> dict[str, str]:
        """What it says."""
        said: dict[str, str] = orjson.loads(self.body)
        return said


@dataclass
class Mailbox:
    """Stands for all addresses: takes what is posted, and answers as it is told to."""

    arrived: list[Posted] = field(default_factory=list)
    statuses: dict[str, int | None] = field(default_factory=dict)
    """What an address answers, 200 unless it is here; None is no answer."""
    milliseconds: dict[str, int] = field(default_factory=dict)
    meanwhile: Callable[[], object] = lambda: None
    """What happens while a post is on its way."""

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> "Outcome":
        from souk.domains.webhooks.sender import Outcome  # noqa: PLC0415 - so that the rest needs no HTTP

        self.arrived.append(Posted(url, body, headers))
        self.meanwhile()
        status = self.statuses.get(url, 200)
        error = None if status == 200 else "no answer" if status is None else f"the address answered {status}"
        return Outcome(status, error, self.milliseconds.get(url, 20))


class PostOffice(Market):
    """The market, with the way from its table to the addresses of those who subscribed."""

    def __init__(self, souk: Souk, sqs: "SQSClient", queues: dict[DeliveryQueue, str]) -> None:
        super().__init__(souk)
        self.sqs, self.queues = sqs, queues
        self.mailbox = Mailbox()
        self.now = datetime.now(UTC)
        self._told: set[str] = set()
        self.delivery_queues = DeliveryQueues(sqs, queues)
        self.fanout_table, delivering = (self._table(name) for name in ("webhook_fanout", "webhook_delivery"))
        self.worker = DeliveryWorker(delivering, self.delivery_queues, self.mailbox, lambda: MASTER, lambda: self.now)
        self.lanes: defaultdict[DeliveryQueue, int] = defaultdict(int)

    def _table(self, function: str) -> Table:
        return Table(self.souk.table.client, self.souk.table.name, FUNCTIONS[function].writes)

    @property
    def oda(self) -> Person:
        """Who runs this deployment."""
        if self.souk.table.get(MEMBERSHIPS, ODA, OPERATIONS) is None:
            tx = self.souk.table.transaction()
            tx.create(
                MEMBERSHIPS,
                Membership(
                    user_id=ODA, organization_id=OPERATIONS, company_id=OPERATIONS, role=Role.OWNER, operator=True
                ),
            )
            tx.commit()
        return person(self.souk, ODA, OPERATIONS)

    # Subscribing

    def ask(self, who: Person, url: str = URL, **events: list[str]) -> Answer:
        """Ask for events, by kind of thing; `_` stands for a space."""
        wanted = [{"entity": name.replace("_", " "), "actions": actions} for name, actions in events.items()]
        return who.call(CREATE, {"input": {"url": url, "events": wanted}})

    def subscribe(self, who: Person, url: str = URL, **events: list[str]) -> tuple[str, str]:
        """Ask for events and have that approved; return the subscription's id and secret."""
        made = self.ask(who, url, **(events or {"JP": []})).data["createWebhookSubscription"]
        id_ = made["subscription"]["id"]
        assert self.review(id_)["state"] == "ACTIVE"
        return id_, made["secret"]

    def review(self, id_: str, *, approve: bool = True, note: str | None = None) -> dict[str, Any]:
        """Approve or reject as the operator."""
        answer = self.oda.call(REVIEW, {"id": id_, "approve": approve, "note": note})
        reviewed: dict[str, Any] = answer.data["reviewWebhookSubscription"]
        return reviewed

    def subscription(self, id_: str, organization_id: str) -> Subscription:
        """Return a subscription as it is stored."""
        found = self.souk.table.get(SUBSCRIPTIONS, organization_id, id_, consistent=True)
        assert found is not None
        return found

    # The way

    def fan_out(self, detail: dict[str, Any]) -> None:
        """Have an event of the bus fanned out, of which this is the detail."""
        fan_out(self.fanout_table, self.delivery_queues, detail, self.now)

    def tell(self, *audience: str, entity: str = "JP", action: str = "NEW", id_: str = "77") -> str:
        """Have an event fanned out, as the bus would; return its id."""
        event_id = new_id()
        payload = {"entity": entity, "action": action, "id": id_}
        self.fan_out({"id": event_id, "occurredAt": "", "payload": payload, "audience": list(audience)})
        return event_id

    def relay(self) -> None:
        """Have all fanned out that the table tells and has not told yet: through the relay, as its stream would."""
        table = self.souk.table
        items = [one for one in table.client.scan(TableName=table.name)["Items"] if one["SK"]["S"] == "EVENT"]
        new = [one for one in items if one["PK"]["S"] not in self._told]
        self._told |= {one["PK"]["S"] for one in new}
        records = [
            {
                "eventName": "INSERT",
                "dynamodb": {"Keys": {"PK": one["PK"]}, "NewImage": one, "SequenceNumber": one["PK"]["S"]},
            }
            for one in sorted(new, key=lambda one: OUTBOX.decode(one).event_id)
        ]
        assert relay(records, self, "bus", self.now) == []  # type: ignore[arg-type]

    def forget_what_was_told(self) -> None:
        """Have the stream begin anew, as it may."""
        self._told.clear()

    def put_events(self, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 - boto3's name
        """Take events as the bus does, and fan them out."""
        for entry in Entries:
            self.fan_out(orjson.loads(entry["Detail"]))
        return {"Entries": [{"EventId": "1"} for _ in Entries]}

    def waiting(self, lane: DeliveryQueue) -> list[tuple[str, DeliveryMessage]]:
        """Return the messages of a queue, each with what it is taken off with."""
        answer = self.sqs.receive_message(QueueUrl=self.queues[lane], MaxNumberOfMessages=10)
        return [(one["ReceiptHandle"], DeliveryMessage.decode(one["Body"])) for one in answer.get("Messages", [])]

    def carry(self) -> int:
        """Make every try that is queued, and those that they queue; return how many messages there were."""
        count = 0
        while found := [(lane, *one) for lane in DeliveryQueue for one in self.waiting(lane)]:
            for lane, receipt, message in found:
                self.worker.process(message, lane)
                self.sqs.delete_message(QueueUrl=self.queues[lane], ReceiptHandle=receipt)
                self.lanes[lane] += 1
                count += 1
        return count

    def wait(self, longer: timedelta) -> None:
        """Let time pass, and have done what is due then."""
        self.now += longer
        self.souk.run_due(self.now)
        self.carry()

    def deliveries(self, subscription_id: str) -> list[Delivery]:
        """Return what was sent to a subscription, the oldest first."""
        return self.souk.table.query_all(DELIVERIES, f"WEBHOOK#{subscription_id}", prefix="DELIVERY#", consistent=True)

    def delivery(self, subscription_id: str) -> Delivery:
        """Return the only delivery to a subscription."""
        (only,) = self.deliveries(subscription_id)
        return only
