"""The bids around a posting: of proposals that stand, and of people that the client spoke to. Pure."""

from collections.abc import Mapping

from souk.domains.proposals.model import ClientStatus, Proposal

_BIDS = ("bids", "bid_total", "interviewed_bids", "interviewed_bid_total")


def difference(before: Proposal | None, after: Proposal) -> Mapping[str, int]:
    """Return by how much a step changes the numbers of the posting's Activity.

    It is for the steps that make, change or take back a proposal, or begin the conversation. A decision of the client's
    leaves the bid counted.
    """
    return {
        name: new - old for name, new, old in zip(_BIDS, _counted(after), _counted(before), strict=True) if new != old
    }


def _counted(proposal: Proposal | None) -> tuple[int, int, int, int]:
    if proposal is None or proposal.client_status is ClientStatus.WITHDRAWN:
        return (0, 0, 0, 0)
    spoken_to = ClientStatus.ACTIVATED in (proposal.client_status, proposal.resumes)
    interviewed = (1, proposal.amount) if spoken_to else (0, 0)
    return (1, proposal.amount, *interviewed)
