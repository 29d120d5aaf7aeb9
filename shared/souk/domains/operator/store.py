"""The domain of operators owns no keys. It changes people, organizations and the audit trail.

What operators see of a person or an organization beside its item are readings: those of all rows are read at the same
time. Numbers are exact for all but very long lists (`OwnedList.count_first`).
"""

from typing import Final

from souk.authentication.records import count_sessions, held_keys_key
from souk.domains.contracts.model import Contract, ContractStatus
from souk.domains.contracts.store import CLIENT_CONTRACTS, PERSON_CONTRACTS, VENDOR_CONTRACTS
from souk.domains.identity.store import teams_of
from souk.domains.ledger.model import AccountKind
from souk.domains.ledger.store import balances
from souk.domains.webhooks.store import count_key
from souk.storage import Reading, StoredList, Table, View, counter_value

WRITES: Final = ()
"""The prefixes of the partition keys that this domain owns."""
_OPEN: Final = frozenset({ContractStatus.ACTIVE, ContractStatus.PAUSED})
_OPEN_CONTRACTS: Final[View[Contract, Contract]] = View([lambda one: one.status in _OPEN], among={"status": _OPEN})


def _open_contracts(name: str, contracts: StoredList[Contract]) -> Reading[int]:
    return Reading(name, lambda table, owner_id: contracts.of(table, owner_id).count_first(_OPEN_CONTRACTS))


def _api_keys(table: Table, company_id: str) -> int:
    held = held_keys_key(company_id)
    return counter_value(table.batch_get([held]).get(held))


def _webhooks(table: Table, organization_id: str) -> int:
    ids = [organization_id, *(team.id for team in teams_of(table, organization_id))]
    return sum(map(counter_value, table.batch_get(map(count_key, ids)).values()))


def _balances(table: Table, company_id: str) -> dict[AccountKind, dict[str, int]]:
    return {kind: balances(table, kind, company_id) for kind in (AccountKind.FUNDS, AccountKind.EARNINGS)}


SESSIONS: Final = Reading("sessions", lambda table, user_id: count_sessions(table, user_id, table.clock.real()))
"""The number of browsers in which a person is logged in."""
CONTRACTS_OF_PERSON: Final = _open_contracts("contractsOfPerson", PERSON_CONTRACTS)
"""The number of a freelancer's contracts that have not ended."""
CONTRACTS_OF_CLIENT: Final = _open_contracts("contractsOfClient", CLIENT_CONTRACTS)
CONTRACTS_OF_VENDOR: Final = _open_contracts("contractsOfVendor", VENDOR_CONTRACTS)
ACTIVE_TEAMS: Final = Reading("activeTeams", lambda table, id_: sum(one.active for one in teams_of(table, id_)))
"""The number of a company's active teams."""
HELD_API_KEYS: Final = Reading("heldApiKeys", _api_keys)
"""The number of API keys of a company and its teams."""
WEBHOOKS: Final = Reading("webhooks", _webhooks)
"""The number of webhook subscriptions of an organization and its teams."""
BALANCES: Final = Reading("balances", _balances)
"""The balances of a company's funds and earnings, in minor units by currency."""
