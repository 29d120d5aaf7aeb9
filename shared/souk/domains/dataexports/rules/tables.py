"""The rows of exports for spreadsheets: the ledger, and what operators did. Pure."""

import csv
from collections.abc import Iterable, Mapping
from io import StringIO
from typing import Final

from souk.domains.audit.model import OperatorAction
from souk.domains.dataimports.rules.formulas import neutralized
from souk.domains.ledger.model import LedgerTransaction
from souk.values.money import Money

LEDGER: Final = (
    "booking",
    "time",
    "kind",
    "account",
    "organization",
    "organization_name",
    "contract",
    "milestone",
    "currency",
    "amount",
    "description",
)
ACTIONS: Final = ("time", "operator", "action", "subject_type", "subject", "subject_title", "reason", "changes")
Cells = tuple[str | None, ...]


def ledger_rows(one: LedgerTransaction, names: Mapping[str, str]) -> list[Cells]:
    """Return a row for each line of a booking. Amounts are signed, in the major unit; they sum to zero.

    `names` are those of organizations, by id.
    """
    return [
        (
            one.id,
            one.at,
            one.kind.value,
            line.account.kind.value,
            line.account.owner if line.account.owner in names else None,
            names.get(line.account.owner),
            one.deal.contract_id,
            one.milestone_id,
            line.account.currency,
            Money(line.minor, line.account.currency).raw_value,
            one.description,
        )
        for line in one.lines
    ]


def action_row(one: OperatorAction) -> Cells:
    """Return the row of an action of an operator."""
    changes = "; ".join(f"{each.field}: {each.before or ''} -> {each.after or ''}" for each in one.changes)
    return (
        one.created,
        one.operator_id,
        one.action,
        one.subject_type,
        one.subject_id,
        one.subject_title,
        one.reason,
        changes,
    )


def lines(rows: Iterable[Cells]) -> bytes:
    """Return rows as CSV, without cells that a spreadsheet would run. Amounts keep their sign."""
    text = StringIO()
    write = csv.writer(text).writerow
    for row in rows:
        write([_cell(cell) for cell in row])
    return text.getvalue().encode()


def _cell(cell: str | None) -> str:
    text = cell or ""
    return text if _is_number(text) else neutralized(text)


def _is_number(text: str) -> bool:
    return text.removeprefix("-").replace(".", "", 1).isdecimal() and text.isascii()
