"""How a contract begins: from an offer that is accepted. Pure."""

from souk.domains.agreements.model import DeliveryModel, Fees
from souk.domains.contracts.model import ChangedAs, Contract, HourLimit, Term
from souk.domains.identity.model import Organization
from souk.domains.offers.model import Offer


def contract_of(  # noqa: PLR0917 - each is another thing
    offer: Offer, contract_id: str, term_id: str, limit_id: str, client: Organization, fees: Fees, now: str
) -> Contract:
    """Return the contract that an offer becomes when it is accepted now; work that was to begin earlier begins now.

    Its milestones are named by who takes them over.
    """
    parties = offer.parties
    starts = max(offer.starts or now, now)
    by, by_whom = ChangedAs.PROFESSIONAL, parties.vendor_user_id
    if offer.delivery_model is DeliveryModel.CATALOG_PROJECT:
        by, by_whom = ChangedAs.CATALOG_PROJECT, parties.client_user_id
    hourly = offer.hourly
    term = Term(
        id=term_id,
        pay=offer.pay,
        rate=hourly.rate if hourly else None,
        stipend=offer.stipend.amount if offer.stipend else None,
        price=offer.budget,
        manual_time_allowed=bool(hourly and hourly.manual_time_allowed),
        starts=starts,
        created=now,
        modified=now,
        created_by_id=parties.client_user_id,
        created_as=ChangedAs.CLIENT,
        changed_by_id=by_whom,
        changed_as=by,
    )
    limit = hourly.weekly_limit if hourly else None
    limits = (HourLimit(id=limit_id, hours=limit, created=now, modified=now, starts=starts),)
    return Contract(
        id=contract_id,
        offer_id=offer.id,
        job_id=offer.job_id,
        proposal_id=offer.proposal_id,
        parties=parties,
        title=offer.title,
        description=offer.description,
        delivery_model=offer.delivery_model,
        enterprise=client.enterprise,
        payroll=offer.payroll,
        currency=offer.currency,
        fees=fees,
        pay=offer.pay,
        terms=(term,),
        hour_limits=limits if limit is not None else (),
        rate_increase=offer.rate_increase,
        supervisor_id=parties.client_user_id,
        starts=starts,
        ends=offer.ends,
        created=now,
        modified=now,
        changed_by_id=by_whom,
        changed_as=by,
    )
