"""The search index of all people, for operators. It has names and e-mail addresses, so it is private."""

from collections.abc import Collection, Iterable, Mapping
from functools import cache, partial
from typing import Any, Final

from souk.authentication.records import Membership
from souk.authentication.standing import Standing, person_key, standing_at
from souk.domains.identity.model import User
from souk.domains.identity.store import USERS, all_memberships_of, user_key
from souk.domains.operator.rules import state_of
from souk.domains.operator.search.items import item_key, milliseconds
from souk.search import AnyOf, Document, IndexSchema, Integer, Keyword, SearchReader, Text, engines
from souk.search.indexer import Items, SearchIndexSpec
from souk.storage import Table

WORDS: Final = ("name", "email", "nickname")
"""The fields that an operator's words are looked up in, beside the ids."""
INDEX: Final = IndexSchema(
    name="people",
    fields=(
        Text("name"),
        Text("email"),
        Text("nickname"),
        Keyword("state"),
        Keyword("organizations"),  # of active memberships: companies and teams
        Keyword("flags"),
        Integer("created"),  # milliseconds since 1970
    ),
    default=WORDS,
)
OPERATOR: Final = "operator"
"""The flag of an operator."""


@cache
def reader() -> SearchReader:
    """Return the reader of the index that the deployment's indexer publishes."""
    return engines.reader(INDEX)


def document(user: User, memberships: Iterable[Membership], standing: Standing | None) -> Document:
    """Return the index document of a person. `memberships` may contain ended ones."""
    active = [one for one in memberships if one.active]
    return Document(
        user.id,
        {
            "name": f"{user.first_name} {user.last_name}",
            "email": user.email,
            "nickname": user.nickname,
            "state": state_of(user, standing),
            "organizations": tuple(one.organization_id for one in active),
            "flags": (OPERATOR,) if any(one.operator for one in active) else None,
            "created": milliseconds(user.creation_date),
        },
    )


class PeopleProjection:
    """The projection of people into the index, by their ids (`souk.search.indexer.Projection`)."""

    schema = INDEX

    def __init__(self, table: Table) -> None:
        self._table = table

    def affected(self, record: Mapping[str, Any]) -> Iterable[str]:
        """See `Projection.affected`. A change of an account, of its standing or of one of its memberships."""
        kind, id_, sk = item_key(record)
        return [id_] if kind == "USER" and (sk in {"STANDING", "USER"} or sk.startswith("MEMBER#")) else []

    def shown_in(self, record: Mapping[str, Any]) -> Iterable[AnyOf]:  # noqa: ARG002 - a person shows only own items
        """See `Projection.shown_in`."""
        return ()

    def documents(self, ids: Collection[str]) -> Mapping[str, Document | None]:
        """See `Projection.documents`. The memberships of a person are one query, as nothing names them."""
        items = self._table.batch_get([make(id_) for id_ in ids for make in (user_key, person_key)], consistent=True)
        users = [USERS.decode(items[user_key(id_)]) for id_ in ids if user_key(id_) in items]
        reads = [partial(all_memberships_of, user_id=user.id, consistent=True) for user in users]
        memberships = self._table.concurrently(reads) if reads else []
        found = zip(users, memberships, strict=True)
        return dict.fromkeys(ids) | {
            user.id: document(user, own, standing_at(person_key(user.id), items)) for user, own in found
        }


SEARCH_INDEX: Final = SearchIndexSpec(
    INDEX,
    PeopleProjection,
    changes_with=(Items("USER#", "MEMBER#"), Items("USER#", "STANDING"), Items("USER#", "USER")),
    documents_of=Items("USER#", "USER"),
    private=True,
)
