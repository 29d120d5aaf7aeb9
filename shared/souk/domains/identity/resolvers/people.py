"""Resolvers of users: the caller, and other users."""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from souk.domains.identity.model import User
from souk.domains.identity.resolvers.declared import CALLER, domain
from souk.domains.identity.rules import privacy
from souk.domains.identity.store import ORGANIZATIONS, USERS, user_by_email
from souk.domains.identity.views import I18nSettings, UserLocation, photo_url
from souk.graph import Context, Scope
from souk.storage import Table
from souk.values.errors import Forbidden, NotFound

_NOT_YOURS: Final = "You cannot see these settings."


class Recipient(NamedTuple):
    """A person who can get mail."""

    email: str
    language: str


@domain.fact("identity.recipient")
def recipient(table: Table, user_id: str) -> Recipient | None:
    """Return where a person gets mail, and in which language; None for service accounts, unknown and erased people."""
    found = table.get(USERS, user_id, consistent=True)
    return Recipient(found.email, found.language) if found and not (found.service or found.erased) else None


@domain.query("user", scopes=CALLER)
def user(ctx: Context) -> User | None:
    """Return the caller."""
    return ctx.load(USERS, ctx.principal.user_id)


@domain.query("userDetails", scopes=[Scope.USER_DETAILS_READ])
def user_details(ctx: Context, id: str) -> User:
    """Return a user with their personal data.

    Raises NotFound, with the same message, if there is no such user or the caller may not see their data.
    """
    found = ctx.load(USERS, id)
    if found is None or not privacy.person_shown(found, ctx):
        raise NotFound("This person does not exist, or you cannot see their details.")
    return found


@domain.query("userIdsByEmail", scopes=[Scope.FREELANCER_PROFILES])
def user_ids_by_email(ctx: Context, email: str) -> dict[str, Any]:
    """Return the user with an e-mail address, if the caller may see it; otherwise nobody."""
    found = user_by_email(ctx.table, email)
    shown = [found] if found and privacy.person_shown(found, ctx) else []
    return {"totalCount": len(shown), "edges": [{"cursor": one.id, "node": one} for one in shown]}


@domain.field("UserIdsByEmailRecordNode.user")
def person_by_email(source: User, ctx: Context) -> User:
    """Return the source, which is the user."""
    return source


def _own(attribute: str) -> Callable[[User, Context], Any]:
    """Return a resolver of an attribute that only the user, colleagues and operators see."""
    return lambda source, ctx: getattr(source, attribute) if privacy.person_shown(source, ctx) else None


domain.field("CurrentUser.email")(_own("email"))
for _type in ("GenericUser", "PiiUser", "ContractUser"):
    domain.field(f"{_type}.email")(_own("email"))
    domain.field(f"{_type}.lastName")(_own("last_name"))


@domain.field("CurrentUser.photoUrl")
@domain.field("GenericUser.photoUrl")
@domain.field("PiiUser.photoUrl")
@domain.field("ContractUser.photoUrl")
def person_photo(source: User, ctx: Context) -> str | None:
    """Return the URL of the portrait."""
    return photo_url(source, ctx.base_url)


@domain.field("GenericUser.location")
@domain.field("PiiUser.location")
@domain.field("ContractUser.address")
def person_location(source: User, ctx: Context) -> UserLocation | None:
    """Return the location; street and postal code only if the caller may see them."""
    return UserLocation.of(source.location, ctx.now, whole=privacy.person_shown(source, ctx))


@domain.connection("CurrentUser.i18NSettings")
def i18n_settings(source: User, ctx: Context, company_referenced_id: str | None = None) -> I18nSettings:
    """Return the regional settings of a user, or of a company that the user is a member of.

    Raises Forbidden if the caller may not see them.
    """
    if not privacy.person_shown(source, ctx):
        raise Forbidden(_NOT_YOURS)
    if company_referenced_id is None:
        return I18nSettings.of(source.location)
    named = ctx.load(ORGANIZATIONS, company_referenced_id)
    if named is None or named.company_id not in source.company_ids:
        raise Forbidden(_NOT_YOURS)
    return I18nSettings.of(named.location)
