"""Holds: a week of an hourly contract whose charge failed, or that is disputed, pauses the contract. Pure."""

from souk.domains.contracts.model import ChangedAs, Contract, Hold
from souk.domains.contracts.rules import limits
from souk.domains.contracts.rules.states import Action, move
from souk.values.errors import Conflict


def require_none(contract: Contract) -> None:
    """Raise Conflict while a week holds the contract."""
    for week, reason in sorted(contract.held.items()):
        settled = "its dispute is over" if reason is Hold.DISPUTED else "it is paid or written off"
        raise Conflict(f"The week of {week} is {reason}. The contract can be restarted once {settled}.")


def require_undisputed(contract: Contract) -> None:
    """Raise Conflict while a week of the contract is disputed, as its weekly limit is 0 until then."""
    for week, reason in sorted(contract.held.items()):
        if reason is Hold.DISPUTED:
            raise Conflict(f"The week of {week} is disputed. Change the weekly limit when the dispute is over.")


def held(contract: Contract, week: str, reason: Hold, limit_id: str, now: str) -> Contract:
    """Return the contract that a week holds. A dispute sets the weekly limit to 0. Raises Conflict if it has ended."""
    update: dict[str, object] = {
        "status": move(Action.HOLD, contract.status),
        "held": {**contract.held, week: reason},
    }
    if reason is Hold.DISPUTED and limits.current(contract) != 0:
        update["hour_limits"] = limits.replaced(contract, 0, limit_id, now)
    return by_marketplace(contract, now).model_copy(update=update)


def lifted(contract: Contract, week: str, now: str) -> Contract | None:
    """Return the contract without the hold of a week; None if the week does not hold it. It stays paused."""
    if week not in contract.held:
        return None
    move(Action.LIFT_HOLD, contract.status)
    rest = {monday: reason for monday, reason in contract.held.items() if monday != week}
    return by_marketplace(contract, now).model_copy(update={"held": rest})


def by_marketplace(contract: Contract, now: str) -> Contract:
    """Return the contract as changed by the marketplace."""
    return contract.model_copy(update={"modified": now, "changed_by_id": None, "changed_as": ChangedAs.SYSTEM})
