"""The report of an import: one line of CSV for each row, or for each problem of a refused one. Pure."""

import csv
from collections.abc import Iterable
from io import StringIO
from typing import Final

from souk.domains.dataimports.model import Outcome
from souk.domains.dataimports.rules.formulas import neutralized

HEADER: Final = "row,external_id,result,id,field,problem\r\n"


def lines(outcomes: Iterable[Outcome]) -> str:
    """Return the lines of some rows."""
    text = StringIO()
    write = csv.writer(text).writerow
    for one in outcomes:
        for problem in one.problems or (None,):
            field, message = (problem.field, problem.message) if problem else (None, None)
            cells = (str(one.row), one.external_id, one.result.value, one.id, field, message)
            write([neutralized(cell or "") for cell in cells])
    return text.getvalue()
