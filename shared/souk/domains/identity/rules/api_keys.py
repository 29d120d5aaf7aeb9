"""Managing API keys: permissions, the lifetime of secrets, and the effects of changes. Pure.

A key belongs to the organization (team or company) in whose context it was created, and never to a person. In a team's
context, a manager manages the team's keys; in a company's context, those of the company and its teams.
"""

from calendar import monthrange
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from souk.authentication.principal import Principal
from souk.authentication.records import ApiKey, ClientSecret, KeyState
from souk.authentication.scopes import Scope
from souk.values.errors import Conflict, Forbidden, Unprocessable

OVERLAP: Final = timedelta(hours=24)
"""How long the previous secret works after a rotation."""
MAX_KEYS: Final = 100
"""Keys of a company and its teams, without revoked ones. They are limited because rate limits are per key."""
MAX_REVOKED: Final = 100
"""Revoked keys in a list: the newest ones."""


def require_manager(principal: Principal) -> None:
    """Raise Forbidden if the caller may not manage API keys in the organization in context."""
    if not principal.manages_keys:
        raise Forbidden(
            "Only owners and admins of the organization, and members with the API Key Manager permission, can manage "
            "API keys."
        )


def can_manage(key: ApiKey, principal: Principal) -> bool:
    """Return whether a key is managed in the caller's context."""
    return principal.acts_in(key.organization_id, key.root_id)


def require_operator(scopes: Sequence[str], principal: Principal) -> None:
    """Raise Forbidden if some scopes include that of operators, and the caller is none.

    Only memberships of the operators' organization have the operator flag, so the request must be for it.
    """
    if Scope.OPERATOR in scopes and not principal.operator:
        raise Forbidden(
            f'Only operators of this marketplace manage keys with the scope "{Scope.OPERATOR}", and only for the '
            "operators' organization: see X-Upwork-API-TenantId."
        )


def require_not_revoked(key: ApiKey) -> None:
    """Raise Conflict if a key was revoked."""
    if key.state is KeyState.REVOKED:
        raise Conflict("This API key has been revoked for good. Create a new one.")


def key_limit_error() -> Unprocessable:
    """Return the error for a company with the maximum number of keys."""
    return Unprocessable(f"A company and its teams can have at most {MAX_KEYS} API keys. Revoke one first.")


def secret_expiry(months: int, now: datetime) -> int:
    """Return when a secret that is created now expires, in seconds since 1970.

    It is the same day of a later month, or the last day of that month.
    """
    years, month = divmod(now.month - 1 + months, 12)
    year, month = now.year + years, month + 1
    return int(now.replace(year=year, month=month, day=min(now.day, monthrange(year, month)[1])).timestamp())


def with_new_secret(key: ApiKey, secret_hash: str, now: datetime) -> ApiKey:
    """Return a key with a new secret. The previous secret works for at most another day."""
    previous = [one for one in key.secrets[:1] if one.expires > now.timestamp()]
    kept = _expiring_by(int((now + OVERLAP).timestamp()), previous)
    newest = ClientSecret(hash=secret_hash, expires=secret_expiry(key.rotation_months, now))
    return key.model_copy(update={"secrets": (newest, *kept)})


def apply_change(before: ApiKey, after: ApiKey, now: datetime) -> ApiKey:
    """Return a changed key with the effects of the change.

    New scopes increment the generation, which invalidates all tokens; a different order does not. A shorter rotation
    period shortens the lifetime of the current secrets; a longer one applies from the next secret.
    """
    effects: dict[str, Any] = {}
    if set(after.scopes) == set(before.scopes):
        effects["scopes"] = before.scopes
    else:
        effects["generation"] = before.generation + 1
    if after.rotation_months < before.rotation_months:
        effects["secrets"] = _expiring_by(secret_expiry(after.rotation_months, now), after.secrets)
    return after.model_copy(update=effects)


def _expiring_by(time: int, secrets: Sequence[ClientSecret]) -> tuple[ClientSecret, ...]:
    return tuple(one.model_copy(update={"expires": min(one.expires, time)}) for one in secrets)
