"""Who manages which API keys, how long their secrets work, and what a change does to them. Pure.

A key belongs to the organization in whose context it was made, team or company, and never to a person. In a team's
context one manages the team's keys; in a company's context those of the company and of its teams.
"""

from calendar import monthrange
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from souk.authentication.principal import Principal
from souk.authentication.records import ApiKey, ClientSecret, KeyState
from souk.values.errors import Conflict, Forbidden, Unprocessable

OVERLAP: Final = timedelta(hours=24)
"""How long the secret before the newest one works after a rotation."""
MAX_KEYS: Final = 100
"""Keys of one company with its teams, not counting those that were ended: requests are limited per key."""


def require_manager(principal: Principal) -> None:
    """Raise Forbidden for who may not manage API keys in the organization in context."""
    if not principal.manages_keys:
        raise Forbidden(
            "API keys are managed by the owners and admins of an organization, and by its members with the API Key "
            "Manager permission."
        )


def belongs(key: ApiKey, principal: Principal) -> bool:
    """Say whether a key is one of those that are managed in the context of a request."""
    return principal.acts_in(key.organization_id, key.root_id)


def require_alive(key: ApiKey) -> None:
    """Raise Conflict for a key that was ended, which is for good."""
    if key.state is KeyState.REVOKED:
        raise Conflict("This API key has been revoked, and stays so. Make another.")


def no_room() -> Unprocessable:
    """Return what is said to a company that has as many keys as it can have."""
    return Unprocessable(f"A company and its teams have {MAX_KEYS} API keys at the most; revoke one first.")


def secret_until(months: int, now: datetime) -> int:
    """Return when a secret that is made now stops working, in seconds since 1970.

    It is the same day of a later month, or that month's last.
    """
    years, month = divmod(now.month - 1 + months, 12)
    year, month = now.year + years, month + 1
    return int(now.replace(year=year, month=month, day=min(now.day, monthrange(year, month)[1])).timestamp())


def rotated(key: ApiKey, secret_hash: str, now: datetime) -> ApiKey:
    """Return a key with a new secret. The newest of the old ones works for a day more, unless it ends before."""
    working = [one for one in key.secrets[:1] if one.expires > now.timestamp()]
    kept = _ending_by(int((now + OVERLAP).timestamp()), working)
    newest = ClientSecret(hash=secret_hash, expires=secret_until(key.rotation_months, now))
    return key.model_copy(update={"secrets": (newest, *kept)})


def settled(before: ApiKey, after: ApiKey, now: datetime) -> ApiKey:
    """Return a changed key with what follows from the change.

    Other scopes begin a new generation, which ends all tokens of the old one; the same in another order do not. A
    shorter rotation period shortens the life of the secrets in use; a longer one begins with the next secret.
    """
    follows: dict[str, Any] = {}
    if set(after.scopes) == set(before.scopes):
        follows["scopes"] = before.scopes
    else:
        follows["generation"] = before.generation + 1
    if after.rotation_months < before.rotation_months:
        follows["secrets"] = _ending_by(secret_until(after.rotation_months, now), after.secrets)
    return after.model_copy(update=follows)


def _ending_by(time: int, secrets: Sequence[ClientSecret]) -> tuple[ClientSecret, ...]:
    return tuple(one.model_copy(update={"expires": min(one.expires, time)}) for one in secrets)
