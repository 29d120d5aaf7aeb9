"""Activities of Acme Design: one for a contract with Ivy, one for all contracts, and an archived one."""

from dataclasses import dataclass
from typing import Any, Final

from souk.domains.activities.model import Activity, ActivityStatus, Assignment, CompanyRules, ContractCodes
from souk.domains.activities.store import ACTIVITIES, COMPANY_RULES, CONTRACT_CODES
from souk.storage import Table
from tests.authority.secrets import Audience, Secrets

SINCE: Final = "2026-01-06T08:00:00.000Z"
LISTED, RULED, ARCHIVED = "drawing", "meetings", "moodboards"


@dataclass(frozen=True)
class ActivityRecords:
    """The activities, with planted secrets."""

    secrets: Secrets
    company_id: str
    team_id: str
    author_id: str
    contract_id: str

    def store(self, table: Table) -> None:
        """Store the activities, and what leads to them."""
        plant = self.secrets.plant
        self.secrets.keep(Audience.TEAM, "31415.92")
        listed = self._activity(
            LISTED,
            description=plant(Audience.PARTIES, "activity-of-a-contract"),
            url="https://wiki.acme.example/drawing",
            budget=3_141_592,
            contract_ids=(self.contract_id,),
        )
        ruled = self._activity(
            RULED, description=plant(Audience.PARTIES, "activity-of-all"), assignment=Assignment.ORGANIZATION
        )
        archived = self._activity(
            ARCHIVED, description=plant(Audience.TEAM, "activity-archived"), status=ActivityStatus.ARCHIVED
        )
        tx = table.transaction()
        for one in (listed, ruled, archived):
            tx.create(ACTIVITIES, one)
        tx.create(CONTRACT_CODES, ContractCodes(contract_id=self.contract_id, activities=(listed.ref,)))
        tx.create(COMPANY_RULES, CompanyRules(company_id=self.company_id, activities=(ruled.ref,)))
        tx.commit()

    def _activity(self, code: str, **fields: Any) -> Activity:
        return Activity(
            id=f"79600000000000000{len(code):02}",
            organization_id=self.team_id,
            company_id=self.company_id,
            code=code,
            currency="USD",
            created=SINCE,
            created_by_id=self.author_id,
            modified=SINCE,
            changed_by_id=self.author_id,
            **fields,
        )
