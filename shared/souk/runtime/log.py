"""The log: one line per request, as a JSON object. It never contains tokens, secrets or people's texts."""

import logging
from typing import Final, Literal

from aws_lambda_powertools import Logger

logger = Logger()
"""`POWERTOOLS_SERVICE_NAME` names the function, `POWERTOOLS_LOG_LEVEL` sets the level."""

METRIC_NAMESPACE = "Souk"
"""The CloudWatch namespace of the functions' metrics."""
BEHIND: Final = "Behind"
"""How long the oldest deadline has been due, in milliseconds."""
INDEX_BYTES: Final = "IndexBytes"
"""The size of the largest search index."""
WEBHOOK_ATTEMPTS: Final = "WebhookAttempts"
"""Attempts to send a webhook."""
WEBHOOK_FAILURES: Final = "WebhookFailures"
"""Those of them that an address did not accept."""

for _library in ("authlib", "botocore", "urllib3"):
    # At DEBUG they log requests and responses, with passwords for Cognito and secrets from Secrets Manager. Lambda's
    # log level applies to all loggers, so their level is set here.
    logging.getLogger(_library).setLevel(logging.INFO)


def record_metric(name: str, value: float, unit: Literal["Milliseconds", "Bytes", "Count"], deployment: str) -> None:
    """Write a metric to the log, where CloudWatch reads it. The log level does not apply to it."""
    from aws_lambda_powertools.metrics import MetricUnit, single_metric  # noqa: PLC0415 - most functions have no metric

    with single_metric(name, MetricUnit(unit), value, namespace=METRIC_NAMESPACE) as metric:
        metric.add_dimension("deployment", deployment)
