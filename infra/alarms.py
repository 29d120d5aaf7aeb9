"""What rings. The description of each alarm links to its section of the runbook."""

from collections.abc import Mapping, Sequence

from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from infra import metrics
from infra.cluster import SearchCluster
from infra.config import Config
from infra.consumer import PERIOD, Consumer
from infra.storage import Storage
from souk.app import FUNCTIONS
from souk.graph.execution import GATEWAY

RUNBOOK = "docs/runbook.md"
_MINUTES_BEHIND = 5
_SLOW = 0.8
"""The part of a function's time limit that its slowest calls may take."""
_FULL = 0.4
"""The part of a function's disk that one search index may take: a new generation lies beside the old one."""
_BUSY_PERCENT = 80
"""The part of the account's concurrency that may be in use."""
_FULL_CLUSTER = 75
"""Percent of a node's disk. From about 85%, the cluster moves copies away, and it refuses writes before it is full."""
_BUSY_MEMORY = 85
"""Percent of the memory of a node. From 92%, the cluster refuses writes."""
_FAILING_PERCENT = 50
"""The part of all attempts of webhooks that may fail."""


class Alarms:
    """Adds the alarms. They send e-mail if the context has an address for it."""

    def __init__(self, scope: Construct, config: Config) -> None:
        self._scope = scope
        self._config = config
        self._prefix = config.prefix
        self.alarms: dict[str, cloudwatch.Alarm] = {}
        """By their names without the prefix."""
        self._action = self._email_action(config.alarm_email) if config.alarm_email else None

    def watch_api(self, api: apigateway.RestApi) -> None:
        """Add the alarm of answers that report a failure of the server."""
        self._add("api-5xx", metrics.server_errors(api), 1, "The API answered with a 5xx status")

    def watch_functions(self, functions: Mapping[str, lambda_.Function], consumers: Sequence[Consumer]) -> None:
        """Add the alarms of every function."""
        for name, function in functions.items():
            self._add(
                f"{name}-errors",
                metrics.failures(self._scope, self._config, name, function),
                1,
                f"{name} failed, timed out, or logged an error whose caller may have got status 200",
                section="errors",
            )
            seconds = _SLOW * FUNCTIONS[name].size.timeout
            self._add(
                f"{name}-slow",
                function.metric_duration(period=PERIOD, statistic="p99"),
                1000 * seconds,
                f"The slowest calls of {name} take {seconds:g} of at most {FUNCTIONS[name].size.timeout} seconds",
                section="slow",
                points=2,
                periods=3,
            )
        for name in functions.keys() - {consumer.name for consumer in consumers}:
            # Only for API functions, whose callers got an error. Lambda retries the consumers.
            self._add(
                f"{name}-throttled",
                functions[name].metric_throttles(period=PERIOD),
                1,
                f"AWS Lambda throttled {name}",
                section="throttled",
            )
        self._add(
            "concurrency",
            metrics.concurrency(),
            _BUSY_PERCENT,
            f"{_BUSY_PERCENT}% of the functions that the account may run at once are running",
        )

    def watch_consumers(self, consumers: Sequence[Consumer]) -> None:
        """Add the alarms of input that waits, and of input that was given up."""
        for consumer in consumers:
            name = consumer.name
            self._add(
                f"{name}-behind",
                consumer.behind,
                _MINUTES_BEHIND * (60 if consumer.behind_in_seconds else 60_000),
                f"{name} is {_MINUTES_BEHIND} minutes behind or has no metric",
                missing_data=consumer.missing_data,
            )
            self._add(
                f"{name}-dead-letters",
                metrics.dead_letters(consumer),
                1,
                f"{name} failed on input for good",
                section="dead-letters",
            )

    def watch_storage(self, storage: Storage) -> None:
        """Add the alarms of the two tables, and of the search indexes."""
        for name, table in (("table", storage.table), ("counters", storage.counters)):
            self._add(
                f"{name}-throttled",
                metrics.table_throttles(name, table, storage.indexes_of(table)),
                1,
                f"DynamoDB throttled requests to the {name}",
                section=f"{name}-throttled",
            )
        if not self._config.uses_files:
            return
        disk = FUNCTIONS[GATEWAY].size.scratch
        self._add(
            "index-size",
            metrics.index_size(self._prefix),
            _FULL * disk * 1024**2,
            f"A search index takes {_FULL:.0%} of the {disk} MiB of disk that a function has",
        )

    def watch_cluster(self, cluster: SearchCluster) -> None:
        """Add the alarms of the search cluster, in its own stack."""
        domain, disk = cluster.domain, self._config.search_storage
        for name, metric, threshold, description, periods in (
            ("red", domain.metric_cluster_status_red(period=PERIOD), 1, "An index cannot be searched or changed", 1),
            ("yellow", domain.metric_cluster_status_yellow(period=PERIOD), 1, "An index has no second copy", 3),
            ("full", metrics.used_storage(domain, disk), _FULL_CLUSTER, "A disk of the cluster is getting full", 1),
            ("blocked", domain.metric_cluster_index_writes_blocked(period=PERIOD), 1, "The cluster refuses writes", 1),
            ("memory", domain.metric_jvm_memory_pressure(period=PERIOD), _BUSY_MEMORY, "The memory is full", 3),
        ):
            self._add(
                f"search-cluster-{name}",
                metric,
                threshold,
                description,
                section="search-cluster",
                points=periods,
                periods=periods,
                scope=cluster,
            )

    def watch_webhooks(self) -> None:
        """Add the alarm of attempts that fail at many addresses, which is rather the sender's failure."""
        self._add(
            "webhooks-failing",
            metrics.webhook_failures(self._prefix),
            _FAILING_PERCENT,
            f"{_FAILING_PERCENT}% of the attempts to send webhooks fail",
            points=2,
            periods=3,
        )

    def _add(
        self,
        name: str,
        metric: cloudwatch.IMetric,
        threshold: float,
        description: str,
        *,
        section: str = "",
        missing_data: cloudwatch.TreatMissingData = cloudwatch.TreatMissingData.NOT_BREACHING,
        points: int = 1,
        periods: int = 1,
        scope: Construct | None = None,
    ) -> None:
        """Add an alarm for a metric that reaches a threshold in `points` of the last `periods` periods.

        `section` is that of the runbook. By default it has the alarm's name.
        """
        if isinstance(metric, cloudwatch.MathExpression) and not self._config.on_aws:
            return  # the emulator has no metric math
        shown = name.replace("_", "-")
        alarm = cloudwatch.Alarm(
            scope or self._scope,
            name,
            alarm_name=f"{self._prefix}-{shown}",
            alarm_description=f"{description}. See {RUNBOOK}#{section or shown}",
            metric=metric,
            threshold=threshold,
            evaluation_periods=periods,
            datapoints_to_alarm=points if periods > 1 else None,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=missing_data,
        )
        self.alarms[name] = alarm
        if self._action:
            alarm.add_alarm_action(self._action)

    def _email_action(self, email: str) -> actions.SnsAction:
        topic = sns.Topic(self._scope, "Topic", enforce_ssl=True)
        topic.add_subscription(subscriptions.EmailSubscription(email))
        return actions.SnsAction(topic)
