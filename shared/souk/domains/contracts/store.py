"""The table's items of contracts.

CONTRACT#<id>   CONTRACT   GSI1 CONTRACTS#CLIENT#<company> / CONTRACT#<id>: of a client company, oldest first
                           GSI2 CONTRACTS#PERSON#<user> / CONTRACT#<id>: of a freelancer, oldest first
                           GSI3 CONTRACTS#VENDOR#<company> / CONTRACT#<id>: of an agency or a freelancer's company
CONTRACT#<id>   CHANGE#<id> an entry of the contract's history, oldest first
UNIQ#term#<id>             held by the term's contract
CLIENT#<company>      RECORD             the tally of a client company's record (`souk.domains.market.store`)
CLIENT#<company>      FREELANCER#<user>  a freelancer who worked for the company (`souk.domains.market.store`)
FREELANCER#<user>     RECORD             the tally of a freelancer's record (`souk.domains.market.store`)
"""

from datetime import datetime
from typing import Final

from souk.deadlines.model import schedule
from souk.domains.agreements.model import PayType
from souk.domains.contracts.model import Contract, ContractChange, CustomPayment
from souk.domains.contracts.rules import spans
from souk.domains.contracts.rules.states import ENDINGS, Action
from souk.domains.contracts.rules.terms import first_raise
from souk.domains.identity.store import ORGANIZATIONS
from souk.domains.ledger.model import Deal
from souk.domains.market.model import Relation, RelationKind
from souk.domains.market.store import (
    CLIENT_RECORDS,
    RELATIONS,
    client_record_key,
    record_agency,
    record_end,
    record_hire,
)
from souk.storage import Collection, DayCounter, Key, StoredList, Table, Transaction
from souk.values.errors import Conflict

NEW_CONTRACTS: Final = DayCounter("CONTRACTS")
"""The contracts that began, by day."""
WRITES: Final = ("CONTRACT#", NEW_CONTRACTS.prefix, "UNIQ#term#")
"""The prefixes of the partition keys that this domain owns."""
RAISE: Final = "contracts.rate_increase"
"""The deadline kind that raises the rate of a contract."""
STIPEND: Final = "time.stipend"
"""The deadline kind that begins the weekly bills of a contract with a stipend."""
MAX_CHANGES: Final = 100
"""The entries of a contract's history that are shown."""
_PLATFORM: Final = "souk"


def contract_key(contract_id: str) -> Key:
    """Return the key of a contract."""
    return Key(f"CONTRACT#{contract_id}", "CONTRACT")


def change_key(contract_id: str, change_id: str) -> Key:
    """Return the key of an entry in a contract's history."""
    return Key(f"CONTRACT#{contract_id}", f"CHANGE#{change_id}")


CONTRACTS: Collection[Contract] = Collection(
    name="Contract",
    model=Contract,
    key=contract_key,
    key_of=lambda one: contract_key(one.id),
    indexes={
        "GSI1": lambda one: Key(f"CONTRACTS#CLIENT#{one.parties.client_company_id}", f"CONTRACT#{one.id}"),
        "GSI2": lambda one: Key(f"CONTRACTS#PERSON#{one.parties.vendor_user_id}", f"CONTRACT#{one.id}"),
        "GSI3": lambda one: Key(f"CONTRACTS#VENDOR#{one.parties.vendor_company_id}", f"CONTRACT#{one.id}"),
    },
    filters={"status": lambda one: one.status},
)
CLIENT_CONTRACTS: Final = StoredList("clientContracts", CONTRACTS, "CONTRACTS#CLIENT#{}".format, index="GSI1")
"""The contracts of a company and its teams."""
PERSON_CONTRACTS: Final = StoredList("vendorContracts", CONTRACTS, "CONTRACTS#PERSON#{}".format, index="GSI2")
"""The contracts of a freelancer."""
VENDOR_CONTRACTS: Final = StoredList("agencyContracts", CONTRACTS, "CONTRACTS#VENDOR#{}".format, index="GSI3")
"""The contracts of an agency or of a freelancer's own organization."""
LISTS: Final = (CLIENT_CONTRACTS, PERSON_CONTRACTS, VENDOR_CONTRACTS)

CHANGES: Collection[ContractChange] = Collection(
    name="ContractChange",
    model=ContractChange,
    key=change_key,
    key_of=lambda one: change_key(one.contract_id, one.id),
)


def create_contract(tx: Transaction, contract: Contract) -> Contract:
    """Add a new contract to a transaction, with its terms' ids, its first history entry, and its first raise."""
    for term in contract.terms:
        reserve_term(tx, contract.id, term.id)
    contract = contract.model_copy(update={"next_raise": first_raise(contract)})
    record(tx, contract, Action.BEGIN)
    NEW_CONTRACTS.add(tx, contract.id)
    stored = tx.create(CONTRACTS, contract)
    schedule_raise(tx, stored)
    if stored.term.stipend:
        schedule(tx, STIPEND, stored.id, datetime.fromisoformat(stored.starts))
    return stored


def begin_contract(tx: Transaction, table: Table, contract: Contract, client_name: str) -> Contract:
    """Add a hire to a transaction: the contract, and the counts in the records of both sides.

    `client_name` is the public name of the client's company.
    """
    stored = create_contract(tx, contract)
    parties = contract.parties
    tx.tally(CLIENT_RECORDS, client_record_key(parties.client_company_id), hires=1)
    record_hire(tx, parties.vendor_user_id, stored.created)
    record_agency(tx, parties)
    _save_relation(table, tx, stored, client_name)
    return stored


def _save_relation(table: Table, tx: Transaction, contract: Contract, client_name: str) -> None:
    """Store the freelancer's relation to the client, with their latest contract."""
    parties = contract.parties
    existing = table.get(
        RELATIONS, RelationKind.CLIENT, parties.client_company_id, parties.vendor_user_id, consistent=True
    )
    relation = Relation(
        kind=RelationKind.CLIENT,
        user_id=parties.vendor_user_id,
        target_id=parties.client_company_id,
        record_id=contract.id,
        title=contract.title,
        platform=_PLATFORM,
        hired_by_id=parties.client_user_id,
        company_name=client_name,
    )
    if existing is None:
        tx.create(RELATIONS, relation)
    else:
        tx.update(RELATIONS, relation.model_copy(update={"version": existing.version}))


def change_contract(
    tx: Transaction, contract: Contract, action: Action, message: str | None = None, **details: str | None
) -> Contract:
    """Add a change of a contract to a transaction, with its history entry. The contract holds the author and time."""
    record(tx, contract, action, message, **details)
    if action in ENDINGS:
        record_end(tx, contract.parties.vendor_user_id)
    return tx.update(CONTRACTS, contract)


def record(
    tx: Transaction, contract: Contract, action: Action, message: str | None = None, **details: str | None
) -> None:
    """Add the history entry of a contract's last change to a transaction."""
    change = ContractChange(
        id=tx.new_id(),
        contract_id=contract.id,
        at=contract.modified,
        by_id=contract.changed_by_id,
        by=contract.changed_as,
        what=action.name,
        message=message,
        details=details,
    )
    tx.create(CHANGES, change)


def reserve_term(tx: Transaction, contract_id: str, term_id: str) -> None:
    """Add the reference from a term's id to its contract to a transaction."""
    tx.reserve(f"UNIQ#term#{term_id}", contract_id, Conflict("This term already exists."))


def schedule_raise(tx: Transaction, contract: Contract) -> None:
    """Schedule the next raise of a contract, if there is one."""
    if contract.next_raise is not None:
        schedule(tx, RAISE, contract.id, datetime.fromisoformat(contract.next_raise))


def latest_changes(table: Table, contract_id: str) -> list[ContractChange]:
    """Return the last `MAX_CHANGES` entries of a contract's history, newest first."""
    partition = contract_key(contract_id).pk
    page = table.query(CHANGES, partition, prefix="CHANGE#", limit=MAX_CHANGES, newest_first=True, consistent=True)
    return page.items


def changes_since(table: Table, contract_id: str, moment: str) -> list[ContractChange]:
    """Return the history of a contract since a moment, oldest first, and the last entries before it.

    Those before it reach back to the last one that says whether the contract was active. The reads are strongly
    consistent.
    """
    partition, found, start = contract_key(contract_id).pk, list[ContractChange](), None
    while True:
        page = table.query(
            CHANGES,
            partition,
            prefix="CHANGE#",
            limit=MAX_CHANGES,
            newest_first=True,
            start=start,
            consistent=True,
        )
        for one in page.items:
            found.append(one)
            if one.at < moment and one.what in spans.TELLING:
                return found[::-1]
        start = page.next_key
        if start is None:
            return found[::-1]


def contract_of_term(table: Table, term_id: str) -> Contract | None:
    """Return the contract of a term."""
    holder = table.holder(f"UNIQ#term#{term_id}")
    return table.get(CONTRACTS, holder, consistent=True) if holder else None


def contract_by_id(table: Table, contract_id: str) -> Contract | None:
    """Return a contract. The read is strongly consistent."""
    return table.get(CONTRACTS, contract_id, consistent=True)


def last_custom_key(contract_id: str, kind: str) -> Key:
    """Return the key of the last custom payment of a kind for a contract."""
    return Key(f"PAYMENT#LAST#{contract_id}", kind)


CUSTOM_PAYMENTS: Collection[CustomPayment] = Collection(
    name="CustomPayment",
    model=CustomPayment,
    key=last_custom_key,
    key_of=lambda one: last_custom_key(one.contract_id, one.kind),
)


def deal_of(table: Table, contract: Contract) -> Deal:
    """Return the ledger's data of a contract. The contract need not be stored yet."""
    parties = contract.parties
    client = table.get(ORGANIZATIONS, parties.client_company_id)
    return Deal(
        contract_id=contract.id,
        client_company_id=parties.client_company_id,
        client_team_id=parties.client_team_id,
        client_user_id=parties.client_user_id,
        vendor_company_id=parties.vendor_company_id,
        vendor_team_id=parties.vendor_team_id,
        vendor_user_id=parties.vendor_user_id,
        agency=parties.agency,
        hourly=contract.pay is PayType.HOURLY,
        currency=contract.currency,
        fees=contract.fees,
        on_account=contract.enterprise,
        home_currency=client is not None and client.currency == contract.currency,
    )
