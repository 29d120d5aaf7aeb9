"""What operators and developers see of the machinery."""

from dataclasses import dataclass

from souk.storage import Entity, Model

MAX_REQUESTS = 1_000
"""Requests of an API key that can be listed."""


class LoggedRequest(Model):
    """A request with an API key, from the line that the log has of it."""

    id: str
    """The request id of the response's header."""
    at: int
    """Milliseconds since 1970."""
    user_id: str | None = None
    organization_id: str | None = None
    operation: str | None = None
    root_fields: tuple[str, ...] = ()
    status: int
    error_codes: tuple[str, ...] = ()
    milliseconds: float

    @property
    def failed(self) -> bool:
        """Whether the answer has an error."""
        return bool(self.error_codes) or self.status >= 400  # noqa: PLR2004 - RFC 9110, section 15.5


@dataclass(frozen=True, slots=True)
class DeadLetters:
    """A queue of messages that could not be processed."""

    name: str
    title: str
    messages: int
    oldest: str | None
    """ISO 8601, UTC; None if the queue is empty, or tells no age."""


class Rebuild(Entity):
    """The rebuild of a search index."""

    index: str
    generation: str | None = None
    """The new generation of the index; None while none is made."""
    scanned_to: dict[str, str] | None = None
    """The key of the table's item where the scan goes on; None at the beginning."""
    scanned: bool = False
    """Whether all documents were added."""
    running: bool = False
    failures: int = 0
    """Parts that failed since it began."""
    built: str | None = None
    """When the last rebuild was complete: ISO 8601, UTC."""


class Replay(Entity):
    """Events that an operator sends again. It is deleted when they have been sent."""

    id: str
    first: str
    """ISO 8601, UTC, as `last`: both ends belong to the span."""
    last: str
    entity: str | None = None
    """The events of this entity only."""
    event_ids: tuple[str, ...] = ()
    """These events only."""
