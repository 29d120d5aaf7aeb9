"""The table that this process serves.

For data that everything reads like a constant and that changes rarely, such as the ontology: rules read it without
being given a table.
"""

from souk.storage.table import Table

_served: Table | None = None


def serve(table: Table | None) -> None:
    """Set the table that this process serves. None: no table, as where a program only reads what Souk ships."""
    global _served  # noqa: PLW0603 - there is one for a process
    _served = table


def served() -> Table | None:
    """Return the table that this process serves."""
    return _served
