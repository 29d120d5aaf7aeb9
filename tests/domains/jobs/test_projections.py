"""Each field of the posting types has a projection, a link or a resolver."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from graphql import GraphQLObjectType, get_named_type

from souk.app import graph
from souk.authentication.principal import Principal, Role
from souk.domains.customfields import views as custom_fields
from souk.domains.customfields.model import Answer, AnswerSheet, Owner
from souk.domains.files.model import Attachment
from souk.domains.jobs.model import Job, PostingRequest, Status
from souk.domains.jobs.rules import changes
from souk.domains.jobs.search import views
from souk.domains.jobs.views import common, market, owner
from souk.domains.market.model import Activity, LastContract
from souk.values.naming import to_snake
from tests.support.job_requests import FIXED_PRICE, HOURLY, everything
from tests.support.worlds.jobs import ACME, ALL_ORGANIZATIONS, ALL_PEOPLE, OLIVIA, SINCE

OLIVIAS = Principal(OLIVIA, "k", ACME, ACME, Role.OWNER, frozenset())
# The contract's custom fields have more fields than a posting's answers. A later domain will resolve the others.


ANSWERS = AnswerSheet(
    owner=Owner.POSTING,
    owner_id="1",
    company_id=ACME,
    created=SINCE,
    answers=(Answer(id="2", value="42", creator_id=OLIVIA, created=SINCE),),
)


def full_job(terms: dict[str, Any]) -> Job:
    """Return a posting with every field."""
    author = changes.Author(OLIVIA, SINCE, lambda: "1")
    request = PostingRequest.model_validate(everything("31", **terms))
    file = Attachment(
        id="31", file_name="a", key="k", content_length=1, content_type="text/plain", created_date_time=SINCE
    )
    blank = changes.new_job("1", ALL_ORGANIZATIONS[0], ALL_ORGANIZATIONS[0], author)
    return changes.apply_request(blank, request, Status.REQUESTED, (file,), author)


def unresolved(type_name: str, value: Any) -> set[str]:
    """Return the schema coordinates below a type without a value, resolver or link."""
    bound, found = graph(), set()
    for name, field in bound.object_type(type_name).fields.items():
        coordinate = f"{type_name}.{name}"
        if coordinate in bound.computed or coordinate in bound.links:
            continue
        if isinstance(value, dict):
            if name not in value:
                found.add(coordinate)
                continue
            below = value[name]
        elif not hasattr(value, to_snake(name)):
            found.add(coordinate)
            continue
        else:
            below = getattr(value, to_snake(name))
        named = get_named_type(field.type)
        first = next(iter(below), None) if isinstance(below, list | tuple) else below
        if isinstance(named, GraphQLObjectType) and first is not None:
            found |= unresolved(named.name, first)
    return found


def test_owner_projection_is_complete() -> None:
    for terms in (HOURLY, FIXED_PRICE):
        job = full_job(terms)
        assert unresolved("JobPosting", job) == set()
        for type_name, value in {
            "JobPostingInfo": owner.info(job),
            "JobPostingContent": owner.content(job),
            "JobPostingAttachment": (owner.attachments(job) or [{}])[0],
            "JobPostingClassification": owner.classification(job),
            "JobPostingSegmentationData": owner.segmentation(job),
            "JobPostingContractTerms": owner.contract_terms(job),
            "JobPostingContractorSelection": owner.contractor_selection(job),
            "JobPostingAdditionalInfo": owner.additional_info(job),
            "JobPostingPtcInfo": owner.ptc_info(job),
            "ProposalsStatistics": owner.proposals_statistics(job, Activity()),
            "JobPostingCustomFields": (custom_fields.posting_answers(ANSWERS, OLIVIAS) or [{}])[0],
            "JobPostingOwnership": job,
        }.items():
            assert unresolved(type_name, value) == set()


def test_market_projection_is_complete() -> None:
    for terms in (HOURLY, FIXED_PRICE):
        job = full_job(terms)
        assert unresolved("MarketplaceJobPosting", job) == set()
        for type_name, value in {
            "MarketplacePostingWorkFlowState": market.work_flow_state(job),
            "MarketplacePostingAnnotations": market.annotations(job, OLIVIAS),
            "MarketplacePostingActivityStat": market.activity_stat(job, Activity(bids=1, bid_total=5)),
            "MarketplaceJobPostingContent": market.content(job),
            "MarketplacePostingAttachment": (market.attachments(job) or [{}])[0],
            "MarketplacePostingClassification": market.classification(job),
            "MarketplaceSegmentationData": market.segmentation(job),
            "MarketplaceContractTerms": common.contract_terms(job, budget_shown=True),
            "MarketplaceContractorSelection": market.contractor_selection(job),
            "CustomFields": custom_fields.answers(ANSWERS, OLIVIAS, None)[0],
            "MarketplacePostingOwnership": job,
            "MarketplaceJobPostingsContents": market.contents(job, OLIVIAS),
            "JobFeaturePrediction": market.feature_prediction(job),
        }.items():
            assert unresolved(type_name, value) == set()


def test_search_result_projection_is_complete() -> None:
    hit = views.JobHit(
        job=full_job(HOURLY),
        client=ALL_ORGANIZATIONS[0],
        posted=2,
        activity=Activity(),
        caller=ALL_PEOPLE[4],
        principal=OLIVIAS,
        last_contract=LastContract("7", "Logo", "souk", OLIVIA, "Acme"),
        applied=False,
        highlighter=views.Highlighter(),
        now=datetime(2026, 11, 22, tzinfo=UTC),
    )
    assert unresolved("MarketplaceJobPostingSearchResult", views.result(hit)) == set()
    stranger = replace(hit, last_contract=None, caller=None)
    assert views.result(stranger)["freelancerClientRelation"] is None
    assert views.distance(stranger) is None


def test_highlighted_title_is_escaped_html() -> None:
    highlighter = views.Highlighter(frozenset({"c++", "tom"}), ("jerr",))
    assert highlighter.highlight("Tom & Jerry <3 C++ work") == (
        "<em>Tom</em> &amp; <em>Jerry</em> &lt;3 <em>C++</em> work"
    )
