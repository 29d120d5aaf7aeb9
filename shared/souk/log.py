"""The log: one JSON object a line, one line a request. It never holds a token, a secret or what a person wrote."""

from aws_lambda_powertools import Logger

logger = Logger()
"""`POWERTOOLS_SERVICE_NAME` names the function, `POWERTOOLS_LOG_LEVEL` sets the level."""
