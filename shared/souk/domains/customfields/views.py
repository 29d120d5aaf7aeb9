"""The one projection of answers, and the view of definitions.

`customFields`, `MarketplaceJobPosting.customFields` and `Offer.customFields` show the same answer alike.
"""

from collections.abc import Collection
from typing import Any

from souk.authentication.principal import Principal
from souk.domains.customfields.model import Answer, AnswerSheet, FieldDefinition, FieldType, FieldUse, Owner, team_of
from souk.domains.customfields.rules import access
from souk.values.times import date_time

Part = dict[str, Any]


def answer(sheet: AnswerSheet, one: Answer) -> Part:
    """Return CustomFields. `answer`, `companyId` and `creatorId` are for links."""
    posting = sheet.owner is Owner.POSTING
    return {
        "responseId": one.id,
        "id": one.field_id,
        "itemId": one.item_id,
        "typeSnap": one.type,
        "labelSnap": one.label,
        "displayValueSnap": one.shown,
        "createdDateTime": date_time(one.created),
        "rollupAssignmentId": sheet.contract_id,
        "firstContractId": sheet.contract_id,
        "offerId": None if posting else sheet.owner_id,
        "jobPostingId": sheet.owner_id if posting else None,
        "byoInvitationId": None,
        "buyItNowId": None,
        "questionnaireResponsesId": None,
        "termSectionId": None,
        "aclSnap": one.acl,
        "answer": one,
        "companyId": sheet.company_id,
        "creatorId": one.creator_id,
    }


def visible(sheet: AnswerSheet, principal: Principal, organization_ids: Collection[str] | None = None) -> list[Answer]:
    """Return the answers of a posting or offer that a caller sees, for the organizations that they ask for."""
    return [
        one
        for one in sheet.answers
        if access.sees_answer(sheet, one, principal) and access.within(one, sheet.company_id, organization_ids)
    ]


def answers(sheet: AnswerSheet, principal: Principal, organization_ids: Collection[str] | None) -> list[Part]:
    """Return the CustomFields of a posting or offer."""
    return [answer(sheet, one) for one in visible(sheet, principal, organization_ids)]


def posting_answers(sheet: AnswerSheet, principal: Principal) -> list[Part] | None:
    """Return the JobPostingCustomFields of a posting; None without answers.

    The type has no label, so the id of a note is its key.
    """
    if not sheet.answers:
        return None
    return [
        {
            "responseId": one.id,
            "id": one.field_id or one.label,
            "displayValue": one.shown,
            "value": one.value,
            "createdDateTime": one.created,
        }
        for one in visible(sheet, principal)
    ]


def purchase_order(sheet: AnswerSheet, principal: Principal, nothing: Any) -> Part | None:
    """Return PurchaseOrder for the first answer with a number; None without one. `nothing` is its amount.

    Souk knows nothing but the number.
    """
    one = next((each for each in visible(sheet, principal) if each.type is FieldType.PO_NUMBER), None)
    if one is None:
        return None
    team = team_of(one.acl)
    return {
        "id": one.id,
        "orderNumber": one.value,
        "amount": nothing,
        "aclType": "HMS_IN_COMPANY" if team is None else "HMS_IN_TEAM",
        "aclSpecification": team,
        "archived": False,
        "placeHolder": False,
        "createdAtDateTime": one.created,
        "creatorId": one.creator_id,
    }


def options(field: FieldDefinition, use: FieldUse, principal: Principal) -> list[Part]:
    """Return the options of a field that a caller can choose, or could before they were removed."""
    return [
        {
            "id": one.id,
            "value": one.value,
            "displayValue": one.display,
            "description": one.description,
            "orderIndex": at,
            "active": one.active,
            "inUse": one.id in use.options,
            "teamIds": list(one.team_ids),
        }
        for at, one in enumerate(field.options)
        if access.can_choose(one, field.company_id, principal)
    ]
