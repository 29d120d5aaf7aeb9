"""The catalog of events: the code tells nothing else, and of each of them docs/events.md says what causes it."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import orjson

import souk
from souk.domains.clouds.model import TALENT_CLOUD, CloudEvent
from souk.domains.feedback.rules import states as feedback
from souk.domains.gigs.rules import states as gigs
from souk.domains.jobs.rules import states as jobs
from souk.domains.milestones.store import MILESTONE
from souk.domains.offers.rules import states as offers
from souk.domains.proposals.model import ClientStatus
from souk.domains.proposals.rules import annotations
from souk.domains.proposals.rules import states as proposals
from souk.domains.proposals.rules.states import CLIENT_JA, VENDOR_JA
from souk.domains.rooms.model import ROOM, RoomEvent
from souk.domains.talent.commands.editing import PROFILE
from souk.domains.talent.model import ProfileEvent
from souk.domains.time.model import TIMESHEET, TimesheetEvent
from souk.domains.workflow.model import WORKFLOW, WorkflowEvent

PACKAGE = Path(souk.__file__).parent
CATALOG = {
    (entity, action)
    for entity, known in orjson.loads((PACKAGE / "events" / "catalog.json").read_bytes()).items()
    for action in known["actions"]
}
PAGE = PACKAGE.parents[1] / "docs" / "events.md"
NOTHING: Final = "Nothing yet: "
HERE: Final = "tests/events/test_catalog.py"

CONTRACT: Final = {
    "JP": 3,
    "OFFER": 6,
    "Vendor JA": 31,
    "Client JA": 33,
    "MILESTONE": 1,
    "CFB": 3,
}
"""How many actions the contract has for each of its entities. All other entities are Souk's own."""

EMITTERS: Final = {
    ("clouds/commands/clouds.py", "TALENT_CLOUD"),
    ("feedback/store.py", "states.CFB"),
    ("gigs/commands/managing.py", "'GIG'"),
    ("gigs/commands/ordering.py", "OFFER"),
    ("jobs/commands.py", "'JP'"),
    ("messages/commands/invitations.py", "ROOM"),
    ("messages/commands/writing.py", "ROOM"),
    ("milestones/store.py", "MILESTONE"),
    ("offers/commands/answering.py", "OFFER"),
    ("offers/commands/creating.py", "OFFER"),
    ("proposals/commands/reviewing.py", "CLIENT_JA"),
    ("proposals/store.py", "states.CLIENT_JA"),
    ("proposals/store.py", "states.VENDOR_JA"),
    ("rooms/commands.py", "ROOM"),
    ("talent/commands/editing.py", "PROFILE"),
    ("time/store.py", "TIMESHEET"),
    ("workflow/commands/saving.py", "WORKFLOW"),
}
"""The `emit` calls with a computed action: file and entity. `emitted` reads the tables that they follow."""


def emitted() -> Iterator[tuple[str, str]]:
    """Yield all events that the code can emit: those that it names, and those of the tables that it follows."""
    yield from (call.event for call in calls_of_emit() if call.event)
    yield from (("JP", event) for event in jobs.Event)
    yield from (("GIG", action) for action in gigs.Action)
    yield from ((feedback.CFB, step.event) for step in feedback.STEPS.values() if step.event)
    yield from ((offers.OFFER, step.event) for step in offers.STEPS.values())
    yield (MILESTONE, "REFRESH")
    yield from ((PROFILE, event) for event in ProfileEvent)
    yield from ((ROOM, event) for event in RoomEvent)
    yield from ((TIMESHEET, event) for event in TimesheetEvent)
    yield from ((TALENT_CLOUD, event) for event in CloudEvent)
    yield from ((WORKFLOW, event) for event in WorkflowEvent)
    yield from ((CLIENT_JA, event) for event in annotations.EVENTS.values())
    for action, step in proposals.STEPS.items():
        for status in step.since:
            result = proposals.move(action, status, ClientStatus.CREATED)
            yield from ((VENDOR_JA, event) for event in result.vendor_events)
            yield from ((CLIENT_JA, event) for event in result.client_events)


class EmitCall(NamedTuple):
    """An `emit` call of the code."""

    file: str
    line: int
    entity: str
    """The expression for the entity."""
    event: tuple[str, str] | None
    """The event, if the call names it in literals."""


def calls_of_emit() -> Iterator[EmitCall]:
    for path in (PACKAGE / "domains").rglob("*.py"):
        source = path.read_text()
        if ".emit(" in source:  # to parse all of them takes seconds
            yield from calls_in(source, path.relative_to(PACKAGE / "domains").as_posix())


def calls_in(source: str, file: str) -> Iterator[EmitCall]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "emit":
            entity, action, *_ = node.args
            literal = isinstance(entity, ast.Constant) and isinstance(action, ast.Constant)
            event = (ast.literal_eval(entity), ast.literal_eval(action)) if literal else None
            yield EmitCall(file, node.lineno, ast.unparse(entity), event)


def documented() -> dict[tuple[str, str], str]:
    """Return the documented cause of each event."""
    rows = [line.strip("| ").split(" | ") for line in PAGE.read_text().splitlines() if line.startswith("| ")]
    _, *events = rows
    times = Counter((entity, action) for entity, action, _ in events)
    assert [event for event, count in times.items() if count > 1] == [], "docs/events.md has more than one row"
    return {(entity, action): cause for entity, action, cause in events}


def test_every_emitter_is_listed() -> None:
    calls = [call for call in calls_of_emit() if not call.event]
    wrong = [
        f"shared/souk/domains/{call.file}:{call.line} emits computed actions of {call.entity}: add "
        f"{(call.file, call.entity)} to EMITTERS in {HERE}, and to `emitted` there the table that names its actions"
        for call in calls
        if (call.file, call.entity) not in EMITTERS
    ]
    gone = EMITTERS - {(call.file, call.entity) for call in calls}
    wrong += [f"nothing emits {one} any more: remove it from EMITTERS in {HERE}" for one in sorted(gone)]
    assert not wrong, "\n".join(wrong)


def test_events_of_the_code_are_in_the_catalog() -> None:
    missing = [
        f'shared/souk/events/catalog.json: add "{action}" to the "actions" of "{entity}", which the code emits'
        for entity, action in sorted(set(emitted()) - CATALOG)
    ]
    assert not missing, "\n".join(missing)


def test_literal_events_need_no_list() -> None:
    (literal, computed) = calls_in('tx.emit("GIG", "ORDER", id, to=())\ntx.emit("GIG", action, id, to=())', "gigs.py")
    assert (literal.event, computed.event) == (("GIG", "ORDER"), None)


def test_entities_of_the_contract_have_its_actions() -> None:
    counts = Counter(entity for entity, _ in CATALOG)
    changed = [
        f"{entity} has {counts[entity]} actions in shared/souk/events/catalog.json, and {known} in the contract: "
        "actions may not be added to the contract's entities, so use an entity of Souk's own"
        for entity, known in CONTRACT.items()
        if counts[entity] != known
    ]
    assert not changed, "\n".join(changed)


def test_the_docs_say_what_causes_each_event() -> None:
    causes, known = documented(), set(emitted())
    caused = {event for event, cause in causes.items() if not cause.startswith(NOTHING)}
    wrong = [
        *(
            f"docs/events.md: add a row | {entity} | {action} | its cause. |"
            for entity, action in CATALOG - causes.keys()
        ),
        *(f"docs/events.md has a row {event} that the catalog does not have" for event in causes.keys() - CATALOG),
        *(
            f"docs/events.md says that nothing causes {event}, but the code emits it"
            for event in known & causes.keys() - caused
        ),
        *(
            f"docs/events.md has a cause of {event}, but `emitted` in {HERE} does not yield it"
            for event in caused - known
        ),
    ]
    own = {entity for entity, _ in CATALOG} - CONTRACT.keys()
    wrong += [
        f"docs/events.md: name `{entity}` in the sentence `Souk adds ...`, because the contract does not have it"
        for entity in own
        if f"`{entity}`" not in PAGE.read_text().partition("## Audience")[0]
    ]
    assert not wrong, "\n".join(sorted(wrong))
