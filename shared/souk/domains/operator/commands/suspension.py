"""Suspending people and companies, and reactivating them. Repeating either changes nothing.

A suspension is one item, the standing of a person or a company (`souk.authentication.standing`). Everything else looks
at it: nothing that they have made is written, so a reactivation gives all of it back. The access that `endAccess` ends
stays ended: it is the time until which grants do not count any more.
"""

from typing import Final

from souk.authentication.records import MEMBERSHIPS, Membership
from souk.authentication.standing import (
    MAX_SPANS,
    ORGANIZATION,
    PERSON,
    Span,
    Standing,
    Suspension,
    save_standing,
    standing_of,
)
from souk.domains.audit.model import Subject
from souk.domains.audit.store import actor_of, record
from souk.domains.identity.model import Organization, User
from souk.domains.identity.rules.members import owns
from souk.domains.identity.store import ORGANIZATIONS, USERS, first_member, memberships_of, owners_of
from souk.domains.mails.commands import queue
from souk.domains.mails.model import MailTemplate
from souk.domains.operator.commands.operators import operates, require_another
from souk.domains.operator.inputs import CheckedSuspension
from souk.graph import Context
from souk.storage import Table, Transaction
from souk.values.errors import Conflict, NotFound, Unprocessable
from souk.values.times import stamp

_MAX_MAILED: Final = 10
"""The owners of a company who get a mail, oldest first."""
_STATE: Final = "state"
_ACTIVE: Final = "ACTIVE"
_SUSPENDED: Final = "SUSPENDED"


def suspend_user(ctx: Context, wanted: CheckedSuspension) -> User:
    """Suspend a person, with the companies that they alone own.

    Raises NotFound for an unknown person, Unprocessable for a service account, and Conflict for the caller and for the
    last active operator.
    """

    def attempt(tx: Transaction) -> User:
        user = _person(ctx.table, wanted.id)
        if user.service:
            raise Unprocessable("A service account cannot be suspended. Suspend its organization, or revoke its key.")
        if user.id == ctx.principal.user_id:
            raise Conflict("You cannot suspend yourself.")
        standing = standing_of(ctx.table, PERSON, user.id)
        if standing.suspended:
            return user
        # The scope counts only for requests of the operators' organization, so it is that of the request.
        house = ctx.principal.organization_id
        if operates(ctx.table.get(MEMBERSHIPS, user.id, house, consistent=True)):
            require_another(tx, ctx.table, house, user.id)
        companies = [one for one in _owned_alone(ctx.table, user.id) if one.id != house]
        suspended = [one for one in companies if _suspend_company(ctx, tx, one, wanted, with_person=user.id)]
        suspension = _suspension(ctx, wanted).model_copy(update={"company_ids": tuple(one.id for one in suspended)})
        _begin(ctx, tx, standing, suspension, end_access=wanted.end_access)
        _record(ctx, tx, "suspendUser", _subject_of_person(user), wanted.trail, suspends=True)
        tx.emit("USER", "SUSPEND", user.id, to=(house,))
        if wanted.notify:
            queue(tx, MailTemplate.SUSPENDED, user.id, ctx.now, subject=user.email, reason=wanted.reason)
        return user

    return ctx.table.retry_until_committed(attempt)


def reactivate_user(ctx: Context, user_id: str, reason: str) -> User:
    """End the suspension of a person, and of the companies that were suspended with them. Raises NotFound."""

    def attempt(tx: Transaction) -> User:
        user = _person(ctx.table, user_id)
        standing = standing_of(ctx.table, PERSON, user.id)
        if standing.suspension is None:
            return user
        for company_id in standing.suspension.company_ids:
            company = ctx.table.get(ORGANIZATIONS, company_id, consistent=True)
            owned = standing_of(ctx.table, ORGANIZATION, company_id)
            if company and owned.suspension and owned.suspension.with_person == user.id:
                _reactivate_company(ctx, tx, company, owned, reason)
        _end(ctx, tx, standing)
        _record(ctx, tx, "reactivateUser", _subject_of_person(user), reason, suspends=False)
        tx.emit("USER", "REACTIVATE", user.id, to=(ctx.principal.organization_id,))
        queue(tx, MailTemplate.REACTIVATED, user.id, ctx.now, subject=user.email)
        return user

    return ctx.table.retry_until_committed(attempt)


def suspend_organization(ctx: Context, wanted: CheckedSuspension) -> Organization:
    """Suspend a company with its teams.

    Raises NotFound for an unknown one, Unprocessable for a team, and Conflict for the operators' organization.
    """

    def attempt(tx: Transaction) -> Organization:
        company = _company(ctx.table, wanted.id)
        if company.id == ctx.principal.organization_id:
            raise Conflict("This is the organization of the operators. It cannot be suspended.")
        if _suspend_company(ctx, tx, company, wanted) and wanted.notify:
            for owner in owners_of(ctx.table, company.id, _MAX_MAILED):
                values = {"subject": company.name, "reason": wanted.reason}
                queue(tx, MailTemplate.SUSPENDED, owner.user_id, ctx.now, **values)
        return company

    return ctx.table.retry_until_committed(attempt)


def reactivate_organization(ctx: Context, company_id: str, reason: str) -> Organization:
    """End the suspension of a company. Raises NotFound for an unknown one, and Unprocessable for a team."""

    def attempt(tx: Transaction) -> Organization:
        company = _company(ctx.table, company_id)
        standing = standing_of(ctx.table, ORGANIZATION, company.id)
        if standing.suspended:
            _reactivate_company(ctx, tx, company, standing, reason)
            for owner in owners_of(ctx.table, company.id, _MAX_MAILED):
                queue(tx, MailTemplate.REACTIVATED, owner.user_id, ctx.now, subject=company.name)
        return company

    return ctx.table.retry_until_committed(attempt)


def _suspend_company(
    ctx: Context, tx: Transaction, company: Organization, wanted: CheckedSuspension, *, with_person: str | None = None
) -> bool:
    """Add the suspension of a company to a transaction. Returns False if it is suspended already."""
    standing = standing_of(ctx.table, ORGANIZATION, company.id)
    if standing.suspended:
        return False
    suspension = _suspension(ctx, wanted).model_copy(update={"with_person": with_person})
    _begin(ctx, tx, standing, suspension, end_access=wanted.end_access)
    _record(ctx, tx, "suspendOrganization", _subject_of_company(company), wanted.trail, suspends=True)
    tx.emit("ORG", "SUSPEND", company.id, to=(ctx.principal.organization_id, company.id))
    return True


def _reactivate_company(ctx: Context, tx: Transaction, company: Organization, standing: Standing, reason: str) -> None:
    _end(ctx, tx, standing)
    _record(ctx, tx, "reactivateOrganization", _subject_of_company(company), reason, suspends=False)
    tx.emit("ORG", "REACTIVATE", company.id, to=(ctx.principal.organization_id, company.id))


def _suspension(ctx: Context, wanted: CheckedSuspension) -> Suspension:
    return Suspension(reason=wanted.reason, note=wanted.note, since=stamp(ctx.now), by=ctx.principal.user_id)


def _begin(ctx: Context, tx: Transaction, standing: Standing, suspension: Suspension, *, end_access: bool) -> None:
    now = ctx.table.clock.real().timestamp()
    ended = {"access_ended": int(now), "sessions_ended": now} if end_access else {}
    save_standing(tx, standing.model_copy(update={"suspension": suspension, **ended}))


def _end(ctx: Context, tx: Transaction, standing: Standing) -> None:
    if standing.suspension is None:
        raise Conflict("This suspension has ended.")
    span = Span(since=standing.suspension.since, until=stamp(ctx.now))
    save_standing(tx, standing.model_copy(update={"suspension": None, "past": (*standing.past, span)[-MAX_SPANS:]}))


def _record(ctx: Context, tx: Transaction, action: str, subject: Subject, reason: str, *, suspends: bool) -> None:
    states = (_ACTIVE, _SUSPENDED) if suspends else (_SUSPENDED, _ACTIVE)
    record(tx, actor_of(ctx), action, subject, reason=reason, changes={_STATE: states})


def _subject_of_person(user: User) -> Subject:
    return Subject(type="User", id=user.id)


def _subject_of_company(company: Organization) -> Subject:
    # A freelancer's own organization has the name of a person.
    return Subject(type="Organization", id=company.id, title=None if company.flag.individual else company.name)


def _person(table: Table, user_id: str) -> User:
    user = table.get(USERS, user_id, consistent=True)
    if user is None:
        raise NotFound("This person does not exist.")
    return user


def _company(table: Table, organization_id: str) -> Organization:
    found = table.get(ORGANIZATIONS, organization_id, consistent=True)
    if found is None:
        raise NotFound("This organization does not exist.")
    if found.is_team:
        raise Unprocessable(f"This is a team. Name its company, {found.company_id}.")
    return found


def _owned_alone(table: Table, user_id: str) -> list[Organization]:
    """Return the companies that a person owns and nobody else."""

    def shared(mine: Membership) -> bool:
        return first_member(table, mine.company_id, lambda one: owns(one) and one.user_id != user_id) is not None

    alone = [one for one in memberships_of(table, user_id, consistent=True) if owns(one) and not shared(one)]
    found = (table.get(ORGANIZATIONS, one.company_id, consistent=True) for one in alone)
    return [one for one in found if one]
