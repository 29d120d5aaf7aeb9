"""Rules of invitations: validation, limits, expiry, and who can accept. Pure."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from souk.authentication.principal import Permission, Principal, Role
from souk.domains.identity.inputs import Invite
from souk.domains.identity.model import Invitation, InvitationState, User
from souk.domains.identity.rules.permissions import at_least
from souk.values import addresses
from souk.values.errors import Conflict, Forbidden, NotFound

LIFETIME: Final = timedelta(days=7)
MAX_AT_ONCE: Final = 10
"""Invitations in one call."""
MAX_ORGANIZATIONS: Final = 25
"""Organizations in one invitation. All memberships are written in one transaction."""
MAX_PER_COMPANY: Final = 500
"""Invitations of a company within `LIFETIME`."""
MAX_PER_ADDRESS: Final = 3
"""Invitations of a company to one address within `LIFETIME`."""

_MAX_MESSAGE, _MAX_URL, _MAX_ENTRIES, _MAX_ENTRY = 1_000, 2_000, 20, 200
_MAX_ADDRESS: Final = 254  # RFC 5321, section 4.5.3.1.3, without the angle brackets
# HTML's "valid e-mail address" with a dot in the domain. It cannot contain anything that a mail header would read as
# another recipient.
_ADDRESS: Final = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
    r"(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+"
)
_NOT_IN_URLS: Final = re.compile(r"[^\x21-\x7e]|[\\\"<>]")
_NOT_IN_TEXT: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")

_ROLES: Final = {
    "OWNER": Role.OWNER,
    "ADMIN": Role.ADMIN,
    "HIRING_MANAGER": Role.HIRING_MANAGER,
    "MEMBER": Role.MEMBER,
    "100": Role.ADMIN,
    "200": Role.HIRING_MANAGER,
    "300": Role.MEMBER,
}
"""The ids of `frankoRolesToBeAssigned`. The numbers are Souk's; the reference has an example with 200."""
_PERMISSIONS: Final = {"API_KEY_MANAGER": Permission.API_KEY_MANAGER, "400": Permission.API_KEY_MANAGER}


class InvitationError(Exception):
    """An invitation cannot be sent. The others of the same call are not affected."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class AssignedRole(NamedTuple):
    """The role and permissions that an invitation gives."""

    role: Role
    permissions: tuple[Permission, ...]


def is_address(text: str) -> bool:
    """Return whether a text is a valid e-mail address."""
    return len(text) <= _MAX_ADDRESS and _ADDRESS.fullmatch(text) is not None


def invitee(wanted: Invite) -> str:
    """Return the invited person's address or nickname. Raises InvitationError if it is missing or invalid."""
    text = (wanted.invitee_email or "").strip()
    if not text or ("@" in text and not is_address(text)):
        raise InvitationError("INVALID_INVITEE", "inviteeEmail: enter an e-mail address or the nickname of a user.")
    return text


def check(wanted: Invite, principal: Principal) -> None:
    """Raise InvitationError for invalid input."""
    if wanted.inviter_user_id not in (None, principal.user_id):
        raise InvitationError("INVALID_INVITER", "inviterUserId: the inviter is always the caller. Leave it out.")
    if not _is_url(addresses.normalized(wanted.landing_url)):
        raise InvitationError(
            "INVALID_LANDING_URL", f"landingUrl: use an http or https URL of at most {_MAX_URL} characters."
        )
    message = wanted.email_params.message if wanted.email_params else ""
    if len(message) > _MAX_MESSAGE or _NOT_IN_TEXT.search(message):
        raise InvitationError(
            "INVALID_MESSAGE", f"emailParams.message: use plain text of at most {_MAX_MESSAGE} characters."
        )
    entries = wanted.metadata or ()
    if len(entries) > _MAX_ENTRIES or any(len(one.key) > _MAX_ENTRY or len(one.value) > _MAX_ENTRY for one in entries):
        raise InvitationError(
            "INVALID_METADATA", f"metadata: use at most {_MAX_ENTRIES} entries of {_MAX_ENTRY} characters."
        )


def assigned_role(wanted: Invite, principal: Principal) -> AssignedRole:
    """Return the role of the invited person: the highest named role, or MEMBER.

    Raises InvitationError for an unknown role, and for one above the inviter's own.
    """
    role, permissions = Role.MEMBER, []
    for name in wanted.franko_roles_to_be_assigned or ():
        key = (name or "").strip().upper()
        if key in _ROLES:
            role = role if at_least(role, _ROLES[key]) else _ROLES[key]
        elif key in _PERMISSIONS:
            permissions.append(_PERMISSIONS[key])
        else:
            known = ", ".join((*_ROLES, *_PERMISSIONS))
            raise InvitationError("UNKNOWN_ROLE", f"frankoRolesToBeAssigned: use any of {known}.")
    if not at_least(principal.role, role):
        raise InvitationError("ROLE_ABOVE_YOURS", f"Your role is {principal.role}. You cannot invite a {role}.")
    return AssignedRole(role, tuple(dict.fromkeys(permissions)))


def check_limits(email: str, sent: Sequence[Invitation], now: datetime) -> None:
    """Raise InvitationError if the company has reached its limit of invitations, in total or to one address."""
    recent = [one for one in sent if one.expires > now.timestamp()]
    if len(recent) >= MAX_PER_COMPANY:
        raise company_limit_error()
    if sum(same_address(one.email, email) for one in recent) >= MAX_PER_ADDRESS:
        raise InvitationError(
            "TOO_MANY_INVITATIONS",
            f"A company can send at most {MAX_PER_ADDRESS} invitations to one address in {LIFETIME.days} days.",
        )


def company_limit_error() -> InvitationError:
    """Return the error for a company with the maximum number of invitations."""
    return InvitationError(
        "TOO_MANY_INVITATIONS", f"A company can send at most {MAX_PER_COMPANY} invitations in {LIFETIME.days} days."
    )


def superseded(invitation: Invitation, sent: Iterable[Invitation]) -> list[Invitation]:
    """Return the earlier invitations that a new one to the same address replaces, as revoked."""
    return [
        one.model_copy(update={"state": InvitationState.REVOKED})
        for one in sent
        if one.state is InvitationState.SENT
        and same_address(one.email, invitation.email)
        and one.room_id == invitation.room_id
        and (one.room_id or not set(one.organization_ids).isdisjoint(invitation.organization_ids))
    ]


def is_open(invitation: Invitation, now: datetime) -> bool:
    """Return whether an invitation can be accepted."""
    return invitation.state is InvitationState.SENT and invitation.expires > now.timestamp()


def check_open(invitation: Invitation | None, now: datetime) -> Invitation:
    """Return an invitation that can be accepted.

    Raises NotFound if it does not exist, was revoked or has expired, and Conflict if it was accepted before.
    """
    if invitation is None or invitation.state is InvitationState.REVOKED:
        raise NotFound("This invitation is not valid. Ask the person who invited you for a new one.")
    if invitation.state is InvitationState.ACCEPTED:
        raise Conflict("This invitation has already been accepted.")
    if invitation.expires <= now.timestamp():
        raise NotFound("This invitation has expired. Ask the person who invited you for a new one.")
    return invitation


def check_invited(invitation: Invitation, user: User) -> None:
    """Raise Forbidden if the invitation was sent to an e-mail address that was not the user's then, and is not now."""
    if not is_invited(invitation, user):
        raise Forbidden("This invitation was sent to another e-mail address. Log in with that address to accept it.")


def is_invited(invitation: Invitation, user: User) -> bool:
    """Return whether an invitation was sent to the user's e-mail address, or to the one before while it was theirs."""
    if same_address(invitation.email, user.email):
        return True
    former = user.former_email
    if former is None or not same_address(invitation.email, former.address):
        return False
    return invitation.created <= datetime.fromisoformat(former.until).timestamp()


def same_address(one: str, other: str) -> bool:
    """Return whether two e-mail addresses are equal, ignoring case."""
    return one.strip().lower() == other.strip().lower()


def _is_url(text: str) -> bool:
    if len(text) > _MAX_URL or _NOT_IN_URLS.search(text):
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return False
