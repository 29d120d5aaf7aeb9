"""Stored records of the market that several domains write and read.

Talent clouds, invitations, proposals and contracts write relations; jobs reads them to know what a person may see.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from souk.storage import Entity


class ClientRecord(Entity):
    """What a company has done on this marketplace, in numbers: a tally."""

    hires: int = 0
    spent: int = 0
    """Minor units of the company's currency: what it was charged, fees included, less what it got back."""
    reviews: int = 0
    stars: int = 0
    """The sum of the reviews' scores, in hundredths of a star."""


class FreelancerRecord(Entity):
    """What a freelancer has done on this marketplace, in numbers: a tally."""

    contracts: int = 0
    earned: int = 0
    """Minor units of US dollars: what was paid for their work, before fees; work in other currencies is not in it."""
    minutes: int = 0
    """Billed."""
    reviews: int = 0
    stars: int = 0
    """The sum of the reviews' scores, in hundredths of a star."""


class Activity(Entity):
    """What happened around a posting, in numbers: a tally that proposals, invitations and offers raise."""

    proposals: int = 0
    """Those that stand: neither withdrawn nor declined by a rule."""
    messaged: int = 0
    interviewed: int = 0
    hired: int = 0
    invites_sent: int = 0
    invites_unanswered: int = 0
    offered: int = 0
    shortlisted: int = 0
    declined: int = 0
    withdrawn: int = 0
    hidden: int = 0
    archived: int = 0
    bids: int = 0
    """How many bids the next figure is of."""
    bid_total: int = 0
    """Minor units of the posting's currency."""
    lowest_bid: int = 0
    """Of those; 0 where it is not worked out yet (`souk.domains.proposals.commands.bids`)."""
    highest_bid: int = 0
    interviewed_bids: int = 0
    interviewed_bid_total: int = 0


class OpenOffer(Entity):
    """That somebody has an offer for a posting which is not answered. It is written once, and then taken away."""

    job_id: str
    user_id: str
    offer_id: str


class RelationKind(StrEnum):
    """What binds somebody of the market to the other side."""

    CLOUD = "CLOUD"
    INVITATION = "INVITATION"
    CLIENT = "CLIENT"
    APPLICATION = "APPLICATION"


class Relation(Entity):
    """Something that binds a person to a talent cloud, a posting or a client."""

    kind: RelationKind
    user_id: str
    target_id: str
    """The id of the cloud, the posting or the client's company."""
    record_id: str = ""
    """Of a CLIENT the last contract, which the rest describes; of an APPLICATION the proposal; of an INVITATION it."""
    title: str = ""
    platform: str = ""
    hired_by_id: str = ""
    company_name: str = ""


@dataclass(frozen=True, slots=True)
class LastContract:
    """What is known of the last contract of a freelancer and a client."""

    record_id: str
    title: str
    platform: str
    user_id: str
    """Who hired."""
    company_name: str


@dataclass(frozen=True, slots=True)
class Relations:
    """What binds a person to clients and postings of others."""

    clouds: frozenset[str] = frozenset()
    """Ids of the talent clouds they are a member of."""
    invitations: frozenset[str] = frozenset()
    """Ids of the postings they are invited to."""
    clients: Mapping[str, LastContract] = field(default_factory=dict)
    """Those they have worked for, by the company's id."""
