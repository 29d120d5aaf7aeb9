"""The states of a proposal: a table of actions, with their transitions and events.

`docs/proposals.md` shows this table.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from souk.domains.proposals.model import ClientStatus, VendorStatus
from souk.values.errors import Conflict

VENDOR_JA: Final = "Vendor JA"
CLIENT_JA: Final = "Client JA"
"""The contract's entity names for proposals in events: on the freelancer's side, and on the client's side."""


class Action(StrEnum):
    """An action on a proposal. The value completes "too late to ..." in error messages."""

    APPLY = "apply"
    APPLY_AGAIN = "apply again"
    ACCEPT_INVITATION = "accept an invitation"
    ACCEPT_INVITATION_OFFERED = "accept an invitation with an open offer"
    ACCEPT_INVITATION_HIRED = "accept an invitation with an accepted offer"
    CHANGE = "change the letter"
    CHANGE_TERMS = "change the terms"
    WITHDRAW = "withdraw"
    MESSAGE = "send a message"
    DECLINE = "decline"
    OFFER = "offer"
    WITHDRAW_OFFER = "withdraw the offer"
    DECLINE_OFFER = "decline the offer"
    EXPIRE_OFFER = "expire the offer"
    HIRE = "accept the offer"
    ARCHIVE = "archive"


class Actor(StrEnum):
    """The side that performs an action."""

    FREELANCER = "the freelancer's side"
    CLIENT = "the client's side"
    MARKETPLACE = "the marketplace"


UNDECIDED: Final = frozenset({ClientStatus.CREATED, ClientStatus.ACTIVATED})
"""The states before the client's decision."""


@dataclass(frozen=True, slots=True)
class Step:
    """A row of the table. `since` and `to` are client statuses; `VENDOR_STATUS` maps them to vendor statuses."""

    actor: Actor
    since: frozenset[ClientStatus | None]
    """The statuses that allow the action. None stands for a new proposal."""
    to: ClientStatus | None
    """None for the status before the offer if the proposal is OFFERED, else for an unchanged status."""
    vendor_events: tuple[str, ...] = ()
    client_events: tuple[str, ...] = ()
    tallies: Mapping[str, int] = field(default_factory=dict)
    """The changes of the posting's Activity."""


VENDOR_STATUS: Final[Mapping[ClientStatus, VendorStatus]] = {
    ClientStatus.CREATED: VendorStatus.ACCEPTED,
    ClientStatus.ACTIVATED: VendorStatus.ACTIVATED,
    ClientStatus.DECLINED: VendorStatus.DECLINED,
    ClientStatus.WITHDRAWN: VendorStatus.WITHDRAWN,
    ClientStatus.OFFERED: VendorStatus.OFFERED,
    ClientStatus.ARCHIVED: VendorStatus.ARCHIVED,
    ClientStatus.HIRED: VendorStatus.HIRED,
}
"""The vendor status for each client status. A proposal is validated at once, so Created maps to Accepted."""

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
    Action.CHANGE: Step(Actor.FREELANCER, UNDECIDED, None),
    Action.CHANGE_TERMS: Step(Actor.FREELANCER, UNDECIDED, None, ("UpdateTerms",), ("UpdateTerms",)),
    Action.WITHDRAW: Step(
        Actor.FREELANCER,
        UNDECIDED,
        ClientStatus.WITHDRAWN,
        ("VendorWithdraw",),
        ("VendorWithdraw",),
        {"proposals": -1, "withdrawn": 1},
    ),
    Action.MESSAGE: Step(Actor.CLIENT, UNDECIDED, ClientStatus.ACTIVATED, (), ("ClientMessage",)),
    Action.DECLINE: Step(
        Actor.CLIENT, UNDECIDED, ClientStatus.DECLINED, ("ClientDecline",), ("ClientDecline",), {"declined": 1}
    ),
    Action.OFFER: Step(
        Actor.CLIENT, UNDECIDED, ClientStatus.OFFERED, ("ClientOffer",), ("ClientAccept",), {"offered": 1}
    ),
    Action.WITHDRAW_OFFER: Step(
        Actor.CLIENT, _OFFERED, None, ("ClientWithdrawOffer",), ("ClientWithdrawOffer",), {"offered": -1}
    ),
    Action.DECLINE_OFFER: Step(
        Actor.FREELANCER, _OFFERED, None, ("VendorDeclineOffer",), ("VendorDeclineOffer",), {"offered": -1}
    ),
    Action.EXPIRE_OFFER: Step(Actor.MARKETPLACE, _OFFERED, None, (), (), {"offered": -1}),
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
        UNDECIDED,
        ClientStatus.ARCHIVED,
        ("SystemArchive",),
        ("SystemArchive",),
        {"archived": 1},
    ),
}


@dataclass(frozen=True, slots=True)
class Move:
    """The result of an action on a proposal in a certain status."""

    to: ClientStatus
    vendor_events: tuple[str, ...]
    client_events: tuple[str, ...]
    tallies: Mapping[str, int]


def move(action: Action, status: ClientStatus | None, resumes: ClientStatus = ClientStatus.CREATED) -> Move:
    """Return the result of an action. `resumes` is the status before an offer.

    Raises Conflict if the status does not allow the action.
    """
    step = STEPS[action]
    if status not in step.since:
        raise Conflict(f"This proposal is {status}; it is too late to {action}.")
    vendor_events, client_events = step.vendor_events, step.client_events
    if action is Action.MESSAGE and status is ClientStatus.CREATED:  # the first message starts the conversation
        vendor_events, client_events = ("ClientActivate",), ("ClientActivate", *client_events)
    default = resumes if status is ClientStatus.OFFERED else status or ClientStatus.CREATED
    return Move(step.to or default, vendor_events, client_events, step.tallies)
