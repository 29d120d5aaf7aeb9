"""Updates of the index: the table changes that affect it, and the resulting documents."""

from collections.abc import Collection, Iterable, Mapping
from functools import partial
from typing import Any, Final

from souk.domains.identity.model import User
from souk.domains.identity.store import ORGANIZATIONS, USERS, organization_key, user_key
from souk.domains.market.store import cloud_clients
from souk.domains.talent.model import Visibility
from souk.domains.talent.search.index import INDEX, document, findable, is_client, shown_of_company
from souk.domains.talent.store import PROFILES, profile_key
from souk.search import AnyOf, Document
from souk.search.indexer import Items, SearchIndexSpec
from souk.storage import Table

_OWN: Final = {("FREELANCER_PROFILE", "PROFILE"), ("USER", "USER")}


class FreelancersProjection:
    """The projection of people into the index, by their ids (`souk.search.indexer.Projection`)."""

    schema = INDEX

    def __init__(self, table: Table) -> None:
        self._table = table

    def affected(self, record: Mapping[str, Any]) -> Iterable[str]:
        """See `Projection.affected`. A change of an account, of a profile or of a membership in a talent cloud."""
        kind, id_, sk = _key(record)
        if (kind, sk) in _OWN:
            return [id_]
        return [sk.removeprefix("MEMBER#")] if kind == "CLOUD" and sk.startswith("MEMBER#") else []

    def shown_in(self, record: Mapping[str, Any]) -> Iterable[AnyOf]:
        """See `Projection.shown_in`. Documents of a company's people show the company."""
        kind, id_, sk = _key(record)
        old, new = (record["dynamodb"].get(image) for image in ("OldImage", "NewImage"))
        if (kind, sk) != ("ORG", "ORG") or old is None or new is None:
            return []
        before, after = ORGANIZATIONS.decode(old), ORGANIZATIONS.decode(new)
        return (
            [] if after.is_team or shown_of_company(before) == shown_of_company(after) else [AnyOf("companies", (id_,))]
        )

    def documents(self, ids: Collection[str]) -> Mapping[str, Document | None]:
        """See `Projection.documents`. Memberships in talent clouds are read from an index of the table."""
        keys = [make(id_) for id_ in ids for make in (user_key, profile_key)]
        items = self._table.batch_get(keys, consistent=True)
        users = {id_: USERS.decode(items[user_key(id_)]) for id_ in ids if user_key(id_) in items}
        profiles = {id_: PROFILES.decode(items[profile_key(id_)]) for id_ in users if profile_key(id_) in items}
        companies = {id_ for user in users.values() for id_ in user.company_ids}
        found = self._table.batch_get(list(map(organization_key, companies)), consistent=True) if companies else {}
        clients = [one for one in map(ORGANIZATIONS.decode, found.values()) if is_client(one)]
        hidden = [
            id_ for id_, one in profiles.items() if findable(one) and one.current_visibility is Visibility.PRIVATE
        ]
        reads = [partial(cloud_clients, user_id=id_) for id_ in hidden]
        clouds = dict(zip(hidden, self._table.concurrently(reads), strict=True)) if reads else {}

        def of(user: User) -> Document | None:
            own = [one for one in clients if one.id in user.company_ids]
            return document(user, profiles.get(user.id), own, clouds.get(user.id, ()))

        return dict.fromkeys(ids) | {id_: of(user) for id_, user in users.items()}


SEARCH_INDEXES: Final = (
    SearchIndexSpec(
        INDEX,
        FreelancersProjection,
        changes_with=(
            Items("CLOUD#", "MEMBER#"),
            Items("FREELANCER_PROFILE#", "PROFILE"),
            Items("ORG#", "ORG"),
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
