"""The columns of each kind of file: those of imports, and of exports. Pure."""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from souk.domains.dataimports.model import ImportKind


class Columns(NamedTuple):
    """The columns of a kind of file."""

    required: tuple[str, ...]
    optional: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """All of them, the required ones first."""
        return (*self.required, *self.optional)


COLUMNS: Final[Mapping[ImportKind, Columns]] = {
    ImportKind.ORGANIZATIONS: Columns(
        ("external_id", "name", "side", "country"),
        (
            "summary",
            "description",
            "website",
            "vat_id",
            "street",
            "city",
            "state",
            "zip",
            "enterprise",
            "parent_external_id",
        ),
    ),
    ImportKind.USERS: Columns(
        ("external_id", "email", "first_name", "last_name"),
        ("organization_external_id", "role", "country", "timezone", "phone", "nickname", "created"),
    ),
    ImportKind.JOB_POSTINGS: Columns(
        ("external_id", "organization_external_id", "title", "description", "type"),
        (
            "category",
            "amount",
            "hourly_min",
            "hourly_max",
            "currency",
            "skills",
            "status",
            "published",
            "access",
        ),
    ),
    ImportKind.ONTOLOGY: Columns(("id", "kind", "label"), ("parent_id", "definition", "synonyms", "archived")),
}


def header_problem(kind: ImportKind, header: Iterable[str]) -> str | None:
    """Return what is wrong with the columns of a file; None if nothing is."""
    given, columns = list(header), COLUMNS[kind]
    if missing := [name for name in columns.required if name not in given]:
        return f"The file has no column {', '.join(missing)}. Its first line names the columns."
    if unknown := [name for name in given if name not in columns.names]:
        return f"There is no column {unknown[0][:60]!r}. The columns are: {', '.join(columns.names)}."
    if len(set(given)) < len(given):
        return "A column is there twice."
    return None
