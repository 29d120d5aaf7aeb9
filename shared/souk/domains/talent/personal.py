"""What talent has of a person: the freelancer profile and the portfolio."""

from collections.abc import Iterator
from datetime import datetime

from souk.domains.files.commands.uploads import remove_later
from souk.domains.reviews.model import ReviewKind, ReviewState
from souk.domains.reviews.store import REVIEWS, close_review
from souk.domains.talent.model import Profile
from souk.domains.talent.store import PROFILES, PROJECTS, projects_of
from souk.graph.personal import PersonalData, PersonalFile, Row, row_of, rows_of
from souk.storage import Table, Transaction

_PER_TRANSACTION = 25


def _profile(table: Table, user_id: str) -> Iterator[Row]:
    if profile := table.get(PROFILES, user_id, consistent=True):
        yield row_of(profile)


def _projects(table: Table, user_id: str) -> Iterator[Row]:
    if profile := table.get(PROFILES, user_id, consistent=True):
        yield from (row_of(one, "request_key", "fingerprint") for one in projects_of(table, profile, consistent=True))


def erase(table: Table, user_id: str, now: datetime) -> Iterator[None]:
    """Delete the projects with their files, then the profile. Open reviews of it are withdrawn."""
    while (profile := table.get(PROFILES, user_id, consistent=True)) is not None:
        _erase_some(table, profile, now)
        yield


def _erase_some(table: Table, profile: Profile, now: datetime) -> None:
    """Delete some projects; without any, the profile."""
    tx = table.transaction()
    projects = projects_of(table, profile, consistent=True)[:_PER_TRANSACTION]
    remove_later(tx, {file_id for one in projects for file_id in one.file_ids}, now)
    for one in projects:
        tx.delete(PROJECTS, one)
    if projects:
        gone = {one.id for one in projects}
        kept = tuple(id_ for id_ in profile.project_ids if id_ not in gone)
        tx.update(PROFILES, profile.model_copy(update={"project_ids": kept}))
    else:
        _withdraw_reviews(table, tx, profile)
        tx.delete(PROFILES, profile)
    tx.commit()


def _withdraw_reviews(table: Table, tx: Transaction, profile: Profile) -> None:
    opened = [(ReviewKind.FREELANCER_PROFILE, profile.user_id, profile.review_opened)]
    opened += [(ReviewKind.FREELANCER_CERTIFICATE, one.id, one.review_opened) for one in profile.certificates]
    for kind, subject_id, at in opened:
        if at and (review := table.get(REVIEWS, kind, subject_id, at, consistent=True)):
            close_review(tx, table, review, ReviewState.WITHDRAWN)


PERSONAL = PersonalData(
    stays="Nothing.",
    files=(
        PersonalFile("profile", "Your freelancer profile, with scores and settings.", rows_of(_profile)),
        PersonalFile("portfolio", "The projects of your portfolio.", rows_of(_projects)),
    ),
    erase=erase,
)
