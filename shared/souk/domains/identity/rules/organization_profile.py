"""Changing the public profile of an organization. Pure."""

from typing import Any, Final

from souk.domains.identity.inputs import UpdateOrganizationProfile
from souk.domains.identity.model import Organization
from souk.domains.identity.rules.profile_fields import given, phone, website
from souk.values import texts
from souk.values.problems import Problems

_MAX_DESCRIPTION: Final = 5_000
_MAX_SUMMARY: Final = 200


def apply_change(organization: Organization, wanted: UpdateOrganizationProfile) -> Organization:
    """Return the changed organization, without the logo and the check of the contact, which need storage.

    Fields that are left out stay; null clears them. Raises Unprocessable with all problems.
    """
    problems = Problems("input")
    changes: dict[str, Any] = {}
    if given(wanted, "description"):
        text = texts.paragraphs(problems, "description", wanted.description or "", 0, _MAX_DESCRIPTION)
        changes["description"] = text or None
    if given(wanted, "summary"):
        changes["summary"] = texts.line(problems, "summary", wanted.summary or "", 0, _MAX_SUMMARY) or None
    if given(wanted, "phone"):
        changes["phone"] = phone(problems, "phone", wanted.phone)
    if given(wanted, "website"):
        changes["website"] = website(problems, "website", wanted.website)
    if given(wanted, "contact_user_id"):
        changes["contact_user_id"] = wanted.contact_user_id
    if given(wanted, "financial_privacy"):
        if organization.is_team:
            problems.add("financialPrivacy", "a team has the setting of its company. Set it there.")
        changes["financial_privacy"] = bool(wanted.financial_privacy)
    problems.raise_if_any()
    return organization.model_copy(update=changes)
