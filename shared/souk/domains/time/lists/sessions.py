"""The sessions of all who worked for a company on a day."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any, Final

from souk.domains.contracts.store import CONTRACTS
from souk.domains.identity.model import User
from souk.domains.identity.store import USERS
from souk.domains.time.inputs import WorkDiaryOfCompany
from souk.domains.time.lists.reports import client_source, require_organization
from souk.domains.time.model import DaySum
from souk.domains.time.rules.sessions import sessions_of
from souk.domains.time.rules.zones import day_of
from souk.domains.time.store import CLIENT_TIME, DAYS
from souk.domains.time.views.sessions import ShownSession
from souk.graph import Context
from souk.graph.lists import check_offset_page
from souk.storage import View
from souk.values.errors import Unprocessable
from souk.values.ids import plain_id

MOST_CONTRACTS: Final = 1_000
"""The contracts with time on a day whose sessions are listed."""
LONGEST_PAGE: Final = 100
_PAGING: Final = re.compile(r"(\d{1,9});(\d{1,9})", re.ASCII)
_SORT: Final = re.compile(r"(time|freelancer)(?:;([AD]))?", re.ASCII)


def sessions(ctx: Context, given: WorkDiaryOfCompany) -> dict[str, Any]:
    """Return the contract's WorkDiaryCompany: the number of sessions, and a page of them.

    Raises NotFound for the company of somebody else.
    """
    offset, count = _paging(given.paging)
    name, descending = _sorting(given.sort_by)
    day = day_of("workDiaryCompanyInput.date", given.date)
    require_organization(ctx, given.company_id)
    found = _sessions(ctx, given, day)
    if given.freelancer is not None:
        wanted = plain_id(given.freelancer).lower()
        found = [one for one in found if wanted in (one.user_id, _named(ctx, one)[0])]
    found.sort(key=_orders(ctx)[name], reverse=descending)
    return {"total": len(found), "snapshots": found[offset : offset + count]}


def _paging(text: str | None) -> tuple[int, int]:
    """Return the offset and the number of records of the older form, `0;100`."""
    if text is None:
        return 0, LONGEST_PAGE
    parsed = _PAGING.fullmatch(text)
    if parsed is None:
        raise Unprocessable("workDiaryCompanyInput.paging: must be the offset and the number of records: 0;100.")
    offset, count = int(parsed[1]), int(parsed[2])
    check_offset_page(count, offset, greatest=LONGEST_PAGE)
    return offset, count


def _sorting(text: str | None) -> tuple[str, bool]:
    parsed = _SORT.fullmatch("time" if text is None else text)
    if parsed is None:
        raise Unprocessable("workDiaryCompanyInput.sortBy: must be time or freelancer, with ;D for descending.")
    return parsed[1], parsed[2] == "D"


def _orders(ctx: Context) -> dict[str, Callable[[ShownSession], Any]]:
    def by_time(one: ShownSession) -> tuple[Any, ...]:
        return one.session.begins, one.contract_id

    def by_freelancer(one: ShownSession) -> tuple[Any, ...]:
        return *_named(ctx, one)[1:], one.user_id, *by_time(one)

    return {"time": by_time, "freelancer": by_freelancer}


def _named(ctx: Context, one: ShownSession) -> tuple[str, str, str]:
    """Return the nickname, the last and the first name of the freelancer."""
    user: User | None = ctx.entities[USERS.key(one.user_id)]
    return (user.nickname, user.last_name.casefold(), user.first_name.casefold()) if user else ("", "", "")


def _sessions(ctx: Context, given: WorkDiaryOfCompany, day: date) -> list[ShownSession]:
    """Return the sessions of a day, read with the freelancers and contracts in two round trips."""
    contracts = {one.contract_id: one for one in _days(ctx, given, day)}
    keys = {contract_id: DAYS.key(contract_id, day.isoformat()) for contract_id in contracts}
    ctx.fetch(
        {
            **dict.fromkeys(keys.values(), DAYS),
            **{CONTRACTS.key(contract_id): CONTRACTS for contract_id in contracts},
            **{USERS.key(one.parties.vendor_user_id): USERS for one in contracts.values()},
        }
    )
    return [
        ShownSession(contract, session)
        for contract_id, key in keys.items()
        if (contract := ctx.entities[CONTRACTS.key(contract_id)]) and ctx.entities[key]
        for session in sessions_of(ctx.entities[key])
        if given.activity in (None, session.code)
    ]


def _days(ctx: Context, given: WorkDiaryOfCompany, day: date) -> list[DaySum]:
    source = client_source(ctx, given.company_id)
    low = day.isoformat()
    view: View[DaySum, DaySum] = View(
        conditions=[source.accepts, lambda one: given.activity is None or given.activity in one.codes],
        within=(f"{low}#", f"{low}#~"),
    )
    page = CLIENT_TIME.of(ctx.table, source.owner_id, low[:7]).page(view, MOST_CONTRACTS)
    if page.more:
        raise Unprocessable(
            f"More than {MOST_CONTRACTS} contracts have time on this day; ask in the context of a team."
        )
    return page.rows
