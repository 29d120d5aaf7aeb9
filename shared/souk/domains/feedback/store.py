"""Where feedback is kept.

FEEDBACK#<contract>   FEEDBACK   what both sides of a contract say of each other, from the contract's end
"""

from datetime import datetime
from typing import Final

from souk.deadlines.model import schedule
from souk.domains.agreements.model import Side
from souk.domains.contracts.model import Contract
from souk.domains.feedback.model import Feedback, Words
from souk.domains.feedback.rules import states
from souk.domains.feedback.rules.states import Action
from souk.domains.market.store import CLIENT_RECORDS, FREELANCER_RECORDS, client_record_key, freelancer_record_key
from souk.storage import Collection, Key, Table, Transaction

WRITES: Final = ("FEEDBACK#",)
"""The beginnings of the partition keys that this domain owns."""
REVEAL: Final = "feedback.reveal"
"""The work that shows what both sides have said when two weeks have passed."""


def feedback_key(contract_id: str) -> Key:
    """Return the key of what is said about a contract."""
    return Key(f"FEEDBACK#{contract_id}", "FEEDBACK")


FEEDBACKS: Collection[Feedback] = Collection(
    name="Feedback", model=Feedback, key=feedback_key, key_of=lambda one: feedback_key(one.contract_id)
)


def feedback_of(table: Table, contract_id: str) -> Feedback | None:
    """Return what is said about a contract, as it is now; None before it has ended."""
    return table.get(FEEDBACKS, contract_id, consistent=True)


def open_feedback(tx: Transaction, contract: Contract, side: Side, words: Words | None) -> Feedback:
    """Note in a transaction that a contract ends, and what the side that ends it says, if it says anything."""
    feedback = states.opened(contract.id, contract.parties, contract.ends or contract.modified)
    if words is not None:
        feedback = states.submitted(feedback, side, words)
        _tell(tx, Action.SUBMIT, feedback)
    schedule(tx, REVEAL, contract.id, datetime.fromisoformat(feedback.until))
    return tx.create(FEEDBACKS, feedback)


def change_feedback(tx: Transaction, before: Feedback, after: Feedback, action: Action) -> Feedback:
    """Note in a transaction what is said now, for the records of both sides too."""
    parties = after.parties
    of_freelancer, of_client = (states.counted_since(before, after, by) for by in (Side.CLIENT, Side.FREELANCER))
    tx.tally(FREELANCER_RECORDS, freelancer_record_key(parties.vendor_user_id), **of_freelancer)
    tx.tally(CLIENT_RECORDS, client_record_key(parties.client_company_id), **of_client)
    _tell(tx, action, after)
    return tx.update(FEEDBACKS, after)


def _tell(tx: Transaction, action: Action, feedback: Feedback) -> None:
    if event := states.STEPS[action].event:
        tx.emit(states.CFB, event, feedback.contract_id, to=feedback.parties.both)
