"""The inputs of erasure."""

from souk.storage import Input


class RequestDeletion(Input):
    """The contract's RequestAccountDeletionInput."""

    confirm_email: str
    reason: str | None = None
