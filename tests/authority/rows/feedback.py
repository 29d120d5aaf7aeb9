"""Feedback: given by the parties of a contract, and hidden from the other party until both have given it."""

from tests.authority.contracts import FINISHED, SILENT
from tests.authority.row import Row, refused

_SAID = "{ clientFeedback { score comment } freelancerFeedback { score comment } }"


def _said(verb: str, contract_id: str) -> Row:
    return Row(
        field=f"Mutation.{verb}ContractFeedback",
        document=f"mutation ($input: ContractFeedbackInput!) {{ {verb}ContractFeedback(input: $input) {_SAID} }}",
        variables={"input": {"contractId": contract_id, "feedback": {"skillsScore": 4}}},
        shows='"score":4.0',
        strangers=refused("NOT_FOUND"),
    )


ROWS = (
    _said("submit", SILENT),
    _said("update", FINISHED),
    Row(
        field="Mutation.deleteContractFeedback",
        document="mutation ($id: ID!) { deleteContractFeedback(contractId: $id) }",
        variables={"id": FINISHED},
        shows='"deleteContractFeedback":true',
        strangers=refused("NOT_FOUND"),
    ),
)
