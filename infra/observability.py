"""Alarms for the operator, and the dashboards."""

from collections.abc import Mapping, Sequence

from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.alarms import Alarms
from infra.cluster import SearchCluster
from infra.config import Config
from infra.consumer import Consumer
from infra.dashboards import add_dashboards
from infra.storage import Storage


class Observability(Construct):
    """Watches everything. CloudFormation deletes an alarm that moves to another construct, so all are made here."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        config: Config,
        *,
        api: apigateway.RestApi,
        functions: Mapping[str, lambda_.Function],
        consumers: Sequence[Consumer],
        storage: Storage,
        cluster: SearchCluster | None,
    ) -> None:
        super().__init__(scope, id_)
        alarms = Alarms(self, config)
        alarms.watch_api(api)
        alarms.watch_functions(functions, consumers)
        alarms.watch_consumers(consumers)
        alarms.watch_storage(storage)
        alarms.watch_webhooks()
        if cluster:
            alarms.watch_cluster(cluster)
        add_dashboards(self, config, api=api, functions=functions, consumers=consumers, storage=storage)
        self.alarms = alarms.alarms
        """The alarms, by their names without the prefix."""
