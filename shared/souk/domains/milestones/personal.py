"""What milestones have of a person: those of the contracts that they work under."""

from collections.abc import Iterable, Sequence
from functools import partial

from souk.domains.contracts.model import Contract
from souk.domains.contracts.store import PERSON_CONTRACTS
from souk.domains.milestones.model import Milestone
from souk.domains.milestones.store import milestones_of
from souk.graph.personal import PersonalData, PersonalFile, Row, listed, row_of
from souk.storage import Table


def _milestones(table: Table, contracts: Sequence[Contract], _user_id: str) -> Iterable[Row]:
    def read(table: Table, offer_id: str) -> list[Milestone]:
        return milestones_of(table, offer_id)

    found = table.concurrently([partial(read, offer_id=one.offer_id) for one in contracts if one.milestone_ids])
    return [row_of(one, "note") for milestones in found for one in milestones]


PERSONAL = PersonalData(
    stays="Milestones, with what was submitted and answered: they are a part of the contract.",
    files=(
        PersonalFile(
            "milestones",
            "The milestones of the contracts that you work or worked under.",
            listed(PERSON_CONTRACTS, rows=_milestones, size=25),
        ),
    ),
)
