"""Updates of the index: the table changes that affect it, and the resulting documents."""

from collections.abc import Collection, Iterable, Mapping
from functools import partial
from typing import Any, Final

from souk.authentication.standing import company_key, person_key, suspended_of
from souk.domains.identity.model import User
from souk.domains.identity.store import ORGANIZATIONS, USERS, organization_key, user_key
from souk.domains.market.store import cloud_clients
from souk.domains.talent.model import Visibility
from souk.domains.talent.search.index import INDEX, document, findable, is_client, shown_of_company
from souk.domains.talent.store import PROFILES, profile_key
from souk.search import AnyOf, Document
from souk.search.indexer import Items, SearchIndexSpec
from souk.storage import Table

_OWN: Final = {("FREELANCER_PROFILE", "PROFILE"), ("USER", "STANDING"), ("USER", "USER")}


class FreelancersProjection:
    """The projection of people into the index, by their ids (`souk.search.indexer.Projection`)."""

    schema = INDEX

    def __init__(self, table: Table) -> None:
        self._table = table

    def affected(self, record: Mapping[str, Any]) -> Iterable[str]:
        """See `Projection.affected`. An account, its standing, a profile or a membership in a talent cloud changes."""
        kind, id_, sk = _key(record)
        if (kind, sk) in _OWN:
            return [id_]
        return [sk.removeprefix("MEMBER#")] if kind == "CLOUD" and sk.startswith("MEMBER#") else []

    def shown_in(self, record: Mapping[str, Any]) -> Iterable[AnyOf]:
        """See `Projection.shown_in`. Documents of a company's people show the company."""
        kind, id_, sk = _key(record)
        old, new = (record["dynamodb"].get(image) for image in ("OldImage", "NewImage"))
        if (kind, sk) == ("ORG", "STANDING"):
            return [AnyOf("companies", (id_,))]
        if (kind, sk) != ("ORG", "ORG") or old is None or new is None:
            return []
        before, after = ORGANIZATIONS.decode(old), ORGANIZATIONS.decode(new)
        return (
            [] if after.is_team or shown_of_company(before) == shown_of_company(after) else [AnyOf("companies", (id_,))]
        )

    def documents(self, ids: Collection[str]) -> Mapping[str, Document | None]:
        """See `Projection.documents`. Memberships in talent clouds are read from an index of the table.

        Suspended people have none. Searches leave out people whose only companies are suspended when they read them.
        """
        keys = [make(id_) for id_ in ids for make in (user_key, profile_key, person_key)]
        items = self._table.batch_get(keys, consistent=True)
        gone = suspended_of(map(person_key, ids), items)
        users = {id_: USERS.decode(items[user_key(id_)]) for id_ in ids if user_key(id_) in items and id_ not in gone}
        profiles = {id_: PROFILES.decode(items[profile_key(id_)]) for id_ in users if profile_key(id_) in items}
        companies = {id_ for user in users.values() for id_ in user.company_ids}
        keys = [make(id_) for id_ in companies for make in (organization_key, company_key)]
        found = self._table.batch_get(keys, consistent=True)
        stored = (ORGANIZATIONS.decode(found[key]) for id_ in companies if (key := organization_key(id_)) in found)
        clients = [one for one in stored if is_client(one)]
        suspended = suspended_of(map(company_key, companies), found)
        hidden = [
            id_ for id_, one in profiles.items() if findable(one) and one.current_visibility is Visibility.PRIVATE
        ]
        reads = [partial(cloud_clients, user_id=id_) for id_ in hidden]
        clouds = dict(zip(hidden, self._table.concurrently(reads), strict=True)) if reads else {}

        def of(user: User) -> Document | None:
            own = [one for one in clients if one.id in user.company_ids]
            return document(user, profiles.get(user.id), own, clouds.get(user.id, ()), suspended)

        return dict.fromkeys(ids) | {id_: of(user) for id_, user in users.items()}


SEARCH_INDEXES: Final = (
    SearchIndexSpec(
        INDEX,
        FreelancersProjection,
        changes_with=(
            Items("CLOUD#", "MEMBER#"),
            Items("FREELANCER_PROFILE#", "PROFILE"),
            Items("ORG#", "ORG"),
            Items("ORG#", "STANDING"),
            Items("USER#", "STANDING"),
            Items("USER#", "USER"),
        ),
        documents_of=Items("USER#", "USER"),
    ),
)


def _key(record: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return the kind and the id in the partition key, and the sort key."""
    keys = record["dynamodb"]["Keys"]
    kind, _, id_ = keys["PK"]["S"].partition("#")
    return kind, id_, keys["SK"]["S"]
