"""Writing, editing and removing stories.

A story is stored under the version of its room, so stories are numbered without gaps in the order of their times. Many
writers at once try again, each with the next number.
"""

from collections.abc import Sequence
from typing import Any, Final

from souk.domains.agreements.model import Side
from souk.domains.files.attachments import attachments
from souk.domains.files.model import Attachment
from souk.domains.identity.store import USERS
from souk.domains.messages.commands import access
from souk.domains.messages.inputs import CreateStory, MessageRequest, UpdateStory
from souk.domains.messages.model import RoomView, StoryView, side_of
from souk.domains.messages.rules import authority, mentions, texts
from souk.domains.proposals.commands.reviewing import note_message, received
from souk.domains.proposals.model import Proposal
from souk.domains.proposals.store import PROPOSALS
from souk.domains.rooms.model import (
    ROOM,
    Member,
    Revision,
    Room,
    RoomEvent,
    RoomMembership,
    Story,
)
from souk.domains.rooms.rules.counting import all_read, without
from souk.domains.rooms.rules.interview import first_membership
from souk.domains.rooms.rules.members import with_members
from souk.domains.rooms.store import (
    COMMITS,
    ROOM_MEMBERSHIPS,
    ROOMS,
    STORIES,
    copy_stories,
    create_story,
    key_guard,
    latest_before,
    next_story,
    save_membership,
    save_room,
    with_mail,
)
from souk.graph import Context
from souk.storage import Transaction
from souk.values import idempotency
from souk.values.errors import Conflict, Forbidden, NotFound
from souk.values.problems import Problems
from souk.values.times import stamp

_MAX_MARKED: Final = 1_000
"""The unread mentions that a member keeps."""
_MAX_REVISIONS: Final = 50
"""The earlier texts of a story that are kept."""
_NO_KEY: Final = "This idempotency key was used for another request."


def create(ctx: Context, request: CreateStory) -> StoryView:
    """Write a story in a room. A repeated idempotency key returns the story of the first request."""
    problems = Problems("input")
    if not request.room_id:
        problems.add("roomId", "is required.", missing=True)
    return _write(ctx, problems, request, request.room_id or "", "createRoomStoryV2")


def about_proposal(ctx: Context, request: MessageRequest) -> Proposal:
    """Write a story in the room of a proposal, for its client. Returns the proposal."""
    proposal = received(ctx, request)
    problems = Problems("clientProposalMessageRequest")
    _write(ctx, problems, request, proposal.id, "messageClientProposal")
    written = ctx.table.get(PROPOSALS, proposal.id, consistent=True)
    return written or proposal


def _write(
    ctx: Context, problems: Problems, request: CreateStory | MessageRequest, room_id: str, mutation: str
) -> StoryView:
    principal = ctx.principal
    key, fingerprint = idempotency.key(problems, request.idempotency_key), idempotency.fingerprint(request)
    attached = attachments(ctx, problems, "attachmentIds", request.attachment_ids, principal.company_id)
    text = texts.message(problems, request.message, attached=bool(attached))
    problems.raise_if_any()
    guard = key_guard(principal.user_id, principal.organization_id, mutation, key) if key else None

    def attempt(tx: Transaction) -> StoryView:
        ctx.clear_cache()
        if guard and (made := ctx.table.holder(guard)):
            return _made(ctx, made, fingerprint)
        view = access.require(ctx, room_id)
        written = _add(ctx, tx, view, text, attached, fingerprint if guard else None)
        if guard:
            tx.reserve(guard, f"{written.room.id}/{written.id}", Conflict(_NO_KEY))
        return written

    written = ctx.table.retry_until_committed(attempt, commits=COMMITS)
    ctx.clear_cache()
    return written


def _made(ctx: Context, holder: str, fingerprint: str) -> StoryView:
    """Return the story that an earlier request with the same key has made, also if it was removed since."""
    room_id, _, story_id = holder.partition("/")
    story = ctx.table.get(STORIES, room_id, story_id, consistent=True)
    if story is None or story.fingerprint != fingerprint:
        raise Conflict(_NO_KEY)
    return StoryView(story, access.require(ctx, room_id))


def _add(
    ctx: Context,
    tx: Transaction,
    view: RoomView,
    text: str | None,
    attached: Sequence[Attachment],
    fingerprint: str | None,
) -> StoryView:
    """Add a story to a transaction, with all that follows from it."""
    principal = ctx.principal
    authority.require_writer(view.room, principal)
    proposal = _proposal(ctx, view)
    authority.require_conversation(view.room, proposal, principal)
    if proposal is not None and side_of(view.room, principal.company_id) is Side.CLIENT:
        note_message(tx, proposal, principal.user_id, ctx.now)
    room, memberships = opened(ctx, view)
    room, own = _joined(ctx, room, view, memberships)
    room, story = next_story(
        room,
        ctx.now,
        user_id=principal.user_id,
        organization_id=principal.organization_id,
        text=text,
        attachments=tuple(attached),
        mentions=tuple(place for place in _mentioned(ctx, room, text) if place != own_place(ctx)),
        fingerprint=fingerprint,
    )
    own = all_read(own, room, ctx.now)
    memberships[own_place(ctx)] = own
    for one in _memberships(ctx, room, story.mentions, memberships):
        marked = (*one.mentions, story.seq)[-_MAX_MARKED:]
        memberships[one.user_id, one.organization_id] = one.model_copy(update={"mentions": marked})
    stored = save_room(tx, with_mail(tx, room, ctx.now))
    written = create_story(tx, story)
    for place, one in memberships.items():
        saved = save_membership(tx, one)
        own = saved if place == own_place(ctx) else own
    tell(tx, room, RoomEvent.STORY)
    return StoryView(written, RoomView(stored, *own_place(ctx), own, proposal))


def own_place(ctx: Context) -> tuple[str, str]:
    """Return the ids that identify the caller as a member."""
    return ctx.principal.user_id, ctx.principal.organization_id


def tell(tx: Transaction, room: Room, event: RoomEvent) -> None:
    """Add the event of a change of a room to a transaction.

    No organization receives those of one-on-one rooms. The sockets of members do (`souk.domains.live`).
    """
    tx.emit(ROOM, event, room.id, to=room.audience)


def opened(ctx: Context, view: RoomView) -> tuple[Room, dict[tuple[str, str], RoomMembership]]:
    """Return a room that can be stored, and the memberships to store with it: those of a room that is not stored yet.

    The messages of an earlier release become its stories before.
    """
    if view.room.version:
        return view.room, {}
    stories = list(view.earlier)
    copy_stories(ctx.table, stories)
    members = view.room.members
    return view.room, {
        one.place: first_membership(view.room, one.user_id, one.organization_id, stories) for one in members
    }


def _joined(
    ctx: Context, room: Room, view: RoomView, memberships: dict[tuple[str, str], RoomMembership]
) -> tuple[Room, RoomMembership]:
    """Return a room with the caller among its members, and their membership. Leads become members by writing."""
    place = own_place(ctx)
    if kept := memberships.get(place) or view.membership:
        return room, kept
    if room.member(*place) is None:
        room = with_members(
            room, [Member(user_id=place[0], organization_id=place[1], company_id=ctx.principal.company_id)]
        )
    return room, RoomMembership(room_id=room.id, user_id=place[0], organization_id=place[1], joined=stamp(ctx.now))


def _proposal(ctx: Context, view: RoomView) -> Proposal | None:
    """Return the proposal of a room, as the transaction will see it."""
    if view.room.proposal_id is None:
        return None
    return view.proposal or ctx.load(PROPOSALS, view.room.proposal_id, consistent=True)


def _mentioned(ctx: Context, room: Room, text: str | None) -> tuple[tuple[str, str], ...]:
    nicknames: dict[str, str] = {}
    if mentions.has_nickname(text):
        users = ctx.load_many(USERS, [one.user_id for one in room.members])
        nicknames = {one.nickname: one.id for one in users if one}
    return mentions.mentioned(text, room.members, nicknames)


def _memberships(
    ctx: Context,
    room: Room,
    places: Sequence[tuple[str, str]],
    known: dict[tuple[str, str], RoomMembership],
) -> list[RoomMembership]:
    """Return the memberships of some members, in one round trip."""
    missing = [ROOM_MEMBERSHIPS.key(room.id, *place) for place in places if place not in known]
    ctx.fetch(dict.fromkeys(missing, ROOM_MEMBERSHIPS), consistent=True)
    found = [known.get(place) or ctx.entities.get(ROOM_MEMBERSHIPS.key(room.id, *place)) for place in places]
    return [one for one in found if one]


def update(ctx: Context, request: UpdateStory) -> None:
    """Change the text of one's own story. The same text changes nothing."""

    def attempt(tx: Transaction) -> None:
        ctx.clear_cache()
        view, story = _own_story(ctx, request.room_id, request.story_id)
        problems = Problems("input")
        text = texts.message(problems, request.message, attached=bool(story.attachments))
        problems.raise_if_any()
        if text == story.text:
            return
        room = view.room
        tx.check(ROOMS, room, Conflict("This room has changed; try again."))
        kept = set(_mentioned(ctx, room, text))
        gone = [place for place in story.mentions if place not in kept]
        revision = Revision(text=story.text, written=story.updated)
        changes: dict[str, Any] = {
            "text": text,
            "updated": max(stamp(ctx.now), story.updated),
            "revisions": (*story.revisions, revision)[-_MAX_REVISIONS:],
            "mentions": tuple(place for place in story.mentions if place in kept),
        }
        tx.update(STORIES, story.model_copy(update=changes), Conflict("This story has changed; try again."))
        _forget_mention(ctx, tx, story, gone)
        tell(tx, room, RoomEvent.STORY_UPDATE)

    ctx.table.retry_until_committed(attempt, commits=COMMITS)
    ctx.clear_cache()


def remove(ctx: Context, room_id: str, story_id: str) -> str:
    """Remove one's own story, and return its id. It leaves lists and counts; operators keep it."""

    def attempt(tx: Transaction) -> None:
        ctx.clear_cache()
        view, story = _own_story(ctx, room_id, story_id)
        take_out(ctx, tx, view.room, story)

    ctx.table.retry_until_committed(attempt, commits=COMMITS)
    ctx.clear_cache()
    return story_id


def take_out(ctx: Context, tx: Transaction, room: Room, story: Story) -> Story:
    """Add the removal of a story from a stored room to a transaction."""
    latest_id = room.latest_id
    if latest_id == story.id:
        before = latest_before(ctx.table, room.id, story.id)
        latest_id = before.id if before else None
    _forget_mention(ctx, tx, story, story.mentions)
    removed = max(stamp(ctx.now), story.updated)
    gone = story.model_copy(update={"removed": removed, "updated": removed})
    save_room(tx, without(room, story, latest_id))
    tell(tx, room, RoomEvent.STORY_DELETE)
    return tx.update(STORIES, gone, Conflict("This story has changed; try again."))


def _forget_mention(ctx: Context, tx: Transaction, story: Story, places: Sequence[tuple[str, str]]) -> None:
    """Add to a transaction that a story no longer mentions some members."""
    keys = [ROOM_MEMBERSHIPS.key(story.room_id, *place) for place in places]
    found = ctx.table.batch_get(keys, consistent=True)
    for one in map(ROOM_MEMBERSHIPS.decode, found.values()):
        if story.seq in one.mentions:
            left = tuple(number for number in one.mentions if number != story.seq)
            save_membership(tx, one.model_copy(update={"mentions": left}))


def _own_story(ctx: Context, room_id: str, story_id: str) -> tuple[RoomView, Story]:
    """Return a story that the caller wrote, which can be changed, and the view of its room.

    The messages of an earlier release in a room that is not stored yet are stored first.
    """
    view = access.require(ctx, room_id)
    story = access.require_story(ctx, view, story_id)
    if (story.user_id, story.organization_id) != own_place(ctx) or story.event:
        raise Forbidden("Only the writer of a story may change it.")
    authority.require_open(view.room)
    if not view.room.version:
        store(ctx, view)
        ctx.clear_cache()
        view = access.require(ctx, room_id)
        story = access.require_story(ctx, view, story_id)
    return view, story


def store(ctx: Context, view: RoomView) -> None:
    """Store an interview room that is not stored yet, with the messages of an earlier release."""
    room, memberships = opened(ctx, view)
    tx = ctx.table.transaction()
    save_room(tx, room)
    for one in memberships.values():
        save_membership(tx, one)
    tx.try_commit()  # somebody else may have stored it


def stored_view(ctx: Context, room_id: str) -> RoomView:
    """Return a room that the caller sees, after storing it if needed. Raises NotFound for any other."""
    ctx.clear_cache()
    view = access.require(ctx, room_id)
    if view.room.version:
        return view
    store(ctx, view)
    ctx.clear_cache()
    view = access.require(ctx, room_id)
    if not view.room.version:
        raise NotFound(access.NO_ROOM)
    return view
