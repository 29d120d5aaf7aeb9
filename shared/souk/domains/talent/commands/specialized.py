"""Creates, changes, publishes and deletes the specialized profiles of the caller."""

from typing import Any, Final

from souk.domains.talent.commands import records
from souk.domains.talent.commands.editing import edit_own
from souk.domains.talent.commands.records import RecordList
from souk.domains.talent.model import Profile, SpecializedProfile
from souk.domains.talent.portfolio_inputs import NewSpecialized, SpecializedChange
from souk.domains.talent.rules import specialized as rules
from souk.graph import Context
from souk.values.money import DEFAULT_CURRENCY
from souk.values.problems import Problems
from souk.values.times import stamp

SPECIALIZED: Final = RecordList("specialized", SpecializedProfile, "specialized profile", 5)


def create(ctx: Context, request: NewSpecialized) -> SpecializedProfile:
    """Create a draft, which comes last. A repeated idempotency key returns the profile of the first request."""

    def fields(problems: Problems, _: SpecializedProfile | None) -> dict[str, Any]:
        service = rules.service(problems, request.occupation_id)
        return {"occupation_id": service, **rules.read_fields(problems, request, DEFAULT_CURRENCY)}

    return records.add(ctx, SPECIALIZED, request, fields, rules.check_new)


def change(ctx: Context, request: SpecializedChange) -> SpecializedProfile:
    """Change a specialized profile. Fields that are left out stay."""

    def edit(profile: Profile) -> tuple[Profile, SpecializedProfile]:
        before = SPECIALIZED.find(profile, request.profile_id)
        after = rules.apply_change(profile, request, before, stamp(ctx.now))
        return after, SPECIALIZED.find(after, before.id)

    return edit_own(ctx, edit, records.longest(request))


def publish(ctx: Context, profile_id: str) -> SpecializedProfile:
    """Publish a draft. Publishing it again changes nothing."""

    def edit(profile: Profile) -> tuple[Profile, SpecializedProfile]:
        before = SPECIALIZED.find(profile, profile_id)
        if before.published:
            return profile, before
        after = rules.published(profile, before).model_copy(update={"updated": stamp(ctx.now)})
        return SPECIALIZED.replaced(profile, after), after

    return edit_own(ctx, edit, "profileId")


def delete(ctx: Context, profile_id: str) -> bool:
    """Delete a specialized profile. Its projects stay in the portfolio."""
    return records.remove(ctx, SPECIALIZED, profile_id)
