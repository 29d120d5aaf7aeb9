"""Lists in several partitions, read as one: each row once, in order, at the price of a page."""

import random
from dataclasses import replace

import pytest

from souk.storage import Collection, Entity, Key, StoredList, Table, View, merged
from souk.storage.merged import Group, MergedList, sharded
from souk.storage.partition import Bound


class Bead(Entity):
    """A bead on one of several strings."""

    id: str
    string: str


BEADS: Collection[Bead] = Collection(
    name="Bead",
    model=Bead,
    key=lambda bead_id: Key(f"BEAD#{bead_id}", "BEAD"),
    key_of=lambda bead: Key(f"BEAD#{bead.id}", "BEAD"),
    indexes={"GSI3": lambda bead: Key(f"STRING#{bead.string}", bead.id)},
)
STRINGS = StoredList("beads", BEADS, "STRING#{}".format, index="GSI3")
EVERYTHING: View[Bead, Bead] = View()


def store(table: Table, *beads: Bead) -> None:
    for start in range(0, len(beads), 50):
        tx = table.transaction()
        for bead in beads[start : start + 50]:
            tx.create(BEADS, bead)
        tx.commit()


def walk(listed: MergedList[Bead], view: View[Bead, Bead], first: int) -> list[str]:
    seen: list[str] = []
    after = None
    for _ in range(300):
        page = listed.page(view, first, after=after)
        seen += [one.id for one in page.rows]
        if not page.more:
            return seen
        after = page.end
    raise AssertionError("The list does not end.")


def test_merged_pages_are_the_sorted_whole(table: Table) -> None:
    dice = random.Random(7)  # noqa: S311 - the same beads each time
    beads = [Bead(id=f"{number:04}", string=dice.choice("0001")) for number in dice.sample(range(5_000), 90)]
    store(table, *beads)
    beside = [Bead(id="0000#own", string="-"), Bead(id="9999", string="-")]
    listed = MergedList(STRINGS, table, [Group([("0",), ("1",), ("2",)])], beside)
    expected = sorted((one.id for one in (*beads, *beside)), reverse=True)
    for first in (1, 7, 100):
        assert walk(listed, EVERYTHING, first) == expected
    even: View[Bead, Bead] = View([lambda one: one.id[3] in "02468"], within=("0500", "4000"))
    assert walk(listed, even, 3) == [id_ for id_ in expected if id_[3] in "02468" and "0500" <= id_ <= "4000"]
    assert listed.page(EVERYTHING, 5, offset=10).rows == listed.page(EVERYTHING, 15).rows[10:]
    assert listed.page(EVERYTHING, 1).count() == len(expected)


def test_page_costs_a_page_wherever_it_is(table: Table) -> None:
    store(table, *(Bead(id=f"{number:04}", string=str(number % 4)) for number in range(400)))
    listed, after = sharded(STRINGS, table, 4), None
    for _ in range(10):
        before = table.trips
        page = listed.page(EVERYTHING, 20, after=after)
        assert (len(page.rows), table.trips - before) == (20, 1)
        after = page.end


def test_rare_rows_are_found_over_short_pages(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merged, "PAGE_BOUND", Bound(60, 4))
    store(table, *(Bead(id=f"{number:04}", string=str(number % 2)) for number in range(150)))
    rare: View[Bead, Bead] = View([lambda one: one.id in ("0001", "0140")])
    listed = sharded(STRINGS, table, 2)
    first = listed.page(rare, 5)
    assert ([one.id for one in first.rows], first.more) == (["0140"], True)
    assert walk(listed, rare, 5) == ["0140", "0001"]


def test_groups_follow_each_other_in_either_direction(table: Table) -> None:
    beads = [Bead(id=f"{number:04}", string=str(number // 100)) for number in range(0, 500, 9)]
    store(table, *beads)
    parts = [Group([(str(hundred),)], f"{hundred:02}", f"{hundred:02}~") for hundred in range(5)]
    expected = sorted(one.id for one in beads)
    upwards = replace(STRINGS, newest_first=False)
    for first in (1, 4, 100):
        assert walk(MergedList(upwards, table, parts), EVERYTHING, first) == expected
        assert walk(MergedList(STRINGS, table, parts[::-1]), EVERYTHING, first) == expected[::-1]


def test_groups_outside_a_page_are_not_read(table: Table) -> None:
    store(table, *(Bead(id=f"{number:04}", string=str(number // 100)) for number in range(300)))
    parts = [Group([(str(hundred),)], f"{hundred:02}", f"{hundred:02}~") for hundred in (2, 1, 0)]
    listed = MergedList(STRINGS, table, parts)
    before = table.trips
    low: View[Bead, Bead] = View(within=("0000", "0050"))
    page = listed.page(low, 10, after=["0041"])
    assert ([one.id for one in page.rows][:2], table.trips - before) == (["0040", "0039"], 1)
