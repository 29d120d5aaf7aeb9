"""The client's view of a posting: the parts of the contract's JobPosting.

A freelancer with a contract from the posting sees the same type (`souk.domains.jobs.views.party`).
"""

from souk.domains.files.model import Attachment
from souk.domains.jobs.model import AdditionalSkillChoice, EnterpriseCustomField, Job, Sands, SkillChoice
from souk.domains.jobs.rules.classification import additional_skills_of, place_of, skills_of
from souk.domains.jobs.views import common
from souk.domains.jobs.views.common import Part
from souk.domains.market.model import Activity
from souk.domains.reference.model import Occupation
from souk.domains.reference.rules import reason
from souk.values.money import Money
from souk.values.times import offset_time


def info(job: Job) -> Part:
    """Return JobPostingInfo. `companyId` and `changedById` are for links."""
    given = job.info
    reason_id = job.reason_id or given.reason_rid
    why = reason(reason_id) if reason_id else None
    return {
        "status": job.status,
        "companyId": job.company_id,
        "auditTime": common.audit_time(job.created, job.modified),
        "hidden": given.hidden,
        "siteSource": given.site_source,
        "keepOpenOnHire": given.keep_open_on_hire,
        "draftJobPostingId": given.draft_job_posting_id,
        "publishDateTime": offset_time(job.published),
        "filledDateTime": offset_time(job.closed) if job.status == "FILLED" else None,
        "sourcingUpdateForbidden": given.sourcing_update_forbidden,
        "sourcingUpdateCount": given.sourcing_update_count,
        "premium": given.premium,
        "legacyCiphertext": given.legacy_ciphertext or job.ciphertext,
        "hideBudget": given.hide_budget,
        "categoryId": given.category_id,
        "groupId": given.group_id,
        "notSureFreelancersToHire": given.not_sure_freelancers_to_hire,
        "notSureExperienceLevel": given.not_sure_experience_level,
        "hourlyBudgetType": given.hourly_budget_type,
        "hourlyBudgetMin": job.hourly_min,
        "hourlyBudgetMax": job.hourly_max,
        "changedById": job.changed_by_id,
        "reasonId": reason_id,
        "reasonName": job.takedown.reason if job.takedown else why.reason if why else None,
    }


def content(job: Job) -> Part | None:
    """Return title and description; None for a draft without both."""
    if job.info.title is None and job.info.description is None:
        return None
    return common.content(job)


def attachments(job: Job) -> list[Part] | None:
    """Return the attachments in their order. `file` is for links."""
    return None if job.attachments is None else [_attachment(file, at) for at, file in enumerate(job.attachments, 1)]


def _attachment(file: Attachment, sequence_number: int) -> Part:
    return {
        "id": file.id,
        "sequenceNumber": sequence_number,
        "fileName": file.file_name,
        "contentLength": file.content_length,
        "contentType": file.content_type,
        "createdDateTime": file.created_date_time,
        "file": file,
    }


def classification(job: Job) -> Part:
    """Return JobPostingClassification."""
    place, sands = place_of(job), job.sands_job_post
    return {
        "category": _named(place.category),
        "subCategory": _named(place.subcategory),
        "skills": skills_of(job),
        "customSkills": [
            {"parentSkillId": one.parent_skill_id, "freeText": one.freetext}
            for one in (sands.skills if sands else None) or ()
            if one.freetext
        ],
        "additionalSkills": additional_skills_of(job),
        "occupationId": sands and sands.occupation_id,
        "occupationIds": sands and sands.occupations,
        "freetextOccupation": sands and sands.freetext_occupation,
        "tags": sands and sands.tags,
        "skillChoices": _skill_choices(sands) if sands else [],
        "customAdditionalSkills": [
            one.freetext for one in (sands.additional_skills if sands else None) or () if one.freetext
        ],
    }


def _skill_choices(sands: Sands) -> list[Part]:
    return [_skill_choice(one) for one in sands.skills or ()] + [
        _skill_choice(one) for one in sands.additional_skills or ()
    ]


def _skill_choice(one: SkillChoice | AdditionalSkillChoice) -> Part:
    grouped = one if isinstance(one, SkillChoice) else None
    return {
        "parentSkillId": grouped and grouped.parent_skill_id,
        "skillId": one.skill_id,
        "freeText": one.freetext,
        "boolAnswer": grouped and grouped.bool_answer,
        "legacyConvertedSkill": one.legacy_converted_skill,
        "relevance": one.relevance,
    }


def _named(occupation: Occupation | None) -> Part | None:
    if occupation is None:
        return None
    return {"id": occupation.id, "name": occupation.preferred_label, "slug": occupation.slug}


def segmentation(job: Job) -> Part | None:
    """Return JobPostingSegmentationData."""
    return None if job.segmentation_data is None else {"segmentationValues": common.segmentation(job)}


def contract_terms(job: Job) -> Part | None:
    """Return JobPostingContractTerms."""
    return common.contract_terms(job, budget_shown=True)


def contractor_selection(job: Job) -> Part:
    """Return JobPostingContractorSelection. `userId` is for the links of the questions."""
    questions = job.questions and [
        {
            "id": one.id,
            "question": one.question,
            "userId": one.user_id,
            "questionType": one.type,
            "auditTime": common.audit_time(one.created, one.modified),
        }
        for one in job.questions
    ]
    return {
        "proposalRequirement": {
            "coverLetterRequired": job.info.cover_letter_required,
            "freelancerMilestonesAllowed": job.info.freelancer_milestones_allowed,
            "screeningQuestions": questions,
        },
        "qualification": common.qualification(job),
        "location": common.location(job),
    }


def additional_info(job: Job) -> Part:
    """Return JobPostingAdditionalInfo."""
    given = job.additional
    return {
        "clientNumberOfHiresOnCreate": job.client_hires_on_create,
        "clientTotalSpentOnCreate": Money(job.client_spent_on_create, job.currency),
        "directHire": given and given.direct_hire,
        "invitePost": job.invitation_required,
        "lastBuyerActivity": offset_time(job.last_client_activity),
    }


def ptc_info(job: Job) -> Part | None:
    """Return JobPostingPtcInfo."""
    given = job.ptc_info
    if given is None:
        return None
    return {
        "jobPostingPtcVisibility": given.visibility,
        "talentCloudIds": given.talent_cloud_ids,
        "jobReference": given.job_reference,
        "employerCompanyReference": given.employer_company_reference,
        "purchaseOrderId": given.purchase_order_id,
        "teamId": given.team_id,
        "onSiteReason": given.on_site_reason,
        "onSiteReasonFlexible": given.on_site_reason_flexible,
        "travelRequired": given.travel_required,
    }


def enterprise_custom_fields(job: Job) -> tuple[EnterpriseCustomField, ...] | None:
    """Return the values of an enterprise's own custom fields."""
    return job.enterprise_custom_fields


def bill_rate_code(job: Job) -> str | None:
    """Return the client's code of the rate card."""
    return job.bill_rate.bill_rate_code if job.bill_rate else None


def proposals_statistics(job: Job, counts: Activity) -> Part:
    """Return ProposalsStatistics, with the posting for the visibility check. Souk hides no proposals automatically."""
    return {
        "job": job,
        "totalProposals": counts.proposals,
        "totalMessaged": counts.messaged,
        "totalHired": counts.hired,
        "totalInvitesSent": counts.invites_sent,
        "totalApplicantsWithAutoHidden": counts.proposals,
        "totalArchived": counts.archived,
        "totalAutoHidden": 0,
        "totalDeclined": counts.declined,
        "totalHidden": counts.hidden,
        "totalOffered": counts.offered,
        "totalShortlisted": counts.shortlisted,
        "totalWithdrawn": counts.withdrawn,
    }
