"""The table's items of custom fields.

FIELD#<company>    FIELD#<id>   a custom field
FIELD#<company>    ACTIVE       the register of the company's active fields
FIELD#<company>    USED#<id>    the options of a field that answers have chosen: a tally
ANSWERS#<owner>    ANSWERS      all answers of a posting or offer
                   GSI1 COMPANYANSWERS#<company> / <created>#<owner>: of a company, oldest first
                   GSI2 CONTRACTANSWERS#<contract> / ANSWERS: of the accepted offer of a contract
UNIQ#field#<SHA-256>            held by the field of an idempotency key

Postings and offers have different ids, so an owner's id is enough.
"""

from collections.abc import Collection as Ids
from collections.abc import Iterable
from functools import partial
from hashlib import sha256
from typing import Final

from souk.domains.customfields.model import AnswerSheet, FieldDefinition, FieldRegister, FieldUse
from souk.storage import Collection, Key, StoredList, Table, Tally, Transaction
from souk.values.errors import Unprocessable

WRITES: Final = ("FIELD#", "ANSWERS#", "UNIQ#field#")
"""The key prefixes that only this domain writes."""
MAX_SHEET_BYTES: Final = 100_000
"""The greatest size of the answers of a posting or offer."""
MAX_FIELD_BYTES: Final = 200_000
"""The greatest size of a field with its options."""
_MOST_USED: Final = 1_000
"""More than a field can have options (`souk.domains.customfields.rules.defining.MAX_KEPT`)."""


def field_key(company_id: str, field_id: str) -> Key:
    """Return the key of a custom field."""
    return Key(f"FIELD#{company_id}", f"FIELD#{field_id}")


def register_key(company_id: str) -> Key:
    """Return the key of the register of a company's active fields."""
    return Key(f"FIELD#{company_id}", "ACTIVE")


def use_key(company_id: str, field_id: str) -> Key:
    """Return the key of the options of a field that answers have chosen."""
    return Key(f"FIELD#{company_id}", f"USED#{field_id}")


def sheet_key(owner_id: str) -> Key:
    """Return the key of the answers of a posting or offer."""
    return Key(f"ANSWERS#{owner_id}", "ANSWERS")


def _contract_key(sheet: AnswerSheet) -> Key | None:
    return Key(f"CONTRACTANSWERS#{sheet.contract_id}", "ANSWERS") if sheet.contract_id else None


FIELDS: Collection[FieldDefinition] = Collection(
    name="CustomField",
    model=FieldDefinition,
    key=field_key,
    key_of=lambda one: field_key(one.company_id, one.id),
)
REGISTERS: Collection[FieldRegister] = Collection(
    name="CustomFieldRegister",
    model=FieldRegister,
    key=register_key,
    key_of=lambda one: register_key(one.company_id),
)
USES: Tally[FieldUse] = Tally(name="CustomFieldUse", model=FieldUse, key=use_key)
SHEETS: Collection[AnswerSheet] = Collection(
    name="CustomFieldAnswers",
    model=AnswerSheet,
    key=sheet_key,
    key_of=lambda one: sheet_key(one.owner_id),
    indexes={
        "GSI1": lambda one: Key(f"COMPANYANSWERS#{one.company_id}", f"{one.created}#{one.owner_id}"),
        "GSI2": _contract_key,
    },
)

COMPANY_FIELDS: Final = StoredList(
    "customFieldDefinitions", FIELDS, "FIELD#{}".format, prefix="FIELD#", newest_first=False
)
"""The custom fields of a company, oldest first."""
COMPANY_ANSWERS: Final = StoredList(
    "customFieldAnswers", SHEETS, "COMPANYANSWERS#{}".format, index="GSI1", newest_first=False
)
"""The answers of a company's postings and offers, an item for each."""
LISTS: Final = (COMPANY_FIELDS, COMPANY_ANSWERS)


def save_field(tx: Transaction, field: FieldDefinition) -> FieldDefinition:
    """Add a new or changed field to a transaction. Raises Unprocessable for one that is too large."""
    if (size := len(field.model_dump_json().encode())) > MAX_FIELD_BYTES:
        raise Unprocessable(f"This custom field takes {size} bytes with its options; the limit is {MAX_FIELD_BYTES}.")
    return tx.update(FIELDS, field) if field.version else tx.create(FIELDS, field)


def save_register(tx: Transaction, register: FieldRegister) -> None:
    """Add the new or changed register of a company to a transaction."""
    if register.version:
        tx.update(REGISTERS, register)
    else:
        tx.create(REGISTERS, register)


def save_sheet(tx: Transaction, sheet: AnswerSheet) -> None:
    """Add new or changed answers to a transaction. Without answers, the item is deleted.

    Answers of an earlier release that have no id get one.
    """
    numbered = (one if one.id else one.model_copy(update={"id": tx.new_id()}) for one in sheet.answers)
    sheet = sheet.model_copy(update={"answers": tuple(numbered)})
    if not sheet.answers:
        if sheet.version:
            tx.delete(SHEETS, sheet)
    elif sheet.version:
        tx.update(SHEETS, sheet)
    else:
        tx.create(SHEETS, sheet)


def mark_used(tx: Transaction, company_id: str, field_id: str, item_id: str) -> None:
    """Add to a transaction that an answer has chosen an option."""
    tx.mark(use_key(company_id, field_id), "options", item_id, most=_MOST_USED)


def sheets_by_contract(table: Table, contract_ids: Ids[str]) -> list[AnswerSheet]:
    """Return the answers of the accepted offers of contracts, in one round trip. Eventually consistent."""

    def read(table: Table, contract_id: str) -> Iterable[AnswerSheet]:
        return table.query(SHEETS, f"CONTRACTANSWERS#{contract_id}", index="GSI2", limit=1).items

    found = table.concurrently([partial(read, contract_id=one) for one in contract_ids])
    return [sheet for sheets in found for sheet in sheets]


def idempotency_guard(organization_id: str, user_id: str, key: str) -> str:
    """Return the unique value for an idempotency key of a person in an organization."""
    return f"UNIQ#field#{sha256(f'{organization_id}#{user_id}#{key}'.encode()).hexdigest()}"
