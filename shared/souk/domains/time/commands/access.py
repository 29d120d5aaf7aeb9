"""Access to weeks. A command reads the contract and the week consistently and writes one transaction."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from souk.domains.agreements.model import PayType
from souk.domains.contracts.store import contract_by_id
from souk.domains.time.commands.booking import Step
from souk.domains.time.inputs import WeekRequest
from souk.domains.time.model import Timesheet
from souk.domains.time.rules import weeks
from souk.domains.time.store import TIMESHEETS, change_guard
from souk.graph import Context
from souk.storage import Transaction
from souk.values import idempotency
from souk.values.errors import Conflict, NotFound, Unprocessable
from souk.values.moments import moment
from souk.values.problems import Problems

_NO_KEY: Final = "This idempotency key was used for another request."
NO_CONTRACT: Final = "This contract does not exist, or you cannot see it."


def monday_in(path: str, text: str) -> date:
    """Return the Monday of an argument. Raises Unprocessable for another weekday, and names its Monday."""
    day = moment(path, text).day
    monday = weeks.monday_of(day)
    if day != monday:
        raise Unprocessable(f"{path}: must be a Monday; the week of {day} begins on {monday}.")
    return monday


@dataclass(frozen=True, slots=True)
class Change:
    """A request to change a week, of a party of its contract or of an operator."""

    ctx: Context
    mutation: str
    request: WeekRequest
    problems: Problems
    """What is wrong with the request."""
    operator: bool = False

    def make(self, attempt: Callable[[Step], Timesheet]) -> Timesheet:
        """Change the week in a transaction, and return it.

        A repeated idempotency key returns the week that the first request has changed. `attempt` is called again after
        a lost race. Raises NotFound for strangers and for a week without time or stipend, and Conflict for a contract
        at a fixed price.
        """
        ctx, principal, request = self.ctx, self.ctx.principal, self.request
        monday = monday_in("input.week", request.week)
        key, fingerprint = idempotency.key(self.problems, request.idempotency_key), idempotency.fingerprint(request)
        guard = change_guard(principal.user_id, principal.organization_id, self.mutation, key) if key else None

        def run(tx: Transaction) -> Timesheet:
            step = self._step(tx, monday)
            self.problems.raise_if_any()  # strangers do not get this far
            if guard and (made := ctx.table.holder(guard)):
                if made != fingerprint:
                    raise Conflict(_NO_KEY)
                return step.sheet
            changed = attempt(step)
            if guard:
                tx.reserve(guard, fingerprint, Conflict(_NO_KEY))
            return changed

        changed = ctx.table.retry_until_committed(run)
        ctx.clear_cache()
        return changed

    def _step(self, tx: Transaction, monday: date) -> Step:
        ctx, contract = self.ctx, contract_by_id(self.ctx.table, self.request.contract_id)
        if contract is None or not (self.operator or contract.parties.include(ctx.principal)):
            raise NotFound(NO_CONTRACT)
        if contract.pay is not PayType.HOURLY:
            raise Conflict("This contract is at a fixed price. Only hourly contracts have timesheets.")
        sheet = ctx.table.get(TIMESHEETS, contract.id, monday.isoformat(), consistent=True)
        if sheet is None:
            raise NotFound(f"This contract has no time in the week of {monday}.")
        return Step(tx, ctx.table, contract, sheet, ctx.now)
