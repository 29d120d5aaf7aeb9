"""The table's items of feedback.

FEEDBACK#<contract>   FEEDBACK   the reviews of both sides of a contract, created when the contract ends
"""

from datetime import datetime
from typing import Final

from souk.deadlines.model import schedule
from souk.domains.agreements.model import Side
from souk.domains.contracts.model import Contract
from souk.domains.feedback.model import Feedback, Review
from souk.domains.feedback.rules import states
from souk.domains.feedback.rules.states import Action
from souk.domains.market.store import CLIENT_RECORDS, CONTRACT_TOTALS, client_record_key, record_review, totals_key
from souk.storage import Collection, Key, Table, Transaction

WRITES: Final = ("FEEDBACK#",)
"""The prefixes of the partition keys that this domain owns."""
REVEAL: Final = "feedback.reveal"
"""The deadline kind that shows the reviews of both sides when two weeks have passed."""


def feedback_key(contract_id: str) -> Key:
    """Return the key of a contract's feedback."""
    return Key(f"FEEDBACK#{contract_id}", "FEEDBACK")


FEEDBACKS: Collection[Feedback] = Collection(
    name="Feedback", model=Feedback, key=feedback_key, key_of=lambda one: feedback_key(one.contract_id)
)


def feedback_of(table: Table, contract_id: str) -> Feedback | None:
    """Return the feedback of a contract; None before its end. The read is strongly consistent."""
    return table.get(FEEDBACKS, contract_id, consistent=True)


def open_feedback(tx: Transaction, contract: Contract, side: Side, review: Review | None) -> Feedback:
    """Add the feedback of a contract that ends to a transaction, with the review of the side that ends it, if any."""
    feedback = states.opened(contract.id, contract.parties, contract.ends or contract.modified)
    if review is not None:
        feedback = states.submitted(feedback, side, review)
        _emit(tx, Action.SUBMIT, feedback)
    schedule(tx, REVEAL, contract.id, datetime.fromisoformat(feedback.until))
    return tx.create(FEEDBACKS, feedback)


def change_feedback(tx: Transaction, before: Feedback, after: Feedback, action: Action) -> Feedback:
    """Add a change of feedback to a transaction, with the counts in the records of both sides."""
    parties = after.parties
    if after.shown and not before.shown:
        after = after.model_copy(update={"weight": _weight(tx, after)})
    if after.shown:
        counted = states.freelancer_counts(after)
        counted = {name: number - states.freelancer_counts(before)[name] for name, number in counted.items()}
        record_review(tx, parties.vendor_user_id, after.shown, counted)
    client_counts = states.count_changes(before, after, Side.FREELANCER)
    tx.tally(CLIENT_RECORDS, client_record_key(parties.client_company_id), **client_counts)
    _emit(tx, action, after)
    return tx.update(FEEDBACKS, after)


def _weight(tx: Transaction, feedback: Feedback) -> int:
    """Return what a contract has earned, in minor units of its currency."""
    key = totals_key(feedback.contract_id)
    earned: int = tx.read_tallies({key: CONTRACT_TOTALS})[key].earned
    return earned


def _emit(tx: Transaction, action: Action, feedback: Feedback) -> None:
    if event := states.STEPS[action].event:
        tx.emit(states.CFB, event, feedback.contract_id, to=feedback.parties.both)
