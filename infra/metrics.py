"""The metrics that alarms and dashboards show, beside those that constructs have."""

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_opensearchservice as opensearch
from constructs import Construct

from infra.config import Config
from infra.consumer import PERIOD, Consumer
from souk.runtime.log import INDEX_BYTES, METRIC_NAMESPACE, WEBHOOK_ATTEMPTS, WEBHOOK_FAILURES

_LEAST_ATTEMPTS = 20
"""The attempts in a period, without which their failures say nothing."""


def server_errors(api: apigateway.RestApi) -> cloudwatch.Metric:
    """Return the number of answers with a 5xx status."""
    return api.metric_server_error(period=PERIOD, statistic="Sum")


def failures(scope: Construct, config: Config, name: str, function: lambda_.Function) -> cloudwatch.IMetric:
    """Return the number of a function's calls that failed, and of its log lines of the level ERROR.

    The lines are of failures that it handled, which AWS does not count. The filter that counts them needs no code in
    the function, and no log level hides them. One alarm rings for both, as a stack has at most 500 resources.
    """
    errors = function.metric_errors(period=PERIOD)
    if not config.on_aws:
        return errors  # the emulator has no metric math
    lines = logs.MetricFilter(
        scope,
        f"{name}-error-lines",
        log_group=function.log_group,
        filter_pattern=logs.FilterPattern.string_value("$.level", "=", "ERROR"),
        metric_namespace=f"{METRIC_NAMESPACE}/{config.prefix}",
        metric_name=f"{name}-error-lines",
        metric_value="1",
    )
    return cloudwatch.MathExpression(
        expression="SUM([FILL(errors, 0), FILL(lines, 0)])",
        using_metrics={"errors": errors, "lines": lines.metric(statistic="Sum", period=PERIOD)},
        period=PERIOD,
        label="Failed calls and logged errors",
    )


def dead_letters(consumer: Consumer) -> cloudwatch.Metric:
    """Return the number of messages in a dead-letter queue."""
    return consumer.dead_letters.metric_approximate_number_of_messages_visible(period=PERIOD)


def concurrency() -> cloudwatch.MathExpression:
    """Return how much of the account's concurrency is in use, in percent."""
    usage = cloudwatch.Metric(
        namespace="AWS/Usage",
        metric_name="ResourceCount",
        dimensions_map={
            "Service": "Lambda",
            "Type": "Resource",
            "Resource": "ConcurrentExecutions",
            "Class": "None",
        },
        statistic="Maximum",
    )
    return cloudwatch.MathExpression(
        expression="100 * usage / SERVICE_QUOTA(usage)",
        using_metrics={"usage": usage},
        period=PERIOD,
        label="Concurrency, %",
    )


def table_throttles(name: str, table: dynamodb.ITable, indexes: Sequence[str]) -> cloudwatch.MathExpression:
    """Return the number of throttled reads and writes of a table and its indexes."""
    places = [{"TableName": table.table_name}]
    places += [{"TableName": table.table_name, "GlobalSecondaryIndexName": index} for index in indexes]
    parts = {
        f"{name}{kind}{number}": cloudwatch.Metric(
            namespace="AWS/DynamoDB", metric_name=f"{kind}ThrottleEvents", dimensions_map=place, statistic="Sum"
        )
        for number, place in enumerate(places)
        for kind in ("Read", "Write")
    }
    return cloudwatch.MathExpression(
        expression=f"SUM([{', '.join(f'FILL({part}, 0)' for part in parts)}])",
        using_metrics=parts,
        period=PERIOD,
        label=f"Throttled requests to the {name}",
    )


def index_size(prefix: str) -> cloudwatch.Metric:
    """Return the size of the largest search index, in bytes."""
    return own(prefix, "search_indexer", INDEX_BYTES, "Maximum")


def used_storage(domain: opensearch.Domain, disk: int) -> cloudwatch.MathExpression:
    """Return how much of the fullest node's disk is in use, in percent. `disk` is its size in GiB."""
    return cloudwatch.MathExpression(
        expression=f"100 - 100 * free / {disk * 1024}",
        using_metrics={"free": domain.metric_free_storage_space(period=PERIOD)},  # in MiB; the least of all nodes
        period=PERIOD,
        label="Used storage, %",
    )


def webhook_failures(prefix: str) -> cloudwatch.MathExpression:
    """Return how many of the attempts of webhooks fail, in percent; 0 if there are few."""
    return cloudwatch.MathExpression(
        expression=f"IF(attempts >= {_LEAST_ATTEMPTS}, 100 * failures / attempts, 0)",
        using_metrics={
            "attempts": own(prefix, "webhook_delivery", WEBHOOK_ATTEMPTS, "Sum"),
            "failures": own(prefix, "webhook_delivery", WEBHOOK_FAILURES, "Sum"),
        },
        period=PERIOD,
        label="Failed attempts, %",
    )


def own(prefix: str, function: str, name: str, statistic: str, period: Duration = PERIOD) -> cloudwatch.Metric:
    """Return a metric that a function writes to its log (`souk.runtime.log.record_metric`)."""
    return cloudwatch.Metric(
        namespace=METRIC_NAMESPACE,
        metric_name=name,
        dimensions_map={"deployment": prefix, "service": function},
        statistic=statistic,
        period=period,
    )
