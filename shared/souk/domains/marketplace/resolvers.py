"""The settings of the marketplace in the graph: what everybody may know, and what operators change."""

from datetime import datetime
from typing import Any, Final

from souk.authentication.rate_limits import PER_DAY
from souk.domains.marketplace import commands
from souk.domains.marketplace.deployment import defaults, deployment_settings
from souk.domains.marketplace.inputs import UpdateMarketplaceSettings
from souk.domains.marketplace.model import DeploymentSetting, Marketplace, Settings
from souk.domains.marketplace.rules import effective
from souk.domains.marketplace.rules.changes import percent
from souk.domains.marketplace.store import SETTINGS, current, logo_url
from souk.graph import Context, Domain, Scope
from souk.storage import Table
from souk.values.pictures import PictureKind

domain = Domain("marketplace", function="operator", joins=("audit",))

_SCOPES: Final = (Scope.OPERATOR,)


@domain.query("marketplace", scopes=[Scope.COMMON_ENTITIES_READ])
def marketplace(ctx: Context) -> dict[str, Any]:
    """Return what everybody may know, as it was at most a minute ago."""
    return _public(current(ctx.table), ctx)


@domain.query("marketplaceSettings", scopes=_SCOPES)
def marketplace_settings(ctx: Context) -> dict[str, Any]:
    """Return the settings, as they are now."""
    return _view(ctx.load(SETTINGS, consistent=True) or Settings(), ctx)


@domain.mutation("updateMarketplaceSettings", scopes=_SCOPES)
def update_settings(ctx: Context, input: UpdateMarketplaceSettings) -> dict[str, Any]:
    """Change the settings."""
    return _view(commands.update(ctx, input), ctx)


@domain.field("MarketplaceSettings.deployment")
def deployment(source: dict[str, Any], ctx: Context) -> list[DeploymentSetting]:
    """Return what only a deployment sets."""
    return deployment_settings()


domain.list_size("MarketplaceSettings.deployment", size=30)


@domain.upload(commands.LOGO, picture=PictureKind.BRAND)
def may_upload_logo(ctx: Context) -> None:
    """Allow operators: the mutation needs their scope."""


@domain.due(commands.LOGO)
def show_logo(table: Table, entity_id: str, now: datetime) -> None:
    """Show a logo that has been processed."""
    commands.show_logo(table, entity_id, now)


def _view(settings: Settings, ctx: Context) -> dict[str, Any]:
    holds = effective(settings, defaults())
    return {
        "marketplace": _public(holds, ctx),
        "apiKeyReview": holds.api_key_review,
        "profileReview": holds.profile_review,
        "requireTerms": holds.require_terms,
        "requestsPerDay": PER_DAY,
        "version": settings.version,
        "modifiedDateTime": settings.modified,
        "modified_by_id": settings.modified_by_id,
    }


def _public(settings: Marketplace, ctx: Context) -> dict[str, Any]:
    return {
        "name": settings.name,
        "tagline": settings.tagline,
        "description": settings.description,
        "logoUrl": logo_url(settings.logo, settings.logo_version, ctx.base_url) or None,
        "accentColor": settings.accent_color,
        "supportEmail": settings.support_email,
        "supportUrl": settings.support_url,
        "termsUrl": settings.terms_url,
        "privacyUrl": settings.privacy_url,
        "termsVersion": settings.terms_version,
        "languages": settings.languages,
        "currencies": settings.currencies,
        "clientFeeRate": percent(settings.client_fee),
        "vendorFeeRate": percent(settings.vendor_fee),
        "signUpOpen": settings.sign_up_open,
        "poweredBy": settings.powered_by,
        "retentionYears": settings.retention_years,
    }
