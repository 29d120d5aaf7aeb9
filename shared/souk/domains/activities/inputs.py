"""Inputs of the requests about activities."""

from souk.domains.activities.model import ActivityStatus, Assignment
from souk.storage import Input
from souk.values.ids import Id


class PageFilter(Input):
    """The contract's PageFilterInput."""

    page_offset: int
    page_size: int


class ActivityFilter(Input):
    """The contract's ActivityFilterInput."""

    contract_id: Id | None = None
    search: str | None = None
    status: ActivityStatus | None = None
    details_limit: int | None = None


class NewActivity(Input):
    """The contract's AddTeamActivityRequest."""

    code: str
    description: str
    contract_ids: tuple[Id, ...] | None = None
    budget: float | None = None
    """In the major unit; the digits are read as they were written."""
    batch_assignment: Assignment | None = None


class ActivityChange(Input):
    """The contract's UpdateTeamActivityRequest. None leaves a value as it is."""

    code: str
    description: str | None = None
    url: str | None = None
    contract_ids: tuple[Id, ...] | None = None
    budget: float | None = None
    """In the major unit; the digits are read as they were written."""
    batch_assignment: Assignment | None = None
    status: ActivityStatus | None = None
