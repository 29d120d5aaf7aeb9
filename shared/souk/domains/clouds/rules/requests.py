"""The states of a request to join a cloud. Pure."""

from datetime import datetime, timedelta
from typing import Final

from souk.domains.clouds.model import Cloud, JoinRequest, RequestState
from souk.values.errors import Conflict

_MAIL_PAUSE: Final = timedelta(days=1)
"""The client's people get one mail in this time about a freelancer who withdraws and asks again."""


def mail_due(before: JoinRequest | None, now: datetime) -> bool:
    """Return whether a new request is mailed to the client's people."""
    last = before.mailed if before else None
    return last is None or datetime.fromisoformat(last) + _MAIL_PAUSE <= now


def answer(request: JoinRequest, *, approve: bool) -> RequestState | None:
    """Return the state after an answer; None if it was given before. Raises Conflict for a request that is decided."""
    wanted = RequestState.APPROVED if approve else RequestState.REJECTED
    if request.state is wanted:
        return None
    if request.state is not RequestState.PENDING:
        raise Conflict(f"This request is {request.state}, so it cannot be answered.")
    return wanted


def reply(request: JoinRequest, cloud: Cloud) -> str | None:
    """Return the client's words for the freelancer; None without any. A note comes after the welcome."""
    by_state = {
        RequestState.PENDING: cloud.after_request,
        RequestState.APPROVED: "\n\n".join(filter(None, (cloud.welcome, request.note))),
        RequestState.REJECTED: request.note or cloud.rejection,
    }
    return by_state.get(request.state) or None
