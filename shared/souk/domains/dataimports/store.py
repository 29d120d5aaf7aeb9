"""The table's items of imports, and their objects in the attachments bucket.

IMPORT#<id>          IMPORT   an import   GSI1 IMPORTS / <id>: all imports
UNIQ#import#<kind>#<external id>          holds the id of the record that was imported from it
UNIQ#import#request#<SHA-256>             of a request with an idempotency key: `<fingerprint>#<import id>`

copies/<import>/report/<number>  a part of the report of an import; S3 deletes it after seven days
copies/<import>/report.csv       the report
copies/<import>/rehearsal        what a dry run would have written so far
"""

from hashlib import sha256
from typing import Final

from souk.domains.dataimports.model import DataImport, ImportKind
from souk.storage import Collection, Key, StoredList

WRITES: Final = ("IMPORT#", "UNIQ#import#")
"""The key prefixes that only this domain writes."""
RUN: Final = "dataimports.run"
"""The deadline that goes on with an import."""


def import_key(import_id: str) -> Key:
    """Return the key of an import."""
    return Key(f"IMPORT#{import_id}", "IMPORT")


IMPORTS: Collection[DataImport] = Collection(
    name="DataImport",
    model=DataImport,
    key=import_key,
    key_of=lambda one: import_key(one.id),
    indexes={"GSI1": lambda one: Key("IMPORTS", one.id)},
    expires_at=lambda one: one.kept_until,
)
ALL_IMPORTS: Final = StoredList("dataImports", IMPORTS, lambda: "IMPORTS", index="GSI1")
"""All imports, newest first."""
LISTS: Final = (ALL_IMPORTS,)


def origin_name(kind: ImportKind, external_id: str) -> str:
    """Return the unique value that the record with an external id holds."""
    return f"UNIQ#import#{kind.value.lower()}#{external_id}"


def request_guard(user_id: str, key: str) -> str:
    """Return the unique value for an idempotency key of a person."""
    return f"UNIQ#import#request#{sha256(f'{user_id}#{key}'.encode()).hexdigest()}"
