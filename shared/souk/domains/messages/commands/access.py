"""Finding rooms for a caller, also interview rooms in which nothing has been stored yet."""

from souk.domains.jobs.rules.visibility import room_name
from souk.domains.jobs.store import JOBS
from souk.domains.messages.model import RoomView
from souk.domains.messages.rules.authority import may_see
from souk.domains.offers.model import Offer
from souk.domains.offers.store import OFFERS
from souk.domains.proposals.model import Proposal
from souk.domains.proposals.store import PROPOSALS
from souk.domains.rooms.model import Room, Story
from souk.domains.rooms.rules.interview import first_membership, interview_of, offers_of
from souk.domains.rooms.store import ROOM_MEMBERSHIPS, ROOMS, STORIES, earlier_messages, stories_of
from souk.graph import Context
from souk.values.errors import NotFound

NO_ROOM = "This room does not exist, or you cannot see it."
NO_STORY = "This story does not exist, or you cannot see it."


def find(ctx: Context, room_id: str) -> RoomView | None:
    """Return a room that the caller sees; None for any other. Takes one round trip for a stored room."""
    principal = ctx.principal
    membership = ROOM_MEMBERSHIPS.key(room_id, principal.user_id, principal.organization_id)
    proposal, offer = PROPOSALS.key(room_id), OFFERS.key(room_id)
    ctx.fetch(
        {ROOMS.key(room_id): ROOMS, membership: ROOM_MEMBERSHIPS, proposal: PROPOSALS, offer: OFFERS}, consistent=True
    )
    room = ctx.entities[ROOMS.key(room_id)]
    if room is not None:
        return _seen(ctx, room, ctx.entities[proposal])
    return interview(ctx, ctx.entities[proposal], ctx.entities[offer])


def require(ctx: Context, room_id: str) -> RoomView:
    """Return a room that the caller sees. Raises NotFound for any other."""
    found = find(ctx, room_id)
    if found is None:
        raise NotFound(NO_ROOM)
    return found


def interview(ctx: Context, proposal: Proposal | None, offer: Offer | None) -> RoomView | None:
    """Return the room of a proposal, or of an offer; None if the caller does not see it.

    An offer that was made before the proposal keeps its room.
    """
    ids = [offer.id] if offer else []
    if proposal:
        ids = [proposal.id, *ids, *offers_of(proposal)]
    elif offer and offer.proposal_id:
        ids = [offer.proposal_id, *ids]
        proposal = ctx.load(PROPOSALS, offer.proposal_id, consistent=True)
    if not ids:
        return None
    user, organization = ctx.principal.user_id, ctx.principal.organization_id
    memberships = {ROOM_MEMBERSHIPS.key(id_, user, organization): ROOM_MEMBERSHIPS for id_ in ids}
    ctx.fetch({**{ROOMS.key(id_): ROOMS for id_ in ids}, **memberships}, consistent=True)
    stored = next((room for id_ in ids if (room := ctx.entities[ROOMS.key(id_)])), None)
    if stored:
        return _seen(ctx, stored, proposal)
    return _unstored(ctx, proposal, offer)


def story(ctx: Context, view: RoomView, story_id: str) -> Story | None:
    """Return a story of a room that was not removed."""
    if not view.room.version:
        return next((one for one in view.earlier if one.id == story_id), None)
    found = ctx.load(STORIES, view.id, story_id, consistent=True)
    return found if found and not found.removed else None


def require_story(ctx: Context, view: RoomView, story_id: str) -> Story:
    """Return a story of a room that was not removed. Raises NotFound if there is none."""
    found = story(ctx, view, story_id)
    if found is None:
        raise NotFound(NO_STORY)
    return found


def _seen(ctx: Context, room: Room, proposal: Proposal | None) -> RoomView | None:
    if not may_see(room, ctx.principal):
        return None
    user, organization = ctx.principal.user_id, ctx.principal.organization_id
    member = room.member(user, organization)
    kept = ctx.load(ROOM_MEMBERSHIPS, room.id, user, organization, consistent=True) if member else None
    return RoomView(room, user, organization, kept, proposal)


def _unstored(ctx: Context, proposal: Proposal | None, offer: Offer | None) -> RoomView | None:
    """Return the room of a proposal or offer in which nothing has been stored."""
    about = proposal or offer
    if about is None:
        return None
    title = offer.title if offer else None
    if proposal and (job := ctx.load(JOBS, proposal.job_id)):
        title = room_name(job)
    offer_ids = dict.fromkeys([*(offers_of(proposal) if proposal else ()), *([offer.id] if offer else [])])
    room = interview_of(
        about.parties,
        title,
        about.created,
        proposal_id=proposal.id if proposal else None,
        offer_ids=tuple(offer_ids),
        contract_id=offer.contract_id if offer else None,
    )
    if not may_see(room, ctx.principal):
        return None
    messages = earlier_messages(ctx.table, proposal.id) if proposal and proposal.messaged else []
    room, stories = stories_of(room, messages)
    user, organization = ctx.principal.user_id, ctx.principal.organization_id
    kept = None
    if room.member(user, organization):
        kept = first_membership(room, user, organization, stories)
    return RoomView(room, user, organization, kept, proposal, tuple(stories))
