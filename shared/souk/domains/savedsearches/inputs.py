"""Inputs of the requests about saved searches. Filters are checked by `souk.domains.savedsearches.search.filters`."""

from typing import Any

from souk.storage import Input


class NewSavedSearch(Input):
    """The contract's SavedJobSearchInput."""

    name: str
    filter: dict[str, Any]
    active: bool | None = True
    idempotency_key: str | None = None


class SavedSearchChange(Input):
    """The contract's UpdateSavedJobSearchInput. None leaves a value as it is."""

    name: str | None = None
    filter: dict[str, Any] | None = None
    active: bool | None = None
