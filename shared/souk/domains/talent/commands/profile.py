"""Changes of the profile itself: what the person writes, their languages and availability, and its submission."""

from souk.domains.marketplace.store import current
from souk.domains.reviews.model import Review, ReviewKind
from souk.domains.reviews.store import open_review
from souk.domains.talent.commands.editing import edit_own, read, retry, store
from souk.domains.talent.inputs import AvailabilityChange, NewLanguage, UpdateProfile
from souk.domains.talent.model import SUBMITTED, Availability, Profile, ProfileEvent, ProfileState, SpokenLanguage
from souk.domains.talent.rules import availability as availability_rules
from souk.domains.talent.rules import languages as language_rules
from souk.domains.talent.rules import profile as rules
from souk.graph import Context
from souk.storage import Transaction
from souk.values.errors import Conflict, NotFound
from souk.values.problems import Problems
from souk.values.times import stamp

MAX_LANGUAGES = 30


def update(ctx: Context, wanted: UpdateProfile) -> Profile:
    """Change what the person writes about themselves, with all changes of the input or none."""

    def change(profile: Profile) -> tuple[Profile, Profile]:
        after = rules.apply_change(profile, wanted, stamp(ctx.now))
        return after, after

    return edit_own(ctx, change, "input.overview")


def submit(ctx: Context) -> Profile:
    """Submit the caller's profile: for review, or accepted at once if the marketplace reviews none.

    Submitting it again changes nothing. Raises Unprocessable, naming what is missing, for an incomplete one.
    """
    reviewed = current(ctx.table).profile_review

    def attempt(tx: Transaction) -> Profile:
        user, before = read(ctx.table, ctx.principal.user_id)
        if before.state in SUBMITTED:
            return before
        rules.check_complete(before)
        now = stamp(ctx.now)
        state = ProfileState.UNDER_REVIEW if reviewed else ProfileState.AUTO_ACCEPTED
        changes = {"state": state, "state_reason": None, "last_active": now, "review_opened": now if reviewed else None}
        if reviewed:
            open_review(tx, ctx.table, _review(ctx, user.organization_id, now))
        events = (ProfileEvent.SUBMIT,) if reviewed else (ProfileEvent.SUBMIT, ProfileEvent.ACCEPT)
        return store(ctx, tx, user, before, before.model_copy(update=changes), events=events)

    return retry(ctx, attempt)


def add_language(ctx: Context, request: NewLanguage) -> SpokenLanguage:
    """Add a language, or replace its level."""
    problems = Problems("input")
    language = language_rules.language(problems, request)
    problems.raise_if_any()
    assert language is not None  # noqa: S101 - without problems there is one

    def change(profile: Profile) -> tuple[Profile, SpokenLanguage]:
        known = {one.code: one for one in profile.languages} | {language.code: language}
        if len(known) > MAX_LANGUAGES:
            raise Conflict(f"A profile has at most {MAX_LANGUAGES} languages.")
        return profile.model_copy(update={"languages": tuple(known.values())}), language

    return edit_own(ctx, change)


def remove_language(ctx: Context, code: str) -> bool:
    """Remove a language. Raises NotFound if the profile does not have it."""
    wanted = language_rules.normalized(code)

    def change(profile: Profile) -> tuple[Profile, bool]:
        kept = tuple(one for one in profile.languages if one.code != wanted)
        if kept == profile.languages:
            raise NotFound("Your profile does not have this language.")
        return profile.model_copy(update={"languages": kept}), True

    return edit_own(ctx, change)


def change_availability(ctx: Context, wanted: AvailabilityChange) -> Availability:
    """Change the caller's availability."""

    def change(profile: Profile) -> tuple[Profile, Availability]:
        problems = Problems("input.availability")
        after = availability_rules.apply_change(problems, profile.availability, wanted.availability, stamp(ctx.now))
        problems.raise_if_any()
        return profile.model_copy(update={"availability": after}), after

    return edit_own(ctx, change)


def _review(ctx: Context, organization_id: str, now: str) -> Review:
    return Review(
        kind=ReviewKind.FREELANCER_PROFILE,
        subject_id=ctx.principal.user_id,
        organization_id=organization_id,
        requested_by_id=ctx.principal.user_id,
        opened=now,
    )
