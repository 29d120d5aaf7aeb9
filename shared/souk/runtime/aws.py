"""The AWS clients that functions use, each made once per process, when it is first needed.

They are boto3's low-level clients, made by botocore: importing boto3 as well would be a fifth of a cold start.
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

# A waiting caller is better served by an error than by botocore's default of a minute.
_PROMPT = Config(connect_timeout=2, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 4})
# An invocation is not repeated: the function may have done its work when the connection broke. An owner ends after 25
# seconds and who called it after 28, so that there is time left to say that no answer came.
_ONCE = Config(connect_timeout=2, read_timeout=26, retries={"total_max_attempts": 1})
_PRESIGNING = Config(signature_version="s3v4", retries={"mode": "standard", "total_max_attempts": 4})


@cache
def _session() -> botocore.session.Session:
    return botocore.session.get_session()


def _client(service: str, config: Config) -> Any:
    return _session().create_client(service, config=config)


@cache
def dynamodb() -> "DynamoDBClient":
    """Return the client of the table."""
    return cast("DynamoDBClient", _client("dynamodb", _PROMPT))


@cache
def s3() -> "S3Client":
    """Return the client of the buckets."""
    return cast("S3Client", _client("s3", _PRESIGNING))


@cache
def events() -> "EventBridgeClient":
    """Return the client of the event bus."""
    return cast("EventBridgeClient", _client("events", _PROMPT))


@cache
def cognito() -> "CognitoIdentityProviderClient":
    """Return the client of the directory of people."""
    return cast("CognitoIdentityProviderClient", _client("cognito-idp", _ONCE))


@cache
def ses() -> "SESV2Client":
    """Return the client that sends mail."""
    return cast("SESV2Client", _client("sesv2", _PROMPT))


@cache
def sqs() -> "SQSClient":
    """Return the client of the queues."""
    return cast("SQSClient", _client("sqs", _PROMPT))


@cache
def _lambda() -> "LambdaClient":
    return cast("LambdaClient", _client("lambda", _ONCE))


def invoke(function: str, event: dict[str, Any]) -> dict[str, Any]:
    """Call another function of this deployment by its short name, and wait for its answer.

    Raises SoukError when that function fails or gives no answer.
    """
    try:
        response = _lambda().invoke(FunctionName=settings().function_name(function), Payload=orjson.dumps(event))
        payload = response["Payload"].read()
    except ClientError as refused:
        logger.error("A function cannot be called", function=function, exc_info=refused)
        raise SoukError(f"The function {function} cannot be called now; try again.") from refused
    except BotoCoreError as silent:
        logger.error("A function does not answer", function=function, exc_info=silent)
        raise SoukError(f"The function {function} does not answer; it may or may not have done its work.") from silent
    if "FunctionError" in response:
        logger.error("A function failed; its own log says why", function=function)
        raise SoukError(f"The function {function} failed; it may or may not have done its work.")
    answer: dict[str, Any] = orjson.loads(payload)
    return answer


def secret(secret_id: str) -> bytes:
    """Read a secret. The caller keeps it; it never leaves the process."""
    value: str = _client("secretsmanager", _PROMPT).get_secret_value(SecretId=secret_id)["SecretString"]
    return value.encode()
