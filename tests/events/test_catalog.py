"""The catalog of events: the code emits only its events, and docs/events.md names the cause of each."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import orjson

import souk
from souk.domains.feedback.rules import states as feedback
from souk.domains.gigs.rules import states as gigs
from souk.domains.jobs.rules import states as jobs
from souk.domains.milestones.store import MILESTONE
from souk.domains.offers.rules import states as offers
from souk.domains.proposals.model import ClientStatus
from souk.domains.proposals.rules import annotations
from souk.domains.proposals.rules import states as proposals
from souk.domains.proposals.rules.states import CLIENT_JA, VENDOR_JA

PACKAGE = Path(souk.__file__).parent
CATALOG = {
    (entity, action)
    for entity, entry in orjson.loads((PACKAGE / "events" / "catalog.json").read_bytes()).items()
    for action in entry["actions"]
}
PAGE = PACKAGE.parents[1] / "docs" / "events.md"
NOTHING: Final = "Nothing yet: "

EMITTERS: Final = {
    ("feedback/store.py", "states.CFB"),
    ("gigs/commands/managing.py", "'GIG'"),
    ("gigs/commands/ordering.py", "'GIG'"),
    ("gigs/commands/ordering.py", "OFFER"),
    ("jobs/commands.py", "'JP'"),
    ("milestones/store.py", "MILESTONE"),
    ("offers/commands/answering.py", "OFFER"),
    ("offers/commands/creating.py", "OFFER"),
    ("proposals/commands/reviewing.py", "CLIENT_JA"),
    ("proposals/store.py", "states.CLIENT_JA"),
    ("proposals/store.py", "states.VENDOR_JA"),
}
"""The `emit` calls: file and entity. `emitted` reads the tables that they follow."""


def emitted() -> Iterator[tuple[str, str]]:
    """Yield all events that the code can emit, from the tables that it follows."""
    yield from (("JP", event) for event in jobs.Event)
    yield from (("GIG", action) for action in (*gigs.Action, "ORDER"))
    yield from ((feedback.CFB, step.event) for step in feedback.STEPS.values() if step.event)
    yield from ((offers.OFFER, step.event) for step in offers.STEPS.values())
    yield (MILESTONE, "REFRESH")
    yield from ((CLIENT_JA, event) for event in annotations.EVENTS.values())
    for action, step in proposals.STEPS.items():
        for status in step.since:
            result = proposals.move(action, status, ClientStatus.CREATED)
            yield from ((VENDOR_JA, event) for event in result.vendor_events)
            yield from ((CLIENT_JA, event) for event in result.client_events)


def calls_of_emit() -> Iterator[tuple[str, str]]:
    """Yield the `emit` calls of the code: the file, and the expression for the entity."""
    for path in (PACKAGE / "domains").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "emit":
                yield path.relative_to(PACKAGE / "domains").as_posix(), ast.unparse(node.args[0])


def documented() -> dict[tuple[str, str], str]:
    """Return the documented cause of each event."""
    rows = [line.strip("| ").split(" | ") for line in PAGE.read_text().splitlines() if line.startswith("| ")]
    _, *events = rows
    assert len(events) == len({(entity, action) for entity, action, _ in events})
    return {(entity, action): cause for entity, action, cause in events}


def test_every_emit_call_is_known() -> None:
    assert set(calls_of_emit()) <= EMITTERS


def test_emitted_events_are_in_the_catalog() -> None:
    assert set(emitted()) <= CATALOG


def test_catalog_has_contract_and_own_events() -> None:
    assert len([one for one in CATALOG if one[0] != "GIG"]) == 77
    assert len({entity for entity, _ in CATALOG}) == 7


def test_every_event_has_a_documented_cause() -> None:
    causes = documented()
    assert set(causes) == CATALOG
    assert {event for event, cause in causes.items() if not cause.startswith(NOTHING)} == set(emitted())
