"""The life of a proposal, as a table: what may happen when, to what it leads, and what subscribers are told.

`docs/proposals.md` draws it from this table.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from souk.domains.proposals.model import ClientStatus, VendorStatus
from souk.values.errors import Conflict

VENDOR_JA: Final = "Vendor JA"
CLIENT_JA: Final = "Client JA"
"""The contract's words for a proposal in events, on the freelancer's and on the client's side."""


class Action(StrEnum):
    """What somebody does with a proposal."""

    APPLY = "apply"
    APPLY_AGAIN = "apply again"
    ACCEPT_INVITATION = "accept an invitation"
    ACCEPT_INVITATION_OFFERED = "accept an invitation with an offer open"
    ACCEPT_INVITATION_HIRED = "accept an invitation after an offer was accepted"
    CHANGE = "change the letter"
    CHANGE_TERMS = "change the terms"
    WITHDRAW = "withdraw"
    MESSAGE = "write"
    DECLINE = "decline"
    OFFER = "offer"
    WITHDRAW_OFFER = "withdraw the offer"
    DECLINE_OFFER = "decline the offer"
    LOSE_OFFER = "let the offer expire"
    HIRE = "accept the offer"
    ARCHIVE = "archive"


class Actor(StrEnum):
    """Who does it."""

    FREELANCER = "the freelancer's side"
    CLIENT = "the client's side"
    MARKETPLACE = "the marketplace"


STANDING: Final = frozenset({ClientStatus.CREATED, ClientStatus.ACTIVATED})
"""Where the client has not decided yet."""


@dataclass(frozen=True, slots=True)
class Step:
    """A row of the table. `since` and `to` are in the client's words; `TO_VENDOR` says them in the freelancer's."""

    actor: Actor
    since: frozenset[ClientStatus | None]
    """None: there is no proposal yet."""
    to: ClientStatus | None
    """None: where it stood before the offer, or where it stands."""
    vendor_events: tuple[str, ...] = ()
    client_events: tuple[str, ...] = ()
    tallies: Mapping[str, int] = field(default_factory=dict)
    """What it changes of the posting's Activity."""


TO_VENDOR: Final[Mapping[ClientStatus, VendorStatus]] = {
    ClientStatus.CREATED: VendorStatus.ACCEPTED,
    ClientStatus.ACTIVATED: VendorStatus.ACTIVATED,
    ClientStatus.DECLINED: VendorStatus.DECLINED,
    ClientStatus.WITHDRAWN: VendorStatus.WITHDRAWN,
    ClientStatus.OFFERED: VendorStatus.OFFERED,
    ClientStatus.ARCHIVED: VendorStatus.ARCHIVED,
    ClientStatus.HIRED: VendorStatus.HIRED,
}
"""The freelancer's word for each of the client's. `Created` has no vendor's word but Accepted: found valid at once."""

_NEW: Final = frozenset({None})
_OFFERED: Final = frozenset({ClientStatus.OFFERED})

STEPS: Final[Mapping[Action, Step]] = {
    Action.APPLY: Step(
        Actor.FREELANCER,
        _NEW,
        ClientStatus.CREATED,
        ("VendorInitiate", "VendorCreate", "SystemAccept"),
        ("VendorCreate", "SystemPublish"),
        {"proposals": 1},
    ),
    Action.APPLY_AGAIN: Step(
        Actor.FREELANCER,
        frozenset({ClientStatus.WITHDRAWN}),
        ClientStatus.CREATED,
        ("VendorReapply", "SystemAccept"),
        ("SystemPublish",),
        {"proposals": 1, "withdrawn": -1},
    ),
    Action.ACCEPT_INVITATION: Step(
        Actor.FREELANCER,
        _NEW,
        ClientStatus.ACTIVATED,
        ("VendorCreate", "VendorAcceptInvite"),
        ("VendorCreate", "VendorAcceptInvite"),
        {"proposals": 1, "invites_unanswered": -1},
    ),
    Action.ACCEPT_INVITATION_OFFERED: Step(
        Actor.FREELANCER,
        _NEW,
        ClientStatus.OFFERED,
        ("VendorCreate", "VendorAcceptInviteWithPendingOffer"),
        ("VendorCreate", "VendorAcceptInviteWithPendingOffer"),
        {"proposals": 1, "invites_unanswered": -1},
    ),
    Action.ACCEPT_INVITATION_HIRED: Step(
        Actor.FREELANCER,
        _NEW,
        ClientStatus.HIRED,
        ("VendorCreate", "VendorAcceptInviteWithAcceptedOffer"),
        ("VendorCreate", "VendorAcceptInviteWithAcceptedOffer"),
        {"proposals": 1, "invites_unanswered": -1},
    ),
    Action.CHANGE: Step(Actor.FREELANCER, STANDING, None),
    Action.CHANGE_TERMS: Step(Actor.FREELANCER, STANDING, None, ("UpdateTerms",), ("UpdateTerms",)),
    Action.WITHDRAW: Step(
        Actor.FREELANCER,
        STANDING,
        ClientStatus.WITHDRAWN,
        ("VendorWithdraw",),
        ("VendorWithdraw",),
        {"proposals": -1, "withdrawn": 1},
    ),
    Action.MESSAGE: Step(Actor.CLIENT, STANDING, ClientStatus.ACTIVATED, (), ("ClientMessage",)),
    Action.DECLINE: Step(
        Actor.CLIENT, STANDING, ClientStatus.DECLINED, ("ClientDecline",), ("ClientDecline",), {"declined": 1}
    ),
    Action.OFFER: Step(
        Actor.CLIENT, STANDING, ClientStatus.OFFERED, ("ClientOffer",), ("ClientAccept",), {"offered": 1}
    ),
    Action.WITHDRAW_OFFER: Step(
        Actor.CLIENT, _OFFERED, None, ("ClientWithdrawOffer",), ("ClientWithdrawOffer",), {"offered": -1}
    ),
    Action.DECLINE_OFFER: Step(
        Actor.FREELANCER, _OFFERED, None, ("VendorDeclineOffer",), ("VendorDeclineOffer",), {"offered": -1}
    ),
    Action.LOSE_OFFER: Step(Actor.MARKETPLACE, _OFFERED, None, (), (), {"offered": -1}),
    Action.HIRE: Step(
        Actor.FREELANCER,
        _OFFERED,
        ClientStatus.HIRED,
        ("VendorAcceptOffer", "ClientHire"),
        ("VendorAcceptOffer",),
        {"hired": 1},
    ),
    Action.ARCHIVE: Step(
        Actor.MARKETPLACE,
        STANDING,
        ClientStatus.ARCHIVED,
        ("SystemArchive",),
        ("SystemArchive",),
        {"archived": 1},
    ),
}


@dataclass(frozen=True, slots=True)
class Move:
    """Where a step leads from where a proposal stands."""

    to: ClientStatus
    vendor_events: tuple[str, ...]
    client_events: tuple[str, ...]
    tallies: Mapping[str, int]


def move(action: Action, status: ClientStatus | None, resumes: ClientStatus = ClientStatus.CREATED) -> Move:
    """Return where an action leads. `resumes` is where the proposal stood before an offer.

    Raises Conflict where the proposal is past that.
    """
    step = STEPS[action]
    if status not in step.since:
        raise Conflict(f"This proposal is {status}; it is too late to {action}.")
    vendor_events, client_events = step.vendor_events, step.client_events
    if action is Action.MESSAGE and status is ClientStatus.CREATED:  # the first word begins the conversation
        vendor_events, client_events = ("ClientActivate",), ("ClientActivate", *client_events)
    stays = resumes if status is ClientStatus.OFFERED else status or ClientStatus.CREATED
    return Move(step.to or stays, vendor_events, client_events, step.tallies)
