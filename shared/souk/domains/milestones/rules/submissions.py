"""Submitting and rejecting work on a milestone. Pure."""

from souk.domains.milestones.model import Message, Milestone, Submission
from souk.domains.milestones.rules.states import Action, move
from souk.values.errors import Conflict

MAX_SUBMISSIONS = 100
MAX_MESSAGES = 100
"""The most messages that a milestone keeps: the latest ones."""


def require_submittable(milestone: Milestone) -> None:
    """Raise Conflict unless work can be submitted."""
    move(Action.SUBMIT, milestone.state)
    if len(milestone.submissions) >= MAX_SUBMISSIONS:
        raise Conflict(f"Work was submitted {MAX_SUBMISSIONS} times, which is the limit.")


def with_message(milestone: Milestone, text: str | None, now: str) -> Milestone:
    """Return the milestone with a message of the client to the freelancer; unchanged without a text."""
    if text is None:
        return milestone
    messages = (*milestone.messages, Message(created=now, text=text))
    return milestone.model_copy(update={"messages": messages[-MAX_MESSAGES:]})


def submitted(milestone: Milestone, submission: Submission) -> Milestone:
    """Return the milestone with a new submission."""
    return milestone.model_copy(
        update={
            "state": move(Action.SUBMIT, milestone.state),
            "submissions": (*milestone.submissions, submission),
            "modified": submission.created,
        }
    )


def rejected(milestone: Milestone, submission_id: str, revision: Message | None, now: str) -> Milestone:
    """Return the milestone with its last submission rejected.

    Raises Conflict for an earlier submission, and if no revisions are left.
    """
    state = move(Action.REJECT, milestone.state)
    last = milestone.submissions[-1]
    if last.id != submission_id:
        raise Conflict("Newer work was submitted. Use the last submission.")
    if milestone.revisions is not None and sum(one.rejected for one in milestone.submissions) >= milestone.revisions:
        raise Conflict(f"No revisions are left: the work can be rejected {milestone.revisions} times.")
    returned = last.model_copy(update={"rejected": True, "revision": revision, "modified": now})
    return milestone.model_copy(
        update={"state": state, "submissions": (*milestone.submissions[:-1], returned), "modified": now}
    )
