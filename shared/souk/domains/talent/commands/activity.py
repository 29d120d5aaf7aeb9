"""Notes when freelancers were last active, for filters. At most once an hour, so that it costs little."""

from datetime import timedelta
from typing import Final

from souk.domains.talent.store import PROFILES
from souk.graph import Context
from souk.values.times import stamp

_OFTEN: Final = timedelta(hours=1)


def note_activity(ctx: Context) -> None:
    """Note in the caller's profile, if they have one, that they are active.

    For whatever shows that a person works: proposals, time, messages. The domain that calls it names the key
    `FREELANCER_PROFILE#` in its `joins_keys`.

    It is a transaction of its own: what they did must not fail because their profile changes at the same time. Then
    another edit of the profile has noted it.
    """
    profile = ctx.table.get(PROFILES, ctx.principal.user_id, consistent=True)
    if profile is None or (profile.last_active or "") > stamp(ctx.now - _OFTEN):
        return
    tx = ctx.table.transaction()
    tx.update(PROFILES, profile.model_copy(update={"last_active": stamp(ctx.now)}))
    tx.try_commit()
