"""The settings of the marketplace: what operators have stored, what the deployment sets, and what holds."""

from typing import Final

from souk.domains.files.model import ChosenPicture
from souk.storage import Entity, Model
from souk.values.brand import ACCENT, SOUK, Brand

TAGLINE: Final = "Hire, work and get paid. By hand or by program."
DESCRIPTION: Final = (
    "A marketplace for freelance work: post a job or sell a service, agree on an offer, track the work, pay from "
    "escrow. Everything that you can do here your programs can do through one API."
)


class Settings(Entity):
    """What operators have set. None: the deployment's choice holds, or the default."""

    name: str | None = None
    tagline: str | None = None
    description: str | None = None
    logo: ChosenPicture | None = None
    accent_color: str | None = None
    """#rrggbb."""
    support_email: str | None = None
    support_url: str | None = None
    terms_url: str | None = None
    privacy_url: str | None = None
    terms_version: str | None = None
    require_terms: bool | None = None
    terms_since: str | None = None
    """Since when people have to accept `terms_version`. ISO 8601, UTC."""
    languages: tuple[str, ...] | None = None
    currencies: tuple[str, ...] | None = None
    client_fee: int | None = None
    """In hundredths of a percent."""
    vendor_fee: int | None = None
    sign_up_open: bool | None = None
    powered_by: bool | None = None
    api_key_review: bool | None = None
    """Whether a new API key waits for an operator."""
    profile_review: bool | None = None
    """Whether a submitted freelancer's profile waits for an operator."""
    modified: str | None = None
    """ISO 8601, UTC."""
    modified_by_id: str | None = None


class Defaults(Model):
    """What holds where operators have set nothing: the deployment's choices, or Souk's own."""

    name: str = SOUK
    tagline: str = TAGLINE
    description: str = DESCRIPTION
    accent_color: str = ACCENT
    support_email: str | None = None
    support_url: str | None = None
    languages: tuple[str, ...] = ("en",)
    currencies: tuple[str, ...] = ("USD",)
    client_fee: int = 500
    vendor_fee: int = 1000
    powered_by: bool = True
    api_key_review: bool = False
    profile_review: bool = False
    docs_url: str | None = None
    retention_years: int = 10
    """How long bookings are kept, as people are told."""
    logo_version: str | None = None
    """A hash of the logo that the deployment brings; None without one."""


class Marketplace(Model):
    """The settings that hold now."""

    name: str
    tagline: str
    description: str
    logo: ChosenPicture | None
    """The uploaded logo, once it has been processed."""
    logo_version: str | None
    """A hash of the deployment's logo, which an uploaded one replaces."""
    accent_color: str
    support_email: str | None
    support_url: str | None
    terms_url: str | None
    privacy_url: str | None
    terms_version: str | None
    require_terms: bool
    terms_since: str | None
    languages: tuple[str, ...]
    currencies: tuple[str, ...]
    client_fee: int
    vendor_fee: int
    sign_up_open: bool
    powered_by: bool
    api_key_review: bool
    profile_review: bool
    docs_url: str | None
    retention_years: int
    """How long bookings are kept, as people are told, and the proof that an account was erased."""

    @property
    def terms_to_accept(self) -> str | None:
        """The version of the terms that everybody has to accept; None if nothing is to be accepted."""
        return self.terms_version if self.require_terms else None

    def currency_of(self, preferred: str) -> str:
        """Return the currency of new work for a company: its own, or the default if its own is not used any more."""
        return preferred if preferred in self.currencies else self.currencies[0]

    def brand(self, logo_url: str = "", logo_origin: str = "", docs_url: str = "") -> Brand:
        """Return what pages and mails show of it. `docs_url` is the address of the deployment's own documentation."""
        return Brand(
            name=self.name,
            tagline=self.tagline,
            description=self.description,
            accent=self.accent_color,
            logo_url=logo_url,
            logo_origin=logo_origin,
            support_email=self.support_email or "",
            support_url=self.support_url or "",
            terms_url=self.terms_url or "",
            privacy_url=self.privacy_url or "",
            docs_url=self.docs_url or docs_url,
            powered_by=self.powered_by,
        )


class DeploymentSetting(Model):
    """A setting that only a deployment changes. Secrets are shown as `set`."""

    name: str
    """The option of the CDK app."""
    value: str
    source: str
    """`deployment` or `default`."""
