"""The arguments of operators' queries and mutations about the machinery, checked."""

from souk.graph.lists import DateTimeRange
from souk.storage import Input
from souk.values.ids import Id


class DeadlineFilter(Input):
    """DeadlineFilter."""

    kind_eq: str | None = None
    late_eq: bool | None = None
    entity_id_eq: Id | None = None
    due_date_time_bt: DateTimeRange | None = None


class EventFilter(Input):
    """DomainEventFilter."""

    occurred_date_time_bt: DateTimeRange
    entity_eq: str | None = None
    entity_id_eq: Id | None = None


class ReplayEvents(Input):
    """ReplayDomainEventsInput."""

    occurred_date_time_bt: DateTimeRange
    entity: str | None = None
    ids: list[str] | None = None
    reason: str
    idempotency_key: str


class RequestFilter(Input):
    """ApiKeyRequestFilter."""

    api_key_id_eq: str
    failed_eq: bool | None = None
    operation_eq: str | None = None
    request_id_eq: str | None = None
