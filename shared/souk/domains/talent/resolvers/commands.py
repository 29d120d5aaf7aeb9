"""The mutations of one's own profile, and that of agencies."""

from datetime import datetime
from typing import Any

from souk.domains.identity.model import User
from souk.domains.identity.store import USERS
from souk.domains.talent.commands import decisions, editing, profile, records, review_off
from souk.domains.talent.inputs import (
    AgencyPreferences,
    AvailabilityChange,
    CertificateChange,
    EducationChange,
    EmploymentChange,
    ExperienceChange,
    NewAccount,
    NewCertificate,
    NewEducation,
    NewEmployment,
    NewExperience,
    NewLanguage,
    UpdateProfile,
)
from souk.domains.talent.resolvers.declared import PROFILES, domain
from souk.domains.talent.views import parts
from souk.graph import Context
from souk.storage import Table
from souk.values.errors import NotFound


def _caller(ctx: Context) -> User:
    user = ctx.load(USERS, ctx.principal.user_id)
    if user is None:
        raise NotFound("This person does not exist.")
    return user


@domain.due("talent.account")
def account_changed(table: Table, entity_id: str, now: datetime) -> None:  # noqa: ARG001 - events have their own time
    """Emit the event of a profile whose account has changed."""
    editing.account_changed(table, entity_id)


@domain.due("talent.profile_review_off")
def profile_review_off(table: Table, entity_id: str, now: datetime) -> None:  # noqa: ARG001 - it is about all
    """Accept the profiles that wait."""
    review_off.accept_waiting(table, now)


@domain.mutation("updateFreelancerProfile", scopes=PROFILES)
def update_profile(ctx: Context, input: UpdateProfile) -> User:
    """Change what the caller writes about themselves."""
    profile.update(ctx, input)
    return _caller(ctx)


@domain.mutation("submitFreelancerProfile", scopes=PROFILES)
def submit_profile(ctx: Context) -> User:
    """Submit the caller's profile."""
    profile.submit(ctx)
    return _caller(ctx)


@domain.mutation("addFreelancerEmploymentRecord", scopes=PROFILES)
def add_employment(ctx: Context, input: NewEmployment) -> dict[str, Any]:
    """Add an employment to the caller's profile."""
    return parts.employment(_caller(ctx), records.add_employment(ctx, input))


@domain.mutation("updateFreelancerEmploymentRecord", scopes=PROFILES)
def update_employment(ctx: Context, input: EmploymentChange) -> dict[str, Any]:
    """Change an employment of the caller's profile."""
    return parts.employment(_caller(ctx), records.change_employment(ctx, input))


@domain.mutation("removeFreelancerEmploymentRecord", scopes=PROFILES)
def remove_employment(ctx: Context, id: str, user_id: str) -> bool:  # noqa: ARG001 - always the caller
    """Remove an employment from the caller's profile."""
    return records.remove(ctx, records.EMPLOYMENT, id)


@domain.mutation("addFreelancerEducationRecord", scopes=PROFILES)
def add_education(ctx: Context, input: NewEducation) -> dict[str, Any]:
    """Add a school or university to the caller's profile."""
    return parts.with_user(_caller(ctx), records.add_education(ctx, input))


@domain.mutation("updateFreelancerEducationRecord", scopes=PROFILES)
def update_education(ctx: Context, input: EducationChange) -> dict[str, Any]:
    """Change a school or university of the caller's profile."""
    return parts.with_user(_caller(ctx), records.change_education(ctx, input))


@domain.mutation("removeFreelancerEducationRecord", scopes=PROFILES)
def remove_education(ctx: Context, id: str) -> bool:
    """Remove a school or university from the caller's profile."""
    return records.remove(ctx, records.EDUCATION, id)


@domain.mutation("addFreelancerOtherExperience", scopes=PROFILES)
def add_experience(ctx: Context, input: NewExperience) -> dict[str, Any]:
    """Add an experience to the caller's profile."""
    return parts.with_user(_caller(ctx), records.add_experience(ctx, input))


@domain.mutation("updateFreelancerOtherExperience", scopes=PROFILES)
def update_experience(ctx: Context, input: ExperienceChange) -> dict[str, Any]:
    """Change an experience of the caller's profile."""
    return parts.with_user(_caller(ctx), records.change_experience(ctx, input))


@domain.mutation("removeFreelancerOtherExperience", scopes=PROFILES)
def remove_experience(ctx: Context, id: str) -> bool:
    """Remove an experience from the caller's profile."""
    return records.remove(ctx, records.EXPERIENCES, id)


@domain.mutation("addFreelancerCertificate", scopes=PROFILES)
def add_certificate(ctx: Context, input: NewCertificate) -> dict[str, Any]:
    """Add a certificate to the caller's profile."""
    return parts.certificate(records.add_certificate(ctx, input), private=True)


@domain.mutation("updateFreelancerCertificate", scopes=PROFILES)
def update_certificate(ctx: Context, input: CertificateChange) -> dict[str, Any]:
    """Change a certificate of the caller's profile."""
    return parts.certificate(records.change_certificate(ctx, input), private=True)


@domain.mutation("removeFreelancerCertificate", scopes=PROFILES)
def remove_certificate(ctx: Context, id: str) -> bool:
    """Remove a certificate from the caller's profile."""
    return records.remove(ctx, records.CERTIFICATES, id)


@domain.mutation("linkExternalAccount", scopes=PROFILES)
def link_account(ctx: Context, input: NewAccount) -> dict[str, Any]:
    """Add an account elsewhere to the caller's profile."""
    return parts.account(records.link_account(ctx, input))


@domain.mutation("unlinkExternalAccount", scopes=PROFILES)
def unlink_account(ctx: Context, id: str) -> dict[str, Any]:
    """Revoke an account on the caller's profile."""
    return parts.account(records.unlink_account(ctx, id))


@domain.mutation("addFreelancerLanguage", scopes=PROFILES)
def add_language(ctx: Context, input: NewLanguage) -> dict[str, Any]:
    """Add a language to the caller's profile, or replace its level."""
    return parts.language(profile.add_language(ctx, input))


@domain.mutation("removeFreelancerLanguage", scopes=PROFILES)
def remove_language(ctx: Context, user_id: str, iso639_code: str) -> bool:  # noqa: ARG001 - always the caller
    """Remove a language from the caller's profile."""
    return profile.remove_language(ctx, iso639_code)


@domain.mutation("updateFreelancerAvailability", scopes=PROFILES)
def update_availability(ctx: Context, input: AvailabilityChange) -> dict[str, Any] | None:
    """Change the caller's availability."""
    return parts.availability(_caller(ctx), profile.change_availability(ctx, input))


@domain.mutation("updateAgencyFreelancerPreferences", scopes=PROFILES)
def update_agency_preferences(ctx: Context, input: AgencyPreferences) -> dict[str, Any]:
    """Set what the caller's agency hides on a freelancer's profile."""
    return parts.preferences(decisions.set_agency_preferences(ctx, input))
