"""Stored activities. Times are stored times (`souk.values.times.stamp`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from souk.storage import Entity, Model


class ActivityStatus(StrEnum):
    """The status of an activity."""

    ACTIVE = "active"
    ARCHIVED = "archived"


class Assignment(StrEnum):
    """The contracts that an activity is assigned to: listed ones, or a rule (the contract's BatchAssignmentOptions)."""

    SELECTED = "selectedContracts"
    ORGANIZATION = "allInOrg"
    COMPANY = "allInTopLevelOrg"
    MANAGED = "allInMyOrgs"


class ActivityRef(Model):
    """The key of an activity."""

    organization_id: str
    code: str


class Activity(Entity):
    """An activity of a team, or of a company. It is never deleted: earlier time keeps its code."""

    id: str
    organization_id: str
    """The team, or the company itself."""
    company_id: str
    code: str
    """Unique in its organization, and never changed."""
    description: str
    url: str | None = None
    budget: int | None = None
    """Minor units of `currency`."""
    currency: str
    status: ActivityStatus = ActivityStatus.ACTIVE
    assignment: Assignment = Assignment.SELECTED
    contract_ids: tuple[str, ...] = ()
    """Only SELECTED: the contracts, in the order in which they were assigned."""
    managed_ids: tuple[str, ...] = ()
    """Only MANAGED: the organizations that the person who set the rule managed at that time."""
    created: str
    created_by_id: str
    modified: str
    changed_by_id: str

    @property
    def archived(self) -> bool:
        """Whether it takes no new time."""
        return self.status is ActivityStatus.ARCHIVED

    @property
    def ref(self) -> ActivityRef:
        """Its key."""
        return ActivityRef(organization_id=self.organization_id, code=self.code)


class ContractCodes(Entity):
    """The activities that a contract was listed for (`Activity.contract_ids`): the way from a contract to them."""

    contract_id: str
    activities: tuple[ActivityRef, ...] = ()


class CompanyRules(Entity):
    """The activities of a company and its teams that are assigned by a rule."""

    company_id: str
    activities: tuple[ActivityRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Activities:
    """The activities that a contract has, archived ones too, as they were read (`store.activities_of`)."""

    by_code: Mapping[str, Activity]

    def find(self, code: str) -> Activity | None:
        """Return the activity with a code; None if it is not assigned to the contract."""
        return self.by_code.get(code)
