"""What every page shows of the marketplace: its name, its look, and the links at the foot."""

from souk.domains.marketplace.store import brand as current_brand
from souk.storage import Table
from souk.values.brand import Brand


def brand(table: Table, base_url: str) -> Brand:
    """Return the brand, as it was at most a minute ago. `base_url` is the deployment's."""
    return current_brand(table, base_url)
