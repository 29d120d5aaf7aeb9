"""The contracts of found freelancers: of all people of a page in two round trips."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from souk.domains.agreements.model import DeliveryModel
from souk.domains.contracts.model import Contract, ContractStatus
from souk.domains.contracts.store import PERSON_CONTRACTS
from souk.domains.reputation.lists import reader
from souk.domains.reputation.model import ShownWork, WorkAccess
from souk.domains.reputation.rules.history import shown
from souk.domains.reputation.store import work_of
from souk.domains.talent.search.views import FoundFreelancer
from souk.graph import Context
from souk.storage import Table, View
from souk.values.money import Money
from souk.values.times import stamp

MOST_SHOWN: Final = 10
MOST_READ: Final = 20
"""The newest contracts of a person that are looked at."""
_MINUTES: Final = 60


def contracts_of(ctx: Context, found: FoundFreelancer) -> list[dict[str, Any]]:
    """Return the newest public contracts of a found freelancer. The first call reads those of the whole page."""
    page = found.page
    if page.contracts is None:
        page.contracts = _read(ctx, page.people)
    contracts: list[dict[str, Any]] = page.contracts[found.user.id]
    return contracts


def _read(ctx: Context, people: list[FoundFreelancer]) -> Mapping[str, list[dict[str, Any]]]:
    reads = [partial(_newest, user_id=one.user.id) for one in people]
    newest = ctx.table.concurrently(reads)
    works = iter(work_of(ctx.table, [contract for contracts in newest for contract in contracts]))
    now = stamp(ctx.now)
    read: dict[str, list[dict[str, Any]]] = {}
    for one, contracts in zip(people, newest, strict=True):
        of_person = reader(ctx, one.user)
        rows = [shown(next(works), of_person, now) for _ in contracts]
        public = [row for row in rows if row and row.access is not WorkAccess.PRIVATE]
        read[one.user.id] = [_summary(row) for row in public[:MOST_SHOWN]]
    return read


def _newest(table: Table, user_id: str) -> list[Contract]:
    """Return the newest contracts that can be public: a gig order is, and other work is as public as its posting."""
    view: View[Contract, Contract] = View()
    page = PERSON_CONTRACTS.of(table, user_id).page(view, MOST_READ)
    return [one for one in page.rows if one.job_id or one.delivery_model is DeliveryModel.CATALOG_PROJECT]


def _summary(work: ShownWork) -> dict[str, Any]:
    """Return a FreelancerSearchResultContractSummary."""
    contract, review = work.contract, work.of_freelancer
    return {
        "title": work.title,
        "description": work.description,
        "hourlyRate": _money(work, work.rate),
        "totalCharges": _money(work, work.earned),
        "totalHours": None if work.minutes is None else work.minutes // _MINUTES,
        "startedDateTime": contract.starts,
        "endDateTime": contract.ends if contract.status is ContractStatus.CLOSED else None,
        "feedback": review
        and {
            "publicComment": work.comments,
            "comment": review.comment if work.comments else None,
            "score": review.score,
        },
    }


def _money(work: ShownWork, minor: int | None) -> Money | None:
    return None if minor is None else Money(minor, work.contract.currency)
