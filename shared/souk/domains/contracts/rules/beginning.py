"""Making a contract from an accepted offer. Pure."""

from souk.domains.agreements.model import DeliveryModel, Fees
from souk.domains.contracts.model import ChangedAs, Contract, HourLimit, Term
from souk.domains.identity.model import Organization
from souk.domains.offers.model import Offer


def contract_of(  # noqa: PLR0917 - seven unrelated values
    offer: Offer, contract_id: str, term_id: str, limit_id: str, client: Organization, fees: Fees, now: str
) -> Contract:
    """Return the contract of an offer that is accepted now. A start in the past becomes now.

    The caller sets `milestone_ids`.
    """
    parties = offer.parties
    starts = max(offer.starts or now, now)
    role, author_id = ChangedAs.PROFESSIONAL, parties.vendor_user_id
    if offer.delivery_model is DeliveryModel.CATALOG_PROJECT:
        role, author_id = ChangedAs.CATALOG_PROJECT, parties.client_user_id
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
        changed_by_id=author_id,
        changed_as=role,
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
        talent_cloud_id=offer.cloud_id,
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
        changed_by_id=author_id,
        changed_as=role,
    )
