"""A marketplace's own categories and skills: importing rows, again, as a dry run, at the same time, and using them."""

from typing import Any, Final

import pytest

from souk.domains.dataimports.commands import ontology as importing
from souk.domains.dataimports.model import ImportKind, Outcome
from souk.domains.dataimports.rules import ontology as rules
from souk.domains.jobs.search import index
from souk.domains.reference import ontology, store
from souk.domains.reference.model import EntityStatus, Skill
from souk.domains.reference.ontology import current, own
from souk.storage import Table
from souk.storage.rehearsal import Rehearsal
from souk.storage.transaction import Transaction
from tests.domains.dataimports.test_rows import fields, results, run, written
from tests.support.api import Souk
from tests.support.clock import CLOCK
from tests.support.worlds.jobs import JobsWorld, fixed_price, hourly

LEGAL: Final = "1861010000000000140"
HEADER: Final = "id,kind,label,parent_id,definition,synonyms,archived\n"
TRADES: Final = f"""{HEADER}10,category,Trades,,Work with hands.,Crafts; Handwork,
11,subcategory,Plumbing,10,,,
12,Occupation,Leak Repair,11,,,
13,skill,Soldering,12,,,
14,skill,Python,,,,
15,skill,Pipe Fitting,12;99,,,
16,subcategory,Round,16,,,
17,guild,Masons,,,,
18,occupation,Nowhere,,,,
11,skill,Plumbing,,,,
19,subcategory,plumbing,10,,,
trades,category,Trades,,,,
1861010000000999999,category,New,,,,
"""
ONTOLOGY: Final = ImportKind.ONTOLOGY


def reasons(outcomes: list[Outcome]) -> str:
    return " ".join(problem.message for one in outcomes for problem in one.problems)


def offered() -> set[str]:
    return {one.preferred_label for one in ontology.ontology().entities if one.entity_status is EntityStatus.ACTIVE}


def test_rows_are_checked_and_stored_once(table: Table) -> None:
    rehearsal = Rehearsal(table)
    checked = run(rehearsal, ONTOLOGY, TRADES)
    assert results(run(Rehearsal(table, rehearsal.written()), ONTOLOGY, TRADES))[:4] == ["unchanged"] * 4
    assert not written(table)
    imported = run(table, ONTOLOGY, TRADES)
    assert [(one.result, one.id, one.problems) for one in checked] == [
        (one.result, one.id, one.problems) for one in imported
    ]
    assert results(imported) == ["created"] * 4 + ["refused"] * 9
    assert [one.problems[0].field for one in imported[4:]] == [
        *("label", "parent_id", "parent_id", "kind", "parent_id", "kind", "label", "id", "id")
    ]
    assert "there is no occupation '99' before this row." in reasons(imported)
    before = written(table)
    assert results(run(table, ONTOLOGY, TRADES)) == ["unchanged"] * 4 + ["refused"] * 9
    assert written(table) == before
    trades = ontology.category("10")
    assert trades
    assert (trades.slug, trades.alt_label, [one.id for one in trades.services]) == (
        "trades",
        ("Crafts", "Handwork"),
        ["12"],
    )
    assert [one.preferred_label for one in trades.skills] == ["Soldering"]
    assert ontology.ontology().categories[-4] is trades, "categories are ordered by label"


def test_archived_entries_stay_and_are_not_offered(table: Table) -> None:
    run(table, ONTOLOGY, TRADES)
    law = offered()
    assert results(run(table, ONTOLOGY, f"id,kind,label,archived\n{LEGAL},category,Legal,yes\n")) == ["updated"]
    gone = law - offered()
    assert {"Legal", "Patent Law", "Contract Drafting & Review"} <= gone
    assert "Python" not in gone
    assert {"Trades", "Soldering"} <= offered()
    assert ontology.category(LEGAL), "its id stays known"
    archived = run(table, ONTOLOGY, "id,kind,label,archived\n10,category,Crafts,true\n13,skill,Welding,\n")
    assert results(archived) == ["updated", "updated"]
    assert not {"Crafts", "Plumbing", "Leak Repair", "Welding"} & offered()
    assert (
        run(table, ONTOLOGY, f"{HEADER}20,category,Trades,,,,\n10,category,Trades,,,,\n")[1].problems[0].field
        == "label"
    )
    assert results(run(table, ONTOLOGY, "id,kind,label,archived\n10,category,Crafts,\n"))[0] == "updated"
    soldering = ontology.skill("13")
    assert isinstance(soldering, Skill)
    assert (soldering.preferred_label, soldering.slug) == ("Welding", "soldering")
    moved = run(table, ONTOLOGY, "id,kind,label,parent_id\n11,subcategory,Plumbing,20\n13,skill,Welding,\n")
    assert fields(moved) == {"11": ["parent_id"]}
    assert "Welding" in offered(), "a skill of no occupation"


def test_generations_have_parts_and_lost_races_are_read_again(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own, "PART", 100)
    monkeypatch.setattr(importing, "TOGETHER", 2)
    monkeypatch.setattr(rules, "MAX_ENTRIES", 3)
    commit = Transaction.commit
    raced: list[Transaction] = []

    def lose_once(tx: Transaction) -> None:
        if not raced:
            raced.append(tx)
            assert results(run(table, ONTOLOGY, "id,kind,label\n5,category,Faster\n")) == ["created"]
        commit(tx)

    monkeypatch.setattr(Transaction, "commit", lose_once)
    found = run(
        table, ONTOLOGY, "id,kind,label\n5,category,Late\n6,category,Second\n7,category,Third\n8,category,Fourth\n"
    )
    assert results(found) == ["updated", "created", "created", "refused"]
    assert "at most 3" in reasons(found)
    generation, entries = store.own_entries(table)
    assert [one.label for one in entries] == ["Late", "Second", "Third"]
    assert generation
    parts = [key for key in written(table) if key[0].startswith("ONTOLOGY#")]
    assert len(parts) == generation.parts > 1, "earlier generations are removed"
    monkeypatch.setattr(store, "MAX_TEXT", 10)
    full = run(table, ONTOLOGY, "id,kind,label\n5,category,Late\n6,category,Changed\n")
    assert (results(full), "is full" in reasons(full)) == (["unchanged", "refused"], True)


def test_another_process_sees_changes_within_a_minute(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(current, "keep", lambda _: None)
    monkeypatch.setattr(current, "_LOOK_AGAIN", 0)
    assert ontology.category("10") is None
    run(table, ONTOLOGY, TRADES)
    assert ontology.category("10") is None, "the item that names the generation is kept"
    CLOCK.wait(seconds=61)
    trips = table.trips
    assert ontology.category("10")
    assert table.trips == trips + 2
    assert ontology.subcategory("11")
    assert table.trips == trips + 2


def test_own_categories_are_posted_in_found_and_archived(souk: Souk, monkeypatch: pytest.MonkeyPatch) -> None:
    world = JobsWorld(souk)
    monkeypatch.setattr(index, "reader", lambda: world.index)
    run(souk.table, ONTOLOGY, TRADES)
    categories = "{ ontologyCategories { id preferredLabel subcategories { id services { id } } } }"
    tree = world.sofia.call(categories).data["ontologyCategories"]
    assert {"id": "10", "preferredLabel": "Trades", "subcategories": [{"id": "11", "services": [{"id": "12"}]}]} in tree
    posted = world.post(
        jobPostingInfo=fixed_price(groupId="10", categoryId="11"),
        sandsJobPost={"occupationId": "12", "additionalSkills": [{"skillId": "13"}]},
    )
    world.post(jobPostingInfo=hourly())
    world.refresh()
    for name, entity_id in (("categoryIds_any", "10"), ("occupationIds_any", "12"), ("ontologySkillIds_all", "13")):
        conditions: dict[str, Any] = {name: [entity_id]}
        assert world.search(world.sofia, **conditions) == [posted]
    run(souk.table, ONTOLOGY, "id,kind,label,archived\n10,category,Trades,yes\n")
    assert "10" not in [one["id"] for one in world.sofia.call(categories).data["ontologyCategories"]]
    assert world.search(world.sofia, categoryIds_any=["10"]) == [posted]
    assert world.change(posted, jobPostingInfo=fixed_price(title="Still there", groupId="10", categoryId="11")).data
    refused = world.change(world.post(), jobPostingInfo=fixed_price(groupId="10", categoryId="11"))
    assert refused.code == "UNPROCESSABLE_CONTENT"
    assert "'Trades' can no longer be chosen." in refused.error["message"]
