"""What the settings may be, and which of them hold. Pure."""

from typing import Any

from souk.domains.marketplace.model import Defaults, Marketplace, Settings


def effective(settings: Settings, defaults: Defaults) -> Marketplace:
    """Return the settings that hold: what operators have set beats the deployment, which beats the default."""
    chosen: dict[str, Any] = {
        "logo": None,
        "terms_url": None,
        "privacy_url": None,
        "terms_version": None,
        "require_terms": False,
        "terms_since": None,
        "sign_up_open": True,
        **dict(defaults),
    }
    own = {name: value for name, value in settings if value is not None and name in Marketplace.model_fields}
    return Marketplace(**(chosen | own))
