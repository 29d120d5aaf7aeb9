"""What docs/contracts.md and docs/feedback.md draw is what the tables say."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from souk.domains.contracts.rules import states as contracts
from souk.domains.feedback.rules import states as feedback

DOCS = Path(__file__).parents[3] / "docs"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cell or '-' for cell in cells)} |"


def _names(states: Iterable[object]) -> str:
    return ", ".join(sorted(str(one) if one else "(new)" for one in states))


def _contracts() -> Iterator[str]:
    for action, step in contracts.STEPS.items():
        to = step.to or "the same"
        yield _row(action, step.actor, _names(step.since), to, step.needs, step.changes, step.events)


def _feedback() -> Iterator[str]:
    for action, step in feedback.STEPS.items():
        event = f"{feedback.CFB} {step.event}" if step.event else ""
        yield _row(action, step.actor, _names(step.since), step.to, step.needs, event)


@pytest.mark.parametrize(("page", "rows"), [("contracts", [*_contracts()]), ("feedback", [*_feedback()])])
def test_page_shows_state_table(page: str, rows: list[str]) -> None:
    lines = (DOCS / f"{page}.md").read_text().splitlines()
    begin = lines.index(rows[0])
    assert lines[begin : begin + len(rows)] == rows
    assert not lines[begin + len(rows)].startswith("|"), "and nothing else"
