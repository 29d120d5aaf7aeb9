"""A world with a contract and the feedback of its two sides."""

from datetime import datetime, timedelta
from typing import Any

from souk.domains.feedback.model import Feedback
from souk.domains.feedback.store import FEEDBACKS, feedback_of
from souk.domains.market.store import CLIENT_RECORDS, FREELANCER_RECORDS
from tests.support.api import Answer, Person
from tests.support.worlds.contracts import ContractsWorld
from tests.support.worlds.jobs import ACME, SOFIA

SCORES = ("availability", "communication", "cooperation", "deadlines", "quality", "skills")
SHOWN = """{ clientFeedback { score comment freelancerResponse }
  freelancerFeedback { score comment clientResponse recommendScore } }"""


def stars(number: int, comment: str | None = None) -> dict[str, Any]:
    """Return feedback with the same stars for all scores."""
    return {**{f"{name}Score": number for name in SCORES}, "comment": comment}


class FeedbackWorld(ContractsWorld):
    """A contract with its feedback."""

    def send_feedback(
        self, who: Person, verb: str = "submit", contract_id: str | None = None, **feedback: Any
    ) -> Answer:
        """Submit or update feedback."""
        query = f"mutation ($input: ContractFeedbackInput!) {{ {verb}ContractFeedback(input: $input) {SHOWN} }}"
        id_ = self.contract.id if contract_id is None else contract_id
        return who.call(query, {"input": {"contractId": id_, "feedback": feedback}})

    def delete_feedback(self, who: Person) -> Answer:
        """Delete feedback."""
        query = "mutation ($id: ID!) { deleteContractFeedback(contractId: $id) }"
        return who.call(query, {"id": self.contract.id})

    def visible_scores(self, who: Person) -> tuple[float | None, float | None]:
        """Return the scores of the client's and the freelancer's feedback that a person can see."""
        shown = self.older_contract(who)["feedback"]
        return tuple(shown[side] and shown[side]["score"] for side in ("clientFeedback", "freelancerFeedback"))

    def records(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """Return reviews and stars in the records of the client and of the freelancer."""
        client = self.souk.table.read_tally(CLIENT_RECORDS, ACME)
        freelancer = self.souk.table.read_tally(FREELANCER_RECORDS, SOFIA)
        return (client.reviews, client.stars), (freelancer.reviews, freelancer.stars)

    def feedback_events(self) -> list[str]:
        """Return the actions of the feedback events, in order."""
        events = [one for one in self.events() if one[0] == "CFB"]
        assert all(id_ == self.contract.id for _, _, id_ in events)
        return [action for _, action, _ in events]

    def stored_feedback(self) -> Feedback:
        """Return the stored feedback."""
        found = feedback_of(self.souk.table, self.contract.id)
        assert found is not None
        return found

    def pass_time(self, **since: float) -> None:
        """Move the end of the contract into the past."""
        feedback, by = self.stored_feedback(), timedelta(**since)
        moved = {name: _earlier(getattr(feedback, name), by) for name in ("ended", "until")}
        tx = self.souk.tables["contracts"].transaction()
        tx.update(FEEDBACKS, feedback.model_copy(update=moved))
        tx.commit()


def _earlier(time: str, by: timedelta) -> str:
    return (datetime.fromisoformat(time) - by).isoformat(timespec="milliseconds").replace("+00:00", "Z")
