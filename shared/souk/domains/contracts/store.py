"""Where contracts are kept.

CONTRACT#<id>   CONTRACT   GSI1 CONTRACTS#CLIENT#<company> / CONTRACT#<id>: a company's, in the order of making
                           GSI2 CONTRACTS#PERSON#<user> / CONTRACT#<id>: a freelancer's, likewise
                           GSI3 CONTRACTS#VENDOR#<company> / CONTRACT#<id>: an agency's, or a freelancer's company's
UNIQ#term#<id>             held by the contract that the term is of
CLIENT#<company>      RECORD             a tally: what a company has done here
CLIENT#<company>      FREELANCER#<user>  that somebody has worked for it (`souk.domains.jobs.store`)
FREELANCER#<user>     RECORD             a tally: what a freelancer has done here
"""

from typing import Final

from souk.domains.contracts.model import ClientRecord, Contract, FreelancerRecord
from souk.errors import Conflict
from souk.storage import Collection, Key, Table, Tally, Transaction

WRITES: Final = ("CLIENT#", "CONTRACT#", "FREELANCER#", "UNIQ#term#")
"""The beginnings of the partition keys that this domain owns."""


def contract_key(contract_id: str) -> Key:
    """Return the key of a contract."""
    return Key(f"CONTRACT#{contract_id}", "CONTRACT")


def client_record_key(company_id: str) -> Key:
    """Return the key of a company's record."""
    return Key(f"CLIENT#{company_id}", "RECORD")


def freelancer_record_key(user_id: str) -> Key:
    """Return the key of a freelancer's record."""
    return Key(f"FREELANCER#{user_id}", "RECORD")


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
)
CLIENT_RECORDS: Tally[ClientRecord] = Tally("ClientRecord", ClientRecord, client_record_key)
FREELANCER_RECORDS: Tally[FreelancerRecord] = Tally("FreelancerRecord", FreelancerRecord, freelancer_record_key)


def create_contract(tx: Transaction, contract: Contract) -> Contract:
    """Note in a transaction that a contract is made; each of its terms leads to it."""
    for term in contract.terms:
        tx.reserve(f"UNIQ#term#{term.id}", contract.id, Conflict("This term exists already."))
    return tx.create(CONTRACTS, contract)


def contract_of_term(table: Table, term_id: str) -> Contract | None:
    """Return the contract that a term is of."""
    holder = table.holder(f"UNIQ#term#{term_id}")
    return table.get(CONTRACTS, holder, consistent=True) if holder else None


def contracts_of_client(table: Table, company_id: str) -> list[Contract]:
    """Return all contracts of a company and its teams, oldest first."""
    return table.query_all(CONTRACTS, f"CONTRACTS#CLIENT#{company_id}", index="GSI1")


def contracts_of_person(table: Table, user_id: str) -> list[Contract]:
    """Return all contracts that a person works on or worked on, oldest first."""
    return table.query_all(CONTRACTS, f"CONTRACTS#PERSON#{user_id}", index="GSI2")


def contracts_of_vendor(table: Table, company_id: str) -> list[Contract]:
    """Return all contracts of an agency, or of a freelancer's own organization, oldest first."""
    return table.query_all(CONTRACTS, f"CONTRACTS#VENDOR#{company_id}", index="GSI3")
