"""The pages of operators cost the same with hundreds of people and a year of books."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest

from souk.authentication.principal import Role
from souk.authentication.records import MEMBERSHIPS, Membership
from souk.domains.identity.store import USERS
from souk.domains.ledger.store import BOOKINGS, HISTORY, rows_of
from souk.domains.operator.search import organizations, people
from souk.domains.operator.search.projection import SEARCH_INDEXES
from souk.search.memory import MemoryIndex
from souk.storage import Table
from souk.storage.ids import id_at
from souk.values.times import stamp
from tests.accounts.browser import Browser
from tests.console.test_operator_forms import pay, world
from tests.console.world import Pages
from tests.domains.identity.people import ACME, SINCE, user
from tests.support.clock import CLOCK
from tests.support.stream import Stream
from tests.support.worlds.milestones import MilestonesWorld

__all__ = ["world"]

PEOPLE, BOOKED = 300, 400
MOST_BYTES = 60_000


def store(table: Table, items: Iterable[dict[str, Any]]) -> None:
    """Store items as they are, which is faster than by transactions."""
    requests: list[Any] = [{"PutRequest": {"Item": item}} for item in items]
    for at in range(0, len(requests), 25):
        table.client.batch_write_item(RequestItems={table.name: requests[at : at + 25]})


def test_pages_cost_the_same_with_many_people_and_bookings(
    pages: Pages, operator: Browser, world: MilestonesWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    pay(pages, world)
    table = pages.table
    items: list[dict[str, Any]] = []
    for number in range(PEOPLE):
        id_ = str(5_000 + number)
        person = user(id_, f"Paula {number}", "Pereira", ACME, nickname=f"p{number}", email=f"p{number}@example.test")
        member = Membership(id=id_, user_id=id_, organization_id=ACME, company_id=ACME, role=Role.MEMBER, since=SINCE)
        items += [USERS.encode(person), MEMBERSHIPS.encode(member)]
    first = world.bookings()[0]
    for number in range(BOOKED):
        at = CLOCK.market() - timedelta(days=number * 365 / BOOKED)
        booking = first.model_copy(update={"id": id_at(at), "at": stamp(at)})
        items += [BOOKINGS.encode(booking), *map(HISTORY.encode, rows_of(booking))]
    store(table, items)
    indexes = [MemoryIndex(people.INDEX), MemoryIndex(organizations.INDEX)]
    for module, index in zip((people, organizations), indexes, strict=True):
        monkeypatch.setattr(module, "reader", lambda index=index: index)
    Stream(table, SEARCH_INDEXES, indexes).pump()
    client = first.deal.client_company_id
    for address, shows in {
        "/operator": "Good",
        "/operator/people": "Paula",
        "/operator/people?q=paula": "Next page",
        f"/operator/people?organization={ACME}": "Next page",
        "/operator/people/5007": "Paula 7",
        "/operator/organizations": "Acme",
        f"/operator/organizations/{ACME}": "Members 3",
        "/operator/money": "USD",
        "/operator/money/accounts": "USD",
        "/operator/money/bookings": "Next page",
        f"/operator/money/bookings?organization={client}": "Next page",
        f"/operator/money/bookings/{first.id}": "Payment",
    }.items():
        page = pages.get_cheaply(operator, address)
        assert (page.status, shows in page.text) == (200, True), f"{address}: {page.text}"
        assert len(page.body) <= MOST_BYTES, address
