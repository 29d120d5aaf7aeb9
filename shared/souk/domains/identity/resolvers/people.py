"""People in the graph: whoever calls, and what is shown of others."""

from collections.abc import Callable
from typing import Any, Final

from souk.domains.identity.model import User
from souk.domains.identity.resolvers.declared import CALLER, domain
from souk.domains.identity.rules import privacy
from souk.domains.identity.store import ORGANIZATIONS, USERS, user_by_email
from souk.domains.identity.views import I18nSettings, UserLocation, country_of
from souk.domains.reference.model import Country
from souk.graph import Context, Scope
from souk.values.errors import Forbidden, NotFound

_NOT_YOURS: Final = "You cannot see these settings: they belong to another person."


@domain.query("user", scopes=CALLER)
def user(ctx: Context) -> User | None:
    """Return the person who calls."""
    return ctx.load(USERS, ctx.principal.user_id)


@domain.query("userDetails", scopes=[Scope.USER_DETAILS_READ])
def user_details(ctx: Context, id: str) -> User:
    """Return somebody with their personal data.

    Raises NotFound where there is nobody, and in the same words where their data is not the caller's to see.
    """
    found = ctx.load(USERS, id)
    if found is None or not privacy.person_shown(found, ctx):
        raise NotFound("There is no such person, or their details are not yours to see.")
    return found


@domain.query("userIdsByEmail", scopes=[Scope.FREELANCER_PROFILES])
def user_ids_by_email(ctx: Context, email: str) -> dict[str, Any]:
    """Return who has an e-mail address, if the caller may see that person's; nobody for all other addresses."""
    found = user_by_email(ctx.table, email)
    shown = [found] if found and privacy.person_shown(found, ctx) else []
    return {"totalCount": len(shown), "edges": [{"cursor": one.id, "node": one} for one in shown]}


@domain.field("UserIdsByEmailRecordNode.user")
def person_by_email(source: User, ctx: Context) -> User:
    """Return the person, who is the source already."""
    return source


def _own(attribute: str) -> Callable[[User, Context], Any]:
    """Return a projection that shows an attribute of a person to those who may know it."""
    return lambda source, ctx: getattr(source, attribute) if privacy.person_shown(source, ctx) else None


domain.field("CurrentUser.email")(_own("email"))
for _type in ("GenericUser", "PiiUser", "ContractUser"):
    domain.field(f"{_type}.email")(_own("email"))
    domain.field(f"{_type}.lastName")(_own("last_name"))


domain.field("FreelancerProfile.email")(_own("email"))


@domain.field("FreelancerProfile.userDetails")
def freelancer(source: User, ctx: Context) -> User:
    """Return the person, who is the source of their profile."""
    return source


@domain.field("FreelancerProfile.user")
def freelancer_who_calls(source: User, ctx: Context) -> User:
    """Return the person, where that is the caller. Raises NotFound for anybody else."""
    if source.id != ctx.principal.user_id:
        raise NotFound("This is not the caller; ask for userDetails.")
    return source


@domain.field("FreelancerProfile.lastName")
def freelancer_last_name(source: User, ctx: Context) -> str:
    """Return the last name to those who may know it, and its first letter to others: the contract has no null here."""
    if privacy.person_shown(source, ctx):
        return source.last_name
    return f"{source.last_name[0]}." if source.last_name else ""


@domain.field("FreelancerProfile.fullName")
def freelancer_full_name(source: User, ctx: Context) -> str:
    """Return the whole name to those who may know it, and to others the name that they see."""
    return f"{source.first_name} {source.last_name}" if privacy.person_shown(source, ctx) else source.name


@domain.field("FreelancerProfile.countryDetails")
def freelancer_country(source: User, ctx: Context) -> Country | None:
    """Return the country that a freelancer is in."""
    return country_of(source.location)


@domain.field("FreelancerProfile.portrait")
def freelancer_portrait(source: User, ctx: Context) -> dict[str, str] | None:
    """Return the picture, in the one size that there is; None without one."""
    return {"portrait": source.photo_url} if source.photo_url else None


@domain.field("GenericUser.location")
@domain.field("PiiUser.location")
@domain.field("ContractUser.address")
def person_location(source: User, ctx: Context) -> UserLocation | None:
    """Return where a person is: city and country to everybody, street and postal code to those who may know it."""
    return UserLocation.of(source.location, ctx.now, whole=privacy.person_shown(source, ctx))


@domain.connection("CurrentUser.i18NSettings")
def i18n_settings(source: User, ctx: Context, company_referenced_id: str | None = None) -> I18nSettings:
    """Return what follows from where a person is, or the company that is named, of which they must be a member.

    Raises Forbidden for settings that are not the caller's.
    """
    if not privacy.person_shown(source, ctx):
        raise Forbidden(_NOT_YOURS)
    if company_referenced_id is None:
        return I18nSettings.of(source.location)
    named = ctx.load(ORGANIZATIONS, company_referenced_id)
    if named is None or named.company_id not in source.company_ids:
        raise Forbidden(_NOT_YOURS)
    return I18nSettings.of(named.location)
