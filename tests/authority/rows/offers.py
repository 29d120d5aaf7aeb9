"""Offers: their two sides see them and nobody else, and what the client notes on them is the client's own."""

from tests.authority.estate import ACME, DESIGN, IVY
from tests.authority.promise import AT_A_PRICE, BY_THE_HOUR
from tests.authority.row import Row, sees
from tests.authority.world import INVITED, OWNER, Viewer

_OFFER = """{ id title description state messageToContractor
  job { id content { title } customFields { edges { node { displayValueSnap } } } ownership { company { id } } }
  client { id name } clientCompany { id name } vendorProposal { id }
  offerTerms { fixedPriceTerm { budget { rawValue } }
    hourlyTerms { rate { rawValue } weeklyStipend { rawValue } weeklyHoursLimit } }
  offerFeatures { onSiteType localDescription country { name } }
  milestones { id description depositAmount { rawValue } createdBy { id email lastName } }
  freelancer { fullName lastName email userDetails { id email location { street } } countryDetails { name } }
  customFields { edges { node { id displayValueSnap creator { id email lastName } } } }
}"""
_MODERN = """{ id title description metadata { sourceId data } lastEvent { message }
  clientUserId clientTeamId vendorUserId hourlyRateTerms { rate { rawValue } }
  stipendTerms { stipend { rawValue } } milestoneTerms { budget { rawValue } milestones { id description } }
}"""


def _one(id_: str, about: str, shows: str, owner: Viewer = OWNER) -> Row:
    return Row(
        field="Query.offer",
        about=about,
        document=f"query ($id: ID!) {{ offer(id: $id) {_OFFER} }}",
        variables={"id": id_},
        shows=shows,
        strangers=sees(value=None),
        owner=owner,
    )


def _found(by: str, id_: str, shows: str) -> Row:
    return Row(
        field="Query.offersByAttribute",
        about=f"by {by}",
        document=f"query ($filter: SearchOffersInput!) {{ offersByAttribute(filter: $filter) {{ offers {_OFFER} }} }}",
        variables={"filter": {"searchAttribute": by, "id": id_, "limit": 0}},
        shows=shows,
        strangers=sees({"offers": []}),
    )


def _modern(by: str, shows: str, *ids: str) -> Row:
    return Row(
        field="Query.offersByAttributes",
        about=f"by {by}",
        document=f"""query ($filter: SearchOffersByAttributesInput!) {{
          offersByAttributes(filter: $filter) {{ offers {_MODERN} }} }}""",
        variables={"filter": {"searchAttribute": by, "ids": ids}},
        shows=shows,
        strangers=sees({"offers": []}),
    )


ROWS = (
    _one(BY_THE_HOUR, "by the hour", "canary-offer-answer-hourly"),
    _one(AT_A_PRICE, "at a fixed price", "canary-offer-milestone"),
    _one(BY_THE_HOUR, "as the freelancer", "canary-offer-title-hourly", INVITED),
    _found("ClientOrg", ACME, "canary-offer-description-fixed"),
    _found("VendorUser", IVY, "7654.32"),
    _modern("ClientTeam", "canary-offer-data-fixed", DESIGN, ACME),
    _modern("VendorUser", "canary-offer-message", IVY),
)
