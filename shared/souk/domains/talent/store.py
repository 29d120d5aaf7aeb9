"""The table's items of profiles.

FREELANCER_PROFILE#<user>   PROFILE   a freelancer's profile
"""

from typing import Final

from souk.domains.talent.model import Profile
from souk.storage import Collection, Key

WRITES: Final = ("FREELANCER_PROFILE#",)
"""The key prefixes that only this domain writes."""


def profile_key(user_id: str) -> Key:
    """Return the key of a profile."""
    return Key(f"FREELANCER_PROFILE#{user_id}", "PROFILE")


PROFILES: Collection[Profile] = Collection(
    name="Profile", model=Profile, key=profile_key, key_of=lambda one: profile_key(one.user_id)
)
