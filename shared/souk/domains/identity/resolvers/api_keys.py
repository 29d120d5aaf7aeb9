"""Queries and mutations of API keys and scopes."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from pydantic import PrivateAttr

from souk.authentication.rate_limits import Usage
from souk.authentication.records import API_KEYS, ApiKey, api_key_key
from souk.domains.identity.commands import api_keys as commands
from souk.domains.identity.commands import explorer
from souk.domains.identity.commands.explorer import ExplorerToken
from souk.domains.identity.resolvers.declared import domain
from souk.domains.identity.rules import api_keys as rules
from souk.domains.identity.store import ORGANIZATIONS, USERS, Connected, api_keys_of, connected_people
from souk.graph import Context, Scope
from souk.graph.context import Source
from souk.storage import Key
from souk.values.errors import Forbidden, NotFound
from souk.values.times import stamp

_MANAGING = (Scope.API_KEYS,)


class _UsageLoader:
    """The usage of all keys in a response, read with the first use."""

    def __init__(self, ctx: Context, keys: Iterable[ApiKey]) -> None:
        self._ctx = ctx
        self._ids = [key.id for key in keys]

    @cached_property
    def found(self) -> dict[str, Usage]:
        """Return the usage of each key by its id."""
        return self._ctx.meter.usage(self._ids, self._ctx.table.clock.real())


class _ShownKey(ApiKey):
    """A key in a response, which shares the usage read with the other keys."""

    _usages: _UsageLoader = PrivateAttr()

    @property
    def usage(self) -> Usage:
        """The usage of the key."""
        return self._usages.found[self.id]

    @classmethod
    def all(cls, ctx: Context, keys: Iterable[ApiKey]) -> list["_ShownKey"]:
        """Return the keys of one response."""
        shown = [cls.model_construct(**dict(key)) for key in keys]
        usages = _UsageLoader(ctx, shown)
        for one in shown:
            one._usages = usages  # noqa: SLF001 - its own class
        return shown


class _ProgramKey(_ShownKey):
    """A key in the response to a person who uses its program and does not manage it."""


def program_key(ctx: Context, key: ApiKey) -> ApiKey:
    """Return the key of a program that the caller uses. What is for those who manage the key is refused."""
    return (_ShownKey if _sees_all(key, ctx) else _ProgramKey).all(ctx, [key])[0]


def _sees_all(key: ApiKey, ctx: Context) -> bool:
    managed = ctx.principal.manages_keys and rules.can_manage(key, ctx.principal)
    return managed or ctx.principal.operator


def _require_managed(key: ApiKey) -> None:
    if isinstance(key, _ProgramKey):
        raise Forbidden("Only those who manage this API key see this.")


def shown_key(ctx: Context, key: ApiKey) -> _ShownKey:
    """Return a key as the source of the type ApiKey."""
    return _ShownKey.all(ctx, [key])[0]


# Queries


@domain.query("apiScopes", scopes=[Scope.COMMON_ENTITIES_READ])
def api_scopes(ctx: Context) -> list[Scope]:
    """Return all scopes."""
    return list(Scope)


@domain.query("apiKeys", scopes=_MANAGING)
def api_keys(ctx: Context) -> list[_ShownKey]:
    """Return the keys of the organization in context; for a company also those of its teams. Oldest first."""
    rules.require_manager(ctx.principal)
    keys = api_keys_of(ctx.table, ctx.principal.company_id)
    return _ShownKey.all(ctx, [key for key in keys if rules.can_manage(key, ctx.principal)])


def _key(ctx: Context, id: str) -> Mapping[Key, Source]:
    return {api_key_key(id): API_KEYS}


@domain.query("apiKey", scopes=_MANAGING, needs=_key)
def api_key(ctx: Context, id: str) -> _ShownKey | None:
    """Return one of these keys; None if it does not exist or belongs to another organization."""
    rules.require_manager(ctx.principal)
    key = ctx.load(API_KEYS, id, consistent=True)
    return shown_key(ctx, key) if key and rules.can_manage(key, ctx.principal) else None


# Mutations


@domain.mutation("createApiKey", scopes=_MANAGING)
def create_api_key(ctx: Context, input: commands.NewKey) -> dict[str, Any]:
    """Create a key and return its secret."""
    return _with_secret(ctx, commands.create(ctx, input))


@domain.mutation("updateApiKey", scopes=_MANAGING)
def update_api_key(ctx: Context, input: commands.KeyChange) -> _ShownKey:
    """Change a key."""
    return shown_key(ctx, commands.update(ctx, input))


@domain.mutation("rotateApiKeySecret", scopes=_MANAGING)
def rotate_api_key_secret(ctx: Context, id: str) -> dict[str, Any]:
    """Rotate the secret of a key and return it."""
    return _with_secret(ctx, commands.rotate_secret(ctx, id))


@domain.mutation("revokeApiKey", scopes=_MANAGING)
def revoke_api_key(ctx: Context, id: str) -> bool:
    """Revoke a key. Returns True also if it was revoked before."""
    commands.revoke(ctx, id)
    return True


@domain.mutation("createExplorerToken", scopes=_MANAGING)
def create_explorer_token(ctx: Context, api_key_id: str) -> ExplorerToken:
    """Make a token of the API explorer."""
    return explorer.create_token(ctx, api_key_id)


@domain.mutation("endExplorerToken", scopes=_MANAGING)
def end_explorer_token(ctx: Context, id: str) -> bool:
    """End a token of the API explorer. Returns True also if it has ended before."""
    explorer.end_token(ctx, id)
    return True


domain.link("ExplorerToken.organization", to=ORGANIZATIONS, by="organization_id")


@domain.field("ExplorerToken.apiKey")
def key_of_explorer(source: ExplorerToken, ctx: Context) -> ApiKey:
    """Return the key that the explorer calls through."""
    return shown_key(ctx, source.api_key)


@domain.field("ExplorerToken.expiresDateTime")
def explorer_expires(source: ExplorerToken, ctx: Context) -> str:
    """Return when the token expires."""
    return stamp(source.expires)


def _with_secret(ctx: Context, made: commands.KeyWithSecret) -> dict[str, Any]:
    return {"apiKey": shown_key(ctx, made.key), "clientSecret": made.secret}


# Fields

domain.link("ApiKey.organization", to=ORGANIZATIONS, by="organization_id")
domain.link("ApiKey.createdBy", to=USERS, by="created_by")


@domain.field("ApiScope.name")
def scope_name(source: Scope, ctx: Context) -> str:
    """Return a scope's name in the contract."""
    return source.value


@domain.field("ApiKey.scopes")
def key_scopes(source: ApiKey, ctx: Context) -> list[Scope]:
    """Return the scopes of a key."""
    return [Scope(name) for name in source.scopes]


@domain.field("ApiKey.secretExpiresDateTime")
def secret_expires(source: ApiKey, ctx: Context) -> str:
    """Return when the newest secret expires. Raises NotFound for a key without a secret."""
    _require_managed(source)
    if not source.secrets:
        raise NotFound("This API key has no secret.")
    return datetime.fromtimestamp(source.secrets[0].expires, UTC).isoformat().replace("+00:00", "Z")


@domain.field("ApiKey.createdDateTime")
def key_created(source: ApiKey, ctx: Context) -> str:
    """Return when a key was created."""
    return source.created


def _usage(source: ApiKey, ctx: Context) -> Usage:
    """Return the usage of a key. Those of keys that links lead to are read together, too."""
    if isinstance(source, _ShownKey):
        return source.usage

    def read() -> _UsageLoader:
        return _UsageLoader(ctx, [one for one in ctx.entities.values() if isinstance(one, ApiKey)])

    loaded: _UsageLoader = ctx.connection("ApiKey.requestsToday", ctx.entities, {}, read)
    return loaded.found[source.id] if source.id in loaded.found else _UsageLoader(ctx, [source]).found[source.id]


@domain.field("ApiKey.lastUsedDateTime")
def key_last_used(source: ApiKey, ctx: Context) -> str | None:
    """Return when a key was last used."""
    _require_managed(source)
    return _usage(source, ctx).last_used


@domain.field("ApiKey.requestsToday")
def key_requests_today(source: ApiKey, ctx: Context) -> int:
    """Return the number of requests today."""
    _require_managed(source)
    return _usage(source, ctx).today


@domain.field("ApiKey.redirectUris")
def key_redirect_uris(source: ApiKey, ctx: Context) -> tuple[str, ...]:
    """Return the redirect URIs."""
    _require_managed(source)
    return source.redirect_uris


def _connections(source: ApiKey, ctx: Context) -> Mapping[Key, Source]:
    return connected_people(source) if _sees_all(source, ctx) else {}


def _connected(source: ApiKey, ctx: Context) -> Connected:
    _require_managed(source)
    return next((ctx.entities[key] for key in _connections(source, ctx)), Connected(0, exact=True))


@domain.field("ApiKey.connectedPeople", needs=_connections)
def key_connected_people(source: ApiKey, ctx: Context) -> int:
    """Return how many people are connected."""
    return _connected(source, ctx).people


@domain.field("ApiKey.connectedPeopleExact", needs=_connections)
def key_connected_people_exact(source: ApiKey, ctx: Context) -> bool:
    """Return whether that number is exact."""
    return _connected(source, ctx).exact
