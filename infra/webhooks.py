"""Webhooks: from the event bus, through queues, to the URLs of subscribers."""

from aws_cdk import aws_events as events
from constructs import Construct

from infra import grants
from infra.config import Config
from infra.consumer import make_dead_letters
from infra.functions import Functions, Provision
from infra.queue import QueueConsumer, QueueSource, make_queue
from infra.secret import make_secret
from infra.storage import Storage
from souk.app import FunctionSpec

_FANOUT_CONCURRENCY = 10
_COMMON_CONCURRENCY = 50
_SLOW_CONCURRENCY = 5


class WebhookQueues(Construct):
    """The delivery queues, and the secret from which the subscriptions' secrets are derived."""

    def __init__(self, scope: Construct, id_: str, config: Config, *, delivery: FunctionSpec) -> None:
        """`delivery` is the function that processes the queues."""
        super().__init__(scope, id_)
        self.dead_letters = make_dead_letters(self, config)
        self.common = make_queue(self, "Deliveries", config, delivery.size.timeout, self.dead_letters)
        self.slow = make_queue(self, "SlowDeliveries", config, delivery.size.timeout, self.dead_letters)
        secret = make_secret(
            self,
            "Secret",
            config,
            description="The secrets of webhook subscriptions are made of it. Replacing it replaces all of them.",
        )
        # The settings of webhooks are read together, so both provisions have all of them.
        environment = {
            "SOUK_WEBHOOK_SECRET": secret.attr_id,
            "SOUK_DELIVERIES": self.common.queue_url,
            "SOUK_SLOW_DELIVERIES": self.slow.queue_url,
        }
        self.secret_provision = Provision(environment, [grants.read_secret(secret.attr_id)])
        self.provision = Provision(environment, [grants.send_messages([self.common, self.slow], config)])


class WebhookFanout(QueueConsumer):
    """Events on the bus -> a queue -> a delivery for each matching subscription."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        functions: Functions,
        storage: Storage,
        *,
        spec: FunctionSpec,
        bus: events.EventBus,
    ) -> None:
        super().__init__(scope, id_, functions)
        why = "Sends events to webhook subscriptions"
        queue = self.queue_of_events("Events", functions.config, spec=spec, bus=bus, why=why)
        self.serve(
            functions,
            spec=spec,
            grants=[
                grants.read_table(storage.table, functions.config),
                grants.write_table(storage.table, spec.writes, functions.config),
            ],
            sources=[QueueSource(queue, _FANOUT_CONCURRENCY)],
        )


class WebhookDelivery(QueueConsumer):
    """Delivery queues -> HTTP requests. Slow addresses have a separate queue."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        functions: Functions,
        storage: Storage,
        *,
        spec: FunctionSpec,
        queues: WebhookQueues,
    ) -> None:
        super().__init__(scope, id_, functions, dead_letters=queues.dead_letters)
        self.serve(
            functions,
            spec=spec,
            grants=[
                grants.read_table(storage.table, functions.config),
                grants.write_table(storage.table, spec.writes, functions.config),
            ],
            sources=[QueueSource(queues.common, _COMMON_CONCURRENCY), QueueSource(queues.slow, _SLOW_CONCURRENCY)],
        )
