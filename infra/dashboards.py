"""Two dashboards: the state of the deployment at a glance, and its functions one by one."""

from collections.abc import Mapping, Sequence

from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra import metrics
from infra.config import Config
from infra.consumer import Consumer
from infra.storage import Storage

_PERCENTILES = ("p50", "p95", "p99")


def add_dashboards(
    scope: Construct,
    config: Config,
    *,
    api: apigateway.RestApi,
    functions: Mapping[str, lambda_.Function],
    consumers: Sequence[Consumer],
    storage: Storage,
) -> None:
    """Add the dashboards `<prefix>` and `<prefix>-functions`."""
    cloudwatch.Dashboard(
        scope,
        "Dashboard",
        dashboard_name=config.prefix,
        widgets=[
            [
                _graph(
                    "API: requests and errors",
                    api.metric_count(),
                    api.metric_client_error(),
                    metrics.server_errors(api),
                ),
                _graph("API: latency, ms", *(api.metric_latency(statistic=each) for each in _PERCENTILES)),
            ],
            [
                _graph("Functions: errors", *(one.metric_errors() for one in functions.values())),
                _graph("Functions: throttles", *(one.metric_throttles() for one in functions.values())),
            ],
            [
                _graph("Account: concurrency, %", metrics.concurrency()),
                _graph(
                    "DynamoDB: throttled requests",
                    *(
                        metrics.table_throttles(name, table, storage.indexes_of(table))
                        for name, table in (("table", storage.table), ("counters", storage.counters))
                    ),
                ),
            ],
            [
                _graph("Behind, ms", *(each.behind for each in consumers if not each.behind_in_seconds)),
                _graph("Queues: oldest message, s", *(each.behind for each in consumers if each.behind_in_seconds)),
            ],
            [
                _graph("Dead letters", *map(metrics.dead_letters, consumers)),
                _graph(
                    "DynamoDB: consumed units",
                    storage.table.metric_consumed_read_capacity_units(),
                    storage.table.metric_consumed_write_capacity_units(),
                ),
            ],
            [
                _graph("Search: largest index, bytes", metrics.index_size(config.prefix)),
                _graph("Webhooks: failed attempts, %", metrics.webhook_failures(config.prefix)),
            ],
        ],
    )
    cloudwatch.Dashboard(
        scope,
        "FunctionsDashboard",
        dashboard_name=f"{config.prefix}-functions",
        widgets=[
            [
                cloudwatch.LogQueryWidget(
                    title="Errors in the logs",
                    log_group_names=[function.log_group.log_group_name for function in functions.values()],
                    query_lines=[
                        "fields @timestamp, service, message, request_id",
                        'filter level = "ERROR"',
                        "sort @timestamp desc",
                        "limit 50",
                    ],
                    width=24,
                )
            ],
            *(
                [
                    _graph(
                        f"{name}: duration, ms",
                        *(function.metric_duration(statistic=each) for each in ("p50", "p99")),
                    ),
                    _graph(f"{name}: calls and errors", function.metric_invocations(), function.metric_errors()),
                ]
                for name, function in functions.items()
            ),
        ],
    )


def _graph(title: str, *shown: cloudwatch.IMetric) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(title=title, left=list(shown), width=12)
