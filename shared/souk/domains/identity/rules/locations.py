"""Moving to another place, and the time zone of a place. Pure."""

from collections.abc import Mapping
from typing import Any

from souk.domains.identity.model import Location
from souk.domains.reference import places, world


def moved(location: Location, changes: Mapping[str, Any]) -> Location:
    """Return a location with changed parts.

    A new city or country also changes the coordinates, the time zone and, in the US, the state, unless `changes` has
    them. They are those of the city, if the gazetteer has it. A country with one time zone has that zone.
    """
    after = location.model_copy(update=dict(changes))
    if (after.city, after.country) == (location.city, location.country):
        return after
    place = places.find_city(after.city, after.country) if after.city and after.country else None
    if place is None:
        stays = location.timezone if after.country == location.country else None
        zone = stays or (world.only_time_zone(after.country) if after.country else None)
        return after.model_copy(update={"latitude": None, "longitude": None, "timezone": zone} | dict(changes))
    derived = {
        "latitude": place.latitude,
        "longitude": place.longitude,
        "timezone": place.timezone,
        "state": place.state,
    }
    return after.model_copy(update=derived | dict(changes))


def time_zone_of(location: Location) -> str:
    """Return the IANA name of the time zone of a location: its own, or the only one of its country, or UTC."""
    return location.timezone or (location.country and world.only_time_zone(location.country)) or "UTC"
