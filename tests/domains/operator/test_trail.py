"""The list of the audit trail: filters, pages over months, and titles."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from souk.domains.audit.model import Actor, Subject
from souk.domains.audit.store import record
from souk.domains.identity.store import ORGANIZATIONS, USERS
from souk.storage.partition import Bound
from tests.domains.identity.people import ACME, LIAM, OLIVIA, RIVAL, SOLO
from tests.domains.operator.conftest import ADA, HOUSE, Market
from tests.support.api import Answer
from tests.support.clock import CLOCK

TRAIL = """query ($filter: OperatorActionFilter, $page: Pagination) {
  operatorActions(filter: $filter, pagination: $page) {
    pageInfo { endCursor hasNextPage } edges { cursor node {
      id operator { id name } action subjectType subjectId subjectTitle reason changes { field before after }
      ipAddress requestId createdDateTime } } } }"""


def ask(market: Market, first: int = 100, after: str | None = None, **criteria: Any) -> Answer:
    return market.ada.call(TRAIL, {"filter": criteria or None, "page": {"first": first, "after": after}})


def total(market: Market, **criteria: Any) -> int:
    """Return the number of actions of a list."""
    query = "query ($filter: OperatorActionFilter) { operatorActions(filter: $filter) { totalCount } }"
    number: int = market.ada.call(query, {"filter": criteria or None}).data["operatorActions"]["totalCount"]
    return number


def reasons(market: Market, **criteria: Any) -> list[str]:
    """Return the reasons of a whole list, without that of the bootstrap."""
    found = ask(market, **criteria).data["operatorActions"]
    assert total(market, **criteria) == len(found["edges"])
    return [edge["node"]["reason"] for edge in found["edges"] if edge["node"]["action"] != "bootstrap"]


def act(market: Market, at: datetime, reason: str, subject: Subject, *, by: str = ADA, action: str = "verify") -> None:
    """Add an action of a point in time."""
    CLOCK.at(at)
    tx = market.table.transaction()
    record(tx, Actor(operator_id=by), action, subject, reason=reason)
    tx.commit()


def pages(market: Market, first: int, **criteria: Any) -> tuple[list[str], int]:
    """Return the reasons of all pages, and the most round trips that one took."""
    seen: list[str] = []
    after, most = None, 0
    while True:
        answer = ask(market, first, after, **criteria)
        found = answer.data["operatorActions"]
        seen += [edge["node"]["reason"] for edge in found["edges"]]
        most = max(most, answer.trips)
        if not found["pageInfo"]["hasNextPage"]:
            return seen, most
        assert found["pageInfo"]["endCursor"] != after
        after = found["pageInfo"]["endCursor"]


def test_actions_name_people_as_they_are_called_now(market: Market) -> None:
    assert market.ask("setOperator", userId=f'"{LIAM}"', operator="true").data
    assert market.ask("setEnterprise", "Organization", organizationId=f'"{RIVAL}"', enterprise="true").data
    assert market.ask("verifyPayment", "Organization", organizationId=f'"{SOLO}"', status="VERIFIED").data
    tx = market.table.transaction()
    tx.update(USERS, market.user(LIAM).model_copy(update={"last_name": "Lund"}))
    tx.update(ORGANIZATIONS, market.organization(RIVAL).model_copy(update={"name": "Renamed"}))
    record(tx, Actor(), "import", Subject(type="User", id="999"))  # erased without a trace
    tx.commit()
    edges = ask(market).data["operatorActions"]["edges"]
    nodes = [edge["node"] for edge in edges if edge["node"]["action"] != "bootstrap"]
    titles = [(one["action"], one["subjectTitle"]) for one in nodes]
    assert titles == [
        ("import", "Former member"),
        ("verifyPayment", "Sofia"),
        ("setEnterprise", "Rival"),
        ("setOperator", "Liam Lund"),
    ]
    made = nodes[-1]
    assert (made["operator"]["id"], made["subjectType"], made["subjectId"]) == (ADA, "User", LIAM)
    assert made["changes"] == [{"field": "operator", "before": "false", "after": "true"}]
    assert all(made[field] for field in ("ipAddress", "requestId", "createdDateTime"))
    assert nodes[0]["operator"] is None


def test_filters_apply_together(market: Market) -> None:
    begin = CLOCK.market()
    acme, rival = (Subject(type="Organization", id=id_, title=id_) for id_ in (ACME, RIVAL))
    act(market, begin + timedelta(days=1), "one", acme)
    act(market, begin + timedelta(days=40), "two", rival, by=LIAM)
    act(market, begin + timedelta(days=41), "three", acme, by=LIAM, action="suspend")
    act(market, begin + timedelta(days=300), "four", acme)
    assert reasons(market) == ["four", "three", "two", "one"]
    assert reasons(market, subjectId_eq=ACME) == ["four", "three", "one"]
    assert reasons(market, operatorId_eq=LIAM) == ["three", "two"]
    assert reasons(market, operatorId_eq=LIAM, subjectId_eq=ACME) == ["three"]
    assert reasons(market, action_eq="suspend") == reasons(market, action_eq="suspend", operatorId_eq=LIAM) == ["three"]
    day = (begin + timedelta(days=40)).date().isoformat()
    for more in ({}, {"operatorId_eq": LIAM}, {"subjectId_eq": RIVAL}, {"action_eq": "verify"}):
        assert reasons(market, createdDateTime_bt={"rangeStart": day, "rangeEnd": day}, **more) == ["two"]
    assert reasons(market, createdDateTime_bt={"rangeStart": day}) == ["four", "three", "two"]
    assert reasons(market, createdDateTime_bt={"rangeEnd": day}) == ["two", "one"]
    for nothing in ({"rangeStart": "9999-12-31"}, {"rangeEnd": "1970-01-01"}):
        assert reasons(market, createdDateTime_bt=nothing) == []
    assert len(reasons(market, createdDateTime_bt={"rangeStart": "0001-01-01", "rangeEnd": "9999-12-31"})) == 4
    assert reasons(market, subjectId_eq="not-there") == []
    for wrong in ({"operatorId_eq": "Ada"}, {"createdDateTime_bt": {"rangeStart": "yesterday"}}):
        assert ask(market, **wrong).code == "UNPROCESSABLE_CONTENT"


def test_pages_over_months_cost_the_page(market: Market) -> None:
    """Three years with months of many actions, of few, and of none."""
    begin = CLOCK.market().replace(day=1)
    written: list[str] = []
    for months, number in ((0, 9), (1, 1), (2, 12), (13, 3), (14, 2), (30, 1), (36, 4)):
        for one in range(number):
            at = (begin + timedelta(days=31 * months)).replace(day=3) + timedelta(minutes=one)
            act(market, at, f"{months}/{one}", Subject(type="Organization", id=ACME, title="Acme"))
            written.append(f"{months}/{one}")
    expected = written[::-1]
    for first in (5, 7, 100):
        seen, trips = pages(market, first)
        assert [one for one in seen if "/" in one] == expected
        assert len(seen) == len(written) + 1  # with the bootstrap
        assert trips <= 5  # the token, the organization, two months, the others, and the people
    assert ask(market, 3).trips <= 4  # the token, the organization, the month, and the people
    seen, _ = pages(market, 4, action_eq="verify")
    assert seen == expected
    skipped = ask(market, 3, "8").data["operatorActions"]["edges"]
    assert [edge["node"]["reason"] for edge in skipped] == expected[8:11]
    assert ask(market, 3, "5000").code == "UNPROCESSABLE_CONTENT"
    cursor = ask(market, 3).data["operatorActions"]["pageInfo"]["endCursor"]
    assert ask(market, 3, cursor, action_eq="verify").code == "UNPROCESSABLE_CONTENT"


def test_page_that_reaches_its_bound_goes_on(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rare action of long ago, before a month with more actions than one request reads."""
    begin = datetime(2020, 1, 10, tzinfo=UTC)
    tx = market.table.transaction()
    tx.update(
        ORGANIZATIONS, market.organization(HOUSE).model_copy(update={"creation_date": "2016-01-01T00:00:00.000Z"})
    )
    tx.commit()
    now = CLOCK.market()
    subject = Subject(type="User", id=OLIVIA)
    act(market, begin, "long ago", subject, action="rare")
    for number in range(12):
        act(market, begin + timedelta(days=90), f"{number}", subject)
    CLOCK.at(now)
    monkeypatch.setattr("souk.storage.lists.PAGE_BOUND", Bound(5, 10))
    first = ask(market, 2, action_eq="rare").data["operatorActions"]
    assert first["edges"] == []
    assert first["pageInfo"]["hasNextPage"]
    seen, trips = pages(market, 2, action_eq="rare")
    assert seen == ["long ago"]
    assert trips <= 7
