"""The payment terms of a new offer: hourly, with or without a stipend, or fixed-price milestones. Pure."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from souk.domains.agreements.inputs import MoneyInput
from souk.domains.agreements.model import PayType, RateIncrease
from souk.domains.contracts.rules import limits
from souk.domains.milestones.rules import requirements as milestones
from souk.domains.offers.inputs import (
    CreationOffer,
    HourlyTerms,
    MilestoneTerms,
    RateIncreaseInput,
    StipendTerms,
)
from souk.domains.offers.model import HourlyPay, OfferKind, StipendPay
from souk.values import texts
from souk.values.errors import Unprocessable
from souk.values.moments import due_date
from souk.values.money import MAX_MINOR, Money
from souk.values.problems import Problems

MAX_MILESTONES: Final = 20
"""The limit for a new offer: each milestone takes three writes of one transaction."""
_MAX_CADENCE: Final = 60


@dataclass(frozen=True, slots=True)
class PlannedMilestone:
    """A checked milestone of a new offer."""

    deposit: int
    description: str
    due: str | None
    instructions: str | None
    attachment_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """Checked payment terms. Amounts are minor units."""

    pay: PayType
    hourly: HourlyPay | None = None
    stipend: StipendPay | None = None
    budget: int | None = None
    milestones: tuple[PlannedMilestone, ...] = ()


def read(problems: Problems, request: CreationOffer, currency: str) -> Terms | None:
    """Return the payment terms of a request; None if `problems` has a problem with them."""
    sections = [one for one in (request.hourly_rate_terms, request.stipend_terms, request.milestone_terms) if one]
    if len(sections) != 1:
        problems.add("hourlyRateTerms", "give exactly one of hourlyRateTerms, stipendTerms and milestoneTerms.")
        return None
    (terms,) = sections
    if isinstance(terms, HourlyTerms):
        return _hourly(problems, terms, currency)
    return _stipend(problems, terms, currency) if isinstance(terms, StipendTerms) else _fixed(problems, terms, currency)


def check_unit(problems: Problems, terms: Terms | None, currency: str, quoted: Iterable[Money]) -> None:
    """Report a price that was given in the major unit: the number of a quoted price, but a hundredth of its amount.

    `quoted` are the prices of the proposal and the posting.
    """
    if terms is None:
        return
    given, path = Money(terms.budget or 0, currency), "milestoneTerms.budget.amount"
    if terms.hourly is not None:
        given, path = Money(terms.hourly.rate, currency), "hourlyRateTerms.vendorRate.amount"
    for price in quoted:
        if given.minor and price.minor == given.minor * given.scale:
            problems.add(
                path,
                f"amounts here are in the smallest unit of {currency}, so this is {given.raw_value} {currency}; give "
                f"{price.minor} for {price.raw_value} {currency}.",
            )
            return


def rate_increase(
    problems: Problems, request: CreationOffer, terms: Terms | None, currency: str
) -> RateIncrease | None:
    """Return the scheduled raises of a request. The input's raise is a decimal string in the major unit."""
    increase: RateIncreaseInput | None = request.scheduled_rate_increase
    if increase is None:
        return None
    path = "scheduledRateIncrease"
    if request.kind is not OfferKind.VANILLA:
        problems.add(path, "only marketplace offers (kind Vanilla) can have raises.")
    if terms is not None and terms.pay is not PayType.HOURLY:
        problems.add(path, "only hourly work has a rate to raise.")
    cadence = increase.cadence_months or 0
    if not 1 <= cadence <= _MAX_CADENCE:
        problems.add(f"{path}.cadenceMonths", f"give 1 to {_MAX_CADENCE} months.")
    raised = 0
    with suppress(Unprocessable):  # an invalid amount counts as 0
        raised = Money.parse(increase.rate or "", currency).minor
    if not 0 < raised <= MAX_MINOR:
        problems.add(f"{path}.rate", "give the raise as a decimal string, such as 2.50.")
    return RateIncrease(by=raised, cadence_months=cadence)


def _hourly(problems: Problems, terms: HourlyTerms, currency: str) -> Terms:
    path = "hourlyRateTerms"
    rate = _amount(problems, f"{path}.vendorRate", terms.vendor_rate, currency)
    limit = _hours(problems, f"{path}.weeklyLimit", terms.weekly_limit)
    pay = HourlyPay(rate=rate, weekly_limit=limit, manual_time_allowed=bool(terms.manual_time_allowed))
    return Terms(PayType.HOURLY, hourly=pay)


def _stipend(problems: Problems, terms: StipendTerms, currency: str) -> Terms:
    path = "stipendTerms"
    rate = _amount(problems, f"{path}.vendorRate", terms.vendor_rate, currency)
    amount = _amount(problems, f"{path}.stipend", terms.stipend, currency)
    return Terms(PayType.HOURLY, hourly=HourlyPay(rate=rate), stipend=StipendPay(amount=amount, period=terms.period))


def _fixed(problems: Problems, terms: MilestoneTerms, currency: str) -> Terms:
    path = "milestoneTerms"
    budget = _amount(problems, f"{path}.budget", terms.budget, currency)
    if not 1 <= len(terms.milestone_list) <= MAX_MILESTONES:
        problems.add(
            f"{path}.milestoneList", f"give 1 to {MAX_MILESTONES} milestones; more can be added to the contract."
        )
        return Terms(PayType.FIXED, budget=budget)
    planned = []
    for at, one in enumerate(terms.milestone_list):
        item = f"{path}.milestoneList.{at}"
        description = texts.optional_text(problems, f"{item}.description", one.description, milestones.MAX_DESCRIPTION)
        if description is None:
            problems.add(f"{item}.description", "describe this part of the work.")
        planned.append(
            PlannedMilestone(
                deposit=_amount(problems, f"{item}.amount", one.amount, currency),
                description=description or "",
                due=due_date(problems, f"{item}.dueDate", one.due_date),
                instructions=texts.optional_text(problems, f"{item}.instructions", one.instructions),
                attachment_ids=one.attachments or (),
            )
        )
    if (total := sum(one.deposit for one in planned)) != budget:
        problems.add(f"{path}.budget", f"the milestones sum to {total}, but the budget is {budget}.")
    return Terms(PayType.FIXED, budget=budget, milestones=tuple(planned))


def _amount(problems: Problems, path: str, money: MoneyInput, currency: str) -> int:
    if money.currency != currency:
        problems.add(f"{path}.currency", f"this work is paid in {currency}.")
    return milestones.amount(problems, f"{path}.amount", money.amount, currency)


def _hours(problems: Problems, path: str, text: str | None) -> int | None:
    try:
        return limits.read(path, text)
    except Unprocessable:
        problems.add(path, f"give whole hours, 0 to {limits.HOURS_OF_A_WEEK}; or null for no limit.")
        return None
