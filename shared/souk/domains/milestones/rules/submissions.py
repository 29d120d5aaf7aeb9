"""Submitting work on a milestone, and sending it back. Pure."""

from souk.domains.milestones.model import Message, Milestone, Submission
from souk.domains.milestones.rules.states import Action, move
from souk.values.errors import Conflict

MAX_SUBMISSIONS = 100


def require_submittable(milestone: Milestone) -> None:
    """Raise Conflict unless work can be submitted now."""
    move(Action.SUBMIT, milestone.state)
    if len(milestone.submissions) >= MAX_SUBMISSIONS:
        raise Conflict(f"Work was submitted {MAX_SUBMISSIONS} times, which is the limit.")


def submitted(milestone: Milestone, submission: Submission) -> Milestone:
    """Return a milestone with work that the client has to look at."""
    return milestone.model_copy(
        update={
            "state": move(Action.SUBMIT, milestone.state),
            "submissions": (*milestone.submissions, submission),
            "modified": submission.created,
        }
    )


def rejected(milestone: Milestone, submission_id: str, revision: Message | None, now: str) -> Milestone:
    """Return a milestone whose last submission is sent back.

    Raises Conflict for an earlier submission, and where it has been sent back as often as was agreed.
    """
    state = move(Action.REJECT, milestone.state)
    last = milestone.submissions[-1]
    if last.id != submission_id:
        raise Conflict("Work was submitted again since then: look at the last submission.")
    if milestone.revisions is not None and sum(one.rejected for one in milestone.submissions) >= milestone.revisions:
        raise Conflict(f"Its work can be sent back {milestone.revisions} times, which it was.")
    back = last.model_copy(update={"rejected": True, "revision": revision, "modified": now})
    return milestone.model_copy(
        update={"state": state, "submissions": (*milestone.submissions[:-1], back), "modified": now}
    )
