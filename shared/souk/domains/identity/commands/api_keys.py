"""Creating, changing and revoking API keys, with one transaction each.

A client secret is returned once. Only its SHA-256 hash is stored.
"""

import secrets
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from souk.authentication.principal import Role
from souk.authentication.records import API_KEYS, MEMBERSHIPS, ApiKey, GrantType, KeyState, Membership, held_keys_key
from souk.authentication.scopes import scope_of
from souk.authentication.tokens import digest
from souk.domains.identity.commands.key_reviews import begin_review, end_review, follow_change
from souk.domains.identity.model import Organization, User
from souk.domains.identity.rules import api_key_profile
from souk.domains.identity.rules import api_keys as rules
from souk.domains.identity.rules.api_key_redirects import all_native
from souk.domains.identity.rules.api_key_requirements import check, validation_error
from souk.domains.identity.rules.permissions import at_least
from souk.domains.identity.store import (
    ORGANIZATIONS,
    USERS,
    administrators_of,
    create_membership,
    create_user,
    memberships_of,
)
from souk.domains.mails.commands import queue
from souk.domains.mails.model import MailTemplate
from souk.graph import Context, Scope
from souk.storage import Input, Transaction
from souk.values.addresses import normalized_origin
from souk.values.errors import Forbidden, NotFound
from souk.values.times import stamp

_ID_BYTES: Final = 16
_SECRET_BYTES: Final = 32
_DEFAULT_MONTHS: Final = 12
_MAX_MAILED: Final = 20
"""The owners and admins who get a mail of a deleted key."""
_SHOWN: Final = 40  # characters of an unknown id in a message


class NewKey(Input):
    """The contract's CreateApiKeyInput."""

    name: str
    description: str
    scope_ids: tuple[str, ...]
    grants: tuple[GrantType, ...]
    redirect_uris: tuple[str, ...] | None = None
    rotation_months: int | None = None
    service_account: bool | None = None


class KeyChange(Input):
    """The contract's UpdateApiKeyInput. Null fields do not change, because no field of a key can be empty."""

    id: str
    name: str | None = None
    description: str | None = None
    scope_ids: tuple[str, ...] | None = None
    redirect_uris: tuple[str, ...] | None = None
    rotation_months: int | None = None


class KeyWithSecret(NamedTuple):
    """A key with its new secret in clear text."""

    key: ApiKey
    secret: str


def create(ctx: Context, new: NewKey) -> KeyWithSecret:
    """Create a key for the organization in context, with a user if it is for a service account.

    Where the marketplace reviews keys, it works only after an operator has approved it.
    """
    rules.require_manager(ctx.principal)
    creator, company = _creator(ctx)
    redirect_uris = tuple(map(normalized_origin, new.redirect_uris or ()))
    key = ApiKey(
        id=secrets.token_hex(_ID_BYTES),
        name=new.name.strip(),
        description=new.description.strip(),
        organization_id=ctx.principal.organization_id,
        company_id=ctx.principal.company_id,
        created_by=creator.id,
        created=stamp(ctx.now),
        scopes=_scopes(new.scope_ids),
        grants=new.grants,
        redirect_uris=redirect_uris,
        native=all_native(redirect_uris),
        rotation_months=_DEFAULT_MONTHS if new.rotation_months is None else new.rotation_months,
        service_account_id=ctx.table.new_id() if new.service_account else None,
    )
    check(key)
    rules.require_operator(key.scopes, ctx.principal)
    if key.service_account_id and not company.enterprise:
        raise validation_error(("serviceAccount", "Service accounts require an enterprise organization."))
    api_key_profile.check(creator, company)
    secret = _new_secret()
    tx = ctx.table.transaction()
    key = begin_review(tx, ctx.table, key, creator.id)
    stored = tx.create(API_KEYS, rules.with_new_secret(key, digest(secret), ctx.table.clock.real()))
    # The counter is part of the transaction, so that concurrent requests cannot exceed the limit.
    tx.count(held_keys_key(company.id), at_most=rules.MAX_KEYS, refused=rules.key_limit_error())
    if key.service_account_id:
        _create_service_account(tx, key, key.service_account_id, company)
    tx.commit()
    return KeyWithSecret(stored, secret)


def update(ctx: Context, change: KeyChange) -> ApiKey:
    """Change a key. New scopes invalidate all its tokens, and more scopes need a review where keys are reviewed."""
    key = _editable_key(ctx, change.id)
    redirect_uris = None if change.redirect_uris is None else tuple(map(normalized_origin, change.redirect_uris))
    changes: dict[str, Any] = {
        "name": change.name and change.name.strip(),
        "description": change.description and change.description.strip(),
        "scopes": None if change.scope_ids is None else _scopes(change.scope_ids),
        "redirect_uris": redirect_uris,
        "native": None if redirect_uris is None else all_native(redirect_uris),
        "rotation_months": change.rotation_months,
    }
    wanted = key.model_copy(update={name: value for name, value in changes.items() if value is not None})
    check(wanted)
    rules.require_operator(wanted.scopes, ctx.principal)
    after = rules.apply_change(key, wanted, ctx.table.clock.real())
    if after == key:
        return key
    tx = ctx.table.transaction()
    stored = tx.update(API_KEYS, follow_change(tx, ctx.table, key, after, ctx.principal.user_id))
    tx.commit()
    return stored


def rotate_secret(ctx: Context, key_id: str) -> KeyWithSecret:
    """Give a key a new secret. The previous one works for another day."""
    key = _editable_key(ctx, key_id)
    secret = _new_secret()
    tx = ctx.table.transaction()
    stored = tx.update(API_KEYS, rules.with_new_secret(key, digest(secret), ctx.table.clock.real()))
    tx.commit()
    return KeyWithSecret(stored, secret)


def revoke(ctx: Context, key_id: str) -> None:
    """Revoke a key and its service account for good. Revoking it again changes nothing.

    The company's other owners and admins get a mail.
    """
    key = _managed_key(ctx, key_id)
    if key.state is KeyState.REVOKED:
        return
    tx = ctx.table.transaction()
    end_review(tx, ctx.table, key)
    tx.update(API_KEYS, key.model_copy(update={"state": KeyState.REVOKED, "review_opened": None}))
    tx.count(held_keys_key(key.root_id), -1)
    for membership in _service_memberships(ctx, key):
        tx.update(MEMBERSHIPS, membership.model_copy(update={"active": False}))
    _tell_administrators(ctx, tx, key)
    tx.commit()


def _tell_administrators(ctx: Context, tx: Transaction, key: ApiKey) -> None:
    """Queue a mail to the other owners and admins of the key's company."""
    by, organization = ctx.load(USERS, ctx.principal.user_id), ctx.load(ORGANIZATIONS, key.organization_id)
    values = {
        "name": key.name,
        "organization": organization.name if organization else "",
        "by": by.name if by else "",
    }
    for one in administrators_of(ctx.table, key.root_id, _MAX_MAILED):
        if one.user_id != ctx.principal.user_id:
            queue(tx, MailTemplate.KEY_DELETED, one.user_id, ctx.now, **values)


def _managed_key(ctx: Context, key_id: str) -> ApiKey:
    """Return a key that the caller may manage. Raises NotFound for others, whether or not they exist."""
    rules.require_manager(ctx.principal)
    key = ctx.table.get(API_KEYS, key_id, consistent=True)
    if key is None or not rules.can_manage(key, ctx.principal):
        raise NotFound("This API key does not exist, or it belongs to another organization.")
    return key


def _editable_key(ctx: Context, key_id: str) -> ApiKey:
    """Return a key that the caller may change. Keys with the scope of operators are changed only by operators.

    The caller's role must not be below that of the key's service account. Otherwise a key manager could gain an
    administrator's access with a new secret or more scopes.
    """
    key = _managed_key(ctx, key_id)
    rules.require_not_revoked(key)
    rules.require_operator(key.scopes, ctx.principal)
    for membership in _service_memberships(ctx, key):
        has_role = ctx.principal.acts_in(membership.organization_id, membership.company_id)
        if not (has_role and at_least(ctx.principal.role, membership.role)):
            raise Forbidden(
                "The service account of this key has a higher role than you, or a role where you have none."
            )
    return key


def _service_memberships(ctx: Context, key: ApiKey) -> list[Membership]:
    """Return the active memberships of a key's service account."""
    return memberships_of(ctx.table, key.service_account_id, consistent=True) if key.service_account_id else []


def _creator(ctx: Context) -> tuple[User, Organization]:
    """Return the caller, and the company that the key will belong to."""
    creator = ctx.load(USERS, ctx.principal.user_id)
    company = ctx.load(ORGANIZATIONS, ctx.principal.company_id)
    if creator is None or company is None:
        raise Forbidden("API keys can be created only by registered users for registered organizations.")
    return creator, company


def _scopes(scope_ids: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the scopes with these ids.

    Raises Unprocessable for unknown and repeated ids, and if the scope that every request requires is missing.
    """
    found = {scope_id: scope_of(scope_id) for scope_id in scope_ids}
    unknown = [scope_id[:_SHOWN] for scope_id, scope in found.items() if scope is None]
    scopes = [scope for scope in found.values() if scope is not None]
    if unknown:
        raise validation_error(("scopeIds", f"{unknown[0]!r} is not a scope id. Query apiScopes for the list."))
    if len(scopes) != len(scope_ids):
        raise validation_error(("scopeIds", "Name each scope only once."))
    if Scope.COMMON_ENTITIES_READ not in scopes:
        required = Scope.COMMON_ENTITIES_READ
        raise validation_error(("scopeIds", f'"{required.value}" ({required.id}) is required for every key.'))
    return tuple(scope.value for scope in scopes)


def _create_service_account(tx: Transaction, key: ApiKey, user_id: str, company: Organization) -> None:
    """Create the user of a service account, without a role and without a login."""
    name = f"service-{user_id}"
    account = User(
        id=user_id,
        nickname=name,
        email=f"{name}@accounts.invalid",  # reserved by RFC 2606: cannot receive mail
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
    create_membership(tx, member)


def _new_secret() -> str:
    return secrets.token_urlsafe(_SECRET_BYTES)
