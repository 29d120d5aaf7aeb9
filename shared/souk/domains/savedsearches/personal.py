"""What saved searches have of a person: those that they saved."""

from collections.abc import Iterator
from datetime import datetime

from souk.domains.identity.commands.own_companies import organizations_of, own_organizations
from souk.domains.savedsearches.model import SavedSearch
from souk.domains.savedsearches.store import ORGANIZATION_SEARCHES, delete_search, search_and_state
from souk.graph.personal import PersonalData, PersonalFile, listed
from souk.storage import Table, Transaction, View


def erase(table: Table, user_id: str, _now: datetime) -> Iterator[None]:
    """Delete the searches of the person, and all of their own companies."""
    own = own_organizations(table, user_id)
    view: View[SavedSearch, SavedSearch] = View([lambda one: one.user_id == user_id or one.organization_id in own])
    for organization_id in organizations_of(table, user_id):
        for chunk in ORGANIZATION_SEARCHES.of(table, organization_id).chunks(view):
            for search in chunk:
                _delete(table, search.id)
                yield


def _delete(table: Table, search_id: str) -> None:
    def attempt(tx: Transaction) -> None:
        if found := search_and_state(table, search_id):
            delete_search(tx, *found)

    table.retry_until_committed(attempt)


PERSONAL = PersonalData(
    stays="Nothing. Matches expire within 30 days.",
    files=(
        PersonalFile(
            "saved-searches",
            "The searches that you saved.",
            listed(
                ORGANIZATION_SEARCHES,
                "request_key",
                "fingerprint",
                owners=lambda table, user_id: [(one,) for one in organizations_of(table, user_id)],
                about=lambda one, user_id: one.user_id == user_id,
            ),
        ),
    ),
    erase=erase,
)
