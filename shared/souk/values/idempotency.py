"""Idempotency keys, and fingerprints that tell requests apart."""

import json
from hashlib import sha256
from typing import Final

from pydantic import BaseModel

from souk.values.errors import Conflict
from souk.values.problems import Problems

_MAX_KEY: Final = 200


def key(problems: Problems, given: str | None) -> str | None:
    """Return the argument `idempotencyKey` after checking it; None if it is empty."""
    if given and len(given) > _MAX_KEY:
        problems.add("idempotencyKey", f"at most {_MAX_KEY} characters are allowed.")
    return given or None


def fingerprint(request: BaseModel) -> str:
    """Return the SHA-256 of a request's content, without its `idempotency_key`."""
    content = request.model_dump(mode="json", exclude_none=True, exclude={"idempotency_key"})
    return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def result_of(holder: str | None, request: BaseModel) -> str | None:
    """Return the result of the request that used a key before; None if there was none.

    `holder` is what `with_result` made. Raises Conflict if the key was used for another request.
    """
    if holder is None:
        return None
    stored, _, result = holder.partition("#")
    if stored != fingerprint(request):
        raise Conflict("This idempotency key was used for another request.")
    return result


def with_result(request: BaseModel, result: object) -> str:
    """Return what to store as the holder of a key: the request's fingerprint, and its result."""
    return f"{fingerprint(request)}#{result}"
