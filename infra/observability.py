"""Alarms for the operator, and a dashboard."""

from collections.abc import Mapping, Sequence

from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from infra.config import Config
from infra.consumer import PERIOD, Consumer

_MINUTES_BEHIND = 5


class Observability(Construct):
    """The alarms send e-mail if the context has an address for it."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        config: Config,
        *,
        api: apigateway.RestApi,
        functions: Mapping[str, lambda_.Function],
        consumers: Sequence[Consumer],
    ) -> None:
        super().__init__(scope, id_)
        self._prefix = config.prefix
        self.alarms: dict[str, cloudwatch.Alarm] = {}
        """The alarms, by their names without the prefix."""
        self._action = self._email_action(config.alarm_email) if config.alarm_email else None

        failures = api.metric_server_error(period=PERIOD, statistic="Sum")
        self._alarm("api-5xx", failures, 1, "The API answered with a 5xx status")
        errors = {name: function.metric_errors(period=PERIOD) for name, function in functions.items()}
        throttles = {name: function.metric_throttles(period=PERIOD) for name, function in functions.items()}
        for name in functions:
            self._alarm(f"{name}-errors", errors[name], 1, f"The function {name} failed or timed out")
        lags: dict[bool, list[cloudwatch.Metric]] = {False: [], True: []}
        dead_letters = []
        for consumer in consumers:
            name = consumer.name
            dead = consumer.dead_letters.metric_approximate_number_of_messages_visible(period=PERIOD)
            lags[consumer.behind_in_seconds].append(consumer.behind)
            dead_letters.append(dead)
            self._alarm(
                f"{name}-behind",
                consumer.behind,
                _MINUTES_BEHIND * (60 if consumer.behind_in_seconds else 60_000),
                f"{name} is {_MINUTES_BEHIND} minutes behind or has no metric; see docs/operating.md",
                consumer.missing_data,
            )
            self._alarm(f"{name}-dead-letters", dead, 1, f"{name} failed on records for good; see docs/operating.md")
        for name in functions.keys() - {consumer.name for consumer in consumers}:
            # Only for API functions, whose callers got an error. Lambda retries the consumers.
            self._alarm(
                f"{name}-throttled", throttles[name], 1, f"AWS Lambda throttled {name}; raise its concurrency limit"
            )

        cloudwatch.Dashboard(
            self,
            "Dashboard",
            dashboard_name=config.prefix,
            widgets=[
                [
                    _graph("API: requests and errors", api.metric_count(), api.metric_client_error(), failures),
                    _graph("API: latency, ms", *(api.metric_latency(statistic=p) for p in ("p50", "p95", "p99"))),
                ],
                [_graph("Functions: errors", *errors.values()), _graph("Functions: throttles", *throttles.values())],
                [_graph("Behind, ms", *lags[False]), _graph("Queues: oldest message, s", *lags[True])],
                [_graph("Dead letters", *dead_letters)],
            ],
        )

    def _alarm(
        self,
        name: str,
        metric: cloudwatch.Metric,
        threshold: int,
        description: str,
        missing_data: cloudwatch.TreatMissingData = cloudwatch.TreatMissingData.NOT_BREACHING,
    ) -> None:
        alarm = cloudwatch.Alarm(
            self,
            name,
            alarm_name=f"{self._prefix}-{name.replace('_', '-')}",
            alarm_description=description,
            metric=metric,
            threshold=threshold,
            evaluation_periods=1,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=missing_data,
        )
        self.alarms[name] = alarm
        if self._action:
            alarm.add_alarm_action(self._action)

    def _email_action(self, email: str) -> actions.SnsAction:
        topic = sns.Topic(self, "Topic", enforce_ssl=True)
        topic.add_subscription(subscriptions.EmailSubscription(email))
        return actions.SnsAction(topic)


def _graph(title: str, *metrics: cloudwatch.IMetric) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(title=title, left=list(metrics), width=12)
