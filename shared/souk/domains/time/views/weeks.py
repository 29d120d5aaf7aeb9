"""Weeks as the API shows them: by the clock, and with the amounts that the caller may see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, partial
from typing import Any, Final

from souk.authentication.principal import Principal
from souk.authentication.scopes import Scope
from souk.domains.agreements.model import Parties
from souk.domains.contracts.model import Contract
from souk.domains.contracts.store import CONTRACTS
from souk.domains.payments.model import PaymentOrder
from souk.domains.payments.rules.urls import checkout_url
from souk.domains.payments.store import ORDERS
from souk.domains.time.commands.booking import stipend_for
from souk.domains.time.model import Bill, Decline, Dispute, Stage, Timesheet, TimesheetState
from souk.domains.time.rules import amounts, disputes, states, weeks
from souk.domains.time.rules.hours import amount_of
from souk.graph import Context
from souk.values.money import Money
from souk.values.times import stamp

_DECLINED: Final = (TimesheetState.DECLINED, TimesheetState.WRITTEN_OFF)


def is_operator(principal: Principal) -> bool:
    """Return whether a request is made in the context of the operators' organization, with the operators' scope."""
    return principal.operator and Scope.OPERATOR.value in principal.scopes


@dataclass(frozen=True, slots=True)
class Audience:
    """Which amounts of a week a caller sees."""

    client: bool
    """The client's side."""
    vendor: bool
    """Those who lead the freelancer's side: the freelancer, or the managers of their agency."""
    amounts: bool
    """Everybody but the freelancer of an agency, who sees hours only."""
    party: bool
    """A side of the contract: operators, who are none, do not see the contract."""

    @classmethod
    def of(cls, parties: Parties, principal: Principal) -> "Audience":
        """Return what a caller sees of the weeks of some parties."""
        client = parties.client_is(principal)
        vendor = parties.vendor_is(principal) and (principal.leads or not parties.agency)
        return cls(client, vendor, client or vendor or is_operator(principal), parties.include(principal))


@dataclass(frozen=True, slots=True)
class Sums:
    """The amounts of a week; those that the caller may not see are None."""

    amount: Money | None
    """Before fees, with the stipend, as billed."""
    stipend: Money | None
    client_fee: Money | None
    charge: Money | None
    vendor_fee: Money | None
    """Of what is not refunded, as the earnings."""
    earnings: Money | None
    refunded: Money | None


@dataclass(frozen=True)
class TimesheetView:
    """A week by the clock, for a caller."""

    stored: Timesheet
    contract: Contract
    bill: Bill
    """As billed, or as it would be now."""
    now: datetime
    audience: Audience
    checkout: PaymentOrder | None = None

    @cached_property
    def sheet(self) -> Timesheet:
        """The week with what is due done."""
        return states.as_of(self.stored, self.now)

    @cached_property
    def state(self) -> TimesheetState:
        """The state by the clock."""
        return states.state_of(self.stored, self.bill, self.now)

    @cached_property
    def minutes(self) -> amounts.Minutes:
        """The time, in minutes."""
        return amounts.minutes_of(self.stored, self.bill.limit)

    @property
    def monday(self) -> date:
        """The Monday."""
        return date.fromisoformat(self.stored.week)

    @property
    def amount(self) -> int:
        """Before fees, with the stipend, as billed."""
        return amounts.kept(self.bill, 0)

    @property
    def left(self) -> int:
        """The amount that is not refunded."""
        return amounts.kept(self.bill, self.sheet.refunded)

    @property
    def decline(self) -> Decline | None:
        """The decline of a week that is not paid, for the client's side."""
        return self.sheet.decline if self.audience.client and self.state in _DECLINED else None

    @property
    def disputable_until(self) -> str | None:
        """When the week is released, if it can be disputed until then."""
        if self.state is not TimesheetState.BILLED or self.sheet.dispute is not None:
            return None
        if not disputes.refundable(self.sheet, self.bill):
            return None
        return self.sheet.review_ends or stamp(weeks.released(self.monday))

    @property
    def released(self) -> str | None:
        """When it became the freelancer's. A week without an amount is released when it closes."""
        if self.state is not TimesheetState.RELEASED:
            return None
        return self.sheet.released or stamp(weeks.closes(self.monday))

    @cached_property
    def sums(self) -> Sums:
        """The amounts that the caller sees."""
        audience, charged, kept = self.audience, amounts.client_fee(self.bill, 0), self.left
        deducted = amounts.vendor_fee(self.bill, self.sheet.refunded)
        return Sums(
            amount=self.money(self.amount, shown=audience.amounts),
            stipend=self.money(self.bill.stipend, shown=audience.amounts),
            client_fee=self.money(charged, shown=audience.client),
            charge=self.money(self.amount + charged, shown=audience.client),
            vendor_fee=self.money(deducted, shown=audience.vendor),
            earnings=self.money(kept - deducted, shown=audience.vendor),
            refunded=self.money(self.amount - kept, shown=audience.amounts),
        )

    def money(self, minor: int, *, shown: bool) -> Money | None:
        """Return an amount in the contract's currency, if the caller sees it."""
        return self.contract.money(minor) if shown else None

    def checkout_url(self, ctx: Context) -> str | None:
        """Return the page to pay the week, for the client's side."""
        if self.checkout is None or self.decline is None or self.checkout.expires <= stamp(self.now):
            return None
        return checkout_url(ctx.base_url, ctx.signer, self.checkout)

    def terms(self) -> list[dict[str, Any]]:
        """Return the terms with time in the week, as TimesheetTerm."""
        shown = self.audience.amounts
        return [
            {
                "termId": one.term_id,
                "rate": self.money(one.rate, shown=shown),
                "billableMinutes": one.minutes,
                "amount": self.money(amount_of(one.minutes, one.rate), shown=shown),
            }
            for one in self.bill.terms
        ]

    def days(self) -> list[dict[str, Any]]:
        """Return the days with time, as TimesheetDay."""
        return [
            {
                "date": one.date,
                "trackedMinutes": one.tracked,
                "manualMinutes": one.manual,
                "overtimeMinutes": one.overtime,
            }
            for one in self.minutes.days
        ]

    def dispute(self) -> dict[str, Any] | None:
        """Return the dispute, as TimesheetDispute."""
        one = self.sheet.dispute
        return None if one is None else self._dispute(one)

    def _dispute(self, one: Dispute) -> dict[str, Any]:
        return {
            "id": one.id,
            "state": one.state,
            "minutes": one.minutes,
            "amount": self.money(one.amount, shown=self.audience.amounts),
            "reason": one.reason,
            "message": one.message,
            "openedDateTime": one.opened,
            "answerDueDateTime": one.due,
            "answerMessage": one.answer,
            "answeredDateTime": one.answered,
            "refundedMinutes": one.refunded,
            "resolutionNote": one.note,
            "resolvedDateTime": one.resolved,
        }


def shown(ctx: Context, sheets: Sequence[Timesheet]) -> list[TimesheetView]:
    """Return weeks as a caller sees them.

    It takes one round trip, and one more if running weeks have a stipend.
    """
    keys = {CONTRACTS.key(one.contract_id): CONTRACTS for one in sheets}
    checkouts = {ORDERS.key(one.checkout_id): ORDERS for one in sheets if one.checkout_id}
    ctx.fetch({**keys, **checkouts})
    contracts: dict[str, Contract] = {}
    for one in sheets:
        contract = ctx.entities[CONTRACTS.key(one.contract_id)]
        if contract is not None:  # a week is stored after its contract
            contracts[one.contract_id] = contract
    stipends = _stipends(ctx, sheets, contracts)
    return [
        TimesheetView(
            one,
            contracts[one.contract_id],
            one.bill or amounts.bill_of(one, contracts[one.contract_id], stipends.get((one.contract_id, one.week), 0)),
            ctx.now,
            Audience.of(one.parties, ctx.principal),
            ctx.entities.get(ORDERS.key(one.checkout_id)) if one.checkout_id else None,
        )
        for one in sheets
        if one.contract_id in contracts
    ]


def _stipends(
    ctx: Context, sheets: Sequence[Timesheet], contracts: Mapping[str, Contract]
) -> dict[tuple[str, str], int]:
    """Return the stipends, as they would be now, of the weeks that are not billed yet."""
    found = [
        (one, contracts[one.contract_id])
        for one in sheets
        if one.stage is Stage.UNBILLED and one.contract_id in contracts and contracts[one.contract_id].term.stipend
    ]
    if not found:
        return {}

    def read(sheet: Timesheet, contract: Contract, table: Any) -> int:
        monday = date.fromisoformat(sheet.week)
        return stipend_for(table, contract, monday, min(ctx.now, weeks.ends(monday)))

    read_stipends = ctx.table.concurrently([partial(read, one, contract) for one, contract in found])
    return {(one.contract_id, one.week): each for (one, _), each in zip(found, read_stipends, strict=True)}
