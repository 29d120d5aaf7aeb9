"""The table's items of profiles.

FREELANCER_PROFILE#<user>   PROFILE        a freelancer's profile with its lists
                                           GSI3 TAKENDOWN#FREELANCER_PROFILE / <time>#<user>: while it is taken down
                            PROJECT#<id>   a portfolio project. All writes of projects also write the profile, which has
                                           their order; so two of them never miss each other
"""

from collections.abc import Iterable
from typing import Any, Final

from souk.authentication.principal import Principal
from souk.authentication.standing import STANDINGS, company_key, person_key
from souk.domains.market.model import RelationKind
from souk.domains.market.store import CLOUD_TIES, RELATIONS, cloud_ties_key
from souk.domains.moderation.model import ContentKind
from souk.domains.moderation.store import taken_down, taken_down_key
from souk.domains.talent.model import Profile
from souk.domains.talent.portfolio import Project
from souk.storage import Collection, Key, StoredList, Table, Tally

WRITES: Final = ("FREELANCER_PROFILE#",)
"""The key prefixes that only this domain writes."""
_OTHER_SIDE: Final = (RelationKind.CLIENT, RelationKind.CONTACT)
"""The relations that make a client the other side of an offer, a contract or an activated proposal."""


def profile_key(user_id: str) -> Key:
    """Return the key of a profile."""
    return Key(f"FREELANCER_PROFILE#{user_id}", "PROFILE")


PROFILES: Collection[Profile] = Collection(
    name="Profile",
    model=Profile,
    key=profile_key,
    key_of=lambda one: profile_key(one.user_id),
    indexes={"GSI3": lambda one: taken_down_key(ContentKind.FREELANCER_PROFILE, one.takedown, one.user_id)},
)
TAKEN_DOWN_PROFILES: Final = StoredList(
    "takenDownProfiles", PROFILES, lambda: taken_down(ContentKind.FREELANCER_PROFILE), index="GSI3"
)
"""The profiles that are taken down, the latest takedown first."""
LISTS: Final = (TAKEN_DOWN_PROFILES,)


MAX_PROJECTS: Final = 100
"""Portfolio projects of a person."""
_PROJECT: Final = "PROJECT#"


def project_key(user_id: str, project_id: str) -> Key:
    """Return the key of a portfolio project."""
    return Key(f"FREELANCER_PROFILE#{user_id}", f"{_PROJECT}{project_id}")


PROJECTS: Collection[Project] = Collection(
    name="Project", model=Project, key=project_key, key_of=lambda one: project_key(one.user_id, one.id)
)


def projects_of(table: Table, profile: Profile, *, consistent: bool = False) -> list[Project]:
    """Return the portfolio projects of a person in their order."""
    if not profile.project_ids:
        return []
    partition = f"FREELANCER_PROFILE#{profile.user_id}"
    found = table.query_bounded(PROJECTS, partition, prefix=_PROJECT, most=MAX_PROJECTS, consistent=consistent)
    rank = {project_id: at for at, project_id in enumerate(profile.project_ids)}
    return sorted((one for one in found if one.id in rank), key=lambda one: rank[one.id])


def other_side_keys(principal: Principal, user_id: str) -> list[Key]:
    """Return the keys of the relations of a person to the company of a request."""
    return [RELATIONS.key(kind, principal.company_id, user_id) for kind in _OTHER_SIDE]


def read_beside(
    principal: Principal, user_id: str, company_ids: Iterable[str] = ()
) -> dict[Key, Collection[Any] | Tally[Any]]:
    """Return what is read together with a person to show their profile: it, and what the caller may see of it.

    `company_ids` are the person's companies, as far as they are known before.
    """
    relations = dict.fromkeys(other_side_keys(principal, user_id), RELATIONS)
    standings = dict.fromkeys((person_key(user_id), *map(company_key, company_ids)), STANDINGS)
    ties = {cloud_ties_key(principal.company_id, user_id): CLOUD_TIES}
    return {PROFILES.key(user_id): PROFILES, **ties, **relations, **standings}
