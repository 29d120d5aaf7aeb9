"""The table's items of exports, and their objects in the attachments bucket.

EXPORT#<id>          EXPORT   an export   GSI1 EXPORTS#<user> / <id>: the exports of a person
                                             GSI1 EXPORTS#MARKET / <id>: those of the marketplace
EXPORT#OF#<user>     LATEST   the last export of a person
UNIQ#export#<SHA-256>         of an idempotency key: the export's id, for the market after `<fingerprint>#`

copies/<export>/<token>       the archive of an export; S3 deletes it after seven days
copies/<export>/<token>.rest  bytes of one that is being built
"""

from hashlib import sha256
from typing import Final

from souk.domains.dataexports.model import DataExport, LatestExport
from souk.storage import Collection, Key, StoredList

WRITES: Final = ("EXPORT#", "UNIQ#export#")
"""The key prefixes that only this domain writes."""
BUILD: Final = "dataexports.build"
"""The deadline that builds an archive, or goes on with it."""
EXPIRE: Final = "dataexports.expire"
"""The deadline that deletes an archive."""
MARKET: Final = "MARKET"
"""The owner of the exports of the marketplace, in place of a person."""
MOST: Final = 100
"""Exports of a person that are kept: one a day, for 90 days."""


def export_key(export_id: str) -> Key:
    """Return the key of an export."""
    return Key(f"EXPORT#{export_id}", "EXPORT")


def latest_key(user_id: str) -> Key:
    """Return the key of the last export of a person."""
    return Key(f"EXPORT#OF#{user_id}", "LATEST")


EXPORTS: Collection[DataExport] = Collection(
    name="DataExport",
    model=DataExport,
    key=export_key,
    key_of=lambda one: export_key(one.id),
    indexes={"GSI1": lambda one: Key(f"EXPORTS#{MARKET if one.kind else one.user_id}", one.id)},
    expires_at=lambda one: one.kept_until,
)
LATEST: Collection[LatestExport] = Collection(
    name="LatestExport", model=LatestExport, key=latest_key, key_of=lambda one: latest_key(one.user_id)
)
EXPORTS_OF_PERSON: Final = StoredList("dataExports", EXPORTS, "EXPORTS#{}".format, index="GSI1")
"""The exports of a person, or of the marketplace."""
LISTS: Final = (EXPORTS_OF_PERSON,)


def idempotency_guard(user_id: str, key: str) -> str:
    """Return the unique value for an idempotency key of a person."""
    return f"UNIQ#export#{sha256(f'{user_id}#{key}'.encode()).hexdigest()}"
