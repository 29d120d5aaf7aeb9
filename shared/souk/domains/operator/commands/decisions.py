"""Decisions of operators about companies and people. Deciding the same again changes nothing."""

from collections.abc import Callable

from souk.authentication.standing import PERSON, save_standing, standing_of
from souk.deadlines.model import schedule
from souk.domains.audit.model import Actor, Subject
from souk.domains.audit.store import Changes, record
from souk.domains.identity.model import (
    BillingType,
    IdentityVerificationStatus,
    Organization,
    PaymentVerificationStatus,
    User,
)
from souk.domains.identity.store import ACCOUNT_CHANGED, ORGANIZATIONS, RESET_AUTHENTICATOR, USERS
from souk.domains.ledger.model import AccountKind
from souk.domains.ledger.store import balances
from souk.storage import Table, Transaction
from souk.values.errors import Conflict, NotFound, Unprocessable


def set_enterprise(
    table: Table, actor: Actor, organization_id: str, billing_type: BillingType | None, reason: str, *, enterprise: bool
) -> Organization:
    """Mark a company as an enterprise, which pays on account, or end that. Without a billing type it keeps its own.

    Raises Conflict if it would end while the company owes. Contracts that have begun keep their terms.
    """

    def change(before: Organization) -> Organization:
        if before.enterprise and not enterprise and _owes(table, before.id):
            raise Conflict("This company owes money. It stays an enterprise until its debt is paid.")
        return before.model_copy(update={"enterprise": enterprise, "billing_type": billing_type or before.billing_type})

    return _change_company(table, actor, "setEnterprise", organization_id, reason=reason, change=change)


def verify_payment(
    table: Table, actor: Actor, organization_id: str, status: PaymentVerificationStatus, reason: str
) -> Organization:
    """Set the verification of a company's payment method."""

    def change(before: Organization) -> Organization:
        return before.model_copy(update={"payment_verification_status": status})

    return _change_company(table, actor, "verifyPayment", organization_id, reason=reason, change=change)


def verify_identity(table: Table, actor: Actor, user_id: str, status: IdentityVerificationStatus, reason: str) -> User:
    """Record whether an operator has verified who a person is. Raises Unprocessable for a service account."""

    def attempt(tx: Transaction) -> User:
        before = table.get(USERS, user_id, consistent=True)
        if before is None:
            raise NotFound("This person does not exist.")
        if before.service:
            raise Unprocessable("A service account has no identity to verify.")
        if before.identity_verification is status:
            return before
        changes = {"identityVerification": (before.identity_verification.value, status.value)}
        record(tx, actor, "verifyIdentity", Subject(type="User", id=before.id), reason=reason, changes=changes)
        schedule(tx, ACCOUNT_CHANGED, before.id, table.clock.market())
        return tx.update(USERS, before.model_copy(update={"identity_verification": status}))

    return table.retry_until_committed(attempt)


def reset_authenticator(table: Table, actor: Actor, user_id: str, reason: str) -> User:
    """Turn a person's authenticator app off and end their sessions. Raises Unprocessable for a service account.

    The sessions end at once. The user pool is changed a moment later, by the function that may.
    """

    def attempt(tx: Transaction) -> User:
        before = table.get(USERS, user_id, consistent=True)
        if before is None:
            raise NotFound("This person does not exist.")
        if before.service:
            raise Unprocessable("A service account does not log in, so it has no authenticator.")
        standing = standing_of(table, PERSON, before.id)
        save_standing(tx, standing.model_copy(update={"sessions_ended": table.clock.real().timestamp()}))
        changes = {"authenticator": (_text(before.authenticator), "false")}
        record(tx, actor, "resetAuthenticator", Subject(type="User", id=before.id), reason=reason, changes=changes)
        schedule(tx, RESET_AUTHENTICATOR, before.id, table.clock.market())
        return tx.update(USERS, before.model_copy(update={"authenticator": False}))

    return table.retry_until_committed(attempt)


def _change_company(
    table: Table,
    actor: Actor,
    action: str,
    organization_id: str,
    *,
    reason: str,
    change: Callable[[Organization], Organization],
) -> Organization:
    """Change a company. Raises NotFound for an unknown one, and Unprocessable for a team."""

    def attempt(tx: Transaction) -> Organization:
        before = table.get(ORGANIZATIONS, organization_id, consistent=True)
        if before is None:
            raise NotFound("This organization does not exist.")
        if before.is_team:
            raise Unprocessable(f"This is a team. Name its company, {before.company_id}.")
        after = change(before)
        if after == before:
            return before
        # A freelancer's own organization has the name of a person.
        subject = Subject(type="Organization", id=before.id, title=None if before.flag.individual else before.name)
        record(tx, actor, action, subject, reason=reason, changes=_changes(before, after))
        return tx.update(ORGANIZATIONS, after)

    return table.retry_until_committed(attempt)


def _changes(before: Organization, after: Organization) -> Changes:
    old, new = (one.model_dump(mode="json", by_alias=True) for one in (before, after))
    return {name: (_text(old[name]), _text(value)) for name, value in new.items() if value != old[name]}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) or value is None else str(value).lower()


def _owes(table: Table, company_id: str) -> bool:
    return any(minor < 0 for minor in balances(table, AccountKind.FUNDS, company_id).values())
