"""Inputs of the requests about reputations."""

from enum import StrEnum
from typing import Literal

from souk.domains.contracts.model import ContractStatus
from souk.domains.reputation.model import WorkAccess
from souk.storage import Input
from souk.values.ids import Id


class WorkOrder(StrEnum):
    """The contract's TalentWorkHistorySortType."""

    NEWEST = "NEWEST"
    FEEDBACK_RATE = "FEEDBACK_RATE"
    LARGEST = "LARGEST"


class WorkHistorySort(Input):
    """The contract's TalentWorkHistorySort."""

    type: WorkOrder
    order: Literal["ASC", "DESC"]


class WorkHistoryPaging(Input):
    """The contract's TalentWorkHistoryPagination."""

    offset: int
    limit: int


class WorkHistoryFilter(Input):
    """The contract's TalentWorkHistoryFilterInput."""

    person_id: str
    contract_ids: tuple[Id | None, ...] | None = None
    exclude_no_feedback: bool | None = None
    visibility: WorkAccess | None = None
    status: tuple[ContractStatus | None, ...] | None = None
    sort: WorkHistorySort | None = None
    pagination: WorkHistoryPaging | None = None
