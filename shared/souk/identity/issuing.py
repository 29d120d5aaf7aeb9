"""Issuing access tokens."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from souk.identity.records import TOKENS, AccessToken, ApiKey
from souk.identity.tokens import TokenParts, digest, mint
from souk.storage import Transaction

LIFETIME = timedelta(hours=24)
"""How long an access token is good for (reference, "Flow and Supported Grants")."""


def issue_token(
    tx: Transaction,
    key: ApiKey,
    user_id: str,
    organization_id: str,
    now: datetime,
    *,
    scopes: Iterable[str] | None = None,
) -> str:
    """Make an access token for a person through a key, to be good once the transaction is committed.

    `organization_id` is the organization of requests that name none. `scopes` are by their names in the contract;
    without them the token has all of its key's. Only the token's hash is stored: this is the one time it is seen.
    """
    token = mint(TokenParts(key.id, user_id, organization_id))
    access = AccessToken(
        hash=digest(token),
        key_id=key.id,
        user_id=user_id,
        scopes=key.scopes if scopes is None else tuple(scopes),
        generation=key.generation,
        expires=int((now + LIFETIME).timestamp()),
    )
    tx.create(TOKENS, access)
    return token
