"""People and organizations in the graph: whoever calls, their organizations, and what is shown of others.

What a stored entity has under the contract's name is read from it; declared here are the rest, the links, and all
that is not shown to everybody. What has no facts yet (offers, time reports, profiles, permissions) is not declared.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from souk.domains.identity.model import CompanyLegacyType, Organization, User
from souk.domains.identity.resolvers.declared import CALLER, domain
from souk.domains.identity.rules import privacy
from souk.domains.identity.store import ORGANIZATIONS, USERS, members_of, memberships_of, teams_of
from souk.domains.identity.views import I18nSettings, PaymentVerification, UserLocation, country_of
from souk.domains.reference.model import Country
from souk.errors import Forbidden, Unprocessable
from souk.graph import Context, Scope
from souk.graph.cursors import BEGINNING, MAX_PAGE, page_size
from souk.identity.principal import Role
from souk.identity.records import Membership

# Root fields


@domain.query("user", scopes=CALLER)
def user(ctx: Context) -> User | None:
    """Return the person who calls."""
    return ctx.load(USERS, ctx.principal.user_id)


@domain.query("organization", scopes=CALLER)
def organization(ctx: Context) -> Organization | None:
    """Return the organization that the request is made for."""
    return ctx.load(ORGANIZATIONS, ctx.principal.organization_id)


@domain.query("company", scopes=[Scope.COMMON_ENTITIES_READ])
def company(ctx: Context, id: str) -> dict[str, Organization | None] | None:  # noqa: A002 - the contract's name
    """Return a company's two sides; the private one only to those who may see it. A team is no company."""
    found = ctx.load(ORGANIZATIONS, id)
    if found is None or found.is_team:
        return None
    return {"public": found, "private": found if privacy.company_shown(found, ctx) else None}


@domain.query("companySelector", scopes=[Scope.COMMON_ENTITIES_READ])
def company_selector(ctx: Context) -> dict[str, Any]:
    """Return the organizations that the caller can make requests for: what the tenant header may hold."""
    joined = [one for one in memberships_of(ctx.table, ctx.principal.user_id) if one.active]
    ids = [one.organization_id for one in joined]
    found = ctx.load_many(ORGANIZATIONS, ids + [one.company_id for one in joined])
    pairs = zip(found[: len(ids)], found[len(ids) :], strict=True)
    return {"items": [_selectable(one, root) for one, root in pairs if one and root and one.active]}


def _selectable(one: Organization, root: Organization) -> dict[str, Any]:
    return {
        "title": f"{root.name} - {one.name}" if one.is_team else one.name,
        "photoUrl": one.photo_url or root.photo_url,
        "organizationId": one.id,
        "organizationRid": one.rid,
        "organizationType": "SoleProprietor" if one.flag.individual else "Business",
        "organizationLegacyType": "Client" if one.flag.client else "Vendor",
        "organizationEnterpriseType": "Standard" if root.enterprise else None,
        "legacyEnterpriseOrganization": False,
        "typeTitle": "Client" if one.flag.client else "Agency" if one.flag.agency else "Freelancer",
    }


# People


def _own(attribute: str) -> Callable[[User, Context], Any]:
    """Return a projection that shows an attribute of a person to those who may know it."""
    return lambda source, ctx: getattr(source, attribute) if privacy.person_shown(source, ctx) else None


domain.field("CurrentUser.email")(_own("email"))
for _type in ("GenericUser", "PiiUser"):
    domain.field(f"{_type}.email")(_own("email"))
    domain.field(f"{_type}.lastName")(_own("last_name"))


@domain.field("GenericUser.location")
@domain.field("PiiUser.location")
def person_location(source: User, ctx: Context) -> UserLocation | None:
    """Return where a person is: city and country to everybody, street and postal code to those who may know it."""
    return UserLocation.of(source.location, ctx.now, whole=privacy.person_shown(source, ctx))


@domain.connection("CurrentUser.i18NSettings")
def i18n_settings(source: User, ctx: Context, company_referenced_id: str | None = None) -> I18nSettings:
    """Return what follows from where a person is, or the company that is named, of which they must be a member.

    Raises Forbidden for settings that are not the caller's.
    """
    refused = Forbidden("These settings are not yours to see.")
    if not privacy.person_shown(source, ctx):
        raise refused
    if company_referenced_id is None:
        return I18nSettings.of(source.location)
    named = ctx.load(ORGANIZATIONS, company_referenced_id)
    if named is None or named.company_id not in source.company_ids:
        raise refused
    return I18nSettings.of(named.location)


# Organizations

domain.link(
    "CurrentOrganization.parentOrganization",
    "GenericOrganization.parentOrganization",
    to=ORGANIZATIONS,
    by="parent_id",
)
domain.link(
    "CurrentOrganization.company",
    "GenericOrganization.company",
    to=ORGANIZATIONS,
    by="company_id",
    visible=privacy.company_shown,
)


@domain.connection("CurrentOrganization.childOrganizations")
def child_organizations(
    source: Organization, ctx: Context, user_id: str | None = None, pagination: dict[str, Any] | None = None
) -> list[Organization] | None:
    """Return the teams of a company that are open to a person, oldest first; None where it is a team itself.

    The page's `after` is the id of the last team of the page before.
    """
    return None if source.is_team else _page(_teams(source, ctx, user_id), pagination)


@domain.connection("CurrentOrganization.childOrganization")
def child_organization(source: Organization, ctx: Context, id: str, user_id: str | None = None) -> Organization | None:  # noqa: A002
    """Return one of the teams of a company that are open to a person; None where there is none with this id."""
    return None if source.is_team else next((team for team in _teams(source, ctx, user_id) if team.id == id), None)


def _teams(company: Organization, ctx: Context, user_id: str | None) -> list[Organization]:
    asked_for = user_id or ctx.principal.user_id
    if not privacy.may_ask_for_teams_of(ctx, company, asked_for):
        raise Forbidden("Only those who govern a company see who is in which of its teams.")
    return privacy.teams_open_to(teams_of(ctx.table, company.id), memberships_of(ctx.table, asked_for))


@domain.connection("CurrentOrganization.staffs")
def staffs(source: Organization, ctx: Context, pagination: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return a page of the members of an organization, as they joined.

    The page's `after` is the id of the last record of the page before (reference, CurrentOrganization.staffs).
    """
    if not privacy.company_shown(source, ctx):
        raise Forbidden("Only its members see who is a member of an organization.")
    everybody = members_of(ctx.table, source.id)
    page = _page(everybody, pagination)
    return {
        "edges": [{"node": one} for one in page],
        "totalCount": len(everybody),
        "pageInfo": {
            "endCursor": page[-1].id if page else None,
            "hasNextPage": bool(page) and page[-1].id != everybody[-1].id,
        },
    }


_Listed = TypeVar("_Listed", Organization, Membership)


def _page(everything: list[_Listed], pagination: dict[str, Any] | None) -> list[_Listed]:
    """Return a page of a list in order of ids. Raises Unprocessable for an `after` that is none of them."""
    first = page_size(pagination["first"]) if pagination else MAX_PAGE
    after = (pagination or {}).get("after") or BEGINNING
    if after == BEGINNING:
        return everything[:first]
    position = next((at for at, one in enumerate(everything) if one.id == after), None)
    if position is None:
        raise Unprocessable(
            "`after` holds the id of the last record of the page before; there is no record with this id."
        )
    return everything[position + 1 :][:first]


@domain.field("Staff.activationStatus")
def activation_status(source: Membership, ctx: Context) -> int:  # noqa: ARG001 - a projection
    """Return 1 for an active member and 2 for another (reference, Staff)."""
    return 1 if source.active else 2


@domain.field("Staff.staffType")
def staff_type(source: Membership, ctx: Context) -> int:  # noqa: ARG001 - a projection
    """Return 3 for an owner and 2 for who was invited (reference, Staff)."""
    return 3 if source.role is Role.OWNER else 2


@domain.field("Staff.creationDate")
def staff_since(source: Membership, ctx: Context) -> str | None:  # noqa: ARG001 - a projection
    """Return since when somebody is a member."""
    return source.since or None


domain.link("Staff.user", to=USERS, by="user_id")


# The two sides of a company

domain.link("PrivateCompanyInfo.contactUser", to=USERS, by="contact_user_id")


@domain.field("PrivateCompanyInfo.legacyType")
def company_legacy_type(source: Organization, ctx: Context) -> CompanyLegacyType | None:  # noqa: ARG001 - a projection
    """Return whether it is a client or an agency; None for a freelancer's own organization, which is neither."""
    if source.flag.client:
        return CompanyLegacyType.CLIENT
    return CompanyLegacyType.AGENCY if source.flag.agency else None


@domain.field("PrivateCompanyInfo.country")
@domain.field("MarketplacePublicCompanyInfo.country")
def company_country(source: Organization, ctx: Context) -> Country | None:  # noqa: ARG001 - a projection
    """Return the country that a company is in."""
    return country_of(source.location)


@domain.field("PrivateCompanyInfo.paymentVerification")
@domain.field("MarketplacePublicCompanyInfo.paymentVerification")
def payment_verification(source: Organization, ctx: Context) -> PaymentVerification:
    """Return whether its way of paying is proven, and to its members also why not."""
    return PaymentVerification(privacy.payment_status_shown(source, ctx), source.payment_verified)


@domain.field("PrivateCompanyInfo.includeInStats")
@domain.field("MarketplacePublicCompanyInfo.includeInStats")
def include_in_stats(source: Organization, ctx: Context) -> None:
    """Return nothing: organizations do not carry this any more, as the contract says."""


def _of_location(part: str) -> Callable[[Organization, Context], Any]:
    return lambda source, ctx: getattr(source.location, part)  # noqa: ARG005 - a projection


def _to_members(attribute: str) -> Callable[[Organization, Context], Any]:
    return lambda source, ctx: getattr(source, attribute) if privacy.company_shown(source, ctx) else None


for _part in ("state", "city", "timezone"):
    domain.field(f"MarketplacePublicCompanyInfo.{_part}")(_of_location(_part))
for _part in ("state", "city", "timezone", "address", "zip"):
    domain.field(f"PrivateCompanyInfo.{_part}")(_of_location(_part))
domain.field("MarketplacePublicCompanyInfo.accountingEntity")(_to_members("accounting_entity"))
domain.field("MarketplacePublicCompanyInfo.billingType")(_to_members("billing_type"))
