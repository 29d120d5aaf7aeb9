"""What agencies and operators decide about a person's profile. Deciding the same again changes nothing.

Each decision of an operator adds an action to the audit trail in its own transaction.
"""

from collections.abc import Callable
from typing import Any, Final

from souk.domains.audit.model import Subject
from souk.domains.audit.store import Changes, actor_of, record
from souk.domains.identity.commands.deciding import already_decided
from souk.domains.identity.store import ORGANIZATIONS
from souk.domains.reviews.model import ReviewKind, ReviewState
from souk.domains.reviews.store import REVIEWS, close_review
from souk.domains.talent.commands import certificate_reviews
from souk.domains.talent.commands.editing import read, retry, store
from souk.domains.talent.commands.records import CERTIFICATES
from souk.domains.talent.inputs import AgencyPreferences, ChecksChange, VisibilityLock
from souk.domains.talent.model import Certificate, CertificateStatus, Profile, ProfileEvent, ProfileState, Visibility
from souk.graph import Context
from souk.storage import Transaction
from souk.values import texts
from souk.values.errors import Forbidden, NotFound
from souk.values.naming import to_contract
from souk.values.problems import Problems

MAX_NOTE: Final = 1_000
_NO_PROFILE: Final = "This person does not exist, or has no freelancer profile."


def set_agency_preferences(ctx: Context, wanted: AgencyPreferences) -> Profile:
    """Set what an agency hides of a profile. For its owners and admins, about its own freelancers.

    Raises NotFound for people of other companies, and Forbidden for other callers.
    """

    def attempt(tx: Transaction) -> Profile:
        user, before = read(ctx.table, wanted.user_id)
        principal = ctx.principal
        if not principal.member or principal.company_id not in user.company_ids:
            raise NotFound("This person does not exist, or does not work for this agency.")
        company = ctx.load(ORGANIZATIONS, principal.company_id, consistent=True)
        if company is None or not company.flag.agency or not principal.administers:
            raise Forbidden("Only owners and admins of an agency can set this, for its freelancers.")
        if not before.version:
            raise NotFound(_NO_PROFILE)
        preferences = before.preferences.model_copy(update={"hide_agency_earnings": wanted.hide_agency_earnings})
        if preferences == before.preferences:
            return before
        return store(ctx, tx, user, before, before.model_copy(update={"preferences": preferences}))

    return retry(ctx, attempt)


def review_profile(ctx: Context, user_id: str, *, approve: bool, note: str | None) -> Profile:
    """Accept or reject a profile that is under review. Raises Conflict for others, and Unprocessable without a note."""
    problems = Problems("note")
    reason = texts.optional_text(problems, "", note, MAX_NOTE)
    if not approve and not reason:
        problems.add("", "say why, so that the person can change it.", missing=True)
    problems.raise_if_any()

    def attempt(tx: Transaction) -> Profile:
        user, before = _existing(ctx, user_id)
        if before.state is not ProfileState.UNDER_REVIEW:
            raise already_decided(
                ctx.table, ReviewKind.FREELANCER_PROFILE, user_id, "This profile is not under review."
            )
        state = ProfileState.ACCEPTED if approve else ProfileState.REJECTED
        review = ctx.table.get(
            REVIEWS, ReviewKind.FREELANCER_PROFILE, user_id, before.review_opened or "", consistent=True
        )
        if review is not None:
            decided = ReviewState.APPROVED if approve else ReviewState.REJECTED
            close_review(tx, ctx.table, review, decided, decided_by_id=ctx.principal.user_id, note=reason)
        changes = {"profileState": (before.state.value, state.value)}
        _record(ctx, tx, "reviewFreelancerProfile", user_id, reason, changes)
        after = before.model_copy(update={"state": state, "state_reason": reason, "review_opened": None})
        return store(ctx, tx, user, before, after, events=(ProfileEvent.ACCEPT if approve else ProfileEvent.REJECT,))

    return retry(ctx, attempt)


def review_certificate(
    ctx: Context, user_id: str, certificate_id: str, *, approve: bool, note: str | None
) -> Certificate:
    """Verify a certificate, or reject it."""
    problems = Problems("note")
    reason = texts.optional_text(problems, "", note, MAX_NOTE)
    problems.raise_if_any()
    status = CertificateStatus.VERIFIED if approve else CertificateStatus.REJECTED

    def attempt(tx: Transaction) -> Certificate:
        user, profile = _existing(ctx, user_id)
        before = next((one for one in profile.certificates if one.id == certificate_id), None)
        if before is None:
            raise NotFound("This person has no certificate with this id.")
        if before.status is status:
            return before
        changes = {f"certificates.{before.id}.status": (before.status.value, status.value)}
        _record(ctx, tx, "reviewFreelancerCertificate", user_id, reason, changes)
        decided = ReviewState.APPROVED if approve else ReviewState.REJECTED
        certificate_reviews.close(ctx, tx, before, decided, decided_by_id=ctx.principal.user_id, note=reason)
        after = before.model_copy(update={"status": status, "review_opened": None})
        store(ctx, tx, user, profile, CERTIFICATES.replaced(profile, after))
        return after

    return retry(ctx, attempt)


def set_checks(ctx: Context, wanted: ChecksChange) -> Profile:
    """Record which checks of a person were made. Those that are left out stay."""
    names = ("phone_verified", "webcam_verified", "vetted")
    given = {name: value for name in names if (value := getattr(wanted, name)) is not None}

    def change(before: Profile) -> Profile:
        return before.model_copy(update={"checks": before.checks.model_copy(update=given)})

    def described(profile: Profile) -> dict[str, Any]:
        return profile.checks.model_dump()

    return _decide(ctx, "updateFreelancerVerifications", wanted.user_id, wanted.reason, change, described)


def lock_visibility(ctx: Context, wanted: VisibilityLock) -> Profile:
    """Lock the visibility of a profile, or end that. The person's own choice is kept meanwhile."""
    lock = (wanted.visibility or Visibility.PRIVATE) if wanted.locked else None

    def change(before: Profile) -> Profile:
        risky = before.risky if wanted.risky is None else wanted.risky
        return before.model_copy(update={"lock": lock, "risky": risky})

    def described(profile: Profile) -> dict[str, Any]:
        locked = profile.lock is not None
        return {"locked": locked, "current_visibility": profile.current_visibility.value, "risky": profile.risky}

    return _decide(ctx, "lockFreelancerVisibility", wanted.user_id, wanted.reason, change, described)


def _decide(
    ctx: Context,
    action: str,
    user_id: str,
    why: str,
    change: Callable[[Profile], Profile],
    described: Callable[[Profile], dict[str, Any]],
) -> Profile:
    """Change a profile by an operator's decision. `described` returns the facts that the audit trail compares."""
    problems = Problems("input")
    reason = texts.paragraphs(problems, "reason", why, 1, MAX_NOTE)
    problems.raise_if_any()

    def attempt(tx: Transaction) -> Profile:
        user, before = _existing(ctx, user_id)
        after = change(before)
        if after == before:
            return before
        old, new = described(before), described(after)
        changes = {to_contract(name): (_text(old[name]), _text(new[name])) for name in new}
        _record(ctx, tx, action, user_id, reason, changes)
        return store(ctx, tx, user, before, after)

    return retry(ctx, attempt)


def _existing(ctx: Context, user_id: str) -> tuple[Any, Profile]:
    user, profile = read(ctx.table, user_id)
    if not profile.version:
        raise NotFound(_NO_PROFILE)
    return user, profile


def _record(
    ctx: Context,
    tx: Transaction,
    action: str,
    user_id: str,
    reason: str | None,
    changes: Changes,
) -> None:
    record(tx, actor_of(ctx), action, Subject(type="User", id=user_id), reason=reason, changes=changes)


def _text(value: object) -> str:
    return value if isinstance(value, str) else str(value).lower()
