"""Views of contracts: the parts of ContractDetails and of the older Contract that are not stored as they are shown."""

from typing import Any

from souk.domains.agreements.model import PayType
from souk.domains.contracts.model import Contract, ContractChange, ContractStatus, HourLimit, Term
from souk.domains.contracts.rules.limits import current
from souk.domains.contracts.rules.terms import manual_time_allowed
from souk.domains.jobs.model import Job, JobType, PostingInfo, Status
from souk.domains.ledger.rules.fees import fee
from souk.domains.reference.rules import reason
from souk.values.moments import Moment
from souk.values.money import Money

Part = dict[str, Any]


class ContractOfTerm(Contract):
    """A contract shown as one of its terms: the older Contract."""

    shown_term_id: str

    @classmethod
    def of(cls, contract: Contract, term: Term) -> "ContractOfTerm":
        """Return a contract as one of its terms."""
        return cls(**{name: getattr(contract, name) for name in Contract.model_fields}, shown_term_id=term.id)


def shown_term(contract: Contract) -> Term:
    """Return the term of a ContractOfTerm, or the latest term of another contract."""
    if isinstance(contract, ContractOfTerm):
        return next(one for one in contract.terms if one.id == contract.shown_term_id)
    return contract.term


def in_force(contract: Contract, moment: Moment) -> Contract:
    """Return a contract with only the terms in force at a moment, or at some time of a day."""
    return contract.model_copy(
        update={"terms": tuple(one for one in contract.terms if moment.meets(one.starts, one.ends))}
    )


def with_term(contract: Contract, term_id: str) -> Contract:
    """Return a contract with only one of its terms."""
    return contract.model_copy(update={"terms": tuple(one for one in contract.terms if one.id == term_id)})


def without(contract: Contract, *, terms: bool, limits: bool) -> Contract:
    """Return a contract without its terms, or without its limits."""
    update: dict[str, Any] = {"terms": ()} if terms else {}
    return contract.model_copy(update=update | ({"hour_limits": ()} if limits else {}))


def charged(contract: Contract, amount: int | None) -> Money | None:
    """Return the amount that the client pays: the given amount plus the client's fee."""
    return None if amount is None else contract.money(amount + fee(amount, contract.fees.client))


def closing_reason(contract: Contract) -> Part | None:
    """Return ClosingReason."""
    entry = reason(contract.reason_id) if contract.reason_id else None
    return {"id": entry.id, "apiRef": entry.alias, "reason": entry.reason} if entry else None


def terms(contract: Contract) -> Part | None:
    """Return ContractTerms; None without terms. `createdById` and similar keys feed the links."""
    if not contract.terms:
        return None
    fixed = [one for one in contract.terms if one.pay is PayType.FIXED]
    hourly = [one for one in contract.terms if one.pay is PayType.HOURLY and one.rate is not None]
    stipends = [one for one in contract.terms if one.stipend is not None]
    return {
        "fixedPriceTerms": [_fixed_price(contract, one) for one in fixed],
        "hourlyTerms": [_hourly(contract, one) for one in hourly],
        "stipendTerms": [_stipend(contract, one) for one in stipends],
    }


def _fixed_price(contract: Contract, term: Term) -> Part:
    return _term(term) | {
        "fpCharge": charged(contract, term.price),
        "fixedAmount": _money(contract, term.price),
        "isFP2": True,  # the second version of fixed-price terms is paid by milestones
        "milestoneKeys": [(contract.offer_id, one) for one in contract.milestone_ids],
    }


def _hourly(contract: Contract, term: Term) -> Part:
    return _term(term) | {
        "hourlyRate": _money(contract, term.rate),
        "manualTimeAllowed": manual_time_allowed(contract, term),
    }


def _stipend(contract: Contract, term: Term) -> Part:
    return _term(term) | {"stipendAmount": _money(contract, term.stipend)}


def _term(term: Term) -> Part:
    return {
        "id": term.id,
        "createDate": term.created,
        "modifyDate": term.modified,
        "changeDate": term.starts,
        "createdById": term.created_by_id,
        "creatorUserType": term.created_as,
        "changedById": term.changed_by_id,
        "changingUserType": term.changed_as,
        "startDate": term.starts,
        "endDate": term.ends,
        "jobType": term.pay,
    }


def _money(contract: Contract, minor: int | None) -> Money | None:
    return None if minor is None else contract.money(minor)


def hourly_limits(contract: Contract) -> list[Part]:
    """Return the weekly limits, oldest first."""
    return [_limit(one) for one in contract.hour_limits]


def _limit(limit: HourLimit) -> Part:
    return {
        "id": limit.id,
        "weeklyLimit": None if limit.hours is None else str(limit.hours),
        "createDate": limit.created,
        "modifyDate": limit.modified,
        "startDate": limit.starts,
        "endDate": limit.ends,
    }


def rate_increase(contract: Contract) -> Part | None:
    """Return ScheduledRateIncrease; None without agreed raises."""
    agreed = contract.rate_increase
    if agreed is None:
        return None
    return {
        "amount": contract.money(agreed.by),
        "cadenceMonths": agreed.cadence_months,
        "nextDateTime": contract.next_raise,
    }


def change(contract: Contract, one: ContractChange) -> Part:
    """Return ContractChange. `authorId` feeds the link."""
    rate, minutes = one.details.get("rate"), one.details.get("minutes")
    flags = {name: _flag(one.details.get(name)) for name in ("manualTimeAllowed", "hideScreenshots")}
    return {
        "id": one.id,
        "action": one.what,
        "dateTime": one.at,
        "authorId": one.by_id,
        "authorType": one.by,
        "message": one.message,
        "weeklyLimit": one.details.get("weeklyLimit"),
        "rate": None if rate is None else contract.money(int(rate)),
        **flags,
        "week": one.details.get("week"),
        "minutes": None if minutes is None else int(minutes),
    }


def _flag(text: str | None) -> bool | None:
    return None if text is None else text == "true"


def time_settings(contract: Contract) -> Part:
    """Return ContractTimeSettings."""
    return {
        "contractId": contract.id,
        "manualTimeAllowed": manual_time_allowed(contract, contract.term),
        "hideScreenshots": contract.hide_screenshots,
    }


def posting(contract: Contract) -> Job:
    """Return the contract in the form of a posting, for a contract without a posting.

    It has the contract's id, and appears nowhere else.
    """
    parties = contract.parties
    return Job(
        id=contract.id,
        organization_id=parties.client_team_id,
        company_id=parties.client_company_id,
        owner_id=parties.client_user_id,
        currency=contract.currency,
        status=Status.FILLED,
        created=contract.created,
        modified=contract.created,
        changed_by_id=parties.client_user_id,
        closed=contract.created,
        last_client_activity=contract.created,
        info=PostingInfo(
            title=contract.title,
            description=contract.description,
            type=_job_type(contract),
        ),
    )


def contract_type(contract: Contract) -> str:
    """Return ContractType."""
    return _job_type(contract).contract_type


def _job_type(contract: Contract) -> JobType:
    return JobType.HOURLY if contract.pay is PayType.HOURLY else JobType.FIXED_PRICE


# The older Contract


def state(contract: Contract, now: str) -> str:
    """Return ContractState. An earlier term is CLOSED; a future term is PENDING."""
    term = shown_term(contract)
    if contract.status is ContractStatus.CLOSED or term.id != contract.term.id:
        return "CLOSED"
    if contract.status is ContractStatus.ACTIVE and term.starts > now:
        return "PENDING"
    return contract.status


def weekly_limit(contract: Contract) -> float | None:
    """Return the hours per week of the latest limit; None for no limit."""
    hours = current(contract)
    return None if hours is None else float(hours)
