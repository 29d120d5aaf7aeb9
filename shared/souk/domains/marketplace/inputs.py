"""The input of updateMarketplaceSettings."""

from souk.storage import Input


class UpdateMarketplaceSettings(Input):
    """UpdateMarketplaceSettingsInput."""

    version: int
    name: str | None = None
    tagline: str | None = None
    description: str | None = None
    logo_file_id: str | None = None
    accent_color: str | None = None
    support_email: str | None = None
    support_url: str | None = None
    terms_url: str | None = None
    privacy_url: str | None = None
    terms_version: str | None = None
    require_terms: bool | None = None
    languages: tuple[str, ...] | None = None
    currencies: tuple[str, ...] | None = None
    client_fee_rate: str | None = None
    vendor_fee_rate: str | None = None
    sign_up_open: bool | None = None
    powered_by: bool | None = None
    api_key_review: bool | None = None
    profile_review: bool | None = None
    reason: str
