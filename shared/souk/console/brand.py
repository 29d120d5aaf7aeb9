"""What every page shows of the marketplace: its name, and the links at the foot."""

from dataclasses import dataclass

from souk.domains.marketplace.store import current
from souk.storage import Table


@dataclass(frozen=True, slots=True)
class Brand:
    """The marketplace's name and links."""

    name: str
    links: tuple[tuple[str, str], ...]
    """Titles and addresses. An address without a host is a page of this deployment."""

    @classmethod
    def of(cls, table: Table) -> "Brand":
        """Return the brand as it is now."""
        return cls(current(table).name or "Souk", (("Documentation", "/docs/"),))
