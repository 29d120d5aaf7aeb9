"""Inputs that several domains have."""

from souk.storage import Input


class MoneyInput(Input):
    """The contract's MoneyInput."""

    amount: str
    currency: str
