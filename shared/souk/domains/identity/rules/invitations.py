"""Inviting people into organizations: what can be asked for, for how long it holds, and who can accept. Pure."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from souk.authentication.principal import Permission, Principal, Role
from souk.domains.identity.inputs import Invite
from souk.domains.identity.model import Invitation, InvitationState, User
from souk.domains.identity.rules.permissions import at_least
from souk.values.errors import Conflict, Forbidden, NotFound

LIFETIME: Final = timedelta(days=7)
MAX_AT_ONCE: Final = 10
"""Invitations in one call."""
MAX_ORGANIZATIONS: Final = 25
"""Organizations in one invitation: all are joined in one transaction."""
MAX_PER_COMPANY: Final = 500
"""Invitations that a company sends in the time that one holds."""
MAX_PER_ADDRESS: Final = 3
"""Invitations that a company sends to one address in the same time."""

_MAX_MESSAGE, _MAX_URL, _MAX_ENTRIES, _MAX_ENTRY = 1_000, 2_000, 20, 200
_MAX_ADDRESS: Final = 254  # RFC 5321, section 4.5.3.1.3, without the angle brackets
# What web forms take (HTML, "valid e-mail address"), with a dot in the domain. It holds nothing that a mail's header
# would read as another recipient.
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
"""The ids of `frankoRolesToBeAssigned`. The numbers are ours; the reference's example invites a helper with 200."""
_PERMISSIONS: Final = {"API_KEY_MANAGER": Permission.API_KEY_MANAGER, "400": Permission.API_KEY_MANAGER}


class Refused(Exception):
    """One invitation that is not sent; the others of the call are not affected."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Rank(NamedTuple):
    """What an invited person is to be."""

    role: Role
    permissions: tuple[Permission, ...]


def is_address(text: str) -> bool:
    """Say whether a text can be an e-mail address that mail is sent to."""
    return len(text) <= _MAX_ADDRESS and _ADDRESS.fullmatch(text) is not None


def invitee(wanted: Invite) -> str:
    """Return the address or the nickname of the invited person. Raises Refused where there is none."""
    text = (wanted.invitee_email or "").strip()
    if not text or ("@" in text and not is_address(text)):
        raise Refused(
            "INVALID_INVITEE", "inviteeEmail: an e-mail address, or the nickname of somebody who has one here."
        )
    return text


def check(wanted: Invite, principal: Principal) -> None:
    """Raise Refused for an invitation that nobody could send."""
    if wanted.inviter_user_id not in (None, principal.user_id):
        raise Refused("INVALID_INVITER", "inviterUserId: an invitation is sent by who calls; leave it out.")
    if not _is_url(wanted.landing_url):
        raise Refused("INVALID_LANDING_URL", f"landingUrl: an http or https address of {_MAX_URL} characters at most.")
    message = wanted.email_params.message if wanted.email_params else ""
    if len(message) > _MAX_MESSAGE or _NOT_IN_TEXT.search(message):
        raise Refused("INVALID_MESSAGE", f"emailParams.message: plain text of {_MAX_MESSAGE} characters at most.")
    entries = wanted.metadata or ()
    if len(entries) > _MAX_ENTRIES or any(len(one.key) > _MAX_ENTRY or len(one.value) > _MAX_ENTRY for one in entries):
        raise Refused("INVALID_METADATA", f"metadata: {_MAX_ENTRIES} entries at most, of {_MAX_ENTRY} characters.")


def rank(wanted: Invite, principal: Principal) -> Rank:
    """Return what the invited person is to be: a member, unless roles are named; then the highest of them.

    Raises Refused for a role that there is not, and for one above the inviter's own.
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
            raise Refused("UNKNOWN_ROLE", f"frankoRolesToBeAssigned: any of {known}.")
    if not at_least(principal.role, role):
        raise Refused("ROLE_ABOVE_YOURS", f"You are {principal.role} here and make nobody {role}.")
    return Rank(role, tuple(dict.fromkeys(permissions)))


def check_room(email: str, sent: Sequence[Invitation], now: datetime) -> None:
    """Raise Refused where a company has sent as many invitations as it may, in all or to one address."""
    lately = [one for one in sent if one.expires > now.timestamp()]
    if len(lately) >= MAX_PER_COMPANY:
        raise Refused(
            "TOO_MANY_INVITATIONS",
            f"A company sends {MAX_PER_COMPANY} invitations in {LIFETIME.days} days at the most.",
        )
    if sum(same_address(one.email, email) for one in lately) >= MAX_PER_ADDRESS:
        raise Refused(
            "TOO_MANY_INVITATIONS",
            f"One address is sent {MAX_PER_ADDRESS} invitations of a company in {LIFETIME.days} days at the most.",
        )


def superseded(invitation: Invitation, sent: Iterable[Invitation]) -> list[Invitation]:
    """Return the earlier invitations that a new one to the same address takes the place of."""
    return [
        one.model_copy(update={"state": InvitationState.REVOKED})
        for one in sent
        if one.state is InvitationState.SENT
        and same_address(one.email, invitation.email)
        and not set(one.organization_ids).isdisjoint(invitation.organization_ids)
    ]


def check_open(invitation: Invitation | None, now: datetime) -> Invitation:
    """Return an invitation that can still be accepted.

    Raises NotFound for what is none, or has been withdrawn, or is over, and Conflict for one that was accepted before.
    """
    if invitation is None or invitation.state is InvitationState.REVOKED:
        raise NotFound("This invitation is not valid. Ask who invited you for another.")
    if invitation.state is InvitationState.ACCEPTED:
        raise Conflict("This invitation has been accepted already.")
    if invitation.expires <= now.timestamp():
        raise NotFound("This invitation has expired. Ask who invited you for another.")
    return invitation


def check_invited(invitation: Invitation, user: User) -> None:
    """Raise Forbidden for somebody else than who was invited."""
    if not same_address(invitation.email, user.email):
        raise Forbidden("This invitation was sent to another e-mail address than the one you are logged in with.")


def same_address(one: str, other: str) -> bool:
    """Say whether two e-mail addresses are the same, without regard to case."""
    return one.strip().lower() == other.strip().lower()


def _is_url(text: str) -> bool:
    if len(text) > _MAX_URL or _NOT_IN_URLS.search(text):
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return False
