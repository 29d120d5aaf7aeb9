"""The work of the clock for weeks, and what their payments lead to."""

from datetime import datetime

from souk.domains.contracts.store import STIPEND
from souk.domains.time.commands import billing, disputing, releasing
from souk.domains.time.resolvers.declared import domain
from souk.domains.time.store import BILL, CHARGE, EXPIRE, RELEASE, WRITE_OFF
from souk.storage import Table


@domain.due(STIPEND)
def begin_stipend(table: Table, contract_id: str, now: datetime) -> None:  # noqa: ARG001 - the start decides
    """Begin the weekly bills of a contract with a stipend."""
    billing.begin_stipend(table, contract_id)


domain.due(BILL)(billing.bill)
domain.due(CHARGE)(billing.charge)
domain.due(WRITE_OFF)(billing.write_off)
domain.due(RELEASE)(releasing.release)
domain.due(EXPIRE)(disputing.expire)
domain.paid(billing.PURPOSE)(billing.settle)
domain.unpaid(billing.PURPOSE)(billing.decline)
