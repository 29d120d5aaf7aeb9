"""The search index of all companies and teams, for operators. It is private."""

from collections.abc import Collection, Iterable, Mapping
from functools import cache
from typing import Any, Final

from souk.authentication.standing import Standing, company_key, standing_at
from souk.domains.identity.model import Organization
from souk.domains.identity.store import ORGANIZATIONS, organization_key, teams_of
from souk.domains.operator.rules import side_of, state_of
from souk.domains.operator.search.items import item_key, milliseconds
from souk.search import AnyOf, Document, IndexSchema, Integer, Keyword, SearchReader, Text, engines
from souk.search.indexer import Items, SearchIndexSpec
from souk.storage import Table

WORDS: Final = ("name", "company_name", "vat_id")
"""The fields that an operator's words are looked up in, beside the ids."""
INDEX: Final = IndexSchema(
    name="organizations",
    fields=(
        Text("name"),
        Text("company_name"),
        Text("vat_id"),
        Keyword("state"),
        Keyword("side"),
        Keyword("flags"),
        Integer("created"),  # milliseconds since 1970
    ),
    default=WORDS,
)
ENTERPRISE: Final = "enterprise"
PAYMENT_VERIFIED: Final = "payment verified"


@cache
def reader() -> SearchReader:
    """Return the reader of the index that the deployment's indexer publishes."""
    return engines.reader(INDEX)


def document(one: Organization, standing: Standing | None) -> Document:
    """Return the index document of a company or a team. `standing` is that of the company."""
    flags = {ENTERPRISE: one.enterprise, PAYMENT_VERIFIED: one.payment_verified}
    return Document(
        one.id,
        {
            "name": one.name,
            "company_name": one.company_name,
            "vat_id": one.vat_id,
            "state": state_of(one, standing),
            "side": side_of(one),
            "flags": tuple(name for name, holds in flags.items() if holds),
            "created": milliseconds(one.creation_date),
        },
    )


class OrganizationsProjection:
    """The projection of organizations into the index, by their ids (`souk.search.indexer.Projection`)."""

    schema = INDEX

    def __init__(self, table: Table) -> None:
        self._table = table

    def affected(self, record: Mapping[str, Any]) -> Iterable[str]:
        """See `Projection.affected`. A company's standing is also that of its teams, of which there are few."""
        kind, id_, sk = item_key(record)
        if (kind, sk) == ("ORG", "STANDING"):
            return [id_, *(team.id for team in teams_of(self._table, id_))]
        return [id_] if (kind, sk) == ("ORG", "ORG") else []

    def shown_in(self, record: Mapping[str, Any]) -> Iterable[AnyOf]:  # noqa: ARG002 - it shows only its own item
        """See `Projection.shown_in`."""
        return ()

    def documents(self, ids: Collection[str]) -> Mapping[str, Document | None]:
        """See `Projection.documents`."""
        items = self._table.batch_get(map(organization_key, ids), consistent=True)
        found = [ORGANIZATIONS.decode(item) for item in items.values()]
        standings = self._table.batch_get({company_key(one.company_id) for one in found}, consistent=True)
        return dict.fromkeys(ids) | {
            one.id: document(one, standing_at(company_key(one.company_id), standings)) for one in found
        }


SEARCH_INDEX: Final = SearchIndexSpec(
    INDEX,
    OrganizationsProjection,
    changes_with=(Items("ORG#", "ORG"), Items("ORG#", "STANDING")),
    documents_of=Items("ORG#", "ORG"),
    private=True,
)
