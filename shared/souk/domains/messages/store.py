"""Messages have no items of their own: rooms and stories are those of `souk.domains.rooms.store`."""

from typing import Final

WRITES: Final[tuple[str, ...]] = ()
