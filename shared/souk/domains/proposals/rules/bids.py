"""The counts of a proposal in its posting's Activity that do not follow from its status: bid and contact. Pure."""

from collections.abc import Mapping

from souk.domains.proposals.model import ClientStatus, Proposal

_NUMBERS = ("messaged", "interviewed", "bids", "bid_total", "interviewed_bids", "interviewed_bid_total")


def difference(before: Proposal | None, after: Proposal) -> Mapping[str, int]:
    """Return the changes of a posting's Activity from one version of a proposal to the next.

    Use it for actions that create, update or withdraw a proposal, or start the conversation. A decision of the client
    does not change the counted bids.
    """
    return {
        name: new - old
        for name, new, old in zip(_NUMBERS, _counted(after), _counted(before), strict=True)
        if new != old
    }


def _counted(proposal: Proposal | None) -> tuple[int, ...]:
    if proposal is None:
        return (0,) * len(_NUMBERS)
    contact = (int(proposal.messaged), int(proposal.interviewed))
    bid = (0, 0) if proposal.client_status is ClientStatus.WITHDRAWN else (1, proposal.amount)
    return (*contact, *bid, *(bid if proposal.interviewed else (0, 0)))
