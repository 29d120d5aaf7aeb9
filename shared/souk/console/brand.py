"""What every page shows of the marketplace: its name, its look, its rules, and the links at the foot."""

from souk.domains.marketplace.model import Marketplace
from souk.domains.marketplace.store import brand as current_brand
from souk.domains.marketplace.store import current
from souk.storage import Table
from souk.values.brand import Brand

__all__ = ["Brand", "Marketplace", "brand", "marketplace"]


def brand(table: Table, base_url: str) -> Brand:
    """Return the brand, as it was at most a minute ago. `base_url` is the deployment's."""
    return current_brand(table, base_url)


def marketplace(table: Table) -> Marketplace:
    """Return the settings, as they were at most a minute ago."""
    return current(table)
