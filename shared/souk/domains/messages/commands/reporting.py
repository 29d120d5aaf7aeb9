"""Marks of stories, reports to the operators, and what operators decide.

The first report of a story opens a review. Taking back the last one withdraws it. What an operator has whitelisted is
not reviewed again.
"""

from typing import Final

from souk.domains.audit.model import Subject
from souk.domains.audit.store import actor_of, record
from souk.domains.identity.commands.deciding import already_decided
from souk.domains.messages.commands import access
from souk.domains.messages.commands.writing import own_place, stored_view, take_out
from souk.domains.messages.inputs import NoteStory, ReviewStory
from souk.domains.messages.model import ReportedView, RoomView, StoryView
from souk.domains.reviews.model import Review, ReviewKind, ReviewState
from souk.domains.reviews.store import REVIEWS, close_review, open_review
from souk.domains.rooms.model import AbuseType, Person, Report, ReportedStory, ReportState, Story, StoryNote
from souk.domains.rooms.store import COMMITS, NOTES, REPORTED, ROOMS, STORIES
from souk.graph import Context
from souk.storage import Collection, Transaction
from souk.storage.collection import E
from souk.values import texts
from souk.values.errors import Conflict, Forbidden, NotFound, Unprocessable
from souk.values.problems import Problems
from souk.values.times import stamp

MAX_DETAILS: Final = 1_000
_KIND: Final = ReviewKind.ROOM_STORY
_DECIDED: Final = {ReportState.WHITELISTED: ReviewState.APPROVED, ReportState.REMOVED: ReviewState.REJECTED}


def note(ctx: Context, request: NoteStory) -> StoryView:
    """Mark a story as a favourite, report it, or take the report back. Nobody else notices."""
    problems = Problems("input")
    details = texts.optional_text(problems, "abuseDetails", request.abuse_details, MAX_DETAILS)
    if details and request.abuse_type in (None, AbuseType.NONE):
        problems.add("abuseDetails", "belongs to a report: name the abuseType.")
    problems.raise_if_any()

    def attempt(tx: Transaction) -> StoryView:
        ctx.clear_cache()
        story = access.require_story(ctx, access.require(ctx, request.room_id), request.story_id)
        reports = request.abuse_type not in (None, AbuseType.NONE)
        if reports and (story.event or story.user_id == ctx.principal.user_id):
            raise Forbidden("You cannot report your own stories, and those that tell of steps.")
        view = stored_view(ctx, request.room_id)
        place = own_place(ctx)
        before = ctx.table.get(NOTES, view.id, story.id, *place, consistent=True) or StoryNote(
            room_id=view.id, story_id=story.id, user_id=place[0], organization_id=place[1]
        )
        after = before
        if request.favorite is not None:
            after = after.model_copy(update={"favorite": request.favorite})
        if request.abuse_type is not None:
            after = after.model_copy(
                update={"abuse_type": request.abuse_type if reports else None, "abuse_details": details}
            )
            if (after.abuse_type, after.abuse_details) != (before.abuse_type, before.abuse_details):
                _report(ctx, tx, view, story, after)
        if after != before:
            _save(tx, NOTES, after)
        return StoryView(story, view)

    found = ctx.table.retry_until_committed(attempt, commits=COMMITS)
    ctx.clear_cache()
    return found


def _report(ctx: Context, tx: Transaction, view: RoomView, story: Story, noted: StoryNote) -> None:
    """Add a report, or its end, to a transaction, with the review."""
    now = stamp(ctx.now)
    before = ctx.table.get(REPORTED, view.id, story.id, consistent=True)
    others = [one for one in before.reports if one.reporter.place != own_place(ctx)] if before else []
    if noted.abuse_type:
        reporter = Person(
            user_id=noted.user_id, organization_id=noted.organization_id, company_id=ctx.principal.company_id
        )
        others.append(
            Report(reporter=reporter, abuse_type=noted.abuse_type, abuse_details=noted.abuse_details, reported=now)
        )
    after = before or ReportedStory(room_id=view.id, story_id=story.id, reports=(), review_opened=now)
    opens = after.state is ReportState.OPEN and bool(others) and not after.reports
    changes = {"reports": tuple(others), "review_opened": now if opens else after.review_opened}
    after = after.model_copy(update=changes)
    _save(tx, REPORTED, after)
    if opens:
        review = Review(
            kind=_KIND,
            subject_id=after.subject_id,
            organization_id=story.organization_id,
            requested_by_id=noted.user_id,
            opened=now,
        )
        open_review(tx, ctx.table, review)
    elif before and before.reports and not others and before.state is ReportState.OPEN:
        withdrawn = _review(ctx, before)
        if withdrawn:
            close_review(tx, ctx.table, withdrawn, ReviewState.WITHDRAWN)


def decide(ctx: Context, request: ReviewStory) -> ReportedView:
    """Keep or remove a reported story, for an operator. Raises Conflict for a story without an open report."""
    problems = Problems("input")
    reason = texts.optional_text(problems, "note", request.note, MAX_DETAILS)
    problems.raise_if_any()
    if request.state is ReportState.OPEN:
        raise Unprocessable("input.state: must be WHITELISTED or REMOVED.")

    def attempt(tx: Transaction) -> ReportedView:
        before = ctx.table.get(REPORTED, request.room_id, request.story_id, consistent=True)
        room = ctx.table.get(ROOMS, request.room_id, consistent=True)
        story = ctx.table.get(STORIES, request.room_id, request.story_id, consistent=True)
        if before is None or room is None or story is None:
            raise NotFound("This story does not exist, or nobody has reported it.")
        review = _review(ctx, before)
        if before.state is not ReportState.OPEN or review is None:
            raise already_decided(ctx.table, _KIND, before.subject_id, "This story has no open report.")
        close_review(tx, ctx.table, review, _DECIDED[request.state], decided_by_id=ctx.principal.user_id, note=reason)
        decided = {
            "state": request.state,
            "review_note": reason,
            "reviewed_by_id": ctx.principal.user_id,
            "reviewed": stamp(ctx.now),
        }
        after = tx.update(REPORTED, before.model_copy(update=decided))
        if request.state is ReportState.REMOVED and not story.removed:
            story = take_out(ctx, tx, room, story)
        changes = {"state": (before.state.value, request.state.value)}
        subject = Subject(type="RoomStory", id=after.subject_id)
        record(tx, actor_of(ctx), "reviewReportedRoomStory", subject, reason=reason, changes=changes)
        return ReportedView(after, story, room)

    return ctx.table.retry_until_committed(attempt, commits=COMMITS)


def _review(ctx: Context, reported: ReportedStory) -> Review | None:
    return ctx.table.get(REVIEWS, _KIND, reported.subject_id, reported.review_opened, consistent=True)


def _save(tx: Transaction, collection: Collection[E], entity: E) -> E:
    changed = Conflict("This story has been reported at the same time; try again.")
    save = tx.update if entity.version else tx.create
    return save(collection, entity, changed)
