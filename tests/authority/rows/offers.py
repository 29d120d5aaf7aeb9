"""Offers: visible only to the two parties; the client's notes only to the client."""

from tests.authority.fixtures import ACME, DESIGN, GARAGE, IVY
from tests.authority.offers import AT_A_PRICE, BY_THE_HOUR
from tests.authority.row import Row, refused, sees
from tests.authority.world import INVITED, OWNER, Viewer
from tests.support.worlds.jobs import SERVICE

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
        variables={"filter": {"searchAttribute": by, "id": id_, "limit": 50}},
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


def _answer(field: str, id_: str, owner: Viewer, shown: str = "") -> Row:
    return Row(
        field=f"Mutation.{field}",
        document=f"mutation ($input: {field[0].upper()}{field[1:]}Input!) {{ {field}(input: $input) {shown} }}",
        variables={"input": {"offerId": id_}},
        shows='"state":"ACCEPTED"' if shown else f'"{field}":true',
        strangers=refused("NOT_FOUND"),
        owner=owner,
    )


_DIRECT = {
    "kind": "Vanilla",
    "offeror": "Client",
    "clientTeamId": DESIGN,
    "vendorUser": {"userId": IVY, "teamId": GARAGE},
    "metadata": {"sourceType": "Direct", "occupationId": SERVICE},
    "title": "Paint the bridge",
    "deliveryModel": "TalentMarketplace",
    "hourlyRateTerms": {"vendorRate": {"amount": "5000", "currency": "USD"}},
}
_ACCEPTED = f"{{ offer {_OFFER} contract {{ id title }} }}"

ROWS = (
    Row(
        field="Mutation.createOffer",
        document="mutation ($input: CreationOfferInput!) { createOffer(offerInput: $input) { offer { id state } } }",
        variables={"input": _DIRECT},
        shows='"state":"Active"',
        strangers=refused("FORBIDDEN"),
    ),
    _answer("withdrawOffer", BY_THE_HOUR, OWNER),
    _answer("declineOffer", BY_THE_HOUR, INVITED),
    _answer("acceptOffer", AT_A_PRICE, INVITED, _ACCEPTED),
    _one(BY_THE_HOUR, "by the hour", "canary-offer-answer-hourly"),
    _one(AT_A_PRICE, "at a fixed price", "canary-offer-milestone"),
    _one(BY_THE_HOUR, "as the freelancer", "canary-offer-title-hourly", INVITED),
    _found("ClientOrg", ACME, "canary-offer-description-fixed"),
    _found("VendorUser", IVY, "7654.32"),
    _modern("ClientTeam", "canary-offer-data-fixed", DESIGN, ACME),
    _modern("VendorUser", "canary-offer-message", IVY),
)
