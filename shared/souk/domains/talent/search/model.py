"""The input of the search for freelancers."""

from enum import StrEnum
from typing import Any

from souk.domains.talent.model import Capacity
from souk.graph.ranges import ValueRange
from souk.storage import Input


class UserType(StrEnum):
    """The kind of people to find: the contract's FreelancerProfileSearchUserTypeEnum."""

    FREELANCER = "Freelancer"
    CLIENT = "Client"


class WeightedOntologyId(Input):
    """The contract's FreelancerProfileSearchWeightedOntologyIdInput."""

    ontology_id: str
    weight: float


class AreaInput(Input):
    """The contract's FreelancerProfileSearchAreaInput, in degrees."""

    latitude: float
    longitude: float


class LocationInput(Input):
    """The contract's FreelancerProfileSearchLocationInput."""

    country: str | None = None
    state: str | None = None
    city: str | None = None
    area: AreaInput | None = None


class FreelancerFilter(Input):
    """The contract's FreelancerProfileSearchFilter."""

    user_type: UserType
    weighted_ontology_ids: tuple[WeightedOntologyId | None, ...] | None = None
    keyword: str | None = None
    occupation_ids: tuple[str | None, ...] | None = None
    location: LocationInput | None = None
    hourly_rate_eq: ValueRange | None = None
    job_success_score_eq: ValueRange | None = None
    availability_eq: Capacity | None = None

    def bound_to(self) -> dict[str, Any]:
        """Return the data that page cursors are bound to."""
        return self.model_dump(by_alias=True, exclude_none=True)
