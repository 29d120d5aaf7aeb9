"""Stored market records that several domains write and read.

Talent clouds, invitations, proposals and contracts write relations. Jobs reads them to decide visibility.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
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
    """The track record of a freelancer on this marketplace: a tally.

    Amounts are minor units of US dollars. Work in other currencies counts as jobs and contracts, but not in amounts.
    """

    contracts: int = 0
    """All contracts, also those that have ended."""
    current: int = 0
    """Contracts that have not ended."""
    interviews: int = 0
    """Activated proposals: conversations in progress."""
    earned: int = 0
    """Earnings before fees."""
    received: int = 0
    """Earnings after the vendor's fee."""
    agency_earned: int = 0
    """The part of `earned` under contracts of agencies."""
    agency_received: int = 0
    minutes: int = 0
    """Billed minutes."""
    fixed_jobs: int = 0
    """Contracts for a fixed price on which something was earned."""
    hourly_jobs: int = 0
    billed: int = 0
    """Contracts on which at least one unit of their currency was earned, such as one dollar."""
    reviews: int = 0
    stars: int = 0
    """The sum of the review scores, in hundredths of a star."""
    weight: int = 0
    """The sum of the weights of the reviews: what was earned on their contracts."""
    weighted_stars: int = 0
    """The sum of the review scores, each times its weight."""
    last_applied: str = ""
    """ISO 8601, UTC, as are the other times; "" for never."""
    last_hired: str = ""
    last_paid: str = ""


class DayTally(Entity):
    """The counts of a freelancer's day, UTC. Amounts are as in FreelancerRecord.

    What happens to a proposal or an invitation later counts on the day when it was made, so that the counts of a period
    divide to shares of the same proposals. Refunds count on their own day. A changed review stays on the day when it
    was shown first.
    """

    day: str = ""
    """D#<yyyy-mm-dd>: the sort key."""
    earned: int = 0
    received: int = 0
    agency_earned: int = 0
    agency_received: int = 0
    minutes: int = 0
    contracts: frozenset[str] = frozenset()
    """The contracts on which something was earned, at most `MOST_CONTRACTS`: `<id>#H` paid by the hour, else `#F`."""
    hired: int = 0
    """Contracts that began."""
    applied: int = 0
    viewed: int = 0
    """Proposals that the client has read."""
    hidden_viewed: int = 0
    """Those of them that the client has hidden."""
    interviewed: int = 0
    """Proposals with a conversation."""
    won: int = 0
    """Proposals that led to a contract."""
    invited: int = 0
    answered: int = 0
    answered_in_a_day: int = 0
    reviews: int = 0
    stars: int = 0
    weight: int = 0
    weighted_stars: int = 0


class HiddenReason(Entity):
    """The proposals of a freelancer that clients have hidden for a reason: a tally."""

    reason_id: str = ""
    """The sort key."""
    proposals: int = 0


class ContractTotals(Entity):
    """The totals of a contract: a tally. Amounts are minor units of the contract's currency."""

    earned: int = 0
    """Before fees, less what was reversed."""
    received: int = 0
    """After the vendor's fee."""
    minutes: int = 0
    """Billed minutes."""


@dataclass(frozen=True, slots=True)
class Payment:
    """What one booking or several pay a freelancer for a contract. Refunds are negative."""

    user_id: str
    contract_id: str
    hourly: bool
    agency: bool
    currency: str
    at: str
    """ISO 8601, UTC."""
    earned: int
    """Before fees, in minor units of the currency, as is `received`."""
    received: int
    """After the vendor's fee."""
    minutes: int = 0
    """Billed minutes."""


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


class CloudTies(Entity):
    """The talent clouds of a client's company that a person is in: a tally."""

    clouds: int = 0


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
    AGENCY = "AGENCY"
    """The client has a CONTACT who works for this agency."""


class Relation(Entity):
    """A relation of a person to a talent cloud, a posting or a client."""

    kind: RelationKind
    user_id: str
    """AGENCY: the id of the agency's company."""
    target_id: str
    """The id of the cloud, the posting or the client's company."""
    record_id: str = ""
    """CLIENT: the id of the last contract, described by the fields below. APPLICATION: the id of the proposal.
    INVITATION: the id of the invitation."""
    title: str = ""
    platform: str = ""
    hired_by_id: str = ""
    company_name: str = ""
    company_id: str = ""
    """CLOUD: the id of the client's company that the cloud belongs to."""
    joined: str = ""
    """CLOUD: when the person became a member, ISO 8601, UTC; "" in records of earlier releases."""
    added_by_id: str = ""
    """CLOUD: the person of the client who has added them; "" for nobody."""


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
    suspended: frozenset[str] = frozenset()
    """The ids of the companies that are suspended."""

    def without_clouds(self, ids: frozenset[str]) -> "Relations":
        """Return the relations without some clouds."""
        return replace(self, clouds=self.clouds - ids)

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
