"""The two sides of a contract, and what they say of each other."""

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
    """Return feedback that gives the same stars for everything."""
    return {**{f"{name}Score": number for name in SCORES}, "comment": comment}


class FeedbackWorld(ContractsWorld):
    """A contract, with what is said about it."""

    def say(self, who: Person, verb: str = "submit", contract_id: str | None = None, **feedback: Any) -> Answer:
        """Submit or update feedback."""
        query = f"mutation ($input: ContractFeedbackInput!) {{ {verb}ContractFeedback(input: $input) {SHOWN} }}"
        id_ = self.contract.id if contract_id is None else contract_id
        return who.call(query, {"input": {"contractId": id_, "feedback": feedback}})

    def take_back(self, who: Person) -> Answer:
        """Take feedback back."""
        query = "mutation ($id: ID!) { deleteContractFeedback(contractId: $id) }"
        return who.call(query, {"id": self.contract.id})

    def seen(self, who: Person) -> tuple[float | None, float | None]:
        """Return the scores of the client's and of the freelancer's words, as far as somebody may know them."""
        shown = self.older(who)["feedback"]
        return tuple(shown[side] and shown[side]["score"] for side in ("clientFeedback", "freelancerFeedback"))

    def records(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """Return reviews and stars in the records of the client and of the freelancer."""
        client = self.souk.table.read_tally(CLIENT_RECORDS, ACME)
        freelancer = self.souk.table.read_tally(FREELANCER_RECORDS, SOFIA)
        return (client.reviews, client.stars), (freelancer.reviews, freelancer.stars)

    def told(self) -> list[str]:
        """Return what was told of feedback, in order."""
        events = [one for one in self.events() if one[0] == "CFB"]
        assert all(id_ == self.contract.id for _, _, id_ in events)
        return [action for _, action, _ in events]

    def feedback(self) -> Feedback:
        """Return what is said, as it is stored."""
        found = feedback_of(self.souk.table, self.contract.id)
        assert found is not None
        return found

    def long_ago(self, **since: float) -> None:
        """Let time pass since the contract has ended."""
        feedback, by = self.feedback(), timedelta(**since)
        moved = {name: _earlier(getattr(feedback, name), by) for name in ("ended", "until")}
        tx = self.souk.tables["contracts"].transaction()
        tx.update(FEEDBACKS, feedback.model_copy(update=moved))
        tx.commit()


def _earlier(time: str, by: timedelta) -> str:
    return (datetime.fromisoformat(time) - by).isoformat(timespec="milliseconds").replace("+00:00", "Z")
