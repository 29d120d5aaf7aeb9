"""Changes one profile: read, decide, write, and again if another edit was first.

Two edits at once keep both: each is made anew of what the other has stored.
"""

from collections.abc import Callable
from hashlib import sha256
from typing import Final, TypeVar

from souk.domains.identity.model import OrganizationLegacyType, User
from souk.domains.identity.store import ORGANIZATIONS, USERS
from souk.domains.talent.commands import certificate_reviews
from souk.domains.talent.model import Profile, ProfileEvent
from souk.domains.talent.rules.privacy import public_part
from souk.domains.talent.store import PROFILES
from souk.graph import Context
from souk.storage import Table, Transaction
from souk.values.errors import NotFound, Unprocessable
from souk.values.times import stamp

PROFILE: Final = "PROFILE"
MAX_BYTES: Final = 100_000
"""Of a profile with its lists: 50 of them are one answer of the table."""
_COMMITS: Final = 60
"""Edits that may be faster than one: a program that imports a profile sends its records at once."""

T = TypeVar("T")


def edit_own(ctx: Context, change: Callable[[Profile], tuple[Profile, T]], path: str = "input") -> T:
    """Change the caller's own profile, which begins with the first change. `change` returns it, and the result.

    An edit that changes nothing writes nothing. Raises Unprocessable, with the path, if the profile becomes too large.
    """

    def attempt(tx: Transaction) -> T:
        user, before = read(ctx.table, ctx.principal.user_id)
        after, result = change(before)
        if after != before:
            after = certificate_reviews.follow(ctx, tx, user, before, after)
            active = after.model_copy(update={"last_active": stamp(ctx.now)})
            store(ctx, tx, user, before, active, path=path)
        return result

    return retry(ctx, attempt)


def retry(ctx: Context, attempt: Callable[[Transaction], T]) -> T:
    """Call `attempt` and commit, again as often as other edits are faster."""
    return ctx.table.retry_until_committed(attempt, commits=_COMMITS)


def read(table: Table, user_id: str) -> tuple[User, Profile]:
    """Return a person and their profile, an empty one if they have none. Raises NotFound for an unknown person."""
    at_user, at_profile = USERS.key(user_id), PROFILES.key(user_id)
    items = table.batch_get([at_user, at_profile], consistent=True)
    if at_user not in items:
        raise NotFound("This person does not exist.")
    stored = items.get(at_profile)
    return USERS.decode(items[at_user]), PROFILES.decode(stored) if stored else Profile(user_id=user_id)


def store(
    ctx: Context,
    tx: Transaction,
    user: User,
    before: Profile,
    after: Profile,
    *,
    events: tuple[ProfileEvent, ...] | None = None,
    path: str = "input",
) -> Profile:
    """Add a changed profile to a transaction, with its events: UPDATE if others see the change, if none are named."""
    changed = after.model_copy(update={"updated": stamp(ctx.now)})
    size = len(changed.model_dump_json(by_alias=True, exclude_none=True).encode())
    if size > MAX_BYTES:
        raise Unprocessable(f"{path}: the whole profile would take {size} bytes; at most {MAX_BYTES} are allowed.")
    stored = tx.update(PROFILES, changed) if before.version else tx.create(PROFILES, changed)
    if events is None:
        events = (ProfileEvent.UPDATE,) if public_part(after) != public_part(before) else ()
    announce(ctx.table, tx, user, *events)
    return stored


def announce(table: Table, tx: Transaction, user: User, *events: ProfileEvent) -> None:
    """Add events of a person's profile to a transaction."""
    if events and (audience := audience_of(table, user)):
        for action in events:
            tx.emit(PROFILE, action, user.id, to=audience)


def account_changed(table: Table, user_id: str) -> None:
    """Emit the event of a changed account, if the person has a profile."""
    items = table.batch_get([USERS.key(user_id), PROFILES.key(user_id)], consistent=True)
    if len(items) > 1:
        tx = table.transaction()
        announce(table, tx, USERS.decode(items[USERS.key(user_id)]), ProfileEvent.UPDATE)
        tx.commit()


def request_key(ctx: Context, key: str | None) -> str | None:
    """Return an idempotency key as it is stored: it counts for the organization of the request."""
    return sha256(f"{ctx.principal.organization_id}#{key}".encode()).hexdigest() if key else None


def audience_of(table: Table, user: User) -> list[str]:
    """Return the organizations that hear of a profile: the freelancer's own one, and their agencies."""
    items = table.batch_get(map(ORGANIZATIONS.key, user.company_ids), consistent=True)
    companies = map(ORGANIZATIONS.decode, items.values())
    return sorted(one.id for one in companies if one.legacy_type is OrganizationLegacyType.VENDOR)
