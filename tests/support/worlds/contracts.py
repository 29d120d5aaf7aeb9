"""A world with a stored contract, whose two sides call the API."""

from typing import Any

from souk.domains.agreements.model import PayType
from souk.domains.contracts.model import ChangedAs, Contract, HourLimit, Term
from souk.domains.contracts.store import create_contract
from souk.domains.offers.store import OFFERS
from souk.storage import Table
from tests.support.api import Answer, Person
from tests.support.clock import CLOCK, new_id
from tests.support.worlds.jobs import LIAM
from tests.support.worlds.milestones import SINCE, MilestonesWorld, offer
from tests.support.worlds.milestones import contract as fixed_contract

HOURLY_DONE, FIXED_DONE = "1201", "1301"
"""The end reasons for completed work."""
STRANGE_IDS = ("", "1", "0" * 5_000, "#", "1#CONTRACT", "\0", "😀", "-1")
"""Ids that do not exist."""
USER = "{ id rid name photoUrl firstName lastName email address { cityName countryName street zip } }"
DETAILS = f"""{{ id title status closingReason {{ id apiRef reason }} deliveryModel kind isPtc
  createDate modifyDate startDate endDate offer {{ id }} offerId
  job {{ id content {{ title description }} info {{ status }} ownership {{ team {{ id }} }} }}
  freelancer {USER} vendorOrganization {{ id name }} vendorTeam {{ id }} clientOrganization {{ id }}
  clientTeam {{ id name }} hiringManager {USER} agencyManager {{ id }} supervisor {{ id }}
  changingUserType changedBy {{ id }} endedBy {{ id }} metadata {{ agencyContract }}
  hourlyLimits {{ id weeklyLimit createDate modifyDate startDate endDate legacyId }}
  terms {{
    fixedPriceTerms {{ id fpCharge {{ rawValue }} fixedAmount {{ rawValue }} createDate modifyDate changeDate
      createdBy {{ id }} creatorUserType changedBy {{ id }} startDate changingUserType isFP2 endDate jobType
      ptcData {{ startDate }} milestones {{ id description state }} }}
    hourlyTerms {{ id hourlyRate {{ rawValue }} startDate endDate jobType manualTimeAllowed
      createdBy {{ id }} creatorUserType changedBy {{ id }} changingUserType }}
    stipendTerms {{ id stipendAmount {{ rawValue }} minGuaranteedHours startDate endDate }} }}
  projectId }}"""
OLDER = """{ id title contractType hasAgency weeklyChargeAmount { rawValue } weeklyHoursLimit
  hourlyChargeRate { rawValue } createdDateTime firstContractStartDateTime modifiedDateTime startDateTime endDateTime
  manualTimeAllowed last weeklyStipendHours status paused contractId job { id } offer { id }
  hideScreenshots suspended estimatedDuration { id } clientCompany { id name }
  freelancer { firstName lastName fullName email userDetails { id email } }
  clientProposal { id } vendorProposal { id } milestones { id }
  feedback { clientFeedback { score comment freelancerResponse }
    freelancerFeedback { score comment clientResponse recommendScore } } }"""


def hourly_contract(rate: int = 4_500, hours: int | None = 20, **changes: Any) -> Contract:
    """Return an active hourly contract."""
    starts = changes.get("starts", SINCE)
    return fixed_contract(
        **{
            "pay": PayType.HOURLY,
            "terms": (term(rate=rate, starts=starts),),
            "hour_limits": (HourLimit(id=new_id(), hours=hours, created=SINCE, modified=SINCE, starts=starts),),
            **changes,
        }
    )


def term(**changes: Any) -> Term:
    """Return an hourly term."""
    return Term(
        **{
            "id": new_id(),
            "pay": PayType.HOURLY,
            "starts": SINCE,
            "created": SINCE,
            "modified": SINCE,
            "created_by_id": LIAM,
            "created_as": ChangedAs.CLIENT,
            "changed_by_id": LIAM,
            "changed_as": ChangedAs.CLIENT,
            **changes,
        }
    )


class ContractsWorld(MilestonesWorld):
    """The API with a contract and its two sides."""

    def add_contract(self, one: Contract) -> Contract:
        """Store another contract with its offer."""
        owner = Table(
            self.souk.table.client,
            self.souk.table.name,
            CLOCK,
            ("CONTRACT#", "UNIQ#", "DUE#", "OUTBOX#", "OFFER#", "TALLY#"),
        )
        tx = owner.transaction()
        stored = create_contract(tx, one)
        tx.create(OFFERS, offer(id=one.offer_id, contract_id=one.id))
        tx.commit()
        return stored

    def details(self, who: Person, contract_id: str | None = None, **arguments: Any) -> Any:
        """Return a contract as a person sees it."""
        return self.query_details(who, contract_id, **arguments).data["contractDetails"]

    def query_details(self, who: Person, contract_id: str | None = None, date: str | None = None) -> Answer:
        """Query a contract."""
        query = f"query ($id: ID!, $date: String) {{ contractDetails(id: $id, date: $date) {DETAILS} }}"
        return who.call(query, {"id": contract_id or self.contract.id, "date": date})

    def older_contract(self, who: Person, term_id: str | None = None) -> Any:
        """Return a term as an older Contract."""
        query = f"query ($id: ID!) {{ contract(id: $id) {OLDER} }}"
        return who.call(query, {"id": term_id or self.contract.term.id}).data["contract"]

    def pause(self, who: Person, message: str | None = None) -> Answer:
        """Pause the contract."""
        return self._act(who, "pauseContract", message)

    def restart(self, who: Person, message: str | None = None) -> Answer:
        """Restart the contract."""
        return self._act(who, "restartContract", message)

    def _act(self, who: Person, name: str, message: str | None) -> Answer:
        query = f"mutation ($id: ID!, $m: String) {{ {name}(contractId: $id, message: $m) {{ success }} }}"
        return who.call(query, {"id": self.contract.id, "m": message})

    def change_limit(self, who: Person, **request: Any) -> Answer:
        """Change the weekly limit."""
        query = """mutation ($id: ID!, $request: UpdateHourlyLimitRequestInput) {
          updateContractHourlyLimit(contractId: $id, updateHourlyLimitRequest: $request) { success } }"""
        return who.call(query, {"id": self.contract.id, "request": request})

    def change_settings(self, who: Person, contract_id: str | None = None, **settings: Any) -> Answer:
        """Change the time settings."""
        query = """mutation ($input: UpdateContractTimeSettingsInput!) {
          updateContractTimeSettings(input: $input) { contractId manualTimeAllowed hideScreenshots } }"""
        return who.call(query, {"input": {"contractId": contract_id or self.contract.id, **settings}})

    def end_contract(self, who: Person, *, by_client: bool, contract_id: str | None = None, **given: Any) -> Answer:
        """End the contract for a side."""
        name = "endContractByClient" if by_client else "endContractByFreelancer"
        reason = HOURLY_DONE if self.contract.pay is PayType.HOURLY else FIXED_DONE
        query = f"""mutation ($id: ID!, $input: EndContractInput!) {{
          {name}(contractId: $id, input: $input) {{ success }} }}"""
        variables = {
            "id": self.contract.id if contract_id is None else contract_id,
            "input": {"reasonRef": reason, **given},
        }
        return who.call(query, variables)

    def end_as_freelancer(self) -> None:
        """End the contract for the freelancer. It must succeed."""
        assert self.end_contract(self.sofia, by_client=False).data
