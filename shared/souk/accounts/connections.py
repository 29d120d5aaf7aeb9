"""The programs that a person has given access to.

All grants of the person are read, so that no program is missing. Each needed their consent, and is deleted two weeks
after its last use.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from souk.authentication.records import API_KEYS, GRANTS_OF_PERSON, ApiKey, Grant, live_grants
from souk.authentication.standing import PERSON, STANDINGS
from souk.domains.identity.store import ORGANIZATIONS
from souk.storage import Table


@dataclass(frozen=True, slots=True)
class Connection:
    """A program with access to a person's account."""

    key: ApiKey
    renewed: datetime
    """When access was last granted or its tokens were last refreshed."""
    organizations: tuple[str, ...]
    """The names of its default organizations: those that requests without a tenant header are made for."""


def connections(table: Table, user_id: str, now: datetime) -> list[Connection]:
    """Return the programs that have access at `now`, sorted by name."""
    live: dict[str, list[Grant]] = {}
    standing = table.get(STANDINGS, PERSON, user_id)
    for chunk in GRANTS_OF_PERSON.of(table, user_id).chunks(live_grants(now, standing)):
        for grant in chunk:
            live.setdefault(grant.key_id, []).append(grant)
    organization_ids = {grant.organization_id for grants in live.values() for grant in grants}
    items = table.batch_get([*map(API_KEYS.key, live), *map(ORGANIZATIONS.key, sorted(organization_ids))])
    organizations = {
        id_: ORGANIZATIONS.decode(item) for id_ in organization_ids if (item := items.get(ORGANIZATIONS.key(id_)))
    }
    found = []
    for key_id, grants in live.items():
        item = items.get(API_KEYS.key(key_id))
        key = API_KEYS.decode(item) if item else None
        current = [grant for grant in grants if key and key.active and grant.generation == key.generation]
        if key and current:
            names = {organizations[id_].name for one in current if (id_ := one.organization_id) in organizations}
            last = datetime.fromtimestamp(max(grant.rotated for grant in current), UTC)
            found.append(Connection(key, last, tuple(sorted(names))))
    return sorted(found, key=lambda connection: connection.key.name.casefold())
