"""Lists in the table: pages that cost a page, conditions, other orders, totals."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from souk.storage import Collection, Entity, Key, OwnedList, StoredList, Table, View
from souk.storage import lists as mechanism
from souk.storage.lists import RECOUNTED
from souk.storage.partition import Bound, OutOfBound, Partition
from souk.values.errors import Unprocessable
from tests.support.racing import together


class Lamp(Entity):
    """A lamp of a shop."""

    id: str
    shop: str = "bright"
    colour: str = "red"
    text: str = ""


def lamp_key(lamp_id: str) -> Key:
    return Key(f"LAMP#{lamp_id}", "LAMP")


def counter_key(shop: str) -> Key:
    return Key(f"SHOP#{shop}", "LAMPS")


LAMPS: Collection[Lamp] = Collection(
    name="Lamp",
    model=Lamp,
    key=lamp_key,
    key_of=lambda lamp: lamp_key(lamp.id),
    indexes={"GSI1": lambda lamp: Key(f"SHOP#{lamp.shop}", f"LAMP#{lamp.id}")},
    filters={"colour": lambda lamp: lamp.colour},
    counters={"GSI1": lambda lamp: counter_key(lamp.shop)},
)
OF_SHOP = StoredList("lamps", LAMPS, "SHOP#{}".format, index="GSI1", counter=counter_key)
UNCOUNTED = StoredList("uncounted", LAMPS, "SHOP#{}".format, index="GSI1")
EVERYTHING: View[Lamp, Lamp] = View()
FRESH = count(1)


def stock(table: Table, *numbers: int, prefix: str = "", **fields: str) -> None:
    for start in range(0, len(numbers), 50):
        tx = table.transaction()
        for number in numbers[start : start + 50]:
            tx.create(LAMPS, Lamp(id=f"{prefix}{number:04}", **fields))
        tx.commit()


def change(table: Table, lamp: Lamp, **fields: str) -> None:
    tx = table.transaction()
    tx.update(LAMPS, lamp.model_copy(update=fields))
    tx.commit()


def remove(table: Table, lamp: Lamp) -> None:
    tx = table.transaction()
    tx.delete(LAMPS, lamp)
    tx.commit()


def shop(table: Table, stored: StoredList[Lamp] = OF_SHOP, name: str = "bright") -> OwnedList[Lamp]:
    return stored.of(table, name)


def walk(table: Table, view: View[Lamp, Lamp], first: int, name: str = "bright") -> Iterator[list[str]]:
    """Yield the ids of each page, from the beginning to the end."""
    after = None
    while True:
        page = shop(table, name=name).page(view, first, after=after)
        yield [one.id for one in page.rows]
        if not page.more:
            return
        after = page.end


def ids(*numbers: int) -> list[str]:
    return [f"{number:04}" for number in numbers]


def test_page_costs_one_round_trip_wherever_it_is(table: Table) -> None:
    stock(table, *range(60))
    second = shop(table).page(EVERYTHING, 5, after=shop(table).page(EVERYTHING, 5).end)
    before = table.trips
    third = shop(table).page(EVERYTHING, 5, after=second.end)
    assert [one.id for one in third.rows] == ids(49, 48, 47, 46, 45)
    assert third.more
    assert table.trips == before + 1


def test_page_reads_one_item_more_than_it_shows(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    stock(table, *range(30))
    limits: list[int] = []
    query: Any = table.client.query

    def recorded(**request: Any) -> Any:
        limits.append(request["Limit"])
        return query(**request)

    monkeypatch.setattr(table.client, "query", recorded)
    assert shop(table).page(EVERYTHING, 10).more
    assert limits == [11]


def test_last_page_has_no_next_one(table: Table) -> None:
    stock(table, *range(4))
    assert not shop(table).page(EVERYTHING, 4).more
    assert shop(table).page(EVERYTHING, 3).more
    assert [len(page) for page in walk(table, EVERYTHING, 2)] == [2, 2]


def test_list_is_read_in_both_directions(table: Table) -> None:
    stock(table, 3, 1, 2)
    assert [one.id for one in shop(table).page(EVERYTHING, 9).rows] == ids(3, 2, 1)
    oldest_first: View[Lamp, Lamp] = View(descending=False)
    assert [one.id for one in shop(table).page(oldest_first, 9).rows] == ids(1, 2, 3)


def test_conditions_read_on_until_the_page_is_full(table: Table) -> None:
    stock(table, *range(200))
    stock(table, *range(1_000, 1_005), colour="blue")
    stock(table, *range(2_000, 2_200))
    blue: View[Lamp, Lamp] = View([lambda one: one.colour == "blue"])
    page = shop(table).page(blue, 3)
    assert [one.id for one in page.rows] == ids(1_004, 1_003, 1_002)
    assert [one.id for one in shop(table).page(blue, 3, after=page.end).rows] == ids(1_001, 1_000)


def test_page_at_the_bound_is_short_and_goes_on(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mechanism, "PAGE_BOUND", Bound(20, 10))
    stock(table, 0, 1, colour="blue")
    stock(table, *range(100, 150))
    blue: View[Lamp, Lamp] = View([lambda one: one.colour == "blue"])
    first = shop(table).page(blue, 5)
    assert (first.rows, first.more) == ([], True)
    assert first.end is not None
    assert [page for page in walk(table, blue, 5) if page] == [ids(1, 0)]


def test_page_reads_few_chunks_and_the_rows_of_each(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mechanism, "GROWTH", 4)
    stock(table, *range(150))  # more than 6, 24 and 96

    def read_each(lamps: list[Lamp]) -> list[Lamp]:
        table.batch_get([lamp_key(one.id) for one in lamps])
        return lamps

    before = table.trips
    page = shop(table).page(View(rows=read_each, row_conditions=[lambda _: False]), 5)
    assert page.more
    assert table.trips - before == 2 * 3


def test_table_filters_but_does_not_decide(table: Table) -> None:
    """Items of an earlier release lack the attribute: they are read, and the condition decides."""
    stock(table, 1, 2, colour="blue")
    stock(table, 3)
    for lamp_id in ids(1, 3):
        key = {"PK": {"S": f"LAMP#{lamp_id}"}, "SK": {"S": "LAMP"}}
        table.client.update_item(TableName=table.name, Key=key, UpdateExpression="REMOVE f_colour")
    blue: View[Lamp, Lamp] = View([lambda one: one.colour == "blue"], among={"colour": {"blue"}})
    assert [one.id for one in shop(table).page(blue, 9).rows] == ids(2, 1)
    only_in_the_table: View[Lamp, Lamp] = View(among={"colour": {"blue"}})
    assert [one.id for one in shop(table).page(only_in_the_table, 9).rows] == ids(3, 2, 1)


@pytest.mark.parametrize("accepted", [set(), {f"colour {number}" for number in range(101)}])
def test_any_number_of_values_can_be_accepted(table: Table, accepted: set[str]) -> None:
    stock(table, 1)
    view: View[Lamp, Lamp] = View([lambda one: one.colour in accepted], among={"colour": accepted})
    assert shop(table).page(view, 9).rows == []


def test_offset_is_read_from_the_beginning(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    stock(table, *range(30))
    page = shop(table).page(EVERYTHING, 5, offset=20)
    assert [one.id for one in page.rows] == ids(9, 8, 7, 6, 5)
    assert shop(table).page(EVERYTHING, 5, offset=500).rows == []
    monkeypatch.setattr(mechanism, "PAGE_BOUND", Bound(20, 10))
    with pytest.raises(Unprocessable, match="page by `endCursor`"):
        shop(table).page(EVERYTHING, 5, offset=20)


def test_other_order_is_sorted_with_ties_in_list_order(table: Table) -> None:
    stock(table, 1, 4, colour="red")
    stock(table, 2, 3, colour="blue")
    by_colour: View[Lamp, Lamp] = View(order=lambda one: one.colour, descending=False)
    assert list(walk(table, by_colour, 3)) == [ids(2, 3, 1), ids(4)]
    descending: View[Lamp, Lamp] = View(order=lambda one: one.colour, descending=True)
    assert list(walk(table, descending, 1)) == [ids(4), ids(1), ids(3), ids(2)]


def test_other_order_goes_on_behind_an_item_that_is_gone(table: Table) -> None:
    stock(table, *range(6))
    by_colour: View[Lamp, Lamp] = View(order=lambda one: one.colour, descending=True)
    page = shop(table).page(by_colour, 2)
    remove(table, page.rows[-1])
    assert [one.id for one in shop(table).page(by_colour, 2, after=page.end).rows] == ids(3, 2)


def test_too_many_items_for_an_order_are_refused_with_a_way_out(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mechanism, "SORT_BOUND", Bound(5, 20))
    stock(table, *range(6))
    with pytest.raises(Unprocessable, match=r"too long for this order\. Choose a colour\."):
        shop(table).page(View(order=lambda one: one.colour, narrow="Choose a colour."), 2)


def test_total_is_counted_within_a_bound(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    stock(table, *range(12))
    blue: View[Lamp, Lamp] = View([lambda one: one.colour == "blue"])
    page = shop(table, UNCOUNTED).page(EVERYTHING, 5)
    assert page.count() == 12
    assert shop(table, UNCOUNTED).page(EVERYTHING, 5, after=page.end).count() == 12
    stock(table, 20, 21, 22, colour="blue")
    assert shop(table, UNCOUNTED).page(blue, 2).count() == 3
    monkeypatch.setattr(mechanism, "COUNT_BOUND", Bound(10, 20))
    assert shop(table, UNCOUNTED).page(EVERYTHING, 5).count() is None
    assert shop(table, UNCOUNTED).page(blue, 2).count() is None


def test_total_of_a_list_on_one_page_needs_no_reading(table: Table) -> None:
    stock(table, *range(3))
    page = shop(table, UNCOUNTED).page(EVERYTHING, 5)
    before = table.trips
    assert page.count() == 3
    assert table.trips == before


def test_counter_is_trusted_after_the_recount(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mechanism, "COUNT_BOUND", Bound(5, 20))
    stock(table, *range(12))
    assert shop(table).page(EVERYTHING, 5).count() is None
    mark: Any = {"PK": {"S": RECOUNTED.pk}, "SK": {"S": RECOUNTED.sk}, "exact_lists": {"SS": [OF_SHOP.name]}}
    table.client.put_item(TableName=table.name, Item=mark)
    page = shop(table).page(EVERYTHING, 5)
    before = table.trips
    assert page.count() == 12
    assert table.trips == before + 1
    remove(table, page.rows[0])
    assert shop(table).page(EVERYTHING, 5).count() == 11


@pytest.mark.parametrize("newest_first", [True, False])
def test_long_partition_is_read_in_segments(
    table: Table, monkeypatch: pytest.MonkeyPatch, *, newest_first: bool
) -> None:
    """Pages of 7 items stand for pages of a megabyte. The segments count as the longest of them."""
    stock(table, *range(0, 400, 4))
    query: Any = table.client.query
    monkeypatch.setattr(table.client, "query", lambda **request: query(**{"Limit": 7, **request}))
    partition = Partition(LAMPS, "SHOP#bright", "GSI1", "LAMP#", newest_first=newest_first)
    before = table.trips
    found = [one.id for one in partition.read_whole(table, Bound(200, 40))]
    assert found == sorted(ids(*range(0, 400, 4)), reverse=newest_first)
    assert table.trips - before <= 5
    assert partition.count(table, Bound(200, 40)) == 100
    for bound in (Bound(99, 40), Bound(200, 10)):
        with pytest.raises(OutOfBound):
            partition.read_whole(table, bound)
        with pytest.raises(OutOfBound):
            partition.count(table, bound)


def test_chunks_have_everything_once(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    stock(table, *range(7))
    stock(table, 7, colour="blue")
    monkeypatch.setattr(mechanism, "_LARGEST_CHUNK", 3)
    red: View[Lamp, Lamp] = View([lambda one: one.colour == "red"])
    found = [[one.id for one in chunk] for chunk in shop(table).chunks(red)]
    assert found == [ids(6, 5), ids(4, 3, 2), ids(1, 0)]
    oldest_first: View[Lamp, Lamp] = View(descending=False)
    first: list[Lamp] = next(shop(table).chunks(oldest_first))
    assert [one.id for one in first] == ids(0, 1, 2)


def test_first_items_are_counted_up_to_a_bound(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    stock(table, 0, colour="blue")
    stock(table, *range(1, 9))
    stock(table, 9, colour="blue")
    blue: View[Lamp, Lamp] = View([lambda one: one.colour == "blue"])
    assert shop(table).count_first(blue) == 2
    monkeypatch.setattr(mechanism, "SHOWN_BOUND", Bound(5, 20))
    assert shop(table).count_first(blue) == 1
    assert shop(table).count_first(EVERYTHING) == 5
    monkeypatch.setattr(mechanism, "SHOWN_BOUND", Bound(50, 2))
    query: Any = table.client.query
    monkeypatch.setattr(table.client, "query", lambda **request: query(**{**request, "Limit": 3}))
    assert shop(table).count_first(EVERYTHING) == 6


def test_concurrent_additions_respect_limit(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = count()

    def add() -> bool:
        tx = table.transaction()
        tx.create(LAMPS, Lamp(id=f"{next(numbers):04}"))
        tx.limit(counter_key("bright"), 3, Unprocessable("The shop is full."))
        try:
            tx.commit()
        except Unprocessable:
            return False
        return True

    assert sum(together(monkeypatch, add)) == 3
    assert len(shop(table).all(EVERYTHING)) == 3
    remove(table, shop(table).all(EVERYTHING)[0])
    assert add()


@settings(
    max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
@given(data=st.data())
def test_what_stands_is_seen_exactly_once(table: Table, data: st.DataObject) -> None:
    """Somebody pages while others insert, update and delete: each lamp that stays is on exactly one page."""
    name = f"shop {next(FRESH)}"
    stock(table, *data.draw(st.sets(st.integers(0, 999), max_size=12)), prefix=name, shop=name)
    standing = {one.id for one in shop(table, name=name).all(EVERYTHING)}
    view: View[Lamp, Lamp] = View([lambda one: one.text != "dusted"], descending=data.draw(st.booleans()))
    seen: list[str] = []
    for page in walk(table, view, data.draw(st.integers(1, 5)), name):
        seen += page
        now = shop(table, name=name).all(EVERYTHING)
        match data.draw(st.sampled_from(["insert", "update", "delete", "nothing"])):
            case "insert":
                stock(table, data.draw(st.integers(1_000, 1_999)) + 1_000 * next(FRESH), prefix=name, shop=name)
            case "update" if now:
                changed = data.draw(st.sampled_from(now))
                change(table, changed, text="dusted")
                standing.discard(changed.id)
            case "delete" if now:
                gone = data.draw(st.sampled_from(now))
                remove(table, gone)
                standing.discard(gone.id)
            case _:
                pass
    assert len(seen) == len(set(seen))
    assert standing <= set(seen)


@settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
@given(data=st.data())
def test_other_orders_show_once_what_keeps_its_value(table: Table, data: st.DataObject) -> None:
    """The weaker promise: a lamp whose colour changes may be missed or seen twice, the others are seen once."""
    name = f"shop {next(FRESH)}"
    colours = st.sampled_from(["blue", "green", "red"])
    for number in range(data.draw(st.integers(0, 10))):
        stock(table, number, prefix=name, shop=name, colour=data.draw(colours))
    steady = {one.id for one in shop(table, name=name).all(EVERYTHING)}
    view: View[Lamp, Lamp] = View(order=lambda one: one.colour, descending=data.draw(st.booleans()))
    seen: list[str] = []
    for page in walk(table, view, data.draw(st.integers(1, 4)), name):
        seen += page
        repaint: bool = data.draw(st.booleans())
        if repaint and (now := shop(table, name=name).all(EVERYTHING)):
            painted = data.draw(st.sampled_from(now))
            change(table, painted, colour=data.draw(colours))
            steady.discard(painted.id)
    assert [one for one in seen if one in steady] == [one for one in dict.fromkeys(seen) if one in steady]
    assert steady <= set(seen)
