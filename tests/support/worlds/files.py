"""Confirmed files, stored directly."""

from souk.domains.files.model import File
from souk.domains.files.store import FILES
from souk.storage import Table
from tests.support.clock import new_id

SINCE = "2026-01-05T08:00:00.000Z"


def confirmed_file(table: Table, company_id: str, name: str, size: int = 4_321) -> str:
    """Store a confirmed file of a company, and return its id."""
    file = File(
        id=new_id(),
        organization_id=company_id,
        company_id=company_id,
        user_id="1",
        file_name=name,
        content_type="application/pdf",
        max_size=size,
        created=SINCE,
        size=size,
        meta_data="From the brief",
    )
    tx = table.transaction()
    tx.create(FILES, file)
    tx.commit()
    return file.id
