"""Validation of a proposal's content: letter, price, duration, plan and answers. Pure."""

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
"""The most characters of a milestone's description."""
MAX_PLAN: Final = 20
"""The most milestones."""


def letter(problems: Problems, job: Job, given: str | None) -> str | None:
    """Return a cover letter for storage; None without one. Some jobs require one."""
    stored = texts.optional_text(problems, "coverLetter", given, MAX_LETTER)
    if not stored and job.info.cover_letter_required:
        problems.add("coverLetter", "is required by this job.")
    return stored


def is_hourly(job: Job) -> bool:
    """Return whether a job is paid by the hour."""
    return job.info.type is JobType.HOURLY


def charge(problems: Problems, given: MoneyIn, job: Job, currency: str) -> int:
    """Return the freelancer's price in minor units. A budget of the posting in minor units is a problem."""
    price = Money(_amount(problems, "chargedAmount", given, currency), currency)
    budgets = () if job.info.hide_budget else (job.amount, job.hourly_min, job.hourly_max)
    for budget in budgets:
        if budget and budget.minor and price.minor == budget.minor * price.scale:
            problems.add(
                "chargedAmount.amount",
                f"amounts here are in the major unit, so this is {price.raw_value} {currency}. The job posting says "
                f"{budget.raw_value} {currency}: give {budget.raw_value}.",
            )
            break
    return price.minor


def duration(problems: Problems, given: str | None) -> str | None:
    """Return the id of the estimated duration."""
    if given is not None and engagement_duration(given) is None:
        problems.add("estimatedDurationId", "must be an id from proposalMetadata { engagementDurationValues { id } }.")
    return given


def plan(
    problems: Problems, given: Sequence[MilestoneIn] | None, job: Job, price: int, currency: str
) -> tuple[PlannedMilestone, ...]:
    """Return the milestones of a plan. Their amounts must add up to the price."""
    if not given:
        return ()
    if is_hourly(job):
        problems.add("milestones", "only fixed-price work has milestones.")
        return ()
    if job.info.freelancer_milestones_allowed is False:
        problems.add("milestones", "this job does not accept milestones in proposals.")
        return ()
    if len(given) > MAX_PLAN:
        problems.add("milestones", f"must have at most {MAX_PLAN} entries; got {len(given)}.")
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
    """Add an error if the milestones do not add up to the price."""
    total = sum(one.amount for one in parts)
    if parts and total != price:
        expected, planned = Money(price, currency), Money(total, currency)
        problems.add(
            "milestones", f"must add up to chargedAmount, {expected.raw_value}; they add up to {planned.raw_value}."
        )


def answers(problems: Problems, job: Job, given: Sequence[AnswerIn] | None) -> tuple[Answer, ...]:
    """Return the answers in the order of the job's questions. Each question needs exactly one answer.

    `questionId` is the id of a question, or its sequence number from 1, as the market sees both.
    """
    questions = job.questions or ()
    by_id: dict[str, Question] = {str(number): one for number, one in enumerate(questions, 1)}
    by_id.update({one.id: one for one in questions})
    if len(given or ()) > len(questions):
        problems.add("answers", f"this job has {len(questions)} questions; got {len(given or ())} answers.")
        return ()
    found: dict[str, Answer] = {}
    for at, one in enumerate(given or ()):
        question = by_id.get(one.question_id)
        if question is None:
            problems.add(f"answers.{at}.questionId", "must be the id or the sequenceNumber of a question of this job.")
        elif question.id in found:
            problems.add(f"answers.{at}.questionId", "must not answer the same question twice.")
        else:
            text = texts.paragraphs(problems, f"answers.{at}.answer", one.answer, 1, MAX_ANSWER)
            found[question.id] = Answer(question_id=question.id, question=question.question, answer=text)
    for number, question in enumerate(questions, 1):
        if question.id not in found:
            problems.add("answers", f"question {number} needs an answer: {question.question[:100]}")
    return tuple(found[one.id] for one in questions if one.id in found)


def _amount(problems: Problems, path: str, given: MoneyIn, currency: str) -> int:
    if given.currency != currency:
        problems.add(f"{path}.currency", f"must be {currency}, the currency of this job.")
        return 0
    try:
        amount = Money.parse(given.amount, currency).minor
    except Unprocessable as refused:
        problems.add(f"{path}.amount", refused.message)
        return 0
    if not amount:
        problems.add(f"{path}.amount", "must be above zero.")
    return amount
