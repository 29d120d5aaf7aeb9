"""The test world of saved searches: the jobs world, and the matcher behind the outbox."""

from typing import Any

from souk.app import FUNCTIONS
from souk.domains.savedsearches.search.matching import Matcher
from souk.storage import Event, Table
from souk.storage.transaction import OUTBOX
from tests.support.api import Answer, Person, Souk
from tests.support.clock import CLOCK
from tests.support.worlds.jobs import JobsWorld

FIELDS = "id name active filter createdDateTime modifiedDateTime lastMatchDateTime matchCount"
CREATE_SEARCH = f"mutation ($input: SavedJobSearchInput!) {{ createSavedJobSearch(input: $input) {{ {FIELDS} }} }}"
UPDATE_SEARCH = f"""mutation ($id: ID!, $input: UpdateSavedJobSearchInput!) {{
  updateSavedJobSearch(id: $id, input: $input) {{ {FIELDS} }}
}}"""
DELETE_SEARCH = "mutation ($id: ID!) { deleteSavedJobSearch(id: $id) }"
SEARCH = f"query ($id: ID!) {{ savedJobSearch(id: $id) {{ {FIELDS} }} }}"
SEARCHES = f"""query ($page: Pagination) {{
  savedJobSearches(pagination: $page) {{
    totalCount edges {{ cursor node {{ {FIELDS} }} }} pageInfo {{ endCursor hasNextPage }}
  }}
}}"""
MATCHES = """query ($id: ID!, $since: String, $page: Pagination) {
  savedJobSearchMatches(id: $id, sinceDateTime: $since, pagination: $page) {
    totalCount edges { cursor node { matchedDateTime posting { id } } } pageInfo { endCursor hasNextPage }
  }
}"""


class SavedSearchesWorld(JobsWorld):
    """The jobs world, whose postings are matched when `match` is called."""

    def __init__(self, souk: Souk) -> None:
        super().__init__(souk)
        writes = FUNCTIONS["search_matcher"].writes
        self.matcher = Matcher(Table(souk.table.client, souk.table.name, CLOCK, writes))
        self._relayed: set[str] = set()

    def save(self, who: Person | None = None, **fields: Any) -> str:
        """Save a search, and return its id. Default: all postings."""
        answer = self.try_to_save(who, **fields)
        created: str = answer.data["createSavedJobSearch"]["id"]
        return created

    def try_to_save(self, who: Person | None = None, **fields: Any) -> Answer:
        """Save a search, and return the whole answer."""
        return (who or self.sofia).call(CREATE_SEARCH, {"input": {"name": "New work", "filter": {}, **fields}})

    def read(self, search_id: str, who: Person | None = None) -> dict[str, Any]:
        """Return a saved search."""
        found: dict[str, Any] = (who or self.sofia).call(SEARCH, {"id": search_id}).data["savedJobSearch"]
        return found

    def outbox(self) -> list[Event]:
        """Return all events, in order."""
        items = self.souk.table.client.scan(TableName=self.souk.table.name)["Items"]
        return [OUTBOX.decode(item) for item in sorted(items, key=lambda item: item["PK"]["S"]) if _is_event(item)]

    def told(self) -> list[str]:
        """Return the ids of the saved searches that events have told of, in order."""
        return [one.id for one in self.outbox() if one.entity == "SAVED_SEARCH"]

    def match(self) -> int:
        """Match the postings of new events, as the bus and the queue send them. Returns the number of matches."""
        new = [one for one in self.outbox() if one.event_id not in self._relayed and one.entity == "JP" and one.opens]
        self._relayed |= {one.event_id for one in new}
        return sum(self.matcher.match(one.id) for one in new)

    def redeliver(self) -> None:
        """Let the next `match` take all postings again, as a queue may."""
        self._relayed.clear()

    def matches(self, search_id: str, who: Person | None = None, **variables: Any) -> dict[str, Any]:
        """Return a page of the matches of a search."""
        answer = (who or self.sofia).call(MATCHES, {"id": search_id, **variables})
        found: dict[str, Any] = answer.data["savedJobSearchMatches"]
        return found

    def matched(self, search_id: str, who: Person | None = None, **variables: Any) -> list[str | None]:
        """Return the ids of the matched postings; None for one that is no longer to be seen."""
        nodes = [edge["node"] for edge in self.matches(search_id, who, **variables)["edges"]]
        return [node["posting"] and node["posting"]["id"] for node in nodes]


def _is_event(item: dict[str, Any]) -> bool:
    is_event: bool = item["SK"]["S"] == "EVENT"
    return is_event
