"""What the deployment sets of the marketplace, and the files that it brings along."""

import os
from base64 import b64encode
from functools import cache
from hashlib import sha256
from struct import unpack
from typing import Final

import orjson

from souk.domains.marketplace.model import Defaults, DeploymentSetting
from souk.runtime.bundle import folder
from souk.runtime.settings import marketplace_settings, payment_settings, talent_settings

LOGO_FILES: Final = ("logo.svg", "logo.png")
MAIL_FOLDER: Final = "mail"
_PNG: Final = b"\x89PNG\r\n\x1a\n"


def defaults() -> Defaults:
    """Return what holds where operators have set nothing."""
    chosen, fees = marketplace_settings(), payment_settings()
    mailed = chosen.support is not None and "@" in chosen.support and "://" not in chosen.support
    return Defaults(
        name=chosen.name,
        accent_color=chosen.accent,
        support_email=chosen.support if mailed else None,
        support_url=None if mailed else chosen.support,
        languages=chosen.languages,
        currencies=chosen.currencies,
        client_fee=fees.client_fee,
        vendor_fee=fees.vendor_fee,
        powered_by=chosen.powered_by,
        api_key_review=chosen.key_review,
        profile_review=talent_settings().profile_review,
        docs_url=chosen.docs,
        retention_years=chosen.retention_years,
        logo_version=_logo_version(),
    )


@cache
def _logo_version() -> str | None:
    logo = deployment_logo()
    return sha256(logo.encode()).hexdigest()[:12] if logo else None


def deployment_settings() -> list[DeploymentSetting]:
    """Return what only a deployment sets, for operators. Secrets are `set`."""
    listed = orjson.loads(os.environ.get("SOUK_DEPLOYMENT") or "[]")
    return [DeploymentSetting(name=name, value=value, source=source) for name, value, source in listed]


@cache
def deployment_logo() -> str | None:
    """Return the logo that the deployment brings, as SVG; None without one.

    A PNG file is wrapped, because API Gateway returns text.
    """
    files = folder()
    found = next((files / name for name in LOGO_FILES if (files / name).is_file()), None) if files else None
    if found is None:
        return None
    data = found.read_bytes()
    if not data.startswith(_PNG):
        return data.decode()
    width, height = unpack(">II", data[16:24])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f'<image width="{width}" height="{height}" href="data:image/png;base64,{b64encode(data).decode()}"/></svg>'
    )
