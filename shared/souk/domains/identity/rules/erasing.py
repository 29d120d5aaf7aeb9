"""What is left of a person, and of an organization that they owned alone, after the erasure. Pure."""

from typing import Final

from souk.authentication.records import ApiKey, KeyState
from souk.domains.identity.model import Location, Organization, User

FORMER: Final = "Former member"
"""The name of a person whose account was erased."""
_NO_DOMAIN: Final = "erased.invalid"  # reserved by RFC 2606: cannot receive mail


def erased_user(user: User, at: str) -> User:
    """Return what is left of a person: the id, and when they came and went."""
    return User(
        id=user.id,
        nickname=f"former-{user.id}",
        email=f"{user.id}@{_NO_DOMAIN}",
        first_name=FORMER,
        last_name="",
        mail_messages=False,
        creation_date=user.creation_date,
        organization_id=user.organization_id,
        service=user.service,
        erased=at,
        version=user.version,
    )


def erased_organization(one: Organization, user_id: str) -> Organization:
    """Return what is left of an organization: its kind, its country, and its record as a client."""
    nothing = (
        "company_name",
        "description",
        "summary",
        "website",
        "logo",
        "logo_url",
        "contact_user_id",
        "phone",
        "vat_id",
        "accounting_entity",
    )
    left = {"name": FORMER, "active": False, "hidden": True, "location": Location(country=one.location.country)}
    return one.model_copy(update={**dict.fromkeys(nothing), **left, "erased_with": user_id})


def erased_key(key: ApiKey) -> ApiKey:
    """Return what is left of an API key of such an organization: it is revoked, and has no words and addresses."""
    gone = {"state": KeyState.REVOKED, "name": "Deleted key", "description": "", "redirect_uris": (), "secrets": ()}
    return key.model_copy(update=gone)
