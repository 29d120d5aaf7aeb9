"""The table item of the marketplace's settings.

SETTINGS   SETTINGS   what operators have set

Each function reads the item at most once a minute, mostly in the round trip of authentication
(`souk.authentication.terms`).
"""

from typing import Final

from souk.authentication.terms import SETTINGS_KEY
from souk.domains.files.model import ChosenPicture
from souk.domains.files.store import origin
from souk.domains.marketplace.deployment import defaults
from souk.domains.marketplace.model import Marketplace, Settings
from souk.domains.marketplace.rules import effective
from souk.storage import Collection, Key, Table
from souk.values.brand import Brand
from souk.values.pictures import picture_url

WRITES: Final = ("SETTINGS",)
"""The prefix of the partition key that this domain owns."""
DEPLOYMENT_LOGO: Final = "/logo.svg"
"""The path of the logo that the deployment brings."""
DOCS: Final = "/docs/"
"""The path of the documentation site that the deployment brings."""
LOGO_SIZE: Final = 192
"""Pixels: 96 on screens with two for one."""


def settings_key() -> Key:
    """Return the key of the settings. There is one item."""
    return SETTINGS_KEY


SETTINGS: Collection[Settings] = Collection(
    name="Settings", model=Settings, key=settings_key, key_of=lambda _: settings_key()
)


def current(table: Table) -> Marketplace:
    """Return the settings that hold, as they were at most a minute ago."""
    return effective(table.get_cached(SETTINGS) or Settings(), defaults())


def as_of_now(table: Table) -> Marketplace:
    """Return the settings that hold, as they are now. It takes a round trip."""
    return effective(table.get(SETTINGS, consistent=True) or Settings(), defaults())


def logo_url(logo: ChosenPicture | None, version: str | None, base_url: str) -> str:
    """Return the URL of the logo: the uploaded one, or the deployment's; "" without one."""
    if logo and logo.name:
        return picture_url(base_url, logo.name, LOGO_SIZE)
    return f"{base_url}{DEPLOYMENT_LOGO}?v={version}" if version else ""


def brand(table: Table, base_url: str) -> Brand:
    """Return what pages and mails show of the marketplace. `base_url` is the deployment's."""
    settings = current(table)
    url = logo_url(settings.logo, settings.logo_version, base_url)
    return settings.brand(url, origin() if settings.logo and settings.logo.name else "", f"{base_url}{DOCS}")
