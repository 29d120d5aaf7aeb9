"""Inputs of the requests about feedback."""

from souk.domains.feedback.model import FeedbackInfo
from souk.storage import Input


class ContractFeedback(Input):
    """The contract's ContractFeedbackInput."""

    contract_id: str
    feedback: FeedbackInfo
