"""Stored market records that several domains write and read.

Talent clouds, invitations, proposals and contracts write relations. Jobs reads them to decide visibility.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from souk.storage import Entity


class ClientRecord(Entity):
    """The track record of a company on this marketplace: a tally."""

    hires: int = 0
    spent: int = 0
    """Charges minus refunds, fees included, in minor units of the company's currency."""
    reviews: int = 0
    stars: int = 0
    """The sum of the review scores, in hundredths of a star."""


class FreelancerRecord(Entity):
    """The track record of a freelancer on this marketplace: a tally."""

    contracts: int = 0
    earned: int = 0
    """Earnings before fees, in minor units of US dollars. Work in other currencies does not count."""
    minutes: int = 0
    """Billed minutes."""
    reviews: int = 0
    stars: int = 0
    """The sum of the review scores, in hundredths of a star."""


class Activity(Entity):
    """Counts of the proposals, invitations and offers for a posting: a tally."""

    proposals: int = 0
    """Without withdrawn proposals."""
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
    """The number of bids in `bid_total`."""
    bid_total: int = 0
    """The sum of the bids, in minor units of the posting's currency."""
    lowest_bid: int = 0
    """0 until it is computed (`souk.domains.proposals.commands.bids`)."""
    highest_bid: int = 0
    interviewed_bids: int = 0
    interviewed_bid_total: int = 0


class OpenOffer(Entity):
    """An unanswered offer to a person for a posting. It is created once and deleted with the answer."""

    job_id: str
    user_id: str
    offer_id: str


class RelationKind(StrEnum):
    """The kind of a relation."""

    CLOUD = "CLOUD"
    INVITATION = "INVITATION"
    CLIENT = "CLIENT"
    APPLICATION = "APPLICATION"
    CONTACT = "CONTACT"
    """The client has made the person an offer, or written about their proposal."""


class Relation(Entity):
    """A relation of a person to a talent cloud, a posting or a client."""

    kind: RelationKind
    user_id: str
    target_id: str
    """The id of the cloud, the posting or the client's company."""
    record_id: str = ""
    """CLIENT: the id of the last contract, described by the fields below. APPLICATION: the id of the proposal.
    INVITATION: the id of the invitation."""
    title: str = ""
    platform: str = ""
    hired_by_id: str = ""
    company_name: str = ""


@dataclass(frozen=True, slots=True)
class LastContract:
    """The last contract between a freelancer and a client."""

    record_id: str
    title: str
    platform: str
    user_id: str
    """The person who hired."""
    company_name: str

    @classmethod
    def of(cls, relation: Relation) -> "LastContract":
        """Return the last contract that a relation to a client describes."""
        return cls(relation.record_id, relation.title, relation.platform, relation.hired_by_id, relation.company_name)


@dataclass(frozen=True, slots=True)
class Relations:
    """The relations of a person to clients and postings."""

    clouds: frozenset[str] = frozenset()
    """Ids of the talent clouds that they belong to."""
    invitations: frozenset[str] = frozenset()
    """Ids of the postings that they are invited to."""
    clients: Mapping[str, LastContract] = field(default_factory=dict)
    """The last contract with each client, by the company's id."""

    @classmethod
    def of(cls, found: Iterable[Relation]) -> "Relations":
        """Return stored relations by their kinds."""
        by_kind: dict[RelationKind, list[Relation]] = {kind: [] for kind in RelationKind}
        for one in found:
            by_kind[one.kind].append(one)
        return cls(
            clouds=frozenset(one.target_id for one in by_kind[RelationKind.CLOUD]),
            invitations=frozenset(one.target_id for one in by_kind[RelationKind.INVITATION]),
            clients={one.target_id: LastContract.of(one) for one in by_kind[RelationKind.CLIENT]},
        )
