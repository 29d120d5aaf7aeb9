"""The stored ledger: accounts, bookings in double entry, and each company's history."""

from enum import StrEnum

from souk.domains.agreements.model import Fees, Parties, Side
from souk.storage import Entity, Model
from souk.values.money import Money


class AccountKind(StrEnum):
    """The kind of an account. The balance is the amount that the marketplace owes the owner."""

    FUNDS = "FUNDS"
    """A client company's money. A negative balance is the client's debt."""
    ESCROW = "ESCROW"
    """The money set aside for a contract's milestones and weeks."""
    EARNINGS = "EARNINGS"
    """The pay of a freelancer's company or an agency."""
    FEES = "FEES"
    """The marketplace's fees."""
    PROVIDER = "PROVIDER"
    """The money that payment providers took in. Always negative, because the money is owed to others."""


class Account(Model):
    """An account in one currency."""

    kind: AccountKind
    owner: str = ""
    """The id of the company or the contract; "" for the marketplace."""
    currency: str


class Line(Model):
    """A line of a booking: the amount added to an account, in minor units of its currency."""

    account: Account
    minor: int


class BookingKind(StrEnum):
    """The kind of a booking: `TransactionHistoryRow.accountingSubtype`."""

    PAYMENT = "Payment"
    """Money that a provider took in."""
    FUNDING = "Escrow Funding"
    RELEASE = "Milestone"
    OVERPAYMENT = "Overpayment"
    BONUS = "Bonus"
    REFUND = "Escrow Refund"
    REVERSAL = "Reversal"
    HOURLY = "Hourly"
    """A week of an hourly contract, set aside while the client can dispute it."""
    HOURLY_RELEASE = "Hourly Release"
    HOURLY_REFUND = "Hourly Refund"
    CARD_REFUND = "Card Refund"
    """Money of a client that goes back to the card it came from."""


class Deal(Model):
    """The ledger's data of a contract."""

    contract_id: str
    client_company_id: str
    client_team_id: str
    client_user_id: str
    vendor_company_id: str
    vendor_team_id: str
    vendor_user_id: str
    agency: bool
    hourly: bool = False
    """Whether the work is paid by the hour. Payments that were ordered in Souk 0.1.0 do not say so."""
    currency: str
    fees: Fees
    on_account: bool
    """Whether the client can owe money and pay later. Enterprise clients can."""
    home_currency: bool
    """Whether the currency is the client company's. The company's record counts only its own currency."""

    @property
    def parties(self) -> Parties:
        """The two sides."""
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
        """Return an amount in the contract's currency."""
        return Money(minor, self.currency)


class LedgerTransaction(Entity):
    """A booking. It never changes; a wrong booking is reversed by another one."""

    id: str
    kind: BookingKind
    deal: Deal
    amount: int
    """The amount paid, set aside or refunded, without fees. Negative for a REVERSAL."""
    earned: int = 0
    """The amount paid for a freelancer's work, before fees. Negative for a REVERSAL or refund of such a booking."""
    minutes: int = 0
    """The billed minutes that `earned` pays for. Negative for their refund."""
    lines: tuple[Line, ...]
    milestone_id: str | None = None
    week: str | None = None
    """The Monday of an hourly contract's week: yyyy-mm-dd."""
    review_ends: str | None = None
    """When the client's review of that week ends."""
    description: str = ""
    notes: str | None = None
    """The client's internal note."""
    order_id: str | None = None
    """The payment order, for a payment by a provider."""
    reverses: str | None = None
    """Only REVERSAL: the reversed booking. HOURLY_REFUND: the booking of the week."""
    at: str
    """ISO 8601, UTC."""

    def on(self, kind: AccountKind) -> int:
        """Return the sum of the lines on accounts of a kind."""
        return sum(line.minor for line in self.lines if line.account.kind is kind)

    @property
    def charge(self) -> int:
        """The amount charged to the client, including fees. Negative for a refund."""
        return -self.on(AccountKind.PROVIDER) - self.on(AccountKind.FUNDS)


class Reversal(Entity):
    """The fact that a booking was reversed. There is at most one of each booking."""

    booking_id: str
    reversed_by: str
    """The id of the booking that reverses it."""


class AccountBalance(Entity):
    """The balance of an account, in minor units of its currency."""

    account: Account
    minor: int


class MonthTally(Entity):
    """The sums of the bookings of a month in one currency, in minor units. Several items share a month."""

    at: str = ""
    """The month and the currency: `2026-07#USD`."""
    bookings: int = 0
    fee_bookings: int = 0
    """Those that changed the marketplace's fees."""
    funds: int = 0
    escrow: int = 0
    earnings: int = 0
    provider: int = 0
    client_fees: int = 0
    vendor_fees: int = 0
    reversed_fees: int = 0
    """Fees that went back, by a refund or a reversal."""

    @property
    def fees(self) -> int:
        """The change of the marketplace's fees."""
        return self.client_fees + self.vendor_fees - self.reversed_fees

    @property
    def month(self) -> str:
        """The month: yyyy-mm."""
        return self.at.partition("#")[0]

    @property
    def currency(self) -> str:
        """The currency."""
        return self.at.partition("#")[2]


class HistoryRow(Entity):
    """A booking in the history of one side's company."""

    company_id: str
    side: Side
    booking: LedgerTransaction

    @property
    def net(self) -> int:
        """The amount added to the company's own account."""
        return self.booking.on(AccountKind.FUNDS if self.side is Side.CLIENT else AccountKind.EARNINGS)
