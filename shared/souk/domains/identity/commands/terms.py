"""Accepting the marketplace's terms."""

from datetime import datetime

from souk.authentication import terms
from souk.authentication.terms import ACCEPTANCES, Acceptance
from souk.domains.identity.model import User
from souk.domains.marketplace.store import SETTINGS, current
from souk.storage import Table, Transaction
from souk.values.errors import Conflict
from souk.values.times import stamp


def accept(table: Table, user_id: str, version: str, now: datetime) -> Acceptance:
    """Accept a version of the terms. Accepting it again changes nothing.

    Raises Conflict if it is not the current version.
    """

    def attempt(tx: Transaction) -> Acceptance:
        settings = table.get(SETTINGS, consistent=True)
        if settings is None or not settings.require_terms or settings.terms_version != version:
            raise Conflict("These are not the current terms. Read the new ones, and accept them.")
        return terms.accept(tx, table, user_id, version, stamp(now))

    return table.retry_until_committed(attempt)


def to_accept(table: Table, user: User) -> str | None:
    """Return the version of the terms that a person still has to accept. Reads nothing if there is none."""
    if current(table).terms_to_accept is None:
        return None
    return version_to_accept(table, table.get(ACCEPTANCES, user.id, consistent=True))


def version_to_accept(table: Table, accepted: Acceptance | None) -> str | None:
    """Return the version of the terms that is still to be accepted; None if there is none."""
    version = current(table).terms_to_accept
    return None if accepted and accepted.version_accepted == version else version
