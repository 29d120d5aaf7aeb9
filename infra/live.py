"""Live: the WebSocket API, the functions that open and close sockets, and the one that sends over them.

API Gateway has no WebSocket API at the address of a REST API, so this one has an address of its own. Its stage is named
`live`, so that the address ends in `/live`.
"""

import json
from typing import Final

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct, IConstruct

from infra import grants
from infra.config import Config
from infra.functions import Functions, Provision
from infra.queue import QueueConsumer, QueueSource
from infra.storage import Storage
from souk.app import FunctionSpec
from souk.domains.live.rules import SCOPES

_STAGE: Final = "live"
_RATE, _BURST = 200, 400
"""Handshakes and messages of clients in a second, of all clients together."""
_CONCURRENCY: Final = 10
_ACCESS_LOG: Final = {
    "requestId": "$context.requestId",
    "time": "$context.requestTime",
    "ip": "$context.identity.sourceIp",
    "event": "$context.eventType",
    "connection": "$context.connectionId",
    "status": "$context.status",
}
_TOO_OLD: Final = Duration.minutes(1)


class Sockets(Construct):
    """The WebSocket API. Its routes come last, when their function exists."""

    def __init__(self, scope: Construct, id_: str, config: Config) -> None:
        super().__init__(scope, id_)
        self._config = config
        self.api = apigatewayv2.WebSocketApi(
            self, "Api", api_name=f"{config.prefix}-live", route_selection_expression="$request.body.action"
        )
        self.stage = apigatewayv2.WebSocketStage(
            self,
            "Stage",
            web_socket_api=self.api,
            stage_name=_STAGE,
            auto_deploy=True,
            throttle=apigatewayv2.ThrottleSettings(rate_limit=_RATE, burst_limit=_BURST),
        )
        if config.on_aws:  # the emulator writes no such log
            self._log_access()
        self.url = f"{self.api.api_endpoint}/{_STAGE}"
        """The address for clients."""
        self.domain_target: str | None = None
        """The target for the DNS record of the operator's domain."""
        if config.live_domain and config.certificate:
            self._add_domain(config.live_domain, config.certificate)

    @property
    def provision(self) -> Provision:
        """The provision of the function that sends over sockets, and closes them."""
        # The emulator has no host names of its own. Its paths are below its own address.
        endpoint = (
            self.stage.callback_url if self._config.on_aws else f"/restapis/{self.api.api_id}/{_STAGE}/_user_request_"
        )
        manage = iam.PolicyStatement(
            actions=["execute-api:ManageConnections"],
            resources=[
                Stack.of(self).format_arn(
                    service="execute-api",
                    resource=self.api.api_id,
                    resource_name=f"{_STAGE}/{method}/@connections/*",
                )
                for method in ("POST", "DELETE")
            ],
        )
        return Provision({"SOUK_LIVE_ENDPOINT": endpoint}, [manage])

    @property
    def limit_provision(self) -> Provision:
        """The provision of the function of handshakes. AWS WAF cannot protect a WebSocket API, so it counts itself."""
        return Provision({"SOUK_ADDRESS_LIMIT": str(self._config.requests_per_minute)}, [])

    def may_log(self, account: IConstruct) -> None:
        """Create the stage after the account's setting that lets API Gateway write logs."""
        if self._config.on_aws:
            self.stage.node.add_dependency(account)

    def _log_access(self) -> None:
        """Log handshakes and messages, with values that AWS makes: see `infra.api`."""
        log = logs.LogGroup(
            self, "AccessLog", retention=logs.RetentionDays.ONE_MONTH, removal_policy=RemovalPolicy.DESTROY
        )
        stage = self.stage.node.default_child
        if not isinstance(stage, apigatewayv2.CfnStage):
            raise TypeError("the stage is not a CfnStage")
        stage.access_log_settings = apigatewayv2.CfnStage.AccessLogSettingsProperty(
            destination_arn=log.log_group_arn, format=json.dumps(_ACCESS_LOG)
        )

    def serve(self, function: lambda_.IFunction) -> None:
        """Send the handshakes, ends and messages of sockets to a function."""
        for route in ("$connect", "$disconnect", "$default"):
            self.api.add_route(
                route,
                integration=integrations.WebSocketLambdaIntegration(f"{route[1:].capitalize()}Integration", function),
                # The emulator does not know this resource, and always returns the answer.
                return_response=route == "$default" and self._config.on_aws,
            )

    def _add_domain(self, domain: str, certificate_arn: str) -> None:
        """Serve the API at `/live` of the operator's domain."""
        name = apigatewayv2.DomainName(
            self,
            "Domain",
            domain_name=domain,
            certificate=acm.Certificate.from_certificate_arn(self, "Certificate", certificate_arn),
            security_policy=apigatewayv2.SecurityPolicy.TLS_1_2,
        )
        apigatewayv2.ApiMapping(
            self, "Mapping", api=self.api, stage=self.stage, domain_name=name, api_mapping_key=_STAGE
        )
        self.url = f"wss://{domain}/{_STAGE}"
        self.domain_target = name.regional_domain_name


class LiveSender(QueueConsumer):
    """Events on the bus -> a queue -> messages over sockets; and pings every minute."""

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
        config = functions.config
        queue = self.queue_of_events(
            "Events",
            config,
            spec=spec,
            bus=bus,
            why="Sends events to open sockets",
            payload={"entity": sorted(SCOPES)},
        )
        self.serve(
            functions,
            spec=spec,
            grants=[
                grants.read_table(storage.table, config),
                grants.write_table(storage.table, spec.writes, config),
                self.send_dead_letters,
            ],
            sources=[QueueSource(queue, _CONCURRENCY)],
        )
        events.Rule(
            self,
            "Minute",
            description="Sends pings over open sockets",
            schedule=events.Schedule.rate(Duration.minutes(1)),
            targets=[self.event_target(_TOO_OLD, deliveries=0, invocations=0)],
        )


def live_function(functions: Functions, storage: Storage, spec: FunctionSpec) -> lambda_.Function:
    """Create the function that opens and closes sockets."""
    config = functions.config
    return functions.make(
        spec,
        [
            grants.read_table(storage.table, config),
            grants.write_table(storage.table, spec.writes, config),
            grants.count(storage.counters),
        ],
    )
