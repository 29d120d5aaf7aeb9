"""Resolvers of companies, and of the list of organizations that the caller can select."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from souk.authentication.records import Membership
from souk.authentication.standing import STANDINGS, company_key, is_suspended
from souk.domains.identity.commands.payment_verification import verify_by_payment
from souk.domains.identity.model import CompanyLegacyType, Organization
from souk.domains.identity.resolvers.declared import domain
from souk.domains.identity.rules import privacy
from souk.domains.identity.store import JOINED, ORGANIZATIONS, USERS, VERIFY_PAYMENT
from souk.domains.identity.views import PaymentVerification, country_of, logo_url
from souk.domains.reference.model import Country
from souk.graph import Context, Scope
from souk.graph.context import Source
from souk.storage import Key, Table


@domain.query("company", scopes=[Scope.COMMON_ENTITIES_READ])
def company(ctx: Context, id: str) -> dict[str, Organization | None] | None:
    """Return a company's public and private data, the latter only for its members. None for a team."""
    found = ctx.load(ORGANIZATIONS, id)
    if found is None or found.is_team:
        return None
    return {"public": found, "private": found if privacy.company_shown(found, ctx) else None}


def _joined(ctx: Context) -> dict[Key, Source]:
    return {JOINED.key(ctx.principal.user_id): JOINED}


def _joined_organizations(ctx: Context) -> dict[Key, Source]:
    joined = _active(ctx)
    companies = {one.company_id for one in joined}
    others = companies - {ctx.principal.company_id}  # whose standing was read with the token
    ids = sorted({one.organization_id for one in joined} | companies)
    organizations: dict[Key, Source] = {ORGANIZATIONS.key(id_): ORGANIZATIONS for id_ in ids}
    return organizations | {company_key(id_): STANDINGS for id_ in others}


def _active(ctx: Context) -> list[Membership]:
    return [one for one in ctx.entities[JOINED.key(ctx.principal.user_id)] if one.active]


@domain.query("companySelector", scopes=[Scope.COMMON_ENTITIES_READ], needs=[_joined, _joined_organizations])
def company_selector(ctx: Context) -> dict[str, Any]:
    """Return the organizations that the caller can make requests for: the valid tenant headers.

    Suspended ones are left out: requests for them are refused.
    """
    joined = [one for one in _active(ctx) if not is_suspended(ctx.entities.get(company_key(one.company_id)))]
    ids = [one.organization_id for one in joined]
    found = ctx.load_many(ORGANIZATIONS, ids + [one.company_id for one in joined])
    pairs = zip(found[: len(ids)], found[len(ids) :], strict=True)
    return {"items": [_selectable(one, root, ctx.base_url) for one, root in pairs if one and root and one.active]}


def _selectable(one: Organization, root: Organization, base_url: str) -> dict[str, Any]:
    return {
        "title": f"{root.name} - {one.name}" if one.is_team else one.name,
        "photoUrl": logo_url(one, base_url) or logo_url(root, base_url),
        "organizationId": one.id,
        "organizationRid": one.rid,
        "organizationType": "SoleProprietor" if one.flag.individual else "Business",
        "organizationLegacyType": "Client" if one.flag.client else "Vendor",
        "organizationEnterpriseType": "Standard" if root.enterprise else None,
        "legacyEnterpriseOrganization": False,
        "typeTitle": "Client" if one.flag.client else "Agency" if one.flag.agency else "Freelancer",
    }


@domain.due(VERIFY_PAYMENT)
def verify_payment(table: Table, company_id: str, now: datetime) -> None:  # noqa: ARG001 - as all deadlines
    """Mark a company's payment method as verified, because a payment arrived."""
    verify_by_payment(table, company_id)


domain.link("PrivateCompanyInfo.contactUser", to=USERS, by="contact_user_id")


@domain.field("PrivateCompanyInfo.legacyType")
def company_legacy_type(source: Organization, ctx: Context) -> CompanyLegacyType | None:
    """Return CLIENT or AGENCY; None for a freelancer's organization, which is neither."""
    if source.flag.client:
        return CompanyLegacyType.CLIENT
    return CompanyLegacyType.AGENCY if source.flag.agency else None


@domain.field("CurrentOrganization.photoUrl")
@domain.field("GenericOrganization.photoUrl")
@domain.field("PrivateCompanyInfo.logoURL")
@domain.field("PublicCompanyInfo.logoURL")
def logo(source: Organization, ctx: Context) -> str | None:
    """Return the URL of the logo."""
    return logo_url(source, ctx.base_url)


@domain.field("PrivateCompanyInfo.country")
@domain.field("MarketplacePublicCompanyInfo.country")
def company_country(source: Organization, ctx: Context) -> Country | None:
    """Return the country of a company."""
    return country_of(source.location)


@domain.field("PrivateCompanyInfo.paymentVerification")
@domain.field("MarketplacePublicCompanyInfo.paymentVerification")
def payment_verification(source: Organization, ctx: Context) -> PaymentVerification:
    """Return the payment verification of a company."""
    return PaymentVerification(privacy.payment_status_shown(source, ctx), source.payment_verified)


@domain.field("PrivateCompanyInfo.includeInStats")
@domain.field("MarketplacePublicCompanyInfo.includeInStats")
def include_in_stats(source: Organization, ctx: Context) -> None:
    """Return None: the contract has deprecated this field."""


def _of_location(part: str) -> Callable[[Organization, Context], Any]:
    return lambda source, ctx: getattr(source.location, part)


def _to_members(attribute: str) -> Callable[[Organization, Context], Any]:
    return lambda source, ctx: getattr(source, attribute) if privacy.company_shown(source, ctx) else None


for _part in ("state", "city", "timezone"):
    domain.field(f"MarketplacePublicCompanyInfo.{_part}")(_of_location(_part))
for _part in ("state", "city", "timezone", "address", "zip"):
    domain.field(f"PrivateCompanyInfo.{_part}")(_of_location(_part))
domain.field("MarketplacePublicCompanyInfo.accountingEntity")(_to_members("accounting_entity"))
domain.field("MarketplacePublicCompanyInfo.billingType")(_to_members("billing_type"))
