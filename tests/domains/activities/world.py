"""The test world of activities: a client with two teams, contracts of both, and calls."""

from typing import Any, Final

from souk.domains.activities.model import Activities
from souk.domains.activities.store import activities_of, assigned
from souk.domains.contracts.model import Contract
from souk.storage import Table
from tests.support.api import Answer, Person
from tests.support.clock import CLOCK
from tests.support.worlds.contracts import ContractsWorld, hourly_contract
from tests.support.worlds.jobs import ACME, BUILD, DESIGN, RIVAL
from tests.support.worlds.milestones import PARTIES

ACTIVITY: Final = """{ recordId code codeOrder description url status level teamId companyId userId createdTime budget
  totalContracts contracts { contractId } }"""
LIST: Final = f"""query ($org: ID!, $team: ID, $page: PageFilterInput, $filter: ActivityFilterInput) {{
  teamActivities(orgId: $org, teamId: $team, page: $page, filter: $filter) {{
    totalCount page {{ pageOffset pageSize }} edges {{ node {ACTIVITY} }} }} }}"""


class ActivitiesWorld(ContractsWorld):
    """The API with contracts of Acme Design (`contract`), of Acme Build, of Acme itself, and of its rival."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.design = self.contract
        self.build = self._contract_of(BUILD, ACME)
        self.company = self._contract_of(ACME, ACME)
        self.rival = self._contract_of(RIVAL, RIVAL)

    def _contract_of(self, team_id: str, company_id: str) -> Contract:
        parties = PARTIES.model_copy(update={"client_team_id": team_id, "client_company_id": company_id})
        return self.add_contract(hourly_contract(parties=parties))

    def add(
        self, code: str = "design", *, who: Person | None = None, team: str | None = DESIGN, **given: Any
    ) -> Answer:
        """Add an activity, by default to Acme Design."""
        query = """mutation ($org: ID!, $team: ID, $request: AddTeamActivityRequest!) {
          addTeamActivity(orgId: $org, teamId: $team, request: $request) { id success } }"""
        request = {"code": code, "description": f"About {code}", **given}
        return (who or self.olivia).call(query, {"org": ACME, "team": team, "request": request})

    def update(
        self, code: str = "design", *, who: Person | None = None, team: str | None = DESIGN, **given: Any
    ) -> Answer:
        """Change an activity."""
        query = """mutation ($org: ID!, $team: ID, $request: UpdateTeamActivityRequest!) {
          updateTeamActivity(orgId: $org, teamId: $team, request: $request) { success } }"""
        return (who or self.olivia).call(query, {"org": ACME, "team": team, "request": {"code": code, **given}})

    def set_status(
        self, field: str, codes: list[str], *, who: Person | None = None, team: str | None = DESIGN
    ) -> Answer:
        """Archive or restore activities."""
        query = f"""mutation ($org: ID!, $team: ID, $codes: [String!]!) {{
          {field}(orgId: $org, teamId: $team, codes: $codes) {{ success }} }}"""
        return (who or self.olivia).call(query, {"org": ACME, "team": team, "codes": codes})

    def assign(
        self,
        contract: Contract | str,
        codes: list[str | None],
        *,
        who: Person | None = None,
        team: str | None = DESIGN,
    ) -> Answer:
        """Replace the activities of a contract."""
        query = """mutation ($org: ID!, $team: ID, $contract: ID!, $codes: [String]!) {
          assignTeamActivityToTheContract(orgId: $org, teamId: $team, contractId: $contract, codes: $codes) {
            success } }"""
        contract_id = contract if isinstance(contract, str) else contract.id
        variables = {"org": ACME, "team": team, "contract": contract_id, "codes": codes}
        return (who or self.olivia).call(query, variables)

    def try_list(
        self,
        who: Person | None = None,
        *,
        org: str = ACME,
        team: str | None = DESIGN,
        page: dict[str, int] | None = None,
        query: str = LIST,
        **filter_: Any,
    ) -> Answer:
        """List activities, and return the whole answer."""
        variables = {"org": org, "team": team, "page": page, "filter": filter_ or None}
        return (who or self.olivia).call(query, variables)

    def listed(self, who: Person | None = None, **given: Any) -> list[Any]:
        """Return the activities of a list."""
        found = self.try_list(who, **given).data["teamActivities"]
        if given.get("page") is None:
            assert found["totalCount"] == len(found["edges"])
        return [edge["node"] for edge in found["edges"]]

    def codes(self, who: Person | None = None, **given: Any) -> list[str]:
        """Return the codes of a list."""
        return [one["code"] for one in self.listed(who, **given)]

    @property
    def time_table(self) -> Table:
        """The table with the rights of the function of time."""
        return Table(self.souk.table.client, self.souk.table.name, CLOCK, ("ACTIVITY#", "OUTBOX#"))

    def of(self, contract: Contract) -> list[str]:
        """Return the codes that are assigned to a contract, with the organization of each."""
        return [f"{one.organization_id}/{one.code}" for one in assigned(self.souk.table, contract)]

    def activities(self, contract: Contract, *codes: str) -> Activities:
        """Return the activities of a contract, as time reads them."""
        return activities_of(self.time_table, contract, codes or None)
