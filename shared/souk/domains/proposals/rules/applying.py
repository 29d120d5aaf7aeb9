"""What a proposal may say: its letter, what it asks for, its plan, and its answers to the job's questions. Pure."""

from collections.abc import Sequence
from typing import Final

from souk.domains.jobs.model import Job, JobType, Question
from souk.domains.proposals.inputs import AnswerIn, MilestoneIn, MoneyIn
from souk.domains.proposals.model import Answer, PlannedMilestone
from souk.domains.reference.rules import engagement_duration
from souk.values import texts
from souk.values.errors import Unprocessable
from souk.values.moments import due_date
from souk.values.money import Money
from souk.values.problems import Problems

MAX_LETTER: Final = 5_000
MAX_ANSWER: Final = 5_000
MAX_DESCRIPTION: Final = 500
"""Of a part of the work."""
MAX_PLAN: Final = 20
"""Parts of the work."""


def letter(problems: Problems, job: Job, given: str | None) -> str | None:
    """Return a cover letter as it is stored; None where there is none, which not every job takes."""
    stored = texts.said(problems, "coverLetter", given, MAX_LETTER)
    if not stored and job.info.cover_letter_required:
        problems.add("coverLetter", "this job asks for one.")
    return stored


def is_hourly(job: Job) -> bool:
    """Say whether a job is paid by the hour."""
    return job.info.type is JobType.HOURLY


def charge(problems: Problems, given: MoneyIn, currency: str) -> int:
    """Return what a freelancer asks for, in minor units."""
    return _amount(problems, "chargedAmount", given, currency)


def duration(problems: Problems, given: str | None) -> str | None:
    """Return the id of how long the work will take."""
    if given is not None and engagement_duration(given) is None:
        problems.add("estimatedDurationId", "an id from proposalMetadata { engagementDurationValues { id } }.")
    return given


def plan(
    problems: Problems, given: Sequence[MilestoneIn] | None, job: Job, price: int, currency: str
) -> tuple[PlannedMilestone, ...]:
    """Return how the work would be divided: into parts whose prices add up to the whole."""
    if not given:
        return ()
    if is_hourly(job):
        problems.add("milestones", "only work at a fixed price has milestones.")
        return ()
    if job.info.freelancer_milestones_allowed is False:
        problems.add("milestones", "this job does not take a plan of the freelancer's.")
        return ()
    if len(given) > MAX_PLAN:
        problems.add("milestones", f"{MAX_PLAN} are the limit; these are {len(given)}.")
        return ()
    parts = tuple(
        PlannedMilestone(
            description=texts.paragraphs(problems, f"milestones.{at}.description", one.description, 1, MAX_DESCRIPTION),
            amount=_amount(problems, f"milestones.{at}.amount", one.amount, currency),
            due_date=due_date(problems, f"milestones.{at}.dueDate", one.due_date),
        )
        for at, one in enumerate(given)
    )
    check_sum(problems, parts, price, currency)
    return parts


def check_sum(problems: Problems, parts: Sequence[PlannedMilestone], price: int, currency: str) -> None:
    """Note where the parts of the work do not add up to its price."""
    total = sum(one.amount for one in parts)
    if parts and total != price:
        asked, planned = Money(price, currency), Money(total, currency)
        problems.add("milestones", f"they add up to {planned.raw_value}, and chargedAmount is {asked.raw_value}.")


def answers(problems: Problems, job: Job, given: Sequence[AnswerIn] | None) -> tuple[Answer, ...]:
    """Return the answers in the order of the job's questions: one for each, and none besides.

    A question is named by its id, or by its place from 1 on: that is what the market is shown of it.
    """
    asked = job.questions or ()
    named: dict[str, Question] = {str(place): one for place, one in enumerate(asked, 1)}
    named.update({one.id: one for one in asked})
    if len(given or ()) > len(asked):
        problems.add("answers", f"this job asks {len(asked)} questions; these are {len(given or ())} answers.")
        return ()
    said: dict[str, Answer] = {}
    for at, one in enumerate(given or ()):
        question = named.get(one.question_id)
        if question is None:
            problems.add(f"answers.{at}.questionId", "the id of a question of this job, or its sequenceNumber.")
        elif question.id in said:
            problems.add(f"answers.{at}.questionId", "this question is answered twice.")
        else:
            text = texts.paragraphs(problems, f"answers.{at}.answer", one.answer, 1, MAX_ANSWER)
            said[question.id] = Answer(question_id=question.id, question=question.question, answer=text)
    for place, question in enumerate(asked, 1):
        if question.id not in said:
            problems.add("answers", f"question {place} is to be answered: {question.question[:100]}")
    return tuple(said[one.id] for one in asked if one.id in said)


def _amount(problems: Problems, path: str, given: MoneyIn, currency: str) -> int:
    if given.currency != currency:
        problems.add(f"{path}.currency", f"this job is paid in {currency}.")
        return 0
    try:
        found = Money.parse(given.amount, currency).minor
    except Unprocessable as refused:
        problems.add(f"{path}.amount", refused.message)
        return 0
    if not found:
        problems.add(f"{path}.amount", "more than zero.")
    return found
