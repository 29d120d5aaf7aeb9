"""Views of offers: fields that are not stored as they are shown."""

from typing import Any

from souk.authentication.principal import Principal
from souk.domains.offers.model import HourlyPay, Offer, OfferKind, OfferState, Place
from souk.domains.offers.rules import enums
from souk.domains.offers.rules.states import state_at
from souk.domains.reference import world
from souk.values.money import Money

Part = dict[str, Any]


def money(offer: Offer, minor: int | None) -> Money | None:
    """Return an amount in the currency of an offer."""
    return None if minor is None else Money(minor, offer.currency)


# Terms


def offer_terms(offer: Offer) -> Part:
    """Return OfferTerms."""
    return {
        "expectedStartDate": offer.starts,
        "expectedEndDate": offer.ends,
        "fixedPriceTerm": None if offer.money is None else {"budget": offer.money},
        "hourlyTerms": hourly_terms(offer),
    }


def hourly_terms(offer: Offer) -> Part | None:
    """Return HourlyTerms; None for a fixed price."""
    if offer.hourly is None:
        return None
    pay: HourlyPay = offer.hourly
    return {
        "rate": money(offer, pay.rate),
        "weeklyHoursLimit": pay.weekly_limit,
        "weeklyStipend": offer.stipend and money(offer, offer.stipend.amount),
        "manualTimeAllowed": pay.manual_time_allowed,
    }


def stipend_terms(offer: Offer) -> Part | None:
    """Return StipendTerms; None without a stipend."""
    if offer.stipend is None:
        return None
    return {
        "stipend": money(offer, offer.stipend.amount),
        "vendorRate": offer.hourly and money(offer, offer.hourly.rate),
        "period": offer.stipend.period,
    }


def milestone_terms(offer: Offer) -> Part | None:
    """Return MilestoneTerms; None for hourly work. `milestoneKeys` feeds the link."""
    if offer.money is None:
        return None
    return {"budget": offer.money, "milestoneKeys": milestone_keys(offer)}


def milestone_keys(offer: Offer) -> list[tuple[str, str]]:
    """Return the keys of an offer's milestones, in order."""
    return [(offer.id, one) for one in offer.milestone_ids]


# Source and last event


def metadata(offer: Offer) -> Part:
    """Return Metadata."""
    return {
        "sourceType": offer.source_type,
        "sourceId": offer.source_id,
        "data": offer.data,
        "occupationUid": offer.occupation_id,
    }


def last_event(offer: Offer, now: str) -> Part | None:
    """Return OfferLastEvent. An offer past its deadline shows the expiry, even if it is not stored yet."""
    if offer.state is OfferState.ACTIVE and state_at(offer, now) is OfferState.EXPIRED:
        return {"reasonId": None, "message": None, "lastEventTime": offer.expires}
    if offer.last_event is None:
        return None
    event = offer.last_event
    return {"reasonId": event.reason_id, "message": event.message, "lastEventTime": event.time}


# Enterprise offers


def features(offer: Offer, principal: Principal) -> Part | None:
    """Return OfferFeatures; None for an ordinary offer without a talent cloud.

    The last three values feed other fields.
    """
    if offer.kind is not OfferKind.ENTERPRISE and offer.cloud_id is None:
        return None
    place = offer.place or Place()
    return {
        "onSiteType": place.work_type,
        "country": world.country(place.country) if place.country else None,
        "state": place.state,
        "localDescription": place.description,
        "localFlexibilityDescription": place.flexibility_description,
        "eor": False,  # Souk has no employer of record
        "offer": offer,
        "talentCloudId": offer.cloud_id,
        "principal": principal,
    }


def rate_increase(offer: Offer) -> Part | None:
    """Return ScheduledRateIncrease; None without agreed raises. The contract knows the time of the next one."""
    agreed = offer.rate_increase
    if agreed is None:
        return None
    return {"amount": money(offer, agreed.by), "cadenceMonths": agreed.cadence_months, "nextDateTime": None}


def location(offer: Offer) -> Part | None:
    """Return OfferLocation; None without a place."""
    place = offer.place
    if place is None:
        return None
    return {
        "workType": place.work_type,
        "country": world.country(place.country) if place.country else None,
        "state": place.state,
        "city": place.city,
        "addressLine": place.address_line,
        "suite": place.suite,
        "zip": place.zip,
        "description": place.description,
        "flexible": place.flexible,
        "flexibilityDescription": place.flexibility_description,
    }


def payroll(offer: Offer, principal: Principal) -> Part | None:
    """Return OfferPayroll; None without a payroll. The cloud and the purchase order are the client's own."""
    data = offer.payroll
    if data is None:
        return None
    own = offer.parties.client_is(principal)
    return {
        "talentCloudId": data.talent_cloud_id if own else None,
        "purchaseOrderId": data.purchase_order_id if own else None,
        "assets": data.assets,
    }


def workflow_state(offer: Offer, now: str) -> str:
    """Return WorkflowOfferState."""
    return enums.WORKFLOW_STATE[state_at(offer, now)]


def legacy_state(offer: Offer, now: str) -> str:
    """Return OfferLegacyState."""
    return enums.LEGACY_STATE[state_at(offer, now)]


def state(offer: Offer, now: str) -> str:
    """Return OfferState."""
    return enums.STATE[state_at(offer, now)]
