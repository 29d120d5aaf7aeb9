"""Saved searches: members manage those of the organization of their request, which are hidden from all others."""

from typing import Any

from tests.authority import fixtures
from tests.authority.row import Row, own, refused
from tests.authority.savedsearches import SAVED

_SEARCH = "{ id name active filter createdDateTime modifiedDateTime lastMatchDateTime matchCount }"
_ROLELESS = refused("FORBIDDEN")


def _about(field: str, document: str, shows: str, **variables: Any) -> Row:
    """Return the row of a request with the search's id."""
    return Row(
        field=field,
        document=document,
        variables={"id": SAVED, **variables},
        shows=shows,
        strangers=refused("NOT_FOUND"),
        roleless=_ROLELESS,
    )


ROWS = (
    Row(
        field="Query.savedJobSearches",
        document=f"{{ savedJobSearches {{ totalCount edges {{ node {_SEARCH} }} }} }}",
        shows="canary-name-of-saved-search",
        strangers=own,
        roleless=_ROLELESS,
    ),
    _about(
        "Query.savedJobSearch",
        f"query ($id: ID!) {{ savedJobSearch(id: $id) {_SEARCH} }}",
        "canary-words-of-saved-search",
    ),
    _about(
        "Query.savedJobSearchMatches",
        """query ($id: ID!) {
          savedJobSearchMatches(id: $id) { totalCount edges { node { matchedDateTime posting { id } } } }
        }""",
        fixtures.OPEN,
    ),
    Row(
        field="Mutation.createSavedJobSearch",
        document=f"mutation ($input: SavedJobSearchInput!) {{ createSavedJobSearch(input: $input) {_SEARCH} }}",
        variables={"input": {"name": "Remote work", "filter": {"jobType_eq": "HOURLY"}}},
        shows='"name":"Remote work"',
        strangers=own,
        roleless=_ROLELESS,
    ),
    _about(
        "Mutation.updateSavedJobSearch",
        f"""mutation ($id: ID!, $input: UpdateSavedJobSearchInput!) {{
          updateSavedJobSearch(id: $id, input: $input) {_SEARCH}
        }}""",
        '"active":false',
        input={"active": False},
    ),
    _about(
        "Mutation.deleteSavedJobSearch",
        "mutation ($id: ID!) { deleteSavedJobSearch(id: $id) }",
        '"deleteSavedJobSearch":true',
    ),
)
