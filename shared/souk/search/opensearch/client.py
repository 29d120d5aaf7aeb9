"""Requests to an OpenSearch cluster: JSON over HTTP, signed in AWS. They use what botocore brings along anyway."""

from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import quote, urlencode

import orjson
import urllib3
from urllib3.exceptions import HTTPError

from souk.runtime import aws
from souk.runtime.log import logger
from souk.values.errors import SoukError, Unavailable

_TIMEOUT: Final = urllib3.Timeout(connect=1.5, read=10)
"""Seconds. An API function has 25 of them, and a page of results takes a few hundredths of one."""
_RETRIES: Final = urllib3.Retry(
    total=2,
    read=0,  # the cluster may be doing the work
    backoff_factor=0.2,
    allowed_methods=None,  # all requests can be repeated
    status_forcelist=(429, 502, 503, 504),
    raise_on_status=False,
)
_REFUSED: Final = 400
"""The least status of an error."""
_NOT_FOUND: Final = 404
_BUSY: Final = frozenset({403, 429, 500, 502, 503, 504})
"""403 is the answer to every write while the cluster has no disk left, and to a role that lacks a permission."""


class Missing(Exception):
    """There is no such index or alias."""


class Client:
    """Sends requests to a cluster. Threads can share it."""

    def __init__(self, endpoint: str, sign: aws.Sign | None = None) -> None:
        """`endpoint` is the URL of the cluster, without a slash at the end."""
        self.endpoint = endpoint
        self._sign = sign
        self._pool = urllib3.PoolManager(timeout=_TIMEOUT, retries=_RETRIES)

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None, **options: str) -> Any:
        """Send a request and return its answer. `options` are those in the query string.

        Raises Missing, and Unavailable if the cluster cannot answer now.
        """
        return self._send(method, path, options, b"" if body is None else orjson.dumps(body), "application/json")

    def bulk(self, path: str, lines: Iterable[bytes], **options: str) -> Any:
        """Send the lines of a bulk request and return its answer. Raises as `call` does."""
        return self._send("POST", path, options, b"".join(lines), "application/x-ndjson")

    def _send(self, method: str, path: str, options: Mapping[str, str], body: bytes, content: str) -> Any:
        # Signatures are of an encoded query string: AWS encodes what it receives before it compares.
        url = f"{self.endpoint}{path}?{urlencode(options, quote_via=quote)}" if options else self.endpoint + path
        headers: Mapping[str, str] = {"Content-Type": content} if body else {}
        if self._sign:
            headers = self._sign(method, url, body, headers)
        try:
            response = self._pool.request(method, url, body=body or None, headers=headers)
        except HTTPError as error:
            logger.error("The search cluster did not answer", path=path, reason=type(error).__name__)
            raise Unavailable("Search is not available just now. Please try again.") from error
        answer = _parse(response.data)
        if response.status < _REFUSED:
            return answer
        problem = answer.get("error") if isinstance(answer, dict) else None
        kind = problem.get("type", "") if isinstance(problem, dict) else ""
        if response.status == _NOT_FOUND:
            raise Missing(path)
        # The reason of an error can contain text of a document, which does not belong into a log.
        logger.error("The search cluster refused a request", path=path, status=response.status, kind=kind)
        if response.status in _BUSY:
            raise Unavailable("Search is not available just now. Please try again.")
        raise SoukError("The search cluster refused a request.")


def _parse(body: bytes) -> Any:
    try:
        return orjson.loads(body) if body else None
    except orjson.JSONDecodeError:  # an answer of something in front of the cluster
        return None
