"""The market's view of a posting: the parts of the contract's MarketplaceJobPosting."""

from fractions import Fraction

from souk.authentication.principal import Principal
from souk.domains.jobs.model import Job, Status
from souk.domains.jobs.rules.classification import additional_skills_of, place_of, skills_of
from souk.domains.jobs.rules.visibility import may_manage
from souk.domains.jobs.views import common
from souk.domains.jobs.views.common import Part
from souk.domains.market.model import Activity
from souk.values.money import Money
from souk.values.times import offset_time


def budget_shown(job: Job, principal: Principal) -> bool:
    """Return whether a caller may see the budget. The client can hide it from the market."""
    return not job.info.hide_budget or may_manage(job, principal)


def work_flow_state(job: Job) -> Part:
    """Return MarketplacePostingWorkFlowState."""
    is_open = job.status is Status.REQUESTED
    return {"status": "ACTIVE" if is_open else "CLOSED", "closeResult": None if is_open else job.status}


def annotations(job: Job, principal: Principal) -> Part | None:
    """Return MarketplacePostingAnnotations: the client's own labels. Others get None."""
    return common.annotations(job) if may_manage(job, principal) else None


def activity_stat(job: Job, counts: Activity) -> Part:
    """Return MarketplacePostingActivityStat. Souk has no recommendations."""

    def money(minor: int) -> Money | None:
        return Money(minor, job.currency) if minor else None

    def average(total: int, number: int) -> Money | None:
        return money(round(Fraction(total, number))) if number else None

    return {
        "applicationsBidStats": {
            "avgRateBid": average(counts.bid_total, counts.bids),
            "minRateBid": money(counts.lowest_bid),
            "maxRateBid": money(counts.highest_bid),
            "avgInterviewedRateBid": average(counts.interviewed_bid_total, counts.interviewed_bids),
        },
        "jobActivity": {
            "lastClientActivity": offset_time(job.last_client_activity),
            "invitesSent": counts.invites_sent,
            "totalInvitedToInterview": counts.interviewed,
            "totalHired": counts.hired,
            "totalUnansweredInvites": counts.invites_unanswered,
            "totalOffered": counts.offered,
            "totalRecommended": 0,
        },
    }


def content(job: Job) -> Part:
    """Return title and description. Every published posting has both."""
    return common.content(job)


def attachments(job: Job) -> list[Part] | None:
    """Return the public data of the attachments."""
    if job.attachments is None:
        return None
    return [
        {"id": file.id, "sequenceNumber": at, "fileName": file.file_name, "fileSize": file.content_length}
        for at, file in enumerate(job.attachments, 1)
    ]


def classification(job: Job) -> Part:
    """Return MarketplacePostingClassification."""
    place = place_of(job)
    return {
        "category": place.category,
        "subCategory": place.subcategory,
        "occupation": place.service,
        "skills": skills_of(job),
        "additionalSkills": additional_skills_of(job),
    }


def segmentation(job: Job) -> Part | None:
    """Return MarketplaceSegmentationData."""
    if job.segmentation_data is None:
        return None
    values = common.segmentation(job)
    return {"segmentationValues": [{"customValue": one["customValue"], "segmentationInfo": one} for one in values]}


def contractor_selection(job: Job) -> Part:
    """Return MarketplaceContractorSelection."""
    questions = job.questions
    return {
        "proposalRequirement": {
            "coverLetterRequired": job.info.cover_letter_required,
            "freelancerMilestonesAllowed": job.info.freelancer_milestones_allowed,
            "screeningQuestions": questions
            and [{"id": one.id, "question": one.question, "sequenceNumber": at} for at, one in enumerate(questions, 1)],
        },
        "qualification": common.qualification(job),
        "location": common.location(job),
    }


def contents(job: Job, principal: Principal) -> Part:
    """Return MarketplaceJobPostingsContents."""
    return {
        "id": job.id,
        "ciphertext": job.ciphertext,
        **content(job),
        "publishedDateTime": offset_time(job.published),
        "annotations": annotations(job, principal),
    }


def feature_prediction(job: Job) -> Part:
    """Return JobFeaturePrediction: the likelihood that the work needs several freelancers.

    `high` if the client wants more than one, `medium` if the client left the number open or keeps the posting open
    after a hire, else `low`. Both `high` and `medium` predict several freelancers.
    """
    info = job.info
    if (info.freelancers_to_hire or 1) > 1:
        likely = "high"
    elif info.not_sure_freelancers_to_hire or info.keep_open_on_hire:
        likely = "medium"
    else:
        likely = "low"
    return {"id": job.id, "openingMultiFreelancerPrediction": likely != "low", "opening": likely}
