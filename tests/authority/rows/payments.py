"""Payments: everybody asks for the accounts of their own organization."""

from tests.authority.estate import ACME
from tests.authority.row import Row, own, refused

ROWS = (
    Row(
        field="Query.accountingEntity",
        document="{ accountingEntity { id } }",
        shows=f'"id":"{ACME}"',
        strangers=own,
        roleless=refused("FORBIDDEN"),
    ),
)
