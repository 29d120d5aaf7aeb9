"""Making, changing and ending API keys: read, decide by the rules, write in one transaction.

A client secret leaves here once, in the answer; what is stored is its SHA-256.
"""

import secrets
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from souk.authentication.principal import Role
from souk.authentication.records import API_KEYS, MEMBERSHIPS, ApiKey, GrantType, KeyState, Membership, held_keys_key
from souk.authentication.scopes import scope_of
from souk.authentication.tokens import digest
from souk.domains.identity.model import Organization, User
from souk.domains.identity.rules import api_key_profile
from souk.domains.identity.rules import api_keys as rules
from souk.domains.identity.rules.api_key_redirects import all_native
from souk.domains.identity.rules.api_key_requirements import check, refusal
from souk.domains.identity.rules.permissions import at_least
from souk.domains.identity.store import ORGANIZATIONS, USERS, create_user, memberships_of
from souk.graph import Context, Scope
from souk.storage import Model, Transaction
from souk.values.errors import Forbidden, NotFound
from souk.values.times import stamp

_ID_BYTES: Final = 16
_SECRET_BYTES: Final = 32
_DEFAULT_MONTHS: Final = 12
_SHOWN: Final = 40  # characters of an unknown id in a message


class NewKey(Model):
    """The contract's CreateApiKeyInput."""

    name: str
    description: str
    scope_ids: tuple[str, ...]
    grants: tuple[GrantType, ...]
    redirect_uris: tuple[str, ...] | None = None
    rotation_months: int | None = None
    service_account: bool | None = None


class KeyChange(Model):
    """The contract's UpdateApiKeyInput. What is null stays as it is: nothing of a key can be empty."""

    id: str
    name: str | None = None
    description: str | None = None
    scope_ids: tuple[str, ...] | None = None
    redirect_uris: tuple[str, ...] | None = None
    rotation_months: int | None = None


class WithSecret(NamedTuple):
    """A key with its new secret, in clear."""

    key: ApiKey
    secret: str


def create(ctx: Context, new: NewKey) -> WithSecret:
    """Make a key for the organization in context, and for a service account the user that it acts as."""
    rules.require_manager(ctx.principal)
    maker, company = _maker(ctx)
    redirect_uris = new.redirect_uris or ()
    key = ApiKey(
        id=secrets.token_hex(_ID_BYTES),
        name=new.name.strip(),
        description=new.description.strip(),
        organization_id=ctx.principal.organization_id,
        company_id=ctx.principal.company_id,
        created_by=maker.id,
        created=stamp(ctx.now),
        scopes=_scopes(new.scope_ids),
        grants=new.grants,
        redirect_uris=redirect_uris,
        native=all_native(redirect_uris),
        rotation_months=_DEFAULT_MONTHS if new.rotation_months is None else new.rotation_months,
        service_account_id=ctx.table.new_id() if new.service_account else None,
    )
    check(key)
    if key.service_account_id and not company.enterprise:
        raise refusal(("serviceAccount", "service accounts are for enterprise organizations."))
    api_key_profile.check(maker, company)
    secret = _new_secret()
    tx = ctx.table.transaction()
    stored = tx.create(API_KEYS, rules.rotated(key, digest(secret), ctx.table.clock.real()))
    # Counted with the key: of many who ask at the same moment, no more get one than there is room for.
    tx.count(held_keys_key(company.id), at_most=rules.MAX_KEYS, refused=rules.no_room())
    if key.service_account_id:
        _create_service_account(tx, key, key.service_account_id, company)
    tx.commit()
    return WithSecret(stored, secret)


def update(ctx: Context, change: KeyChange) -> ApiKey:
    """Change a key; other scopes end all its tokens."""
    key = _living(ctx, change.id)
    changes: dict[str, Any] = {
        "name": change.name and change.name.strip(),
        "description": change.description and change.description.strip(),
        "scopes": None if change.scope_ids is None else _scopes(change.scope_ids),
        "redirect_uris": change.redirect_uris,
        "native": None if change.redirect_uris is None else all_native(change.redirect_uris),
        "rotation_months": change.rotation_months,
    }
    wanted = key.model_copy(update={name: value for name, value in changes.items() if value is not None})
    check(wanted)
    after = rules.settled(key, wanted, ctx.table.clock.real())
    if after == key:
        return key
    tx = ctx.table.transaction()
    stored = tx.update(API_KEYS, after)
    tx.commit()
    return stored


def rotate_secret(ctx: Context, key_id: str) -> WithSecret:
    """Give a key a new secret; the one before works for a day more."""
    key = _living(ctx, key_id)
    secret = _new_secret()
    tx = ctx.table.transaction()
    stored = tx.update(API_KEYS, rules.rotated(key, digest(secret), ctx.table.clock.real()))
    tx.commit()
    return WithSecret(stored, secret)


def revoke(ctx: Context, key_id: str) -> None:
    """End a key, for good, and its service account with it. To end it again changes nothing."""
    key = _managed(ctx, key_id)
    if key.state is KeyState.REVOKED:
        return
    tx = ctx.table.transaction()
    tx.update(API_KEYS, key.model_copy(update={"state": KeyState.REVOKED}))
    tx.count(held_keys_key(key.root_id), -1)
    for place in _places(ctx, key):
        if place.active:
            tx.update(MEMBERSHIPS, place.model_copy(update={"active": False}))
    tx.commit()


def _managed(ctx: Context, key_id: str) -> ApiKey:
    """Return a key as it is now, to be changed.

    Raises NotFound where there is none, and in the same words where it is another organization's.
    """
    rules.require_manager(ctx.principal)
    key = ctx.table.get(API_KEYS, key_id, consistent=True)
    if key is None or not rules.belongs(key, ctx.principal):
        raise NotFound("There is no such API key, or it is another organization's.")
    return key


def _living(ctx: Context, key_id: str) -> ApiKey:
    """Return a key that can be changed, by somebody who may themselves see what its service account sees.

    Else a new secret, or more scopes, would give a manager of keys the eyes of an administrator.
    """
    key = _managed(ctx, key_id)
    rules.require_alive(key)
    for place in _places(ctx, key):
        ranks = ctx.principal.acts_in(place.organization_id, place.company_id)
        if place.active and not (ranks and at_least(ctx.principal.role, place.role)):
            raise Forbidden("The service account of this key has a role above yours, or where you have none.")
    return key


def _places(ctx: Context, key: ApiKey) -> list[Membership]:
    """Return the memberships of a key's service account."""
    return memberships_of(ctx.table, key.service_account_id, consistent=True) if key.service_account_id else []


def _maker(ctx: Context) -> tuple[User, Organization]:
    """Return who makes a key, and the company that it will belong to."""
    maker = ctx.load(USERS, ctx.principal.user_id)
    company = ctx.load(ORGANIZATIONS, ctx.principal.company_id)
    if maker is None or company is None:
        raise Forbidden("API keys are made by registered people, for registered organizations.")
    return maker, company


def _scopes(scope_ids: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the scopes with these ids.

    Raises Unprocessable for what is no id of a scope, for doubles, and without the one that every request needs.
    """
    found = {scope_id: scope_of(scope_id) for scope_id in scope_ids}
    unknown = [scope_id[:_SHOWN] for scope_id, scope in found.items() if scope is None]
    scopes = [scope for scope in found.values() if scope is not None]
    if unknown:
        raise refusal(("scopeIds", f"{unknown[0]!r} is no id of a scope; apiScopes lists them."))
    if len(scopes) != len(scope_ids):
        raise refusal(("scopeIds", "each scope is named once."))
    if Scope.COMMON_ENTITIES_READ not in scopes:
        required = Scope.COMMON_ENTITIES_READ
        raise refusal(("scopeIds", f'"{required.value}" ({required.id}) is required in all cases.'))
    return tuple(scope.value for scope in scopes)


def _create_service_account(tx: Transaction, key: ApiKey, user_id: str, company: Organization) -> None:
    """Make the user that a program acts as: without a role until it is given one, and without a login."""
    name = f"service-{user_id}"
    account = User(
        id=user_id,
        nickname=name,
        email=f"{name}@accounts.invalid",  # RFC 2606: no mail ever arrives there
        first_name=key.name,
        last_name="",
        creation_date=key.created,
        organization_id=key.organization_id,
        company_ids=(company.id,),
        service=True,
    )
    create_user(tx, account)
    member = Membership(
        id=tx.new_id(),
        user_id=user_id,
        organization_id=key.organization_id,
        company_id=company.id,
        role=Role.NONE,
        since=key.created,
    )
    tx.create(MEMBERSHIPS, member)


def _new_secret() -> str:
    return secrets.token_urlsafe(_SECRET_BYTES)
