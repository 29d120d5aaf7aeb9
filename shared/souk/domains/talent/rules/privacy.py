"""Who sees what of a profile. Pure.

The person sees everything. Colleagues see what `docs/people.md` says, and operators everything but the phone numbers.
Everybody else sees the public parts, unless the profile is private: then only the other side of an offer, a contract or
a conversation about a proposal does, and the client of a talent cloud of theirs. The profile of a suspended person
counts as private. A profile that was taken down is only
for the person and operators.
"""

from typing import Protocol

from souk.authentication.principal import Principal
from souk.domains.identity.model import Organization, User
from souk.domains.identity.rules.privacy import person_shown
from souk.domains.talent.model import (
    Certificate,
    CertificateVisibility,
    LinkedAccount,
    Profile,
    Visibility,
)


class RequestContext(Protocol):
    """The part of a request's context that the rules use."""

    @property
    def principal(self) -> Principal:
        """The caller."""


def own(user_id: str, ctx: RequestContext) -> bool:
    """Return whether the caller is the person."""
    return ctx.principal.user_id == user_id


def profile_shown(profile: Profile, user: User, ctx: RequestContext, *, tied: bool, absent: bool) -> bool:
    """Return whether the caller sees a profile. That of somebody `absent`, who is suspended, is as if it were private.

    `tied` says whether the company of the request has an offer, a contract or a conversation with the person, or has
    them in one of its talent clouds.
    """
    if profile.takedown:
        return taken_down_shown(user.id, ctx)
    private = absent or profile.current_visibility is Visibility.PRIVATE
    return not private or tied or person_shown(user, ctx)


def taken_down_shown(user_id: str, ctx: RequestContext) -> bool:
    """Return whether the caller sees a profile that was taken down: the person and operators do."""
    return own(user_id, ctx) or ctx.principal.operator


def last_name_shown(profile: Profile | None, user: User, ctx: RequestContext) -> bool:
    """Return whether the caller sees the last name and not only its first letter."""
    exposed = profile is not None and profile.preferences.expose_full_name
    return exposed or person_shown(user, ctx)


def state_reason_shown(user: User, ctx: RequestContext) -> bool:
    """Return whether the caller sees the operator's note: the person and operators do."""
    return own(user.id, ctx) or ctx.principal.operator


def needs_enterprise(certificates: tuple[Certificate, ...], user: User, ctx: RequestContext) -> bool:
    """Return whether it matters for these certificates that the caller's company is an enterprise."""
    restricted = any(one.visibility is CertificateVisibility.ENTERPRISE_CLIENTS_ONLY for one in certificates)
    return restricted and not state_reason_shown(user, ctx)


def certificates_shown(
    certificates: tuple[Certificate, ...], user: User, ctx: RequestContext, company: Organization | None
) -> list[Certificate]:
    """Return the certificates that the caller sees. `company` is the caller's, if it matters (`needs_enterprise`)."""
    if state_reason_shown(user, ctx):
        return list(certificates)
    enterprise = company is not None and company.enterprise and company.flag.client
    audiences = {CertificateVisibility.PUBLIC} | (
        {CertificateVisibility.ENTERPRISE_CLIENTS_ONLY} if enterprise else set()
    )
    return [one for one in certificates if one.active and one.visibility in audiences]


def accounts_shown(
    accounts: tuple[LinkedAccount, ...], user: User, ctx: RequestContext, now: str
) -> list[LinkedAccount]:
    """Return the linked accounts that the caller sees. Only the person sees revoked and expired ones."""
    if own(user.id, ctx):
        return list(accounts)
    return [one for one in accounts if not one.revoked and (one.expires is None or one.expires > now)]


def public_part(profile: Profile) -> object:
    """Return what strangers can see of a profile, for comparison: its events tell of changes of this."""
    private = {"version", "state", "state_reason", "review_opened", "risky", "work_phone", "last_active", "updated"}
    certificates = [
        one.model_copy(update={"review_opened": None})
        for one in profile.certificates
        if one.active and one.visibility is not CertificateVisibility.PRIVATE
    ]
    accounts = [one for one in profile.accounts if not one.revoked]
    specialized = [one for one in profile.specialized if one.published]
    compared = {"certificates", "accounts", "specialized", "project_ids", "lock", "visibility", "takedown"}
    part = profile.model_dump(exclude=private | compared)
    return part, certificates, accounts, specialized, profile.current_visibility, profile.takedown is None
