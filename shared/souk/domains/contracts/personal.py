"""What contracts have of a person: those that they work under, and those that they made as a client."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from souk.domains.contracts.model import Contract
from souk.domains.contracts.rules.states import OPEN
from souk.domains.contracts.store import CLIENT_CONTRACTS, PERSON_CONTRACTS
from souk.domains.identity.commands.own_companies import companies_of, own_companies
from souk.domains.ledger.model import Account, AccountKind
from souk.domains.ledger.store import balance_key
from souk.graph.personal import Obstacle, PersonalData, PersonalFile, listed
from souk.storage import StoredList, Table, View, counter_value

_SHOWN = 100
"""Contracts that are named as obstacles. It is enough to know that there are some."""


def obstacles(table: Table, user_id: str, _now: datetime) -> Iterator[Obstacle]:
    """Yield the contracts of the person, and of the companies that they own alone, that are open or hold money."""
    lists: list[tuple[StoredList[Contract], str]] = [(PERSON_CONTRACTS, user_id)]
    lists += [(CLIENT_CONTRACTS, company_id) for company_id in own_companies(table, user_id)]
    every: View[Contract, Contract] = View()
    shown = 0
    for stored, owner in lists:
        for chunk in stored.of(table, owner).chunks(every):
            for one in _in_the_way(table, chunk):
                yield one
                shown += 1
                if shown == _SHOWN:
                    return


def _in_the_way(table: Table, contracts: Sequence[Contract]) -> Iterator[Obstacle]:
    still_open = [one for one in contracts if one.status in OPEN]
    for one in still_open:
        yield Obstacle("OPEN_CONTRACT", f"The contract “{one.title}” has not ended. End it first.", one.id)
    escrow = {balance_key(_escrow(one)): one for one in contracts if one.status not in OPEN}
    for key, item in table.batch_get(escrow, consistent=True).items():
        if counter_value(item):
            one = escrow[key]
            yield Obstacle("ESCROW", f"The ended contract “{one.title}” still has money in escrow.", one.id)


def _escrow(contract: Contract) -> Account:
    return Account(kind=AccountKind.ESCROW, owner=contract.id, currency=contract.currency)


PERSONAL = PersonalData(
    stays=(
        "Contracts with their terms and history: both sides need them for their claims and their books (GDPR, article "
        "17(3)(b) and (e))."
    ),
    files=(
        PersonalFile("contracts", "The contracts that you work or worked under.", listed(PERSON_CONTRACTS)),
        PersonalFile(
            "contracts-as-client",
            "The contracts that you made as a client.",
            listed(
                CLIENT_CONTRACTS,
                owners=lambda table, user_id: [(one,) for one in companies_of(table, user_id)],
                about=lambda one, user_id: one.parties.client_user_id == user_id,
            ),
        ),
    ),
    obstacles=obstacles,
)
