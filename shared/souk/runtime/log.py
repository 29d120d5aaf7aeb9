"""The log: one line per request, as a JSON object. It never contains tokens, secrets or people's texts."""

import logging

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import MetricUnit, single_metric

logger = Logger()
"""`POWERTOOLS_SERVICE_NAME` names the function, `POWERTOOLS_LOG_LEVEL` sets the level."""

METRIC_NAMESPACE = "Souk"
"""The CloudWatch namespace of the functions' metrics."""

for _library in ("authlib", "botocore", "urllib3"):
    # At DEBUG they log requests and responses, with passwords for Cognito and secrets from Secrets Manager. Lambda's
    # log level applies to all loggers, so their level is set here.
    logging.getLogger(_library).setLevel(logging.INFO)


def record_metric(name: str, milliseconds: int, deployment: str) -> None:
    """Write a metric to the log, where CloudWatch reads it. The log level does not apply to it."""
    with single_metric(name, MetricUnit.Milliseconds, milliseconds, namespace=METRIC_NAMESPACE) as metric:
        metric.add_dimension("deployment", deployment)
