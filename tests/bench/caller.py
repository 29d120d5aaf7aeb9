"""A caller with a prepared token, key and membership, for measurements without a table."""

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from souk.authentication.principal import Role
from souk.authentication.records import API_KEYS, GRANTS, MEMBERSHIPS, TOKENS, AccessToken, ApiKey, Grant, Membership
from souk.authentication.scopes import Scope
from souk.authentication.tokens import TokenParts, digest, mint
from tests.support.clock import new_id

REFERENCE_QUERY = "{ requestMetadata { sudo internal } }"
_SCOPES = tuple(scope.value for scope in Scope)
_PARTS = TokenParts("bench", "1", "2", "3")


def environment(function: str = "graphql") -> dict[str, str]:
    """Return the environment of a deployed function."""
    return {
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "SOUK_PREFIX": "souk-bench",
        "SOUK_FUNCTION": function,
        "SOUK_TARGET": "local",
        "SOUK_WRITES": "",
        "SOUK_APPENDS": "",
        "SOUK_TABLE": "bench",
        "SOUK_BUS": "bench",
        "SOUK_ATTACHMENTS_BUCKET": "bench",
        "SOUK_SEARCH_BUCKET": "bench",
        "SOUK_CURSOR_SECRET": "bench",
        "SOUK_COUNTERS": "bench",
        "SOUK_ADDRESS_LIMIT": "",
        "SOUK_MAX_COST": "10000",
        "SOUK_SEARCH": "tantivy",
        "SOUK_SEARCH_ENDPOINT": "",
        "SOUK_TEST_CLOCK": "off",
        "SOUK_TOKEN_SECRET": "bench",
        "POWERTOOLS_SERVICE_NAME": function,
        "POWERTOOLS_LOG_LEVEL": "WARNING",
        "PYDANTIC_DISABLE_PLUGINS": "__all__",
    }


def token_and_items() -> tuple[str, list[dict[str, Any]]]:
    """Return a token and the four items that authenticate it."""
    token = mint(_PARTS)
    expires = int((datetime.now(UTC) + timedelta(hours=1)).timestamp())
    access = AccessToken(
        hash=digest(token),
        grant_id="3",
        key_id="bench",
        user_id="1",
        scopes=_SCOPES,
        generation=1,
        expires=expires,
    )
    grant = Grant(
        id="3", key_id="bench", user_id="1", organization_id="2", scopes=_SCOPES, generation=1, expires=expires
    )
    key = ApiKey(
        id="bench",
        name="Bench",
        organization_id="2",
        created_by="1",
        scopes=_SCOPES,
        grants=(),
        redirect_uris=(),
    )
    member = Membership(id=new_id(), user_id="1", organization_id="2", company_id="2", role=Role.OWNER)
    return token, [TOKENS.encode(access), API_KEYS.encode(key), GRANTS.encode(grant), MEMBERSHIPS.encode(member)]


def cold_start_argument(function: str) -> str:
    """Return the input of child_cold_start.py: the function, its first request, and the items that it reads."""
    token, items = token_and_items()
    requests: dict[str, dict[str, Any]] = {
        "graphql": {
            "path": "/graphql",
            "headers": {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
            "body": orjson.dumps({"query": REFERENCE_QUERY}).decode(),
        },
        "web": {"path": "/no-such-page", "httpMethod": "GET", "headers": {}, "body": None},
    }
    request = requests[function]
    context = {"identity": {"sourceIp": "127.0.0.1"}, "path": request["path"], "domainName": "bench.test"}
    event = {**request, "requestContext": context, "isBase64Encoded": False}
    return orjson.dumps({"function": function, "event": event, "items": items}).decode()
