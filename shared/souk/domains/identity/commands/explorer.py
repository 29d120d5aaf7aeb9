"""Access tokens for the API explorer of the pages."""

from dataclasses import dataclass
from datetime import datetime

from souk.authentication import explorer
from souk.authentication.records import API_KEYS, SESSIONS, ApiKey
from souk.authentication.sessions import WEB_KEY
from souk.domains.identity.rules import api_keys as rules
from souk.graph import Context
from souk.values.errors import Conflict, Forbidden, InvalidToken, NotFound


@dataclass(frozen=True, slots=True)
class ExplorerToken:
    """A token with what it acts through and for."""

    id: str
    access_token: str
    api_key: ApiKey
    organization_id: str
    expires: datetime
    """In real time, UTC."""


def create_token(ctx: Context, key_id: str) -> ExplorerToken:
    """Make a token for the caller's browser through an API key of their organization.

    Raises Forbidden for programs and people who do not manage keys, NotFound for keys of others, and Conflict for a
    key that does not work.
    """
    _require_browser(ctx)
    rules.require_manager(ctx.principal)
    key = ctx.table.get(API_KEYS, key_id, consistent=True)
    if key is None or not rules.can_manage(key, ctx.principal):
        raise NotFound("This API key does not exist, or it belongs to another organization.")
    if not key.active:
        raise Conflict("This API key does not work. Choose another one.")
    session = ctx.table.get(SESSIONS, ctx.principal.session_hash, consistent=True)
    if session is None:
        raise InvalidToken("This session has ended. Log in again.")
    tx = ctx.table.transaction()
    made = explorer.issue(tx, key, session, ctx.principal.organization_id, ctx.table.clock.real())
    tx.commit()
    return ExplorerToken(made.id, made.token, key, ctx.principal.organization_id, made.expires)


def end_token(ctx: Context, token_id: str) -> None:
    """End a token that the caller's browser got. Repeating it changes nothing. Raises Forbidden for programs."""
    _require_browser(ctx)
    explorer.end(ctx.table, ctx.principal.session_hash, token_id)


def _require_browser(ctx: Context) -> None:
    if ctx.principal.key_id != WEB_KEY:
        raise Forbidden("Only the API explorer of these pages has such tokens. Programs get theirs by OAuth 2.0.")
