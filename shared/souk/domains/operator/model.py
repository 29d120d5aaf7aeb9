"""What operators see of people and organizations, and what is not stored as such."""

from enum import StrEnum


class AccountState(StrEnum):
    """The contract's AccountState, of a person or an organization."""

    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    DELETING = "DELETING"
    DELETED = "DELETED"
