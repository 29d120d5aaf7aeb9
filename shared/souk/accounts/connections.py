"""The programs that somebody lets act for them."""

from dataclasses import dataclass
from datetime import UTC, datetime

from souk.authentication.issuance import end_grant
from souk.authentication.records import API_KEYS, GRANTS, ApiKey, Grant
from souk.domains.identity.store import ORGANIZATIONS
from souk.storage import Table


@dataclass(frozen=True, slots=True)
class Connection:
    """A program that acts for somebody."""

    key: ApiKey
    renewed: datetime
    """When it was last agreed to, or its tokens last renewed."""
    organizations: tuple[str, ...]
    """The names of those that it acts for when it names none."""


def connections(table: Table, user_id: str, now: datetime) -> list[Connection]:
    """Return the programs that can act for a person now, by name."""
    live: dict[str, list[Grant]] = {}
    for grant in _grants(table, user_id):
        if not grant.revoked and grant.expires > now.timestamp():
            live.setdefault(grant.key_id, []).append(grant)
    places = {grant.organization_id for grants in live.values() for grant in grants}
    items = table.batch_get([*map(API_KEYS.key, live), *map(ORGANIZATIONS.key, sorted(places))])
    organizations = {
        place: ORGANIZATIONS.decode(item) for place in places if (item := items.get(ORGANIZATIONS.key(place)))
    }
    found = []
    for key_id, grants in live.items():
        item = items.get(API_KEYS.key(key_id))
        key = API_KEYS.decode(item) if item else None
        current = [grant for grant in grants if key and key.active and grant.generation == key.generation]
        if key and current:
            acted_for = {organizations[id_].name for one in current if (id_ := one.organization_id) in organizations}
            last = datetime.fromtimestamp(max(grant.rotated for grant in current), UTC)
            found.append(Connection(key, last, tuple(sorted(acted_for))))
    return sorted(found, key=lambda connection: connection.key.name.casefold())


def disconnect(table: Table, user_id: str, key_id: str) -> None:
    """Revoke all that a person lets a program do, which ends its tokens at once."""
    for grant in _grants(table, user_id):
        if grant.key_id == key_id:
            end_grant(table, grant.id)


def _grants(table: Table, user_id: str) -> list[Grant]:
    """Return what a person has agreed to, as far as it is kept: grants are deleted some time after they expire."""
    return table.query_all(GRANTS, f"USER#{user_id}", index="GSI2", prefix="GRANT#")
