"""What feedback has of a person: the reviews of their contracts."""

from collections.abc import Iterable, Sequence

from souk.domains.agreements.model import Side
from souk.domains.contracts.model import Contract
from souk.domains.contracts.store import PERSON_CONTRACTS
from souk.domains.feedback.store import FEEDBACKS
from souk.graph.personal import PersonalData, PersonalFile, Row, listed, row_of
from souk.storage import Table


def _reviews(table: Table, contracts: Sequence[Contract], _user_id: str) -> Iterable[Row]:
    """Return the reviews as the freelancer sees them: the client's only when both are shown."""
    items = table.batch_get([FEEDBACKS.key(one.id) for one in contracts])
    for one in map(FEEDBACKS.decode, items.values()):
        yield row_of(one, "weight", *(() if one.shown else (Side.CLIENT.lower(),)))


PERSONAL = PersonalData(
    stays="Reviews: they are a part of the other side's reputation. They show no name.",
    files=(
        PersonalFile(
            "feedback", "The reviews of your contracts, by both sides.", listed(PERSON_CONTRACTS, rows=_reviews)
        ),
    ),
)
