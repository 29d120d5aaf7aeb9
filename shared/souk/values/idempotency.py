"""What makes asking twice safe: a key of the client's choice, and what tells one request from another. Pure."""

import json
from hashlib import sha256
from typing import Final

from pydantic import BaseModel

from souk.values.problems import Problems

_MAX_KEY: Final = 200


def key(problems: Problems, given: str | None) -> str | None:
    """Return an idempotency key, of the argument `idempotencyKey`; an empty one is none."""
    if given and len(given) > _MAX_KEY:
        problems.add("idempotencyKey", f"{_MAX_KEY} characters are the limit.")
    return given or None


def fingerprint(request: BaseModel) -> str:
    """Return what tells a request from others: the SHA-256 of all that it says beside its `idempotency_key`."""
    said = request.model_dump(mode="json", exclude_none=True, exclude={"idempotency_key"})
    return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
