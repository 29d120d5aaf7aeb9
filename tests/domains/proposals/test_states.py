"""The state table of proposals: every row, every transition that it does not allow, and its copy in the docs."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

import souk
from souk.domains.market.model import Activity
from souk.domains.proposals.model import ClientStatus, VendorStatus
from souk.domains.proposals.rules.states import STEPS, UNDECIDED, VENDOR_STATUS, Action, Step, move
from souk.values.errors import Conflict

PAGE = (Path(souk.__file__).parents[2] / "docs" / "proposals.md").read_text(encoding="utf-8")
STATUSES = (None, *ClientStatus)


def table_row(action: Action, step: Step) -> str:
    since = " or ".join(sorted(one or "(new)" for one in step.since))
    to = step.to or ("as before the offer" if ClientStatus.OFFERED in step.since else "as it was")
    vendor, client = (", ".join(events) or "-" for events in (step.vendor_events, step.client_events))
    return f"| {action} | {step.actor} | {since} | {to} | {vendor} | {client} |"


@pytest.mark.parametrize(("action", "status"), [(action, status) for action in Action for status in STATUSES])
def test_only_listed_steps_are_allowed(action: Action, status: ClientStatus | None) -> None:
    step = STEPS[action]
    if status not in step.since:
        with pytest.raises(Conflict):
            move(action, status)
        return
    done = move(action, status, ClientStatus.ACTIVATED)
    if step.to is not None:
        assert done.to is step.to
    elif status is ClientStatus.OFFERED:
        assert done.to is ClientStatus.ACTIVATED
    else:
        assert done.to is status
    assert set(step.tallies) <= set(done.tallies) <= set(Activity.model_fields)


def test_first_message_activates() -> None:
    first, second = move(Action.MESSAGE, ClientStatus.CREATED), move(Action.MESSAGE, ClientStatus.ACTIVATED)
    assert first.client_events == ("ClientActivate", "ClientMessage")
    assert (second.vendor_events, second.client_events) == ((), ("ClientMessage",))


def test_each_status_is_reachable_on_both_sides() -> None:
    assert {step.to for step in STEPS.values() if step.to} == set(ClientStatus)
    assert set(VENDOR_STATUS) == set(ClientStatus)
    assert set(VENDOR_STATUS.values()) == set(VendorStatus)


@given(some.lists(some.sampled_from(Action), max_size=30))
def test_any_order_of_actions_keeps_counts_valid(actions: list[Action]) -> None:
    """One proposal never counts twice, and final decisions stay final."""
    status, resumes = None, ClientStatus.CREATED
    counted: dict[str, int] = {}
    for action in actions:
        try:
            done = move(action, status, resumes)
        except Conflict:
            continue
        assert status not in {ClientStatus.DECLINED, ClientStatus.HIRED, ClientStatus.ARCHIVED}
        if action is Action.OFFER:
            assert status in UNDECIDED
            resumes = status or resumes
        status = done.to
        for name, by in done.tallies.items():
            counted[name] = counted.get(name, 0) + by
    assert counted.get("proposals", 0) == (status is not None and status is not ClientStatus.WITHDRAWN)
    assert counted.get("withdrawn", 0) == (status is ClientStatus.WITHDRAWN)
    for name in ("hired", "declined", "archived"):
        assert 0 <= counted.get(name, 0) <= 1


def test_docs_show_the_state_table() -> None:
    for action, step in STEPS.items():
        assert table_row(action, step) in PAGE
    table = PAGE[PAGE.index("| action |") :].split("\n\n")[0]
    assert len(table.splitlines()) == len(STEPS) + 2
