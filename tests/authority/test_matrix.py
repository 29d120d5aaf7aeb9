"""Authorization of all built root fields, for all kinds of callers.

A row (`tests/authority/rows`) is a request that works for the owner of the record. The tests send it as other callers
and check that it reveals nothing private and writes nothing.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import product
from typing import Any, TypeVar

import pytest

from souk.app import coverage, graph
from souk.authentication.scopes import Scope
from souk.domains.audit.store import ACTIONS
from tests.authority.fixtures import ACME, DESIGN, OPEN, RIVAL
from tests.authority.row import Row, ask, asks_to_join, changes_own, own, reports, text_of
from tests.authority.rows import ROWS
from tests.authority.world import (
    AGENT,
    COLLEAGUE,
    FREELANCER,
    IDLE,
    RIVAL_OWNER,
    SERVICE,
    Viewer,
    World,
)
from tests.support.api import EVERY_SCOPE, Answer

NEEDED = Scope.COMMON_ENTITIES_READ
NO_TOKENS = (None, "Bearer", "Bearer nonsense", "Bearer oauth2v2_AAAA", "Basic b2xpdmlhOnNlY3JldA==")
FORGED = (
    ACME,
    DESIGN,
    OPEN,  # the id of something else
    f"{RIVAL},{ACME}",
    f"0{ACME}",
    f"-{ACME}",
    "Acme",
    f"{ACME}#MEMBER",
    "".join(chr(0xFF10 + int(digit)) for digit in ACME),  # other alphabets' digits
    "7" * 5_000,
    f"{ACME}\0",
    f"{RIVAL}\r\nX-Upwork-API-TenantId: {ACME}",
    f"{RIVAL}\x7f",
)
Way = TypeVar("Way")
every_row = pytest.mark.parametrize("row", ROWS, ids=str)


def test_every_root_field_has_a_row() -> None:
    built = {one.coordinate: one.domain for one in coverage() if one.built}
    with_row = {row.field for row in ROWS}
    missing = [f"{field} (in tests/authority/rows/{built[field]}.py)" for field in sorted(built.keys() - with_row)]
    assert not missing, (
        "A built root field needs a row in the authority matrix: a request for one of Acme's records, a text that "
        "proves that it works for Acme's owner, and the outcomes for all other viewers. Copy the row of a similar "
        f"field. Without a row: {', '.join(missing)}. A new file there is listed in tests/authority/rows/__init__.py."
    )
    assert not with_row - built.keys(), "These rows are for fields that do not exist or are not built."


def test_row_names_are_unique() -> None:
    assert Counter(map(str, ROWS)).most_common(1)[0][1] == 1


def in_turn(row: Row, ways: Sequence[Way]) -> list[Way]:
    """Return the first way, and one of the others in turn."""
    first, *others = ways
    return [first, others[ROWS.index(row) % len(others)]]


def rejected(world: World, row: Row, answer: Answer, status: int = 200) -> dict[str, Any]:
    """Check that a request was rejected as a whole and leaked nothing. Return the error."""
    assert answer.status == status, answer.json
    assert "data" not in answer.json
    assert not world.leaked(answer, row.request)
    return answer.error


def check_outcome(world: World, row: Row, viewer: Viewer) -> None:
    """Check the row's outcome for a viewer, that no secret leaks, and that no foreign records are written."""
    outcome = row.outcome_for(viewer)
    for endpoint in row.endpoints:
        with world.restored() if outcome in (own, changes_own, asks_to_join, reports) else world.unchanged():
            reply = ask(world, row, viewer, endpoint)
            outcome(reply)
            assert not reply.leaked


@every_row
def test_owner_gets_result(world: World, row: Row) -> None:
    for endpoint in row.endpoints:
        with world.restored():
            reply = ask(world, row, row.owner, endpoint)
            assert row.shows in text_of(reply.answer)
            assert not reply.leaked
            assert bool(world.changes()) is (row.changes and row.programs)


def test_each_change_by_an_operator_is_in_the_trail(world: World) -> None:
    rows = [
        row
        for row in ROWS
        if row.changes
        and Scope.OPERATOR in graph().roots[row.field].scopes
        and not row.name.startswith("createDirectUploadLink")  # a link changes nothing yet
    ]
    assert len(rows) >= 5
    for row in rows:
        with world.restored():
            assert ask(world, row, row.owner).answer.data
            items = [item for (pk, _), item in world.changes().items() if pk.startswith("AUDIT#")]
        recorded = [(one.action, one.operator_id) for one in map(ACTIONS.decode, items)]
        assert recorded == [(row.name, row.owner.user_id)], row


@every_row
def test_missing_token_is_unauthorized(world: World, row: Row) -> None:
    with world.unchanged():
        for endpoint, authorization in product(row.endpoints, in_turn(row, NO_TOKENS)):
            headers = {"Content-Type": "application/json"} | ({"Authorization": authorization} if authorization else {})
            error = rejected(world, row, world.souk.post(row.body, headers, endpoint), 401)
            assert error["extensions"]["code"] == "UNAUTHORIZED"


@every_row
def test_wrong_scopes_are_forbidden(world: World, row: Row) -> None:
    """All scopes except the sufficient ones. The message names the fields (reference, "Scopes and permissions")."""
    held = frozenset(EVERY_SCOPE) - row.scopes[0]
    owner = world.limited(row.owner, held)
    lacking = [one for one in (*row.scopes, frozenset({NEEDED})) if not one & held]
    with world.unchanged():
        for endpoint in row.endpoints:
            error = rejected(world, row, row.ask(owner, function=endpoint))
            assert error["message"] == (
                "The client or authentication token doesn't have enough oauth2 permissions/scopes to access: "
                f"[{', '.join(sorted(row.selected))}]."
            )
            assert error["extensions"]["classification"] == "ExecutionAborted"
            assert error["extensions"]["requiredScopes"] == sorted(frozenset[str]().union(*lacking))


@every_row
def test_missing_common_scope_is_forbidden(world: World, row: Row) -> None:
    owner = world.limited(row.owner, frozenset(EVERY_SCOPE) - {NEEDED})
    with world.unchanged():
        assert NEEDED in rejected(world, row, row.ask(owner))["extensions"]["requiredScopes"]


@every_row
def test_any_named_scope_suffices(world: World, row: Row) -> None:
    root, *nested = row.scopes
    for scope in root:
        owner = world.limited(row.owner, frozenset({NEEDED, scope}).union(*(sorted(one)[:1] for one in nested)))
        with world.restored():
            assert row.shows in text_of(row.ask(owner))


@every_row
@pytest.mark.parametrize("viewer", [RIVAL_OWNER, AGENT], ids=str)
def test_other_organization_gets_its_outcome(world: World, row: Row, viewer: Viewer) -> None:
    check_outcome(world, row, viewer)


@every_row
@pytest.mark.parametrize("viewer", [COLLEAGUE, FREELANCER, IDLE], ids=str)
def test_other_user_gets_its_outcome(world: World, row: Row, viewer: Viewer) -> None:
    check_outcome(world, row, viewer)


@every_row
def test_service_account_gets_its_outcome(world: World, row: Row) -> None:
    if not row.changes:
        check_outcome(world, row, SERVICE)
        return
    with world.unchanged():
        for endpoint in row.endpoints:
            error = rejected(world, row, row.ask(world[SERVICE], function=endpoint))
            assert error["extensions"]["code"] == "FORBIDDEN"
            # The scope of operators does not count for them, and scopes are checked first.
            reason = "oauth2 permissions/scopes" if row.scopes[0] == {Scope.OPERATOR} else "read-only"
            assert reason in error["message"]


@every_row
def test_forged_tenant_header_is_forbidden(world: World, row: Row) -> None:
    with world.unchanged():
        for endpoint, tenant in product(row.endpoints, in_turn(row, FORGED)):
            error = rejected(world, row, row.ask(world[RIVAL_OWNER], function=endpoint, tenant=tenant), 403)
            assert error["extensions"]["code"] == "FORBIDDEN"
            assert len(error["message"]) < 200


@every_row
def test_ended_token_is_unauthorized(world: World, row: Row) -> None:
    with world.unchanged():
        for endpoint, (how, person) in product(row.endpoints, in_turn(row, tuple(world.revoked.items()))):
            rejected(world, row, row.ask(person, function=endpoint), 403 if "membership" in how else 401)
