"""The matcher: compares a posting with the saved searches of all organizations.

It keeps the compiled searches in memory. Before each posting it reads the numbers of changes of all shards in one round
trip, and reads only the shards again that have changed. Of these it compiles only the searches that have changed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import cast

from pydantic import ValidationError

from souk.domains.identity.model import Location
from souk.domains.identity.store import USERS, user_key
from souk.domains.jobs.search.index import INDEX
from souk.domains.jobs.search.projection import JobsProjection
from souk.domains.market.model import LastContract, RelationKind, Relations
from souk.domains.market.store import RELATIONS, relation_key
from souk.domains.savedsearches.commands.recording import record_match
from souk.domains.savedsearches.model import SavedSearch
from souk.domains.savedsearches.search.filters import Plan, plan
from souk.domains.savedsearches.store import SHARDS, posting_key, searches_in, shard_changes
from souk.runtime.log import logger
from souk.search import Document
from souk.search.percolator import Percolator, Prepared
from souk.storage import Table
from souk.values.errors import SoukError, Unprocessable


@dataclass
class _Shard:
    """The active searches of a shard, as of a number of changes."""

    changes: int = 0
    plans: dict[str, Plan] = field(default_factory=dict)
    percolator: Percolator = field(default_factory=lambda: Percolator({}))


class Matcher:
    """Matches postings. It may be used for one posting at a time."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._projection = JobsProjection(table)
        self._shards = [_Shard() for _ in range(SHARDS)]

    def match(self, posting_id: str) -> int:
        """Record the matches of a posting as it is now, and return the number of new ones. It may be repeated."""
        document = self._projection.documents([posting_id])[posting_id]
        if document is None:  # it is closed by now
            return 0
        self._refresh()
        return self._record(self.searches_for(document), posting_id)

    def searches_for(self, document: Document) -> list[SavedSearch]:
        """Return the searches that find a posting, of those that were read last."""
        posting = Prepared(INDEX, document)
        plans = [shard.plans[id_] for shard in self._shards for id_ in shard.percolator.matching(posting)]
        whole = [one.search for one in plans if one.rest is None]
        return [*whole, *self._meeting_the_rest([one for one in plans if one.rest], posting)]

    def _refresh(self) -> None:
        """Read the shards again that have changed."""
        for number, changes in enumerate(shard_changes(self._table)):
            if changes != self._shards[number].changes:
                # What changes while it is read has a greater number, and is read again for the next posting.
                self.keep(number, changes, searches_in(self._table, number))

    def keep(self, number: int, changes: int, searches: Iterable[SavedSearch]) -> None:
        """Keep the searches of a shard, as of a number of changes."""
        known = self._shards[number].plans
        plans: dict[str, Plan] = {}
        for search in searches:
            if not search.active:
                continue
            same = known.get(search.id)
            if same and same.search.version == search.version:
                plans[search.id] = same
            elif one := self._planned(search):
                plans[search.id] = one
        self._shards[number] = _Shard(changes, plans, Percolator({id_: one.query for id_, one in plans.items()}))

    def _planned(self, search: SavedSearch) -> Plan | None:
        try:
            return plan(search, self._table.clock.market())
        except (SoukError, ValidationError) as refused:
            # Its search answers with this error, too. The other searches go on.
            logger.warning("A saved search cannot be used any more", search_id=search.id, reason=str(refused))
            return None

    def _meeting_the_rest(self, plans: Sequence[Plan], posting: Prepared) -> Iterable[SavedSearch]:
        """Yield the searches whose conditions on the searcher and the time are met. Takes one round trip."""
        if not plans:
            return
        company_id = cast("Sequence[str]", posting.values["company"])[0]
        homes = {one.search.user_id: user_key(one.search.user_id) for one in plans if one.needs_home}
        clients = {
            one.search.user_id: relation_key(RelationKind.CLIENT, company_id, one.search.user_id)
            for one in plans
            if one.needs_clients
        }
        items = self._table.batch_get([*homes.values(), *clients.values()])
        for one in plans:
            user_id = one.search.user_id
            worked = items.get(clients[user_id]) if user_id in clients else None
            person = items.get(homes[user_id]) if user_id in homes else None
            relations = Relations(clients={company_id: LastContract.of(RELATIONS.decode(worked))} if worked else {})
            if self._meets_the_rest(one, posting, relations, USERS.decode(person).location if person else Location()):
                yield one.search

    def _meets_the_rest(self, one: Plan, posting: Prepared, relations: Relations, home: Location) -> bool:
        try:
            query = one.rest_query(relations, lambda: home, self._table.clock.market())
        except Unprocessable:  # the searcher's profile has no country any more
            return False
        return query is None or query.matches(posting)

    def _record(self, searches: Sequence[SavedSearch], posting_id: str) -> int:
        """Record the matches, several at the same time."""
        guards = {one.id: posting_key(one.id, posting_id) for one in searches}
        matched = self._table.batch_get(guards.values())
        new = [one for one in searches if guards[one.id] not in matched]

        def record(search: SavedSearch, table: Table) -> bool:
            return record_match(table, search, posting_id)

        return sum(self._table.concurrently([partial(record, one) for one in new]))
