"""Every list that a store declares keeps the promises of docs/api.md, compared with a plain look at the table.

The records are copies of those in the tables of earlier releases (tests/upgrade), or of `MADE`.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from souk.domains import stored_lists
from souk.domains.activities.model import Activity
from souk.domains.agreements.model import Parties
from souk.domains.audit.model import OperatorAction
from souk.domains.clouds.model import Cloud, JoinRequest, SectionType
from souk.domains.customfields.model import AnswerSheet, FieldDefinition, FieldType, Owner
from souk.domains.dataexports.model import DataExport
from souk.domains.dataimports.model import DataImport, ImportKind, ImportState
from souk.domains.gigs.model import Gig
from souk.domains.jobs.model import Job, Status
from souk.domains.ledger.model import Account, AccountBalance, AccountKind
from souk.domains.live.model import OpenSocket, Socket
from souk.domains.moderation.model import ContentKind, Report, ReportReason, Takedown
from souk.domains.reviews.model import Review, ReviewKind
from souk.domains.rooms.model import RoomMembership, Story
from souk.domains.rooms.rules.interview import interview_of
from souk.domains.savedsearches.model import Match, SavedSearch
from souk.domains.talent.model import Profile
from souk.domains.time.model import DaySum, Run, Timesheet
from souk.domains.workflow.model import EntityType, Workflow, WorkflowRef
from souk.storage import Entity, OwnedList, StoredList, Table, View
from tests.upgrade.release import Release, release_files

_PARTIES = Parties(
    client_user_id="1",
    client_team_id="2",
    client_company_id="3",
    vendor_user_id="4",
    vendor_team_id="5",
    vendor_company_id="6",
    agency=True,
)
_NUMBER = "1460000000000000001"
_TAKEDOWN = Takedown(reason="Copied", at="2026-01-02T00:00:00.000Z")
_ROOM = interview_of(_PARTIES, None, "2026-01-01T00:00:00.000Z", proposal_id=_NUMBER)
MADE: dict[str, Entity] = {
    "SavedJobSearch": SavedSearch(
        id="1395000000000000001",
        organization_id="3001",
        company_id="3001",
        user_id="505",
        name="New work",
        active=True,
        filter={},
        created="2026-11-01T00:00:00.000Z",
        modified="2026-11-01T00:00:00.000Z",
    ),
    "SavedJobSearchMatch": Match(
        search_id="1395000000000000077",
        sequence=1,
        posting_id="1400000000000000066",
        matched="2026-11-01T00:00:00.000Z",
        expires=4_000_000_000,
    ),
    "Activity": Activity(
        id=_NUMBER,
        organization_id="2",
        company_id="3",
        code="1500000000",
        description="Drawing",
        currency="USD",
        created=_ROOM.created,
        created_by_id="1",
        modified=_ROOM.created,
        changed_by_id="1",
    ),
    "OpenSocket": OpenSocket(
        socket=Socket(
            connection_id=_NUMBER,
            user_id="4",
            organization_id="5",
            token_hash="6",
            key_id="7",
            grant_id="8",
            expires=4_000_000_000,
        )
    ),
    "OperatorAction": OperatorAction(
        id=_NUMBER, operator_id="4", action="setOperator", subject_type="User", subject_id="5", created=_ROOM.created
    ),
    "Room": _ROOM,
    "CustomField": FieldDefinition(
        id=_NUMBER,
        company_id="3",
        label="Cost centre",
        type=FieldType.TEXT_FIELD,
        creator_id="1",
        created=_ROOM.created,
        modified=_ROOM.created,
    ),
    "CustomFieldAnswers": AnswerSheet(owner=Owner.OFFER, owner_id=_NUMBER, company_id="3", created=_ROOM.created),
    "RoomMembership": RoomMembership(room_id=_NUMBER, user_id="4", organization_id="5", joined=_ROOM.created),
    "TalentCloud": Cloud(
        id="1390000000000000077",
        organization_id="3002",
        company_id="3001",
        creator_id="505",
        name="Designers",
        created=_ROOM.created,
        modified=_ROOM.created,
    ),
    "TalentCloudRequest": JoinRequest(cloud_id="8", user_id="4", created=_ROOM.created),
    "Workflow": Workflow(
        id=_NUMBER,
        type=SectionType.ONBOARDING,
        parties=_PARTIES,
        references=(),
        created=_ROOM.created,
        created_by_id="5",
        modified=_ROOM.created,
        modified_by_id="5",
    ),
    "WorkflowRef": WorkflowRef(entity_type=EntityType.OFFER, entity_id="9", workflow_id=_NUMBER),
    "Story": Story(
        id=_NUMBER, room_id="7", seq=1, user_id="4", organization_id="5", created=_ROOM.created, updated=_ROOM.created
    ),
    "AccountBalance": AccountBalance(account=Account(kind=AccountKind.FUNDS, owner="3", currency="USD"), minor=5),
    "DaySum": DaySum(
        contract_id="7800000000000000077",
        day="2026-11-02",
        parties=_PARTIES,
        terms=("69",),
        runs=(Run(term=0, cells=6),),
    ),
    "DataExport": DataExport(
        id=_NUMBER, user_id="4", base_url="https://souk.test", requested=_ROOM.created, kept_until=4_000_000_000
    ),
    "DataImport": DataImport(
        id=_NUMBER,
        kind=ImportKind.USERS,
        state=ImportState.DONE,
        dry_run=False,
        file_name="people.csv",
        key="attachments/none",
        size=10,
        base_url="https://souk.test",
        started_by_id="4",
        started=_ROOM.created,
        kept_until=4_000_000_000,
    ),
    "Timesheet": Timesheet(
        contract_id=_NUMBER, week="2026-11-23", parties=_PARTIES, created=_ROOM.created, modified=_ROOM.created
    ),
    "ContentReport": Report(
        id=_NUMBER,
        kind=ContentKind.GIG,
        content_id="9",
        reason=ReportReason.SPAM,
        reporter_id="4",
        title="A gig",
        content="Words",
        created=_ROOM.created,
    ),
    "takenDownJobPostings": Job(
        id=_NUMBER,
        organization_id="2",
        company_id="3",
        owner_id="1",
        currency="USD",
        status=Status.CANCELLED,
        created=_ROOM.created,
        modified=_ROOM.created,
        changed_by_id="1",
        last_client_activity=_ROOM.created,
        takedown=_TAKEDOWN,
    ),
    "takenDownGigs": Gig(
        id=_NUMBER,
        number="7",
        owner_id="4",
        created_date_time=_ROOM.created,
        modified_date_time=_ROOM.created,
        takedown=_TAKEDOWN,
    ),
    "takenDownProfiles": Profile(user_id=_NUMBER, takedown=_TAKEDOWN),
    "Review": Review(kind=ReviewKind.CONTENT_REPORT, subject_id=_NUMBER, opened=_ROOM.created),
    "decidedReviews": Review(
        kind=ReviewKind.CONTENT_REPORT, subject_id=_NUMBER, opened=_ROOM.created, decided="2026-01-02T00:00:00.000Z"
    ),
}
"""A record of each collection that no recorded table has, by the name of the collection or of the list."""
VARIED = {"members": "user_id", "deletedGigs": "id", "savedJobSearchMatches": "sequence"}
"""The field that is different in each record, too, because the sort key of the list is not part of its key."""
EVERYTHING: View[Any, Any] = View()
LISTS = stored_lists()
FRESH = count(1)


@cache
def sample(stored: StoredList[Any]) -> Any:
    """Return a record that is in the list."""
    collection = stored.collection
    if made := MADE.get(stored.name) or MADE.get(collection.name):
        return made
    for path in release_files():
        for item in Release.read(path).items:
            if item.get("type", {}).get("S") == collection.name:
                entity = collection.decode(item)
                key = collection.indexes[stored.index](entity) if stored.index else collection.key_of(entity)
                if key and key.sk.startswith(stored.prefix):
                    return entity
    raise AssertionError(f"No recorded table has a {collection.name} in {stored.name}: add one to MADE.")


class Shelf:
    """A list with its records, which are copies of a sample with sort keys of their own."""

    def __init__(self, table: Table, stored: StoredList[Any]) -> None:
        self.table = table
        self._collection = stored.collection
        self._sample = sample(stored)
        self._stored = stored
        key = self._key(self._sample)
        self._varied = key.sk.rpartition("#")[2]
        self.partition = key.pk
        self.listed: OwnedList[Any] = replace(stored, partition=lambda: key.pk, counter=None).of(table)

    def _key(self, entity: Any) -> Any:
        index = self._stored.index
        return self._collection.indexes[index](entity) if index else self._collection.key_of(entity)

    def add(self, number: int) -> None:
        """Store a record whose sort key grows with the number."""
        varied = f"{self._varied[:-6]}{number:06}"
        if self._varied.isdecimal():
            varied = str(int(self._varied[0]) * 10 ** (len(self._varied) - 1) + number)
        doc = self._sample.model_dump_json(by_alias=True, exclude_none=True).replace(self._varied, varied)
        record = self._collection.model.model_validate_json(doc)
        if field := VARIED.get(self._stored.name):
            record = record.model_copy(update={field: type(getattr(record, field))(varied)})
        tx = self.table.transaction()
        tx.create(self._collection, record)
        tx.commit()

    def update(self, entity: Any) -> None:
        """Store a new version of a record."""
        tx = self.table.transaction()
        tx.update(self._collection, entity)
        tx.commit()

    def remove(self, entity: Any) -> None:
        """Delete a record."""
        tx = self.table.transaction()
        tx.delete(self._collection, entity)
        tx.commit()

    def keys(self) -> list[str]:
        """Return the sort keys of the records, in the list's order, by a plain look at the table."""
        index = self._stored.index
        items = self.table.client.scan(TableName=self.table.name)["Items"]
        found = [item[f"{index}SK"]["S"] for item in items if item.get(f"{index}PK", {}).get("S") == self.partition]
        return sorted((sk for sk in found if sk.startswith(self._stored.prefix)), reverse=self._stored.newest_first)

    def pages(self, first: int) -> Iterator[list[Any]]:
        """Yield the pages from the beginning to the end."""
        after = None
        while True:
            page = self.listed.page(EVERYTHING, first, after=after)
            yield page.rows
            if not page.more:
                return
            after = page.end

    def sort_key(self, entity: Any) -> str:
        """Return the sort key of a record in the list."""
        return str(self._key(entity).sk)


@pytest.mark.parametrize("stored", LISTS, ids=lambda one: one.name)
def test_page_costs_the_same_in_a_long_list(table: Table, stored: StoredList[Any]) -> None:
    shelf = Shelf(table, stored)
    for number in range(40):
        shelf.add(number)
    expected = shelf.keys()
    assert len(expected) == 40
    after, seen = None, []
    for _ in range(4):
        before = table.trips
        page = shelf.listed.page(EVERYTHING, 10, after=after)
        assert table.trips - before == 1
        seen += [shelf.sort_key(one) for one in page.rows]
        after = page.end
    assert seen == expected
    assert not page.more
    assert page.count() == 40


@pytest.mark.parametrize("stored", LISTS, ids=lambda one: one.name)
@settings(
    max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
@given(data=st.data())
def test_record_that_stays_is_seen_exactly_once(table: Table, stored: StoredList[Any], data: st.DataObject) -> None:
    shelf = Shelf(table, stored)
    for entity in shelf.listed.all(EVERYTHING):
        shelf.remove(entity)
    for number in data.draw(st.sets(st.integers(0, 9_999), max_size=9)):
        shelf.add(number)
    staying = set(shelf.keys())
    seen: list[str] = []
    for rows in shelf.pages(data.draw(st.integers(1, 4))):
        seen += [shelf.sort_key(one) for one in rows]
        present = shelf.listed.all(EVERYTHING)
        match data.draw(st.sampled_from(["insert", "update", "delete"])):
            case "insert":
                shelf.add(10_000 + next(FRESH))
            case "update" if present:
                shelf.update(data.draw(st.sampled_from(present)))
            case "delete" if present:
                gone = data.draw(st.sampled_from(present))
                shelf.remove(gone)
                staying.discard(shelf.sort_key(gone))
            case _:
                pass
    assert len(seen) == len(set(seen))
    assert staying <= set(seen)
    page = shelf.listed.page(EVERYTHING, 1)
    assert page.count() == len(shelf.keys())


def test_lists_have_names_of_their_own() -> None:
    names = [one.name for one in LISTS]
    assert len(names) == len(set(names)), "cursors are bound to the name of a list"


@pytest.mark.parametrize("stored", [one for one in LISTS if one.counter], ids=lambda one: one.name)
def test_counter_counts_its_partition(table: Table, stored: StoredList[Any]) -> None:
    shelf = Shelf(table, stored)
    for number in range(5):
        shelf.add(number)
    shelf.remove(shelf.listed.all(EVERYTHING)[0])
    entity = shelf.listed.all(EVERYTHING)[0]
    shelf.update(entity)
    key = stored.collection.counters[stored.index](entity)
    assert key is not None
    item = table.client.get_item(TableName=table.name, Key={"PK": {"S": key.pk}, "SK": {"S": key.sk}})["Item"]
    assert int(item["counted"]["N"]) == len(shelf.keys()) == 4
