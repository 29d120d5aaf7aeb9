"""The whole of Souk, put together."""

from collections.abc import Mapping

from aws_cdk import App, CfnOutput, CliCredentialsStackSynthesizer, DefaultStackSynthesizer, Stack, Tags
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_

from infra import grants, payments
from infra.api import GATEWAY_SECONDS, Api
from infra.clock import Clock
from infra.config import Config
from infra.events import Bus, Relay
from infra.firewall import Firewall
from infra.functions import Functions, Size
from infra.identity import Identity
from infra.observability import Observability
from infra.search import SearchIndexer
from infra.storage import Storage
from infra.webhooks import WebhookDelivery, WebhookFanout, WebhookQueues
from souk.app import CLOCK, FUNCTIONS, OWNERS, FunctionSpec
from souk.graph.execution import GATEWAY

AUTH = "auth"
"""The function that knows people: where they log in, and what programs get their tokens from."""

PAYMENTS = "contracts"
"""The function that asks for payments and hears of them."""

WEBHOOKS = "webhooks"
"""The function that knows who wants to be told what."""

# A function that waits for another one outlives it, and API Gateway outlives both, so that whoever waits hears of it.
_FRONT = Size(memory=1769, timeout=GATEWAY_SECONDS - 1, scratch=2048)
_OWNER = Size(memory=1769, timeout=GATEWAY_SECONDS - 4, scratch=2048)


class SoukStack(Stack):
    """One stack: a deployment is there as a whole or not at all."""

    def __init__(self, app: App, config: Config) -> None:
        super().__init__(
            app,
            f"Souk-{config.stage}",
            description=f"Souk, a freelance marketplace backend ({config.stage})",
            termination_protection=config.retain,
            # The emulator has no bootstrap roles: who deploys into it uploads the assets with their own rights.
            synthesizer=DefaultStackSynthesizer()
            if config.on_aws
            else CliCredentialsStackSynthesizer(file_assets_bucket_name=f"{config.prefix}-assets"),
        )
        Tags.of(self).add("souk:stage", config.stage)
        self._config = config
        self._storage = Storage(self, "Storage", config)
        self._bus = Bus(self, "Bus", config).bus
        self._identity = Identity(self, "Identity", config)
        self._webhooks = WebhookQueues(self, "Webhooks", config)
        self._functions = Functions(self, "Functions", config, self._environment())

        functions = {spec.name: self._make_api_function(spec) for spec in FUNCTIONS.values() if spec.kind == "api"}
        consumers = (
            Relay(self, "Relay", self._functions, self._storage, self._bus),
            SearchIndexer(self, "SearchIndexer", self._functions, self._storage),
            Clock(
                self,
                "Clock",
                self._functions,
                self._storage,
                bus=self._bus,
                spec=FUNCTIONS[CLOCK],
                owners=OWNERS,
            ),
            WebhookFanout(self, "WebhookFanout", self._functions, self._storage, bus=self._bus, queues=self._webhooks),
            WebhookDelivery(self, "WebhookDelivery", self._functions, self._storage, queues=self._webhooks),
        )
        api = Api(
            self,
            "Api",
            config,
            front=functions[GATEWAY],
            owners={name: function for name, function in functions.items() if name != GATEWAY},
            web=functions[AUTH],
            payments=functions[PAYMENTS],
        )
        if config.on_aws:  # the emulator cannot put a firewall before an API
            Firewall(self, "Firewall", config, api.stage)
        functions |= {consumer.name: consumer.function for consumer in consumers}
        Observability(self, "Observability", config, api=api.rest, functions=functions, consumers=consumers)
        self._tell(api, functions)

    def _environment(self) -> dict[str, str]:
        """Return what `souk.runtime.settings` reads, but for the function's own name."""
        storage = self._storage
        return {
            "SOUK_PREFIX": self._config.prefix,
            "SOUK_TARGET": self._config.target,
            "SOUK_TABLE": storage.table.table_name,
            "SOUK_BUS": self._bus.event_bus_name,
            "SOUK_ATTACHMENTS_BUCKET": storage.attachments.bucket_name,
            "SOUK_SEARCH_BUCKET": storage.search.bucket_name,
            "SOUK_CURSOR_SECRET": storage.cursor_secret_arn,
            "SOUK_COUNTERS": storage.counters.table_name,
            "SOUK_ADDRESS_LIMIT": str(self._config.address_limit or ""),
            **payments.known_to_all(self._config),
        }

    def _make_api_function(self, spec: FunctionSpec) -> lambda_.Function:
        """Make a function of the API: every one reads all there is; what it writes and invokes, its spec says."""
        storage = self._storage
        statements: list[iam.PolicyStatement] = [
            grants.read_table(storage.table),
            grants.count(storage.counters),
            grants.read_secret(storage.cursor_secret_arn),
            *grants.read_objects(storage.search, grants.SEARCH),
            *grants.read_objects(storage.attachments, grants.ATTACHMENTS),
        ]
        if spec.writes:
            statements.append(grants.write_table(storage.table, spec.writes, self._config))
            statements.append(grants.check_table(storage.table))
            statements.append(grants.write_objects(storage.attachments, grants.ATTACHMENTS))
        if spec.invokes:
            statements.append(grants.invoke([self._functions.arn_of(name) for name in spec.invokes]))
        environment = {"SOUK_WRITES": " ".join(spec.writes)}
        if spec.name == AUTH:
            statements.extend(self._identity.grants())
            environment |= self._identity.environment
        if spec.name == PAYMENTS:
            statements.extend(payments.provider_grants(self, self._config))
            environment |= payments.provider(self._config)
        if spec.name == WEBHOOKS:
            statements.extend(self._webhooks.managing())
            environment |= self._webhooks.environment
        return self._functions.make(spec.name, _FRONT if spec.name == GATEWAY else _OWNER, statements, environment)

    def _tell(self, api: Api, functions: Mapping[str, lambda_.Function]) -> None:
        """Write the stack's outputs: what an operator, or the local run, has to know."""
        storage = self._storage
        outputs = {
            "ApiUrl": f"{api.rest.url}graphql",
            "ApiId": api.rest.rest_api_id,
            "ApiStage": api.stage.stage_name,
            "TableName": storage.table.table_name,
            "AttachmentsBucket": storage.attachments.bucket_name,
            "SearchBucket": storage.search.bucket_name,
            "CursorSecret": storage.cursor_secret_arn,
            "TokenSecret": self._identity.token_secret.attr_id,
            "UserPool": self._identity.pool.user_pool_id,
            "BusName": self._bus.event_bus_name,
            "Prefix": self._config.prefix,
            "FunctionNames": ",".join(function.function_name for function in functions.values()),
        }
        if api.domain_target:
            outputs["DomainTarget"] = api.domain_target
        for name, value in outputs.items():
            CfnOutput(self, name, value=value)
