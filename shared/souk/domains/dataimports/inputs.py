"""The arguments of operators' mutations about imports, checked."""

from souk.domains.dataimports.model import ImportKind
from souk.storage import Input
from souk.values.ids import Id


class StartImport(Input):
    """StartDataImportInput."""

    kind: ImportKind
    file_id: Id
    dry_run: bool
    invite: bool | None = None
    idempotency_key: str
