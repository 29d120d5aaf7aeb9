"""Distances on earth."""

from math import asin, cos, radians, sin, sqrt
from typing import Final

EARTH_RADIUS_MILES: Final = 3958.8


def miles_between(from_latitude: float, from_longitude: float, to_latitude: float, to_longitude: float) -> float:
    """Return the distance along the surface of the earth, in statute miles (haversine formula).

    Latitudes and longitudes are in degrees.
    """
    half_latitude = radians(to_latitude - from_latitude) / 2
    half_longitude = radians(to_longitude - from_longitude) / 2
    chord = sin(half_latitude) ** 2 + (
        cos(radians(from_latitude)) * cos(radians(to_latitude)) * sin(half_longitude) ** 2
    )
    return 2 * EARTH_RADIUS_MILES * asin(min(1.0, sqrt(chord)))
