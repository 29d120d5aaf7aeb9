"""What workflows know of contracts."""

from souk.domains import load
from souk.domains.agreements.model import PayType
from souk.domains.contracts.model import Contract, ContractStatus
from souk.domains.contracts.store import CONTRACTS, contract_by_id
from souk.domains.milestones.store import milestones_of
from souk.domains.workflow.commands.hiring import Hired
from souk.domains.workflow.model import EntityType, Hire
from souk.storage import Table


def hire_of(table: Table, contract_id: str) -> Hire | None:
    """Return what workflows know of a contract. The reads are strongly consistent."""
    contract = contract_by_id(table, contract_id)
    if contract is None:
        return None
    return Hire(
        EntityType.CONTRACT,
        contract.id,
        contract.parties,
        open=contract.status is not ContractStatus.CLOSED,
        touch=lambda tx: tx.update(CONTRACTS, contract),
        worked=_worked(table, contract),
    )


def hired(contract: Contract) -> Hired:
    """Return a contract with the talent cloud of its hire. Older records have it for payrolls alone."""
    in_payroll = contract.payroll.talent_cloud_id if contract.payroll else None
    return Hired(contract.parties, contract.offer_id, contract.id, contract.talent_cloud_id or in_payroll)


def _worked(table: Table, contract: Contract) -> bool:
    """Return whether work was done under a contract: time was tracked, or a milestone submitted or paid."""
    if contract.pay is PayType.HOURLY:
        tracked: bool = load("time").facts["time.tracked"](table, contract.id)
        return tracked
    return any(one.submissions or one.paid for one in milestones_of(table, contract.offer_id))
