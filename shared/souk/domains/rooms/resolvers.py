"""The declarations of rooms: no fields, only what they erase of a person."""

from souk.domains.rooms.personal import PERSONAL
from souk.graph import Domain

domain = Domain("rooms", function="messages")
domain.personal(PERSONAL)
