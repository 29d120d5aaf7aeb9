"""The importer of each kind of file."""

from collections.abc import Mapping
from datetime import datetime

from souk.domains.dataimports.commands.importing import Importer, Options
from souk.domains.dataimports.commands.ontology import OntologyEntries
from souk.domains.dataimports.commands.organizations import Organizations
from souk.domains.dataimports.commands.postings import Postings
from souk.domains.dataimports.commands.users import Users
from souk.domains.dataimports.model import ImportKind
from souk.storage import Table

_IMPORTERS: Mapping[ImportKind, type[Importer]] = {
    one.kind: one for one in (OntologyEntries, Organizations, Users, Postings)
}


def importer(kind: ImportKind, table: Table, now: datetime, options: Options) -> Importer:
    """Return the importer of a kind of file."""
    return _IMPORTERS[kind](table, now, options)
