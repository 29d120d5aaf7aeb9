"""The books: accounts, bookings in double entry, and each company's history."""

from enum import StrEnum

from souk.domains.agreements.model import Fees, Parties, Side
from souk.storage import Entity, Model
from souk.values.money import Money


class AccountKind(StrEnum):
    """What an account is for. Its balance is what the marketplace owes whom it is kept for."""

    FUNDS = "FUNDS"
    """A client company's: below zero it is what the client owes."""
    ESCROW = "ESCROW"
    """A contract's: what is set apart for its milestones."""
    EARNINGS = "EARNINGS"
    """A freelancer's or an agency's."""
    FEES = "FEES"
    """The marketplace's own."""
    PROVIDER = "PROVIDER"
    """What payment providers have taken in: always below zero, as they hold what is owed to others."""


class Account(Model):
    """An account, in one currency."""

    kind: AccountKind
    owner: str = ""
    """The id of the company or the contract; "" for the marketplace's own."""
    currency: str


class Line(Model):
    """A part of a booking: what it adds to an account, in minor units of the account's currency."""

    account: Account
    minor: int


class BookingKind(StrEnum):
    """What a booking is: the words of `TransactionHistoryRow.accountingSubtype`."""

    PAYMENT = "Payment"
    """Money that came in by a provider."""
    FUNDING = "Escrow Funding"
    RELEASE = "Milestone"
    OVERPAYMENT = "Overpayment"
    BONUS = "Bonus"
    REFUND = "Escrow Refund"
    REVERSAL = "Reversal"


class Deal(Model):
    """What the books have to know of a contract."""

    contract_id: str
    client_company_id: str
    client_team_id: str
    client_user_id: str
    vendor_company_id: str
    vendor_team_id: str
    vendor_user_id: str
    agency: bool
    currency: str
    fees: Fees
    on_account: bool
    """Whether its client pays later: an enterprise does, and may owe."""
    home_currency: bool
    """Whether its currency is that of the client's company, whose record counts no other."""

    @property
    def parties(self) -> Parties:
        """Its two sides."""
        return Parties(
            client_user_id=self.client_user_id,
            client_team_id=self.client_team_id,
            client_company_id=self.client_company_id,
            vendor_user_id=self.vendor_user_id,
            vendor_team_id=self.vendor_team_id,
            vendor_company_id=self.vendor_company_id,
            agency=self.agency,
        )

    def money(self, minor: int) -> Money:
        """Return an amount in its currency."""
        return Money(minor, self.currency)


class LedgerTransaction(Entity):
    """A booking. It is never changed: what was wrong is reversed by another one."""

    id: str
    kind: BookingKind
    deal: Deal
    amount: int
    """What is paid, set apart or given back, without fees; of a REVERSAL below zero."""
    earned: int = 0
    """What it pays for a freelancer's work, before fees; of a REVERSAL of that below zero."""
    lines: tuple[Line, ...]
    milestone_id: str | None = None
    description: str = ""
    notes: str | None = None
    """What the client noted for itself."""
    order_id: str | None = None
    """The payment that it is part of, where a provider was asked."""
    reverses: str | None = None
    """Of a REVERSAL: the booking that it takes back."""
    at: str
    """ISO 8601, UTC."""

    def on(self, kind: AccountKind) -> int:
        """Return what it adds to the accounts of a kind."""
        return sum(line.minor for line in self.lines if line.account.kind is kind)

    @property
    def charge(self) -> int:
        """What it takes from the client, fees included; below zero is what it gives back."""
        return -self.on(AccountKind.PROVIDER) - self.on(AccountKind.FUNDS)


class HistoryRow(Entity):
    """A booking, as one side's company has it in its history."""

    company_id: str
    side: Side
    booking: LedgerTransaction

    @property
    def net(self) -> int:
        """What it adds to the company's own account."""
        return self.booking.on(AccountKind.FUNDS if self.side is Side.CLIENT else AccountKind.EARNINGS)
