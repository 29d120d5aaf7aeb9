"""Stored saved searches and their matches. Times are stored times (`souk.values.times.stamp`)."""

from typing import Any

from souk.storage import Entity


class SavedSearch(Entity):
    """A saved job search of an organization."""

    id: str
    organization_id: str
    company_id: str
    user_id: str
    """The person who set the filter. Conditions on the searcher, such as earlier clients, are about them."""
    name: str
    active: bool
    filter: dict[str, Any]
    """The MarketplaceJobPostingsSearchFilter as it was given."""
    created: str
    modified: str
    request_key: str | None = None
    """The unique value of its idempotency key."""
    fingerprint: str | None = None
    """The SHA-256 of the request, for a request with an idempotency key."""


class MatchState(Entity):
    """The numbers of a search's matches. Every match changes it, so its version puts concurrent matches in order."""

    search_id: str
    sequence: int = 0
    """The number of the last match. Numbers have no gaps."""
    forgotten: int = 0
    """The number of the last match of an earlier filter."""
    last: str | None = None
    """When a posting matched last."""
    told: int = 0
    """The last match that an event has told of."""
    told_minute: str = ""
    """The minute of the last event."""

    @property
    def count(self) -> int:
        """The number of matches since the filter was set."""
        return self.sequence - self.forgotten


class Match(Entity):
    """A posting that matched a search."""

    search_id: str
    sequence: int
    posting_id: str
    matched: str
    expires: int
    """A Unix timestamp."""


class MatchedPosting(Entity):
    """The guard against a second match of the same posting."""

    search_id: str
    posting_id: str
    expires: int
    """A Unix timestamp."""
