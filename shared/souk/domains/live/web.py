"""The handshakes and messages of clients, as events of an API Gateway WebSocket API.

A handshake that is refused is answered with 401, 403 or 429. API Gateway passes the status on, and not always the body.
https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-keys-connect-disconnect.html
"""

from collections.abc import Mapping
from typing import Any, Final

import orjson

from souk.authentication.bearer import TENANT_HEADER, identify
from souk.authentication.rate_limits import Meter
from souk.authentication.terms import terms_refused
from souk.domains.live.commands.connecting import connect, disconnect
from souk.domains.live.model import TooManySockets
from souk.domains.live.rules import PONG, require_any_scope
from souk.runtime.log import logger
from souk.storage import Table
from souk.values.errors import Forbidden, SoukError, TooManyRequests, Unauthorized
from souk.web.rate_limits import refusal_headers

Answer = dict[str, Any]
_ACCEPTED: Final[Answer] = {"statusCode": 200}
_STATUS: Final[Mapping[type[SoukError], int]] = {
    Unauthorized: 401,
    Forbidden: 403,
    TooManyRequests: 429,
    TooManySockets: 429,
}
_UNAVAILABLE: Final = 503


class LiveApi:
    """Opens and closes sockets, and answers what clients send."""

    def __init__(self, table: Table, meter: Meter) -> None:
        self._table = table
        self._meter = meter

    def __call__(self, event: Mapping[str, Any], _context: object) -> Answer:
        """Answer an event of the routes `$connect`, `$disconnect` and `$default`."""
        about = event["requestContext"]
        match about["eventType"]:
            case "CONNECT":
                return self._connect(event, about)
            case "DISCONNECT":
                disconnect(self._table, about["connectionId"])
                return _ACCEPTED
        return {**_ACCEPTED, "body": PONG}

    def _connect(self, event: Mapping[str, Any], about: Mapping[str, Any]) -> Answer:
        headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
        parameters = {name.lower(): value for name, value in (event.get("queryStringParameters") or {}).items()}
        if TENANT_HEADER in parameters:  # web pages cannot set headers
            headers.setdefault(TENANT_HEADER, parameters[TENANT_HEADER])
        now = self._table.clock.real()
        try:
            self._meter.admit_address(about["identity"]["sourceIp"], now)
            principal, credential = identify(self._table, headers, now, parameters.get("access_token"))
            self._meter.admit_key(principal.key_id, now)
            self._meter.see(principal.user_id, now)
            if principal.terms_overdue:
                raise terms_refused()
            require_any_scope(principal)
            connect(self._table, about["connectionId"], credential)
        except SoukError as refused:
            answer = _refusal(refused)
            if answer["statusCode"] == _UNAVAILABLE:  # no metric of AWS counts it
                logger.error("A handshake failed", request_id=about["requestId"], code=refused.code)
        else:
            answer = _ACCEPTED
        logger.info("handshake", request_id=about["requestId"], status=answer["statusCode"])
        return answer


def _refusal(error: SoukError) -> Answer:
    status = next((status for kind, status in _STATUS.items() if isinstance(error, kind)), _UNAVAILABLE)
    headers = {"Content-Type": "application/json"}
    if isinstance(error, TooManyRequests):
        headers |= dict(refusal_headers(error))
    elif isinstance(error, Unauthorized):
        headers["WWW-Authenticate"] = error.challenge
    body = {"message": error.message, "code": error.code}
    return {"statusCode": status, "headers": headers, "body": orjson.dumps(body).decode()}
