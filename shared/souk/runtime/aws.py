"""The AWS clients of functions. Each is created once per process, on first use.

They are botocore clients: importing boto3 as well would take a fifth of a cold start.
"""

from functools import cache
from typing import TYPE_CHECKING, Any, cast

import botocore.session
import orjson
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from souk.runtime.log import logger
from souk.runtime.settings import settings
from souk.values.errors import SoukError

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sqs import SQSClient

# For a waiting caller an early error is better than botocore's timeout of a minute.
_FAST = Config(connect_timeout=2, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 4})
# Invocations are not retried, because the function may have done its work before the connection broke. Its timeout is
# 25 seconds and its caller's 28, which leaves the caller time to report an error.
_NO_RETRY = Config(connect_timeout=2, read_timeout=26, retries={"total_max_attempts": 1})
_PRESIGNING = Config(signature_version="s3v4", retries={"mode": "standard", "total_max_attempts": 4})


@cache
def _session() -> botocore.session.Session:
    return botocore.session.get_session()


def _client(service: str, config: Config) -> Any:
    return _session().create_client(service, config=config)


@cache
def dynamodb() -> "DynamoDBClient":
    """Return the client of the table."""
    return cast("DynamoDBClient", _client("dynamodb", _FAST))


@cache
def s3() -> "S3Client":
    """Return the client of the buckets."""
    return cast("S3Client", _client("s3", _PRESIGNING))


@cache
def events() -> "EventBridgeClient":
    """Return the client of the event bus."""
    return cast("EventBridgeClient", _client("events", _FAST))


@cache
def cognito() -> "CognitoIdentityProviderClient":
    """Return the client of the user pool."""
    return cast("CognitoIdentityProviderClient", _client("cognito-idp", _NO_RETRY))


@cache
def ses() -> "SESV2Client":
    """Return the client that sends mail."""
    return cast("SESV2Client", _client("sesv2", _FAST))


@cache
def sqs() -> "SQSClient":
    """Return the client of the queues."""
    return cast("SQSClient", _client("sqs", _FAST))


@cache
def _lambda() -> "LambdaClient":
    return cast("LambdaClient", _client("lambda", _NO_RETRY))


def invoke(function: str, event: dict[str, Any]) -> dict[str, Any]:
    """Invoke another function of this deployment, by its short name, and return its answer.

    Raises SoukError if the function fails or does not answer.
    """
    try:
        response = _lambda().invoke(FunctionName=settings().function_name(function), Payload=orjson.dumps(event))
        payload = response["Payload"].read()
    except ClientError as error:
        logger.error("Invoking a function was refused", function=function, exc_info=error)
        raise SoukError(f"The function {function} cannot be invoked now; try again.") from error
    except BotoCoreError as error:
        logger.error("A function did not answer", function=function, exc_info=error)
        raise SoukError(f"The function {function} did not answer; it may or may not have done its work.") from error
    if "FunctionError" in response:
        logger.error("A function failed; see its own log", function=function)
        raise SoukError(f"The function {function} failed; it may or may not have done its work.")
    answer: dict[str, Any] = orjson.loads(payload)
    return answer


def secret(secret_id: str) -> bytes:
    """Return a secret from Secrets Manager. It is not cached here, and must never leave the process."""
    value: str = _client("secretsmanager", _FAST).get_secret_value(SecretId=secret_id)["SecretString"]
    return value.encode()
