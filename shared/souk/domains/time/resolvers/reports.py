"""Time reports, at the root and of the caller and their organization."""

from collections.abc import Callable
from datetime import date
from typing import Any, Final

from souk.domains.identity.model import Organization, User
from souk.domains.identity.store import ORGANIZATIONS, USERS
from souk.domains.offers.contract_offers import Agreement, load_agreements
from souk.domains.offers.store import OFFERS
from souk.domains.time.inputs import ReportFilter
from souk.domains.time.lists import reports as lists
from souk.domains.time.lists.reports import Report, Source
from souk.domains.time.resolvers.declared import READ, domain
from souk.domains.time.rules.reports import Row
from souk.domains.time.rules.weeks import monday_of
from souk.domains.time.store import CLIENT_TIME
from souk.domains.time.views import diaries as views
from souk.graph import Context, ListSize
from souk.graph.lists import Connection, DateTimeRange, Pagination
from souk.storage import Key
from souk.values.errors import Unprocessable

_WHOLE: Final = ListSize(100, 100)
"""The rows of a report without pages, as the cost of a request assumes: of a month with some contracts."""
_HOUR: Final = 60


def _asked(ctx: Context, given: ReportFilter | None) -> tuple[Report, list[Any]]:
    """Return a report of an organization, with what its cursors are bound to."""
    if given is None:
        raise Unprocessable("filter: is required: organizationId_eq names the organization.")
    organization_id = given.organization_id_eq
    lists.require_organization(ctx, organization_id)
    sources = [lists.client_source(ctx, organization_id), lists.vendor_source(ctx, organization_id)]
    path = "filter.timeReportDate_bt"
    asked = lists.report(ctx, path, given.time_report_date_bt, sources, given.contract_ids)
    return asked, ["contractTimeReport", *_reader(ctx), given.model_dump(mode="json")]


def _reader(ctx: Context) -> list[str]:
    return [ctx.principal.user_id, ctx.principal.organization_id]


@domain.query("contractTimeReport", scopes=READ, size=CLIENT_TIME)
def contract_time_report(
    ctx: Context, filter: ReportFilter | None = None, pagination: Pagination | None = None
) -> Connection:
    """Return a page of the hours of an organization."""
    asked, bound_to = _asked(ctx, filter)
    return lists.page(ctx, asked, pagination, bound_to)


@domain.query("timeReport", scopes=READ, size=_WHOLE)
def time_report(ctx: Context, filter: ReportFilter | None = None) -> list[Row]:
    """Return all hours of an organization. Raises Unprocessable for too many rows."""
    return lists.whole(ctx, _asked(ctx, filter)[0])


# The reports of the caller and of their organization


def _client(source: Organization, ctx: Context) -> list[Source]:
    return [lists.client_source(ctx, source.id)]


def _vendor(source: Organization, ctx: Context) -> list[Source]:
    return [lists.vendor_source(ctx, source.id)]


def _own(source: User, ctx: Context) -> list[Source]:
    return [lists.own_source(ctx)] if source.id == ctx.principal.user_id else []


def _declare(type_: str, kind: str, sources: Callable[[Any, Context], list[Source]]) -> None:
    """Declare the two reports of a kind: with pages, and without."""
    paged, unpaged = (
        f"{kind}{name}" if kind else name[0].lower() + name[1:] for name in ("ContractTimeReport", "TimeReport")
    )

    @domain.connection(f"{type_}.{paged}", size=CLIENT_TIME)
    def of_contracts(
        source: Any, ctx: Context, time_report_date_bt: DateTimeRange, pagination: Pagination | None = None
    ) -> Connection:
        asked = lists.report(ctx, "timeReportDate_bt", time_report_date_bt, sources(source, ctx))
        bound_to = [paged, source.id, *_reader(ctx), time_report_date_bt.model_dump(mode="json")]
        return lists.page(ctx, asked, pagination, bound_to)

    @domain.connection(f"{type_}.{unpaged}", size=_WHOLE)
    def of_all(source: Any, ctx: Context, time_report_date_bt: DateTimeRange) -> list[Row]:
        return lists.whole(ctx, lists.report(ctx, "timeReportDate_bt", time_report_date_bt, sources(source, ctx)))


_declare("CurrentUser", "", _own)
_declare("CurrentOrganization", "client", _client)
_declare("CurrentOrganization", "agency", _vendor)


# Fields of rows


def _hours(minutes: int) -> float:
    return minutes / _HOUR


def _major(row: Row, minor: int | None) -> float | None:
    return None if minor is None else row.contract.money(minor).major


def _day(day: date) -> str:
    return day.isoformat()


def _bill_rate(row: Row) -> dict[str, Any] | None:
    """Return the agreed rate; None for those who see only the hours."""
    if row.charge is None:
        return None
    rate = _major(row, row.term.rate or 0)
    return {"id": row.term.id, "value": rate, "code": "REGULAR", "offerRef": row.contract.offer_id}


_FIELDS: Final[dict[str, Callable[[Row], Any]]] = {
    "dateWorkedOn": lambda row: _day(row.day),
    "weekWorkedOn": lambda row: _day(monday_of(row.day)),
    "monthWorkedOn": lambda row: _day(row.day.replace(day=1)),
    "yearWorkedOn": lambda row: _day(row.day.replace(month=1, day=1)),
    "termId": lambda row: row.term.id,
    "task": lambda row: row.code,
    "totalHoursWorked": lambda row: _hours(row.tracked_minutes + row.manual_minutes),
    "totalOnlineHoursWorked": lambda row: _hours(row.tracked_minutes),
    "totalOfflineHoursWorked": lambda row: _hours(row.manual_minutes),
    "totalCharges": lambda row: row.charge and _major(row, row.charge.total),
    "totalOnlineCharge": lambda row: row.charge and _major(row, row.charge.tracked),
    "totalOfflineCharge": lambda row: row.charge and _major(row, row.charge.total - row.charge.tracked),
    "billRate": _bill_rate,
}


def _field(read: Callable[[Row], Any]) -> Callable[[Row, Context], Any]:
    return lambda source, ctx: read(source)


for _name, _read in _FIELDS.items():
    domain.field(f"TimeReport.{_name}")(_field(_read))


@domain.field("TimeReport.taskDescription", needs=lambda row, _: views.task_needs(row.contract.parties, row.code))
def task_description(source: Row, ctx: Context) -> str | None:
    """Return the description of the activity."""
    return views.task_description(ctx, source.contract.parties, source.code)


def _offer_key(row: Row) -> Key:
    return OFFERS.key(row.contract.offer_id)


@domain.field("TimeReport.contractOffer", needs=lambda row, _: {_offer_key(row): OFFERS})
def contract_offer(source: Row, ctx: Context) -> Agreement | None:
    """Return the offer that became the contract. The contract is there already, and an hourly one has no milestones."""
    offer = ctx.entities[_offer_key(source)]
    return load_agreements(ctx, [offer])[0] if offer else None


domain.link("TimeReport.freelancer", to=USERS, by=lambda row: row.contract.parties.vendor_user_id)
domain.link("TimeReport.team", to=ORGANIZATIONS, by=lambda row: row.contract.parties.client_team_id)
