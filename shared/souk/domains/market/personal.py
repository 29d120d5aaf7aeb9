"""What the market has of a person: their record, and their relations to clients."""

from collections.abc import Iterator
from datetime import datetime

from souk.domains.identity.commands.own_companies import own_companies
from souk.domains.identity.rules.erasing import FORMER
from souk.domains.market.store import FREELANCER_RECORDS, RELATIONS
from souk.graph.personal import PersonalData, PersonalFile, Row, in_batches, row_of, rows_of
from souk.storage import Table
from souk.storage.partition import Partition

_CHUNK = 500


def _record(table: Table, user_id: str) -> Iterator[Row]:
    yield row_of(table.read_tally(FREELANCER_RECORDS, user_id))


def erase(table: Table, user_id: str, _now: datetime) -> Iterator[None]:
    """Erase the names of the person's own companies at the freelancers that have worked for them."""
    for company_id in own_companies(table, user_id):
        hired = Partition(RELATIONS, f"CLIENT#{company_id}", prefix="FREELANCER#", newest_first=False)
        for chunk in hired.chunks(table, _CHUNK):
            named = [one for one in chunk if one.company_name not in ("", FORMER)]
            yield from in_batches(
                table, named, lambda tx, one: tx.update(RELATIONS, one.model_copy(update={"company_name": FORMER}))
            )


PERSONAL = PersonalData(
    stays="The numbers of a freelancer's contracts, days and reviews, and who worked for whom, by ids.",
    files=(PersonalFile("record", "Your record as a freelancer: contracts, earnings, reviews.", rows_of(_record)),),
    erase=erase,
)
