"""What erasure has of a person: that they asked for it."""

from collections.abc import Iterator

from souk.domains.erasure.store import ERASURES
from souk.graph.personal import PersonalData, PersonalFile, Row, row_of, rows_of
from souk.storage import Table


def _request(table: Table, user_id: str) -> Iterator[Row]:
    if erasure := table.get(ERASURES, user_id, consistent=True):
        yield row_of(erasure, "subject", "left")


PERSONAL = PersonalData(
    stays="That an account was erased, and when, by its id: the proof that it was done.",
    files=(PersonalFile("deletion", "The deletion of your account, if you asked for it.", rows_of(_request)),),
)
