"""Contracts: visible only to the two parties, each of which has its own actions."""

from tests.authority.contracts import ANSWERED, FINISHED, RESTING, SILENT, WORKING, term_of
from tests.authority.fixtures import IVY
from tests.authority.row import Row, common, refused, sees
from tests.authority.world import INVITED, OWNER

_DETAILS = """{ id title startDate offer { id title } offerId supervisor { id email lastName } endedBy { id }
  freelancer { id name email lastName address { street } } hiringManager { id email }
  vendorOrganization { id } vendorTeam { id } clientOrganization { id } clientTeam { id }
  changes { message author { id email } } scheduledRateIncrease { amount { rawValue } }
  terms { hourlyTerms { id hourlyRate { rawValue } createdBy { id email } } } hourlyLimits { weeklyLimit }
  job { id content { title description } info { siteSource status company { id } }
    ownership { user { id email } clientCompany { id } } customFields { value }
    additionalInfo { clientTotalSpentOnCreate { rawValue } } }
}"""
_OLDER = """{ id contractId title hourlyChargeRate { rawValue } job { id } offer { id } clientCompany { id }
  feedback { clientFeedback { score comment } freelancerFeedback { score comment } } }"""


def _details(field: str, argument: str, id_: str, shows: str, about: str = "") -> Row:
    return Row(
        field=f"Query.{field}",
        about=about,
        document=f"query ($id: ID!) {{ {field}({argument}: $id) {_DETAILS} }}",
        variables={"id": id_},
        shows=shows,
        strangers=refused("NOT_FOUND"),
    )


def _older(id_: str, shows: str, about: str) -> Row:
    return Row(
        field="Query.contract",
        about=about,
        document=f"query ($id: ID!) {{ contract(id: $id) {_OLDER} }}",
        variables={"id": term_of(id_)},
        shows=shows,
        strangers=sees(None),
    )


def _action(field: str, id_: str, types: str = "", arguments: str = "", **variables: object) -> Row:
    return Row(
        field=f"Mutation.{field}",
        document=f"mutation ($id: ID!{types}) {{ {field}(contractId: $id{arguments}) {{ success }} }}",
        variables={"id": id_, **variables},
        shows='"success":true',
        strangers=refused("NOT_FOUND"),
        owner=INVITED if field == "endContractByFreelancer" else OWNER,
    )


_END = (", $input: EndContractInput!", ", input: $input")
_ENDING = {"reasonRef": "1201", "feedbackInfo": {"skillsScore": 5}}

ROWS = (
    _details("contractDetails", "id", WORKING, "canary-contract-working", "from a posting"),
    _details("contractDetails", "id", RESTING, "canary-contract-resting", "without a posting"),
    _details("contractDetails", "id", FINISHED, "canary-contract-finished", "one that has ended"),
    _details("contractByTerm", "termId", term_of(WORKING), "canary-contract-working"),
    _details("contractTerm", "termId", term_of(WORKING), "4321.98"),
    _older(WORKING, "canary-contract-working", "one that is worked on"),
    _older(FINISHED, "canary-feedback-of-72", "one that its client has reviewed"),
    _older(ANSWERED, "canary-contract-answered", "one that its freelancer has reviewed"),
    _older(SILENT, "canary-contract-silent", "one of which nobody has said anything"),
    Row(
        field="Query.contractList",
        document=f"query ($ids: [ID!]) {{ contractList(ids: $ids) {{ contracts {_DETAILS} }} }}",
        variables={"ids": [WORKING, RESTING]},
        shows="canary-contract-working",
        strangers=sees({"contracts": []}),
    ),
    Row(
        field="Query.vendorContracts",
        document=f"""query ($filter: VendorContractSearchFilter!) {{
          vendorContracts(filter: $filter) {{ contracts {_DETAILS} }} }}""",
        variables={"filter": {"vendorId": IVY}},
        shows="canary-contract-working",
        strangers=sees({"contracts": []}),
    ),
    Row(
        field="Query.contractProposal",
        document="query ($id: ID!) { contractProposal(id: $id) { id state } }",
        variables={"id": WORKING},
        shows='"contractProposal":null',
        strangers=common,
    ),
    _action("pauseContract", WORKING, ", $m: String", ", message: $m", m="A break"),
    _action("restartContract", RESTING),
    _action(
        "updateContractHourlyLimit",
        WORKING,
        ", $request: UpdateHourlyLimitRequestInput",
        ", updateHourlyLimitRequest: $request",
        request={"weeklyLimit": "30"},
    ),
    Row(
        field="Mutation.updateContractTimeSettings",
        document="""mutation ($input: UpdateContractTimeSettingsInput!) {
          updateContractTimeSettings(input: $input) { contractId manualTimeAllowed hideScreenshots } }""",
        variables={"input": {"contractId": WORKING, "manualTimeAllowed": True, "hideScreenshots": True}},
        shows='"hideScreenshots":true',
        strangers=refused("NOT_FOUND"),
    ),
    _action("endContractByClient", WORKING, *_END, input=_ENDING),
    _action("endContractByFreelancer", WORKING, *_END, input=_ENDING),
)
