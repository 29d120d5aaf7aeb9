"""Sends messages over sockets, through API Gateway's `@connections`."""

from typing import Any, Final, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from souk.runtime.log import logger

_GONE: Final = "GoneException"
_TOO_FAST: Final = "LimitExceededException"
"""API Gateway's code for too many messages at once. Clients ask by query what they have missed."""


class Sender(Protocol):
    """Reaches open sockets by API Gateway's ids."""

    def send(self, connection_id: str, message: bytes) -> bool:
        """Send a message. Returns False if the socket is closed."""

    def close(self, connection_id: str) -> None:
        """Close a socket. One that is closed already stays so."""


class GatewaySender:
    """A sender through API Gateway. What it cannot deliver for now is lost: nobody depends on a message."""

    def __init__(self, client: Any) -> None:
        """`client` is botocore's of `apigatewaymanagementapi`."""
        self._client = client

    def send(self, connection_id: str, message: bytes) -> bool:
        """Send a message. Returns False if the socket is closed."""
        return self._try(lambda: self._client.post_to_connection(ConnectionId=connection_id, Data=message))

    def close(self, connection_id: str) -> None:
        """Close a socket, with the close code 1000: API Gateway has no other."""
        self._try(lambda: self._client.delete_connection(ConnectionId=connection_id))

    def _try(self, call: Any) -> bool:
        try:
            call()
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code == _GONE or error.response["ResponseMetadata"]["HTTPStatusCode"] == 410:  # noqa: PLR2004 - Gone
                return False
            log = logger.warning if code == _TOO_FAST else logger.error
            log("A message was not sent", reason=code)
        except BotoCoreError as error:
            logger.error("A message was not sent", reason=type(error).__name__)
        return True
