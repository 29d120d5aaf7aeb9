"""A walk over all fields by seven people: every one is built, and each that is always empty has a reason.

`docs/empty-fields.md` has the reasons. A field that only this world does not fill is in `FILLED_ELSEWHERE`.
"""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from graphql import is_required_argument

from souk.app import graph
from tests.authority.clouds import POOL
from tests.authority.crawler import ARGUMENTS, Crawler
from tests.authority.customfields import SHARED
from tests.authority.fixtures import BRIEF
from tests.authority.row import Row
from tests.authority.rows import ROWS
from tests.authority.world import AGENT, INVITED, MANAGER, OPERATOR, OUTSIDER, OWNER, SERVICE, Viewer, World
from tests.support.job_requests import FIXED_PRICE, HOURLY, everything
from tests.support.worlds.jobs import CREATE

PAGE: Final = Path(__file__).parents[2] / "docs" / "empty-fields.md"
QUERIES: Final = [row for row in ROWS if not row.changes]
FILLED_ELSEWHERE: Final = {
    "Account": "phone termsAcceptedDateTime termsVersion",
    "AccountLocation": "additionalInfo state",
    "AccountSession": "current",
    "ApiKey": "lastUsedDateTime stateReason",
    "ApiKeyRequest": "errorCodes organization rootFields user",
    "ApplicationsBidStats": "avgInterviewedRateBid avgRateBid maxRateBid minRateBid",
    "ClientJobInvitation": "clientProposal message reason",
    "ClientProposal": "hiddenReason",
    "ClientProposalStatus": "message reason",
    "CompanySelectorItem": "photoUrl",
    "ConnectedProgram": "lastUsedDateTime",
    "Contract": "clientProposal vendorProposal weeklyChargeAmount",
    "ContractChange": "hideScreenshots manualTimeAllowed minutes rate week weeklyLimit",
    "ContractDetails": "endedBy kind scheduledRateIncrease",
    "ContractOfferLastEvent": "reasonId",
    "ContractOfferResult": "agency",
    "ContractTerms": "stipendTerms",
    "CurrentOrganization": "agencyTimeReport clientTimeReport photoUrl",
    "CurrentUser": "timeReport",
    "CustomFields": "firstContractId responseId rollupAssignmentId",
    "DataExport": "downloadUrl expiresDateTime kind readyDateTime size",
    "FixedPriceContractTerm": "endDate",
    "FixedPriceContractTerms": "engagementDuration",
    "FreelancerProfile": "phoneNumber",
    "FreelancerProfileCompletenessSummary": "action actionCredit actionForEmptySection",
    "FreelancerProfilePersonalData": "profileUrl",
    "FreelancerProfilesSearchRecord": "avgFeedbackScore contracts freelancer portrait",
    "FreelancerSearchResultLocation": "state",
    "FreelancerVisibility": "risky",
    "GenericOrganization": "photoUrl",
    "GenericUser": "publicUrl",
    "Gig": "documents videos",
    "GigPackages": "premium",
    "JobPostingContractTerms": "fixedPriceContractTerms",
    "JobPostingInfo": "draftJobPostingId",
    "MarketPlaceJobSearchLocation": "state",
    "MarketplaceJobPostingSearchClientInfo": "lastContractPlatform lastContractRid lastContractTitle totalSpent",
    "MarketplaceJobPostingSearchOccupations": "occupationService",
    "MarketplaceJobPostingSearchResult": "clientNotSureFields duration durationLabel engagement engagementDuration "
    "freelancerClientRelation hourlyBudgetMax hourlyBudgetMin preferredFreelancerLocation "
    "skills weeklyBudget",
    "MarketplacePostingWorkFlowState": "closeResult",
    "MarketplacePublicCompanyInfo": "agencyDetails state",
    "Marketplace": "logoUrl privacyUrl supportEmail supportUrl",
    "Metadata": "occupationUid",
    "Milestone": "attachments dueDateTime instructions payComments underpaymentReason",
    "ModernizedContractOffer": "agencyRootCompanyId attachedFiles attachments contractEndDateTime "
    "contractStartDateTime vendorTeamId",
    "Offer": "attachments payroll scheduledRateIncrease vendorProposal",
    "OfferFeatures": "localFlexibilityDescription privateTalentCloud purchaseOrder state",
    "OfferLastEvent": "reasonId",
    "OfferLocation": "addressLine city flexibilityDescription flexible state suite zip",
    "OfferTerms": "expectedEndDate expectedStartDate",
    "OperatorWebhookHost": "problem",
    "PaymentCheckout": "url",
    "PersonalDataLocation": "state",
    "PiiUser": "publicUrl",
    "Portrait": "portrait100 portrait150 portrait32 portrait50 portrait500",
    "PrivateTalentCloud": "logoImageLarge logoImageSmall",
    "PrivateCompanyInfo": "agencyDetails logoURL state vatId website",
    "ProposalMilestones": "dueDate",
    "ProposalTerms": "estimatedDuration",
    "PublicCompanyInfo": "logoURL website",
    "Room": "blockDateTime blockedBy readOnlyDateTime",
    "RoomStory": "attachments removedDateTime systemEvent",
    "SubmissionEvent": "revisionMessage",
    "SubmissionMessage": "attachments",
    "TalentCloudRequest": "answeredBy answeredDateTime",
    "TalentContractFeedback": "feedbackToFreelancer",
    "TalentContractTerms": "stipendAmount",
    "TalentProfileCompletenessSummary": "actionForEmptySection pciAction pciActionCredit",
    "TalentProfilePersonSkill": "description migrateTo",
    "TalentProfilePersonalData": "profileUrl",
    "Timesheet": "checkoutUrl releasedDateTime",
    "TimesheetDispute": "answerMessage answeredDateTime refundedMinutes resolutionNote resolvedDateTime",
    "TransactionHistoryRow": "amountCreditedToUser assignmentAgencyName fullyPaidDate relatedTransactionId",
    "UserIdsByEmailRecordNode": "title visibilityLevel",
    "UserLocation": "stateCode",
    "UserPermissions": "offset",
    "VendorJobInvitation": "message reason vendorProposal",
    "WebhookAttempt": "statusCode",
    "WebhookDelivery": "nextAttemptDateTime",
    "WebhookEventFilter": "actions",
    "UserFreelancerProfilesSearchRecord": "userProfile",
    "VendorProposalStatus": "message reason",
    "WorkflowView": "completionDateTime waiveReason",
}
"""Fields that stored records can fill, by type. The records of this world do not, and the tests of their domains do."""


def documented(heading: str) -> dict[str, str]:
    """Return the reason of each field in a table of the page."""
    section = PAGE.read_text("utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    found: dict[str, str] = {}
    for line in section.splitlines():
        if match := re.fullmatch(r"\| `(\w+)` \| (.+?) \| (.+) \|", line):
            type_name, fields, reason = match.groups()
            found |= {f"{type_name}.{name}": reason for name in re.findall(r"`(\w+)`", fields)}
    return found


def unbuilt_with_arguments(crawler: Crawler) -> set[str]:
    """Return the unbuilt fields that the crawler cannot call, because they have required arguments."""
    types = {one.partition(".")[0] for one in crawler.seen | crawler.unbuilt}
    return {
        f"{name}.{field}"
        for name in types
        for field, definition in graph().object_type(name).fields.items()
        if any(is_required_argument(argument) for argument in definition.args.values())
        and f"{name}.{field}" not in ARGUMENTS
    }


def full_postings(world: World) -> list[Row]:
    """Create a posting with every field of each kind of pay. Return the rows that read them."""
    made = []
    for terms in (HOURLY, FIXED_PRICE):
        request: dict[str, Any] = everything(BRIEF, **terms) | {"organizationId": OWNER.organization_id}
        request["customFields"] = {"responses": [{"customFieldId": SHARED, "value": "42"}]}
        request["ptcInfo"] = request["ptcInfo"] | {"teamId": OWNER.organization_id, "talentCloudIds": [POOL]}
        made.append(world[OWNER].call(CREATE, {"request": request}).data["createJobPosting"]["id"])
    readers = {row.field: row for row in QUERIES if row.name in ("jobPosting", "marketplaceJobPosting")}
    return [replace(row, variables={"id": id_}) for row in readers.values() for id_ in made]


@pytest.mark.parametrize("viewer", [OUTSIDER, AGENT, MANAGER, SERVICE, OPERATOR], ids=str)
def test_nobody_meets_an_unbuilt_field(world: World, viewer: Viewer) -> None:
    """The client's owner and a freelancer, who see most, walk in the test below."""
    crawler = Crawler(world, viewer, places_per_field=1)
    for row in QUERIES:
        crawler.crawl(row)
    assert not crawler.unbuilt | unbuilt_with_arguments(crawler)


def test_every_empty_field_has_reason(world: World) -> None:
    """The freelancer and the client's owner together see everything that anybody sees."""
    crawlers = [Crawler(world, viewer, places_per_field=1) for viewer in (OWNER, INVITED)]
    with world.restored():
        postings = full_postings(world)
        for crawler in crawlers:
            for row in (*postings, *QUERIES):
                crawler.crawl(row)
    seen, filled, unbuilt = set[str](), set[str](), set[str]()
    for crawler in crawlers:
        seen |= crawler.seen
        filled |= crawler.filled
        unbuilt |= crawler.unbuilt | unbuilt_with_arguments(crawler)
    elsewhere = {f"{name}.{field}" for name, fields in FILLED_ELSEWHERE.items() for field in fields.split()}
    reasons = documented("Always empty").keys()
    assert not unbuilt
    unexplained = sorted(seen - filled - unbuilt - reasons - elsewhere)
    assert unexplained == [], "docs/empty-fields.md says why each of these is empty"
    wrong = sorted(reasons - (seen - filled))
    assert wrong == [], "docs/empty-fields.md has fields that have values, or are not reached"
