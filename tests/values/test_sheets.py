"""CSV that spreadsheets read, and in which nothing runs."""

import csv
import io
from decimal import Decimal

import pytest

from souk.values.sheets import csv_of


def test_rows_are_written_as_rfc_4180() -> None:
    found = csv_of(["Week", "Title", "Amount"], [["2026-11-23", 'A "b", c\nd', Decimal("-12.50")], ["", None, 3]])
    assert found == 'Week,Title,Amount\r\n2026-11-23,"A ""b"", c\nd",-12.50\r\n,,3\r\n'
    assert list(csv.reader(io.StringIO(found, newline="")))[1][1] == 'A "b", c\nd'


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =cmd|' /C calc'!A0", "\uff1d1", "\0=1"]
)
def test_formulas_become_texts(text: str) -> None:
    ((cell,),) = csv.reader(io.StringIO(csv_of([text], []), newline=""))
    assert cell == "'" + text.replace("\0", "")


@pytest.mark.parametrize("text", ["A=1", "10 - 2", "'quoted", "", "a@b"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert csv_of([text, "x"], []).rstrip("\r\n").removesuffix(",x") == text
