"""The table item of the marketplace's settings.

SETTINGS   SETTINGS   the settings that operators have changed
"""

from typing import Final

from souk.domains.marketplace.model import Settings
from souk.storage import Collection, Key, Table

WRITES: Final = ("SETTINGS",)
"""The prefix of the partition key that this domain owns."""


def settings_key() -> Key:
    """Return the key of the settings. There is one item."""
    return Key("SETTINGS", "SETTINGS")


SETTINGS: Collection[Settings] = Collection(
    name="Settings", model=Settings, key=settings_key, key_of=lambda _: settings_key()
)


def current(table: Table) -> Settings:
    """Return the settings as they are now."""
    return table.get(SETTINGS) or Settings()
