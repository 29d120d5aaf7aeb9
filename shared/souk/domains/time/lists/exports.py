"""Weeks as a file to download."""

from typing import Final

from souk.domains.files.store import export_link
from souk.domains.identity.store import ORGANIZATIONS, USERS
from souk.domains.time.lists.timesheets import WeeksPage, log_reads
from souk.domains.time.rules.csv import WeekLine, csv_of_weeks
from souk.domains.time.views.weeks import TimesheetView
from souk.graph import Context

_CSV: Final = "text/csv; charset=utf-8"
_NAME: Final = "timesheets.csv"
"""The same for all files: no name that somebody chose gets into a header."""


def csv_link(ctx: Context, page: WeeksPage) -> str:
    """Store the weeks of all pages as CSV, and return the link to it, which expires after 15 minutes.

    Raises Unprocessable for more weeks than a file has. Those that an operator reads are logged.
    """
    weeks = page.every()
    named = [one.stored.parties for one in weeks if one.audience.party]
    ctx.fetch(
        {
            **{USERS.key(each.vendor_user_id): USERS for each in named},
            **{ORGANIZATIONS.key(each.client_team_id): ORGANIZATIONS for each in named},
        }
    )
    content = csv_of_weeks(_line(ctx, one) for one in weeks)
    log_reads(ctx, weeks)
    return export_link(ctx.principal.organization_id, _NAME, content.encode(), _CSV)


def _line(ctx: Context, one: TimesheetView) -> WeekLine:
    parties, sums, party = one.stored.parties, one.sums, one.audience.party
    freelancer = ctx.load(USERS, parties.vendor_user_id) if party else None
    team = ctx.load(ORGANIZATIONS, parties.client_team_id) if party else None
    return WeekLine(
        week=one.stored.week,
        contract_id=one.stored.contract_id,
        title=one.contract.title if party else None,
        freelancer=freelancer.name if freelancer else None,
        team=team.name if team else None,
        state=one.state,
        worked=one.minutes.tracked + one.minutes.manual,
        tracked=one.minutes.tracked,
        manual=one.minutes.manual,
        overtime=one.minutes.overtime,
        billable=one.bill.minutes,
        refunded=one.sheet.refunded,
        currency=one.contract.currency,
        amount=sums.amount,
        stipend=sums.stipend,
        client_fee=sums.client_fee,
        charge=sums.charge,
        vendor_fee=sums.vendor_fee,
        earnings=sums.earnings,
        refunded_amount=sums.refunded,
        billed=one.sheet.billed,
        released=one.released,
    )
