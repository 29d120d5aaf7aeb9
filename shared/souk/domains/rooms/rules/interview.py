"""The rooms of proposals and offers. Their ids follow from what they are about, so nothing has to be looked up. Pure.

Such a room is stored with its first story or offer. Before that it is the same room, computed.
"""

from collections.abc import Sequence
from typing import Protocol

from souk.domains.agreements.model import Parties
from souk.domains.rooms.model import Member, Person, Room, RoomMembership, RoomType, Story


class _Applied(Protocol):
    """The part of a proposal that names its last offer."""

    @property
    def offer_id(self) -> str | None:
        """The id of the offer."""


def offers_of(proposal: _Applied) -> tuple[str, ...]:
    """Return the id of the last offer for a proposal, if there is one."""
    return (proposal.offer_id,) if proposal.offer_id else ()


def interview_of(
    parties: Parties,
    title: str | None,
    created: str,
    *,
    proposal_id: str | None,
    offer_ids: tuple[str, ...] = (),
    contract_id: str | None = None,
) -> Room:
    """Return the room of a proposal, else of the first of its offers, before anything is stored in it.

    The freelancer made the proposal; without one, the client made the offer.
    """
    client = Person(
        user_id=parties.client_user_id,
        organization_id=parties.client_team_id,
        company_id=parties.client_company_id,
    )
    freelancer = Person(
        user_id=parties.vendor_user_id,
        organization_id=parties.vendor_team_id,
        company_id=parties.vendor_company_id,
    )
    first, second = (freelancer, client) if proposal_id else (client, freelancer)
    return Room(
        id=proposal_id or offer_ids[0],
        type=RoomType.INTERVIEW,
        name=title,
        organization_id=parties.client_team_id,
        company_id=parties.client_company_id,
        creator=first,
        created=created,
        members=tuple(Member(**one.model_dump()) for one in (first, second)),
        parties=parties,
        proposal_id=proposal_id,
        offer_ids=offer_ids,
        contract_id=contract_id,
    )


def first_membership(room: Room, user_id: str, organization_id: str, stories: Sequence[Story]) -> RoomMembership:
    """Return what an interview room keeps for one of its first two members before they do anything there.

    The client wrote the earlier messages, and the freelancer has not read them here.
    """
    one = RoomMembership(room_id=room.id, user_id=user_id, organization_id=organization_id, joined=room.created)
    parties = room.parties
    client = parties is not None and (user_id, organization_id) == (parties.client_user_id, parties.client_team_id)
    if not (client and stories):
        return one
    last = stories[-1]
    return one.model_copy(update={"read": last.seq, "read_id": last.id, "read_time": last.created})
