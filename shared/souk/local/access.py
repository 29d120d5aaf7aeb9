"""Access tokens for the demo users, until people get theirs from the authorization server."""

import time

from souk.domains.identity.store import user_by_email
from souk.identity.records import API_KEYS, TOKENS, AccessToken
from souk.identity.tokens import TokenParts, digest, mint
from souk.local.emulator import client
from souk.local.problem import Problem
from souk.storage import Table

DEMO_KEY = "souk-demo"
"""The id of the demo data's API key."""

TOKEN_SECONDS = 14 * 24 * 3600


def table(endpoint: str, name: str) -> Table:
    """Return the table as the account's root user may use it: every key may be written."""
    return Table(client("dynamodb", endpoint), name, writes=("",))


def issue_token(table: Table, email: str) -> str:
    """Return a new access token of the person with this e-mail address, with all scopes of the demo key.

    Raises Problem when there is no such person.
    """
    user = user_by_email(table, email)
    key = table.get(API_KEYS, DEMO_KEY, consistent=True)
    if user is None or key is None:
        raise Problem(f"There is nobody with the e-mail address {email} here.")
    token = mint(TokenParts(key.id, user.id, user.organization_id))
    record = AccessToken(
        hash=digest(token),
        key_id=key.id,
        user_id=user.id,
        scopes=key.scopes,
        generation=key.generation,
        expires=int(time.time()) + TOKEN_SECONDS,
    )
    transaction = table.transaction()
    transaction.create(TOKENS, record)
    transaction.commit()
    return token
