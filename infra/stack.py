"""The CDK stack with all of Souk."""

from collections.abc import Iterator, Mapping

from aws_cdk import App, CfnOutput, CliCredentialsStackSynthesizer, DefaultStackSynthesizer, Stack, Tags
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_

from infra import brand, grants, payments
from infra.api import Api
from infra.clock import Clock
from infra.cluster import SearchCluster
from infra.config import Config
from infra.consumer import Consumer
from infra.events import Bus, Relay
from infra.files import Images, copies_provision, files_provision
from infra.firewall import Firewall
from infra.functions import Functions, Provision
from infra.identity import Identity
from infra.indexes import SearchIndexes
from infra.live import LiveSender, Sockets, live_function
from infra.machinery import machinery_provision
from infra.observability import Observability
from infra.operators import OperatorLog
from infra.search import SearchFanout, SearchIndexer, SearchMatcher, SearchQueue
from infra.storage import Storage
from infra.webhooks import WebhookDelivery, WebhookFanout, WebhookQueues
from souk.app import AUTH, CLOCK, FUNCTIONS, IMAGES, LIVE, LIVE_SENDER, FunctionSpec, Resource
from souk.domains.files.model import ATTACHMENTS, COPIES, EXPORTS, PRIVATE_PICTURES
from souk.graph.execution import GATEWAY, WEB


class SoukStack(Stack):
    """The stack. A deployment succeeds as a whole or is rolled back."""

    def __init__(self, app: App, config: Config) -> None:
        super().__init__(
            app,
            f"Souk-{config.stage}",
            description=f"Souk, a freelance marketplace backend ({config.stage})",
            termination_protection=config.retain,
            # The emulator has no bootstrap roles, so assets are uploaded with the caller's credentials.
            synthesizer=DefaultStackSynthesizer()
            if config.on_aws
            else CliCredentialsStackSynthesizer(file_assets_bucket_name=f"{config.prefix}-assets"),
        )
        Tags.of(self).add("souk:stage", config.stage)
        self._config = config
        self._storage = Storage(self, "Storage", config)
        cluster = SearchCluster(self, "SearchCluster", config) if config.uses_cluster else None
        self._indexes = SearchIndexes(config, self, self._storage.search, cluster)
        self._bus = Bus(self, "Bus", config).bus
        self._identity = Identity(self, "Identity", config)
        self._webhooks = WebhookQueues(self, "Webhooks", config, delivery=FUNCTIONS["webhook_delivery"])
        self._operator_log = OperatorLog(self, "OperatorReads", config)
        self._search_queue = SearchQueue(self, "SearchQueue", config, fanout=FUNCTIONS["search_fanout"])
        self._sockets = Sockets(self, "Live", config) if config.live else None
        self._functions = Functions(
            self,
            "Functions",
            config,
            self._environment(),
            self._resources(),
            grants=grants.test_clock(self._storage.table, config),
            files=brand.files(config),
        )

        consumers = self._make_consumers()
        machinery = machinery_provision(self, self._functions, consumers, bus=self._bus, indexes=self._indexes)
        self._functions.provide("machinery", machinery)
        served = [spec for spec in FUNCTIONS.values() if spec.kind in ("api", "pages")]
        functions = {spec.name: self._make_api_function(spec) for spec in served}
        aliases = self._functions.releases.aliases
        self._identity.write_code_mails(self._functions.alias_arn_of(AUTH), aliases[AUTH])
        api = Api(self, "Api", config, functions={name: aliases[name] for name in functions})
        if self._sockets:
            self._sockets.may_log(api.rest.node.find_child("Account"))
        if config.on_aws:  # the emulator does not support a firewall for an API
            Firewall(self, "Firewall", config, api.stage)
        functions |= {consumer.name: consumer.function for consumer in consumers}
        if self._sockets:
            functions[LIVE] = live_function(self._functions, self._storage, FUNCTIONS[LIVE])
            self._sockets.serve(aliases[LIVE])
        self._functions.release_in_order(functions)
        watched = Observability(
            self,
            "Observability",
            config,
            api=api.rest,
            functions=functions,
            consumers=consumers,
            storage=self._storage,
            cluster=cluster,
        )
        self._functions.releases.stop_on(watched.alarms["api-5xx"])
        for name in aliases:
            self._functions.releases.stop_on(watched.alarms[f"{name}-errors"], name)
        self._add_outputs(api, functions)

    def _environment(self) -> dict[str, str]:
        """Return the variables of all functions that `souk.runtime.settings` reads."""
        storage = self._storage
        return {
            "SOUK_PREFIX": self._config.prefix,
            "SOUK_TARGET": self._config.target,
            "SOUK_TABLE": storage.table.table_name,
            "SOUK_BUS": self._bus.event_bus_name,
            "SOUK_ATTACHMENTS_BUCKET": storage.attachments.bucket_name,
            **self._indexes.environment,
            "SOUK_CURSOR_SECRET": storage.cursor_secret_arn,
            "SOUK_COUNTERS": storage.counters.table_name,
            "SOUK_ADDRESS_LIMIT": str(self._config.address_limit or ""),
            "SOUK_MAX_COST": str(self._config.max_cost),
            "SOUK_TEST_CLOCK": "off" if self._config.production else "on",
            "SOUK_PROFILE_REVIEW": "on" if self._config.profile_review else "off",
            "SOUK_PROFILE_PAGES": self._config.profile_pages or "",
            "SOUK_ARCHIVE_DAYS": str(self._config.archive_days),
            **brand.environment(self._config),
            **payments.environment(self._config),
        }

    def _resources(self) -> dict[Resource, Provision]:
        """Return the provisions of the resources that `FunctionSpec.uses` names."""
        return {
            "copies": copies_provision(self._storage),
            "directory": self._identity.deletion,
            "deployment": brand.deployment_provision(self._config),
            "files": files_provision(self._storage),
            "operator_log": self._operator_log.provision,
            "pages": self._identity.page_provision,
            "people": self._identity.provision,
            "payment_provider": payments.provider(self, self._config),
            "search_queue": self._search_queue.provision,
            "webhook_queues": self._webhooks.provision,
            "webhook_secret": self._webhooks.secret_provision,
            **self._socket_resources(),
        }

    def _socket_resources(self) -> dict[Resource, Provision]:
        sockets = self._sockets
        return {"handshakes": sockets.limit_provision, "sockets": sockets.provision} if sockets else {}

    def _make_consumers(self) -> tuple[Consumer, ...]:
        """Create the functions that are not invoked by the API, with their event sources."""
        functions, storage, bus, queues = self._functions, self._storage, self._bus, self._webhooks
        return (
            Relay(self, "Relay", functions, storage, spec=FUNCTIONS["relay"], bus=bus),
            SearchIndexer(
                self,
                "SearchIndexer",
                functions,
                storage,
                spec=FUNCTIONS["search_indexer"],
                indexes=self._indexes,
            ),
            SearchFanout(
                self,
                "SearchFanout",
                functions,
                storage,
                spec=FUNCTIONS["search_fanout"],
                queue=self._search_queue,
                indexes=self._indexes,
            ),
            SearchMatcher(self, "SearchMatcher", functions, storage, spec=FUNCTIONS["search_matcher"], bus=bus),
            Clock(self, "Clock", functions, storage, spec=FUNCTIONS[CLOCK], bus=bus),
            Images(self, "Images", functions, storage, spec=FUNCTIONS[IMAGES]),
            WebhookFanout(self, "WebhookFanout", functions, storage, spec=FUNCTIONS["webhook_fanout"], bus=bus),
            WebhookDelivery(
                self, "WebhookDelivery", functions, storage, spec=FUNCTIONS["webhook_delivery"], queues=queues
            ),
            *self._make_live_sender(),
        )

    def _make_live_sender(self) -> Iterator[Consumer]:
        if self._sockets:
            spec = FUNCTIONS[LIVE_SENDER]
            yield LiveSender(self, "LiveSender", self._functions, self._storage, spec=spec, bus=self._bus)

    def _make_api_function(self, spec: FunctionSpec) -> lambda_.Function:
        """Create a function of the API or of pages.

        Each may read the whole table, the public search indexes and the attachments. Searches for private text are
        queries, which run in two functions: that of programs and that of pages.
        """
        storage = self._storage
        runs_queries = spec.name in (GATEWAY, WEB)
        statements: list[iam.PolicyStatement] = [
            grants.read_table(storage.table, self._config),
            grants.count(storage.counters),
            grants.read_secret(storage.cursor_secret_arn),
            *self._indexes.read(private=runs_queries),
            *grants.read_objects(storage.attachments, ATTACHMENTS),
            grants.on_objects(storage.attachments, ["s3:GetObject"], PRIVATE_PICTURES),
        ]
        if runs_queries:  # a query may make a file to download, and stores it under this prefix only
            statements.append(grants.on_objects(storage.attachments, ["s3:GetObject", "s3:PutObject"], EXPORTS))
            statements.append(grants.on_objects(storage.attachments, ["s3:GetObject"], COPIES))  # for download links
        if spec.writes:
            statements.append(grants.write_table(storage.table, spec.writes, self._config))
            if spec.appends:
                statements.append(grants.append_table(storage.table, spec.appends, self._config))
            statements.append(grants.check_table(storage.table))
        return self._functions.make(spec, statements)

    def _add_outputs(self, api: Api, functions: Mapping[str, lambda_.Function]) -> None:
        """Add the stack's outputs for operators and the local run."""
        storage = self._storage
        outputs = {
            "ApiUrl": f"{api.rest.url}graphql",
            "ApiId": api.rest.rest_api_id,
            "ApiStage": api.stage.stage_name,
            "TableName": storage.table.table_name,
            "AttachmentsBucket": storage.attachments.bucket_name,
            "SearchBucket": storage.search.bucket_name,
            "CursorSecret": storage.cursor_secret_arn,
            "OperatorLog": self._operator_log.name,
            "TokenSecret": self._identity.token_secret.attr_id,
            "UserPool": self._identity.pool.user_pool_id,
            "BusName": self._bus.event_bus_name,
            "Prefix": self._config.prefix,
            "Production": "true" if self._config.production else "false",
            "Currencies": " ".join(self._config.currencies),
            "FunctionNames": ",".join(function.function_name for function in functions.values()),
        }
        if self._config.ontology:
            outputs |= {"OwnOntology": "true"}
        if self._config.uses_cluster:
            outputs |= {"SearchEngines": " ".join(self._config.search), "SearchEndpoint": self._indexes.endpoint}
        if api.domain_target:
            outputs["DomainTarget"] = api.domain_target
        if self._sockets:
            outputs |= {"LiveUrl": self._sockets.url, "LiveApiId": self._sockets.api.api_id}
            if self._sockets.domain_target:
                outputs["LiveDomainTarget"] = self._sockets.domain_target
        for name, value in outputs.items():
            CfnOutput(self, name, value=value)
