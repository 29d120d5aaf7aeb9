"""Changes of a contract by one of its sides. Pure."""

from dataclasses import dataclass

from souk.domains.agreements.model import PayType, Side
from souk.domains.contracts.inputs import Notifications
from souk.domains.contracts.model import ChangedAs, Contract
from souk.domains.contracts.rules import holds, limits, terms
from souk.domains.contracts.rules.states import Action, move
from souk.domains.reference.rules import reason
from souk.values.errors import Conflict, Unprocessable


@dataclass(frozen=True, slots=True)
class Author:
    """The author and the time of a change."""

    user_id: str
    side: Side
    now: str

    @property
    def changed_as(self) -> ChangedAs:
        """The author's role."""
        return ChangedAs.CLIENT if self.side is Side.CLIENT else ChangedAs.PROFESSIONAL


def paused(contract: Contract, author: Author) -> Contract:
    """Return the paused contract. Raises Conflict unless it is active."""
    return _changed(contract, author, status=move(Action.PAUSE, contract.status))


def restarted(contract: Contract, author: Author) -> Contract:
    """Return the restarted contract. A raise that fell into the pause is due now.

    Raises Conflict unless it is paused, and while a week holds it.
    """
    holds.require_none(contract)
    at = contract.next_raise
    return _changed(
        contract,
        author,
        status=move(Action.RESTART, contract.status),
        next_raise=author.now if at is not None and at < author.now else at,
    )


def with_limit(contract: Contract, hours: int | None, limit_id: str, author: Author) -> Contract:
    """Return the contract with a new weekly limit.

    Raises Conflict if it has ended or is not hourly, or had too many limits.
    """
    limits.require_hourly(contract)
    move(Action.CHANGE_LIMIT, contract.status)
    holds.require_undisputed(contract)
    if limits.current(contract) == hours:
        return contract
    limits.require_room(contract)
    return _changed(contract, author, hour_limits=limits.replaced(contract, hours, limit_id, author.now))


def with_time_settings(
    contract: Contract, term_id: str, author: Author, *, manual: bool | None, hide: bool | None
) -> Contract:
    """Return the contract with other time settings; None leaves one as it is. Without a change, the same contract.

    Raises Conflict if it has ended or is not hourly, and for an enterprise that would forbid manual time.
    """
    limits.require_hourly(contract, "time settings")
    move(Action.CHANGE_TIME_SETTINGS, contract.status)
    update: dict[str, object] = {}
    if manual is not None and manual != terms.manual_time_allowed(contract, contract.term):
        if contract.enterprise:
            raise Conflict("Contracts of enterprises always allow manual time.")
        update["terms"] = terms.with_manual_time(contract, term_id, author.now, author.user_id, allowed=manual)
    if hide is not None and hide != contract.hide_screenshots:
        update["hide_screenshots"] = hide
    return _changed(contract, author, **update) if update else contract


def hours_refunded(contract: Contract, author: Author) -> Contract:
    """Return a contract of which the freelancer refunds hours, for its history. The contract stays as it is."""
    move(Action.REFUND_HOURS, contract.status)
    return _changed(contract, author)


def require_no_notifications(notifications: Notifications | None) -> None:
    """Raise Unprocessable for notifications, which Souk does not send. Both sides see the change in the contract."""
    if notifications is None:
        return
    for name, wanted in notifications.model_dump(by_alias=True).items():
        if wanted:
            raise Unprocessable(
                f"updateHourlyLimitRequest.notifications.{name}: not supported, because nobody is notified of limits. "
                "Leave it out; both parties see the change in ContractDetails.changes."
            )


def ended(contract: Contract, reason_id: str, author: Author) -> Contract:
    """Return the ended contract. Raises Conflict if it has ended already, Unprocessable for an unknown reason."""
    by_client = author.side is Side.CLIENT
    status = move(Action.END_BY_CLIENT if by_client else Action.END_BY_FREELANCER, contract.status)
    kind = "CONTRACT_END_HOURLY" if contract.pay is PayType.HOURLY else "CONTRACT_END_FIXED"
    end_reason = reason(reason_id, kind)
    if end_reason is None or end_reason.hidden:
        raise Unprocessable(f"input.reasonRef: use an id from reasons(reasonType: {kind}).")
    return _changed(
        contract,
        author,
        status=status,
        ends=author.now,
        ended_by_id=author.user_id,
        reason_id=end_reason.id,
        next_raise=None,
        held={},
        terms=terms.ended(contract, author.now, author.user_id, author.changed_as),
        hour_limits=limits.ended(contract, author.now),
    )


def _changed(contract: Contract, author: Author, **update: object) -> Contract:
    authorship = {"modified": author.now, "changed_by_id": author.user_id, "changed_as": author.changed_as}
    return contract.model_copy(update={**authorship, **update})
