"""What this deployment has chosen: its fees, and who takes money for it."""

import os
from functools import cache

from souk.domains.contracts.model import Fees
from souk.domains.payments.providers.port import PaymentProvider
from souk.domains.payments.providers.sandbox import Sandbox
from souk.storage import Table


@cache
def fees() -> Fees:
    """Return the fees of contracts that are made now: what a contract was made with, it keeps."""
    return Fees(
        client=int(os.environ.get("SOUK_CLIENT_FEE", "500")), vendor=int(os.environ.get("SOUK_VENDOR_FEE", "1000"))
    )


def provider(table: Table) -> PaymentProvider:
    """Return who takes money for this deployment."""
    return Sandbox(table)
