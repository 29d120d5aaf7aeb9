"""What a proposal counts around its posting beside where it stands: its bid, and that the two were in touch. Pure."""

from collections.abc import Mapping

from souk.domains.proposals.model import ClientStatus, Proposal

_NUMBERS = ("messaged", "interviewed", "bids", "bid_total", "interviewed_bids", "interviewed_bid_total")


def difference(before: Proposal | None, after: Proposal) -> Mapping[str, int]:
    """Return by how much a step changes the numbers of the posting's Activity.

    It is for the steps that make, change or take back a proposal, or begin the conversation. A decision of the client's
    leaves the bid counted.
    """
    return {
        name: new - old
        for name, new, old in zip(_NUMBERS, _counted(after), _counted(before), strict=True)
        if new != old
    }


def _counted(proposal: Proposal | None) -> tuple[int, ...]:
    if proposal is None:
        return (0,) * len(_NUMBERS)
    in_touch = (int(proposal.messaged), int(proposal.interviewed))
    bid = (0, 0) if proposal.client_status is ClientStatus.WITHDRAWN else (1, proposal.amount)
    return (*in_touch, *bid, *(bid if proposal.interviewed else (0, 0)))
