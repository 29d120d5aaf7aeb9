"""API keys in the graph: what they may ask for, those of an organization, and what is done to them."""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from pydantic import PrivateAttr

from souk.authentication.metering import Usage
from souk.authentication.records import API_KEYS, ApiKey
from souk.domains.identity.commands import api_keys as commands
from souk.domains.identity.resolvers.declared import domain
from souk.domains.identity.rules import api_keys as rules
from souk.domains.identity.store import ORGANIZATIONS, USERS, api_keys_of
from souk.graph import Context, Scope
from souk.values.errors import NotFound

_MANAGING = (Scope.API_KEYS,)


class _Usages:
    """How the keys of one answer were used: read when the first of them is asked, for all at once."""

    def __init__(self, ctx: Context, keys: Iterable[ApiKey]) -> None:
        self._ctx = ctx
        self._ids = [key.id for key in keys]

    @cached_property
    def found(self) -> dict[str, Usage]:
        """Return the usage of each key by its id."""
        return self._ctx.meter.usage(self._ids, self._ctx.table.clock.real())


class _ShownKey(ApiKey):
    """A key in an answer, which knows with which others it is shown."""

    _usages: _Usages = PrivateAttr()

    @property
    def usage(self) -> Usage:
        """How it was used."""
        return self._usages.found[self.id]

    @classmethod
    def all(cls, ctx: Context, keys: Iterable[ApiKey]) -> list["_ShownKey"]:
        """Return keys as they are shown in one answer."""
        shown = [cls.model_construct(**dict(key)) for key in keys]
        usages = _Usages(ctx, shown)
        for one in shown:
            one._usages = usages  # noqa: SLF001 - its own class's
        return shown


def _shown(ctx: Context, key: ApiKey) -> _ShownKey:
    return _ShownKey.all(ctx, [key])[0]


# What there is


@domain.query("apiScopes", scopes=[Scope.COMMON_ENTITIES_READ])
def api_scopes(ctx: Context) -> list[Scope]:
    """Return all scopes."""
    return list(Scope)


@domain.query("apiKeys", scopes=_MANAGING)
def api_keys(ctx: Context) -> list[_ShownKey]:
    """Return the keys of the organization in context, and in a company's context those of its teams: oldest first."""
    rules.require_manager(ctx.principal)
    everything = api_keys_of(ctx.table, ctx.principal.company_id)
    return _ShownKey.all(ctx, [key for key in everything if rules.belongs(key, ctx.principal)])


@domain.query("apiKey", scopes=_MANAGING)
def api_key(ctx: Context, id: str) -> _ShownKey | None:
    """Return one of these keys; None where there is none with this id, or it is another organization's."""
    rules.require_manager(ctx.principal)
    key = ctx.load(API_KEYS, id, consistent=True)
    return _shown(ctx, key) if key and rules.belongs(key, ctx.principal) else None


# What is done to them


@domain.mutation("createApiKey", scopes=_MANAGING)
def create_api_key(ctx: Context, input: commands.NewKey) -> dict[str, Any]:
    """Make a key, and show its secret."""
    return _with_secret(ctx, commands.create(ctx, input))


@domain.mutation("updateApiKey", scopes=_MANAGING)
def update_api_key(ctx: Context, input: commands.KeyChange) -> _ShownKey:
    """Change a key."""
    return _shown(ctx, commands.update(ctx, input))


@domain.mutation("rotateApiKeySecret", scopes=_MANAGING)
def rotate_api_key_secret(ctx: Context, id: str) -> dict[str, Any]:
    """Give a key a new secret, and show it."""
    return _with_secret(ctx, commands.rotate_secret(ctx, id))


@domain.mutation("revokeApiKey", scopes=_MANAGING)
def revoke_api_key(ctx: Context, id: str) -> bool:
    """End a key. It is true, too, where that was done before."""
    commands.revoke(ctx, id)
    return True


def _with_secret(ctx: Context, made: commands.WithSecret) -> dict[str, Any]:
    return {"apiKey": _shown(ctx, made.key), "clientSecret": made.secret}


# What is shown of them

domain.link("ApiKey.organization", to=ORGANIZATIONS, by="organization_id")
domain.link("ApiKey.createdBy", to=USERS, by="created_by")


@domain.field("ApiScope.name")
def scope_name(source: Scope, ctx: Context) -> str:
    """Return a scope's name in the contract."""
    return source.value


@domain.field("ApiKey.scopes")
def key_scopes(source: ApiKey, ctx: Context) -> list[Scope]:
    """Return what a key may be used for."""
    return [Scope(name) for name in source.scopes]


@domain.field("ApiKey.secretExpiresDateTime")
def secret_expires(source: ApiKey, ctx: Context) -> str:
    """Return when the newest secret stops working. Raises NotFound for a key without one."""
    if not source.secrets:
        raise NotFound("This API key has no secret.")
    return datetime.fromtimestamp(source.secrets[0].expires, UTC).isoformat().replace("+00:00", "Z")


@domain.field("ApiKey.createdDateTime")
def key_created(source: ApiKey, ctx: Context) -> str:
    """Return when a key was made."""
    return source.created


@domain.field("ApiKey.lastUsedDateTime")
def key_last_used(source: _ShownKey, ctx: Context) -> str | None:
    """Return when a key was last used."""
    return source.usage.last_used


@domain.field("ApiKey.requestsToday")
def key_requests_today(source: _ShownKey, ctx: Context) -> int:
    """Return how often a key was used today."""
    return source.usage.today
