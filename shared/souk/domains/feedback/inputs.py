"""Inputs of the requests about feedback."""

from souk.domains.feedback.model import FeedbackInfo
from souk.storage import Model


class ContractFeedback(Model):
    """The contract's ContractFeedbackInput."""

    contract_id: str
    feedback: FeedbackInfo
