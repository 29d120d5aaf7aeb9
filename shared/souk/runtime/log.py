"""The log: one JSON object a line, one line a request. It never holds a token, a secret or what a person wrote."""

import logging

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import MetricUnit, single_metric

logger = Logger()
"""`POWERTOOLS_SERVICE_NAME` names the function, `POWERTOOLS_LOG_LEVEL` sets the level."""

METRIC_NAMESPACE = "Souk"
"""The namespace of what functions measure, in CloudWatch."""

for _library in ("authlib", "botocore", "urllib3"):
    # At DEBUG these write down what they send and receive: passwords on their way to Cognito, secrets from their vault.
    # Whoever sets the level of everything, as Lambda's own setting does, must not get that.
    logging.getLogger(_library).setLevel(logging.INFO)


def record_metric(name: str, milliseconds: int, deployment: str) -> None:
    """Write a measure of this function's, which CloudWatch reads from the log, whatever the log's level."""
    with single_metric(name, MetricUnit.Milliseconds, milliseconds, namespace=METRIC_NAMESPACE) as metric:
        metric.add_dimension("deployment", deployment)
