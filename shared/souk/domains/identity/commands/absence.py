"""People whom strangers do not find, because they or all their organizations are suspended."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from souk.authentication.standing import STANDINGS, company_key, is_suspended, person_key
from souk.domains.identity.model import User
from souk.domains.identity.store import USERS

if TYPE_CHECKING:
    from souk.graph import Context  # the account pages use these commands without the graph


def absent(ctx: "Context", user_ids: Iterable[str]) -> frozenset[str]:
    """Return those people who are suspended, or whose only organizations are.

    Takes one round trip after the people were read with their standings (`person_key`), otherwise two.
    """
    ids = list(dict.fromkeys(user_ids))
    ctx.fetch(dict.fromkeys(map(USERS.key, ids), USERS) | dict.fromkeys(map(person_key, ids), STANDINGS))
    users: list[User] = [user for one in ids if (user := ctx.entities[USERS.key(one)])]
    companies = {id_ for user in users for id_ in user.company_ids}
    ctx.fetch(dict.fromkeys(map(company_key, companies), STANDINGS))

    def gone(user: User) -> bool:
        closed = [is_suspended(ctx.entities[company_key(id_)]) for id_ in user.company_ids]
        return is_suspended(ctx.entities[person_key(user.id)]) or (bool(closed) and all(closed))

    return frozenset(user.id for user in users if gone(user))
