"""The AWS clients of functions. Each is created once per process, on first use.

They are botocore clients: importing boto3 as well would take a fifth of a cold start.
"""

import os
import random
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import botocore.session
import orjson
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import BotoCoreError, ClientError

from souk.runtime import snapshot
from souk.runtime.log import logger
from souk.runtime.settings import ALIAS, settings
from souk.values.errors import SoukError

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sqs import SQSClient


class Timeouts(NamedTuple):
    """The limits of one call, in seconds for each attempt."""

    connect: float
    read: float
    attempts: int = 1

    @property
    def longest(self) -> float:
        """The longest time that a call can take, with botocore's pauses between attempts, in seconds."""
        pauses = float(2 ** (self.attempts - 1) - 1)
        return self.attempts * (self.connect + self.read) + pauses


TIMEOUTS: Mapping[str, Timeouts] = {
    "dynamodb": Timeouts(1.5, 1.5, attempts=3),
    "s3": Timeouts(2, 5, attempts=2),
    "events": Timeouts(1, 3, attempts=3),
    "secretsmanager": Timeouts(1, 3, attempts=3),
    "apigatewaymanagementapi": Timeouts(1, 3, attempts=2),
    "sesv2": Timeouts(1, 3, attempts=3),
    "sqs": Timeouts(1, 3, attempts=3),
    "logs": Timeouts(1, 5, attempts=2),
    "cloudwatch": Timeouts(1, 3, attempts=2),
    # These are not retried, because the work may have been done before the connection broke. A function that is
    # invoked has 25 seconds and its caller 28, which leaves the caller time to report an error.
    "cognito-idp": Timeouts(2, 15),
    "lambda": Timeouts(1, 26),
}
"""By service. Each call ends before its function's timeout, so that the caller gets an error and not silence."""

_EMULATOR = Timeouts(2, 9, attempts=2)
"""One emulator does the work of all services in one process. It answers in time, but not always within a second."""


@cache
def _session() -> botocore.session.Session:
    snapshot.after(random.seed)  # retries pause for a random time, which must not be the same in all copies
    return botocore.session.get_session()


def config(service: str) -> Config:
    """Return the settings of a service's client."""
    emulated = "AWS_ENDPOINT_URL" in os.environ
    limits = _EMULATOR if emulated and TIMEOUTS[service].attempts > 1 else TIMEOUTS[service]
    made = Config(
        connect_timeout=limits.connect,
        read_timeout=limits.read,
        retries={"mode": "standard", "total_max_attempts": limits.attempts},
    )
    if service != "s3":
        return made
    signing = made.merge(Config(signature_version="s3v4"))
    if emulated:
        return signing
    # Links lead to the bucket's own region. By default they lead to the global host, which serves us-east-1 only.
    return signing.merge(Config(s3={"addressing_style": "virtual", "us_east_1_regional_endpoint": "regional"}))


def _client(service: str, endpoint: str | None = None) -> Any:
    return _session().create_client(service, config=config(service), endpoint_url=endpoint)


@cache
def dynamodb() -> "DynamoDBClient":
    """Return the client of the table."""
    return cast("DynamoDBClient", _client("dynamodb"))


@cache
def s3() -> "S3Client":
    """Return the client of the buckets."""
    return cast("S3Client", _client("s3"))


@cache
def events() -> "EventBridgeClient":
    """Return the client of the event bus."""
    return cast("EventBridgeClient", _client("events"))


@cache
def cognito() -> "CognitoIdentityProviderClient":
    """Return the client of the user pool."""
    return cast("CognitoIdentityProviderClient", _client("cognito-idp"))


@cache
def ses() -> "SESV2Client":
    """Return the client that sends mail."""
    return cast("SESV2Client", _client("sesv2"))


@cache
def sqs() -> "SQSClient":
    """Return the client of the queues."""
    return cast("SQSClient", _client("sqs"))


@cache
def sockets(endpoint: str) -> Any:
    """Return the client of open sockets. `endpoint` is as in `LiveSettings`."""
    emulator = os.environ.get("AWS_ENDPOINT_URL", "")
    return _client("apigatewaymanagementapi", f"{emulator}{endpoint}" if endpoint.startswith("/") else endpoint)


@cache
def logs() -> Any:
    """Return the client of logs: of what operators read, and of the requests of API keys."""
    return _client("logs")


@cache
def cloudwatch() -> Any:
    """Return the client of metrics."""
    return _client("cloudwatch")


Sign = Callable[[str, str, bytes, Mapping[str, str]], Mapping[str, str]]
"""Returns the headers of a signed request, given its method, URL, body and headers."""


def signer(service: str) -> Sign:
    """Return what signs requests of this function to a service that botocore has no client for."""
    session = _session()
    return sign_with(session.get_credentials(), service, session.get_config_variable("region"))


def sign_with(credentials: Credentials | None, service: str, region: str | None) -> Sign:
    """Return what signs requests (Signature Version 4). Credentials that expire are renewed.

    The query string of a URL must be encoded.
    """

    def sign(method: str, url: str, body: bytes, headers: Mapping[str, str]) -> Mapping[str, str]:
        request = AWSRequest(method, url, dict(headers), body)
        frozen = credentials and credentials.get_frozen_credentials()  # else they could be renewed in between
        SigV4Auth(frozen, service, region).add_auth(request)  # type: ignore[arg-type] # it raises without them
        return dict(request.headers.items())

    return sign


@cache
def _lambda() -> "LambdaClient":
    return cast("LambdaClient", _client("lambda"))


def invoke(function: str, event: dict[str, Any], *, alias: str | None = ALIAS) -> dict[str, Any]:
    """Invoke another function of this deployment, by its short name, and return its answer.

    Functions of a stream, a queue or a rule have no alias. Raises SoukError if the function fails or does not answer.
    """
    version: Any = {"Qualifier": alias} if alias else {}
    try:
        response = _lambda().invoke(
            FunctionName=settings().function_name(function), Payload=orjson.dumps(event), **version
        )
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


def invoke_later(function: str, event: dict[str, Any]) -> None:
    """Have Lambda invoke another function with an event, as an event source does. Raises SoukError if it refuses."""
    try:
        _lambda().invoke(
            FunctionName=settings().function_name(function), Payload=orjson.dumps(event), InvocationType="Event"
        )
    except (ClientError, BotoCoreError) as error:
        logger.error("Invoking a function was refused", function=function, exc_info=error)
        raise SoukError(f"The function {function} cannot be invoked now; try again.") from error


def secret(secret_id: str) -> bytes:
    """Return a secret from Secrets Manager. It is not cached here, and must never leave the process."""
    value: str = _client("secretsmanager").get_secret_value(SecretId=secret_id)["SecretString"]
    return value.encode()
