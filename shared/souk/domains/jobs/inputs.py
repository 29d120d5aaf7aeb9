"""The inputs of job searches. One model has the fields of both of the contract's filters."""

from typing import Any

from souk.graph.lists import Pagination
from souk.graph.ranges import ValueRange
from souk.search.query import Match
from souk.storage import Input
from souk.values.ids import IdText


class SearchTerm(Input):
    """The contract's SearchTerm."""

    and_terms_all: tuple[str, ...] | None = None
    or_terms_any: tuple[str, ...] | None = None
    exact_terms_any: tuple[str, ...] | None = None
    exclude_terms_any: tuple[str, ...] | None = None


class AreaFilter(Input):
    """The contract's AreaFilter: a circle. The radius is in miles."""

    latitude: float
    longitude: float
    radius: float


class SearchOrder(Input):
    """The contract's MarketplaceJobPostingSearchSortAttribute."""

    field: str


class JobFilter(Input):
    """The fields of MarketplaceJobPostingsSearchFilter and of MarketplaceJobFilter."""

    search_expression_eq: str | None = None
    skill_expression_eq: str | None = None
    title_expression_eq: str | None = None
    search_term_eq: SearchTerm | None = None
    category_ids_any: tuple[str, ...] | None = None
    subcategory_ids_any: tuple[str, ...] | None = None
    occupation_ids_any: tuple[str, ...] | None = None
    ontology_skill_ids_all: tuple[str, ...] | None = None
    since_id_eq: IdText | None = None
    max_id_eq: IdText | None = None
    job_type_eq: str | None = None
    duration_any: tuple[str, ...] | None = None
    workload_eq: str | None = None
    client_hires_range_eq: ValueRange | None = None
    client_feed_back_range_eq: ValueRange | None = None
    budget_range_eq: ValueRange | None = None
    hourly_rate_eq: ValueRange | None = None
    verified_payment_only_eq: bool | None = None
    previous_clients_eq: bool | None = None
    experience_level_eq: str | None = None
    locations_any: tuple[str, ...] | None = None
    city_id_any: tuple[str, ...] | None = None
    zip_code_id_any: tuple[str, ...] | None = None
    radius_eq: int | None = None
    area_id_any: tuple[str, ...] | None = None
    timezone_eq: str | None = None
    us_state_eq: str | None = None
    days_posted_eq: int | None = None
    job_posting_access: str | None = None
    ptc_ids_any: tuple[str, ...] | None = None
    ptc_only_eq: bool | None = None
    enterprise_only_eq: bool | None = None
    proposal_range_eq: ValueRange | None = None
    pagination_eq: Pagination | None = None
    area_eq: AreaFilter | None = None
    preserve_facet_eq: str | None = None
    user_location_match_eq: bool | None = None
    visitor_country_eq: str | None = None

    @property
    def title_match(self) -> Match:
        """Whether a title must have all words of `titleExpression_eq`, or any (reference, line 17238)."""
        return "any"

    @property
    def takes_lucene_skills(self) -> bool:
        """Whether all words of `skillExpression_eq` are an expression (reference, line 10548). Else they are names."""
        return False

    def bound_to(self) -> dict[str, Any]:
        """Return the data that page cursors are bound to: the filter without the page."""
        return self.model_dump(by_alias=True, exclude_none=True, exclude={"pagination_eq"})


class OlderJobFilter(JobFilter):
    """The older filter, MarketplaceJobFilter. Its titles and skills are expressions like any other."""

    @property
    def title_match(self) -> Match:
        """Whether a title must have all words of `titleExpression_eq`: yes."""
        return "all"

    @property
    def takes_lucene_skills(self) -> bool:
        """Whether all words of `skillExpression_eq` are an expression: yes."""
        return True
